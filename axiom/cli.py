"""The command line: LightningCLI over the policy module, the Best-of-N data and expert iteration."""

import logging
import sys
import warnings
from pathlib import Path
from typing import Any

import lightning as L
import torch
from lightning.pytorch.cli import LightningArgumentParser, LightningCLI
from lightning.pytorch.loggers import TensorBoardLogger
from transformers.utils import logging as transformers_logging

from axiom.errors import ConfigError
from callbacks.display import Display
from callbacks.expert_iteration import LAST_CHECKPOINT, ExpertIteration
from callbacks.sample_writer import SampleWriter
from datamodules.best_of_n import BestOfNDataModule
from modules.policy_module import ADAPTER_PREFIX, PolicyModule

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
        parser.add_lightning_class_args(Display, "display")
        parser.add_lightning_class_args(SampleWriter, "predictions")
        parser.add_argument("--fresh", type=bool, default=False, help="want an empty run folder (fit)")
        parser.link_arguments("model.k", "expert_iteration.k")
        parser.link_arguments("expert_iteration.rounds", "data.rounds")
        parser.link_arguments("expert_iteration.epochs_per_round", "data.epochs_per_round")

    def parse_arguments(self, parser: LightningArgumentParser, args: Any) -> None:
        """Parse, and look at a checkpoint before anything is loaded for its sake."""
        super().parse_arguments(parser, args)
        chosen = self.config[self.config["subcommand"]].get("ckpt_path")
        if chosen is not None and chosen != "hpc":
            _check_checkpoint(Path(chosen))

    def before_fit(self) -> None:
        """Find the run's last checkpoint."""
        run = Path(self.trainer.default_root_dir)
        found = run / LAST_CHECKPOINT
        settings = self.config[self.subcommand]
        if settings.get("fresh") and run.is_dir() and any(run.iterdir()):
            raise ConfigError(f"--fresh: {run} is not empty; choose another trainer.default_root_dir or empty it")
        if settings.get("ckpt_path") is None and found.is_file():
            self.config_init[self.subcommand]["ckpt_path"] = str(found)


def _check_checkpoint(file: Path) -> None:
    """Refuse what is no checkpoint of an adapter, in one line.

    Raises:
        ConfigError: if the file is missing, unreadable or of another kind.
    """
    if not file.is_file():
        raise ConfigError(f"ckpt_path: {file} not found; a run's last checkpoint is <run>/{LAST_CHECKPOINT}")
    try:
        state = torch.load(file, map_location="meta", weights_only=True)["state_dict"]
        fits = bool(state) and all(name.startswith(ADAPTER_PREFIX) for name in state)
    except Exception as error:  # torch's readers fail on a broken file in their own ways: zip, pickle, types
        raise ConfigError(f"ckpt_path: {file} is not a checkpoint ({type(error).__name__})") from error
    if not fits:
        raise ConfigError(f"ckpt_path: {file} holds no adapter of axiom's; for a PEFT folder use --model.adapter")


def run(arguments: list[str]) -> int:
    """Run one subcommand.

    Raises:
        AxiomError: for a mistake of the user's.
    """
    if not arguments:
        raise ConfigError("no subcommand; run python -m axiom --help")
    _silence_what_a_user_cannot_change()
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


def _silence_what_a_user_cannot_change() -> None:
    """Hints and warnings of dependencies about choices that are axiom's own."""
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    logging.getLogger("lightning.pytorch.utilities.rank_zero").addFilter(
        lambda record: "litlogger" not in record.getMessage()
    )
    for message in (
        "LightningCLI's args parameter",
        "`max_epochs` was not set",
        r"`isinstance\(treespec",
        r"Found \d+ module\(s\) in eval mode",
        "The 'train_dataloader' does not have many workers",
    ):
        warnings.filterwarnings("ignore", message=f".*{message}")
