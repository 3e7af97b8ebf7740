"""The command line: LightningCLI over the policy module, the Best-of-N data and expert iteration."""

import sys
from pathlib import Path
from typing import Any

import lightning as L
from lightning.pytorch.cli import LightningArgumentParser, LightningCLI
from lightning.pytorch.loggers import TensorBoardLogger

from axiom.errors import ConfigError
from callbacks.expert_iteration import LAST_CHECKPOINT, ExpertIteration
from datamodules.best_of_n import BestOfNDataModule
from modules.policy_module import PolicyModule

DEFAULT_RUN = "runs/quickstart"


class AxiomTrainer(L.Trainer):
    """Lightning's Trainer with the run's folder and its TensorBoard log at a fixed place in it."""

    def __init__(self, *, default_root_dir: str = DEFAULT_RUN, **settings: Any) -> None:
        if settings.get("logger") is None:
            settings["logger"] = TensorBoardLogger(default_root_dir, name="", version="tensorboard")
        super().__init__(default_root_dir=default_root_dir, **settings)


class AxiomCLI(LightningCLI):
    """LightningCLI whose ``fit`` goes on from the run's last checkpoint."""

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        """Put the expert-iteration callback beside ``model`` and ``data``."""
        parser.add_lightning_class_args(ExpertIteration, "expert_iteration")
        parser.link_arguments("expert_iteration.rounds", "data.rounds")
        parser.link_arguments("expert_iteration.epochs_per_round", "data.epochs_per_round")

    def before_fit(self) -> None:
        """Find the run's last checkpoint."""
        found = Path(self.trainer.default_root_dir) / LAST_CHECKPOINT
        settings = self.config[self.subcommand]
        if settings.get("ckpt_path") is None and found.is_file():
            self.config_init[self.subcommand]["ckpt_path"] = str(found)


def run(arguments: list[str]) -> int:
    """Run one subcommand.

    Raises:
        AxiomError: for a mistake of the user's.
    """
    if not arguments:
        raise ConfigError("no subcommand; run python -m axiom --help")
    AxiomCLI(
        PolicyModule,
        BestOfNDataModule,
        trainer_class=AxiomTrainer,
        save_config_kwargs={"overwrite": True},
        seed_everything_default=0,
        args=arguments,
        trainer_defaults={
            "enable_progress_bar": False,
            "enable_checkpointing": False,
            "enable_model_summary": False,
            "num_sanity_val_steps": 0,
            "limit_val_batches": 0,
            "log_every_n_steps": 1,
        },
    )
    sys.stdout.flush()
    return 0
