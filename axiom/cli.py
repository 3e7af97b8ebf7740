"""The command line: LightningCLI over the policy module, the Best-of-N data and expert iteration."""

import logging
import signal
import sys
import warnings
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import lightning as L
import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch.cli import LightningArgumentParser, LightningCLI, SaveConfigCallback
from lightning.pytorch.loggers import TensorBoardLogger
from lightning.pytorch.utilities.exceptions import SIGTERMException
from transformers.utils import logging as transformers_logging

from axiom import LOGGERS
from axiom.argument_errors import plainly
from axiom.configuration import learns_values
from axiom.errors import AxiomError, ConfigError, ModelError, RankLostError, RoundStoreError
from axiom.generation.openai_sampler import OpenAISampler
from axiom.generation.transformers_sampler import TransformersSampler, is_out_of_memory
from axiom.generation.vllm_sampler import VLLMSampler
from axiom.help_page import WHAT_IT_DOES, put_in_order
from axiom.learning.objectives import DPO, SFT, Distill, PolicyGradient
from axiom.policy.sharding import NO_SAMPLING
from axiom.rounds.store import no_room
from callbacks.collection import tell_collection
from callbacks.display import Display
from callbacks.expert_iteration import LAST_CHECKPOINT, ExpertIteration
from callbacks.sample_writer import SampleWriter
from callbacks.tensorboard_page import TensorBoardPage
from callbacks.value_figures import ValueFigures
from datamodules.best_of_n import BestOfNDataModule
from datamodules.ranks import is_of_a_lost_rank
from datamodules.verdicts import VerdictsDataModule
from modules.policy_module import ADAPTER_PREFIX, PolicyModule
from modules.value_module import ValueModule

ENGINES = tuple(engine.__name__ for engine in (TransformersSampler, VLLMSampler, OpenAISampler))
OBJECTIVES = tuple(objective.__name__ for objective in (SFT, Distill, DPO, PolicyGradient))
DEFAULT_RUN = "runs/quickstart"
_SAYS_NOTHING = ("Seed set to", "GPU available: False", "TPU available: False", "`max_epochs=", "litlogger")
SHARDING = ("fsdp", "deepspeed", "modelparallel")  # how the names of Lightning's strategies and their classes begin


class AxiomTrainer(L.Trainer):
    """Lightning's Trainer with the run's folder and its TensorBoard log at a fixed place in it."""

    def __init__(self, *, default_root_dir: str = DEFAULT_RUN, **settings: Any) -> None:
        if settings.get("logger") is None:
            settings["logger"] = TensorBoardLogger(
                default_root_dir, name="", version="tensorboard", default_hp_metric=False
            )
        for kind in type(settings.get("strategy")).__mro__:
            _refuse_sharding(kind.__name__)
        try:
            super().__init__(default_root_dir=default_root_dir, **settings)
        except (MisconfigurationException, ValueError) as error:  # no such device, strategy or number of tasks
            told = " ".join(str(error).split())
            raise ConfigError(f"trainer: {told}; python -m axiom doctor shows what this machine has") from error
        except KeyError as error:  # of the variables that tell a process which of its ranks it is
            raise ConfigError(
                f"trainer.plugins: {error} is not set; under SLURMEnvironment begin the command with srun, in a job"
            ) from error

    def validate(self, *arguments: Any, verbose: bool = False, **settings: Any) -> Any:
        """As Lightning's, without its table: the callback tells pass@k with its interval."""
        return super().validate(*arguments, verbose=verbose, **settings)  # type: ignore[misc]

    def test(self, *arguments: Any, verbose: bool = False, **settings: Any) -> Any:
        """As Lightning's, without its table."""
        return super().test(*arguments, verbose=verbose, **settings)  # type: ignore[misc]

    def collect(
        self,
        model: PolicyModule,
        datamodule: BestOfNDataModule,
        round: int = 0,
        ckpt_path: str | None = None,
        weights_only: bool | None = None,
    ) -> None:
        """Sample and judge the train problems of a round, without training; fit uses what is saved.

        Args:
            model: the policy.
            datamodule: samples and judges in its setup.
            round: one that the run has, or the next: the adapter that training left then begins it.
            ckpt_path: the checkpoint of that adapter; None takes the run's last.
            weights_only: a key of fit's, without effect: only weights are read.

        Raises:
            AxiomError: for a mistake of the user's.
        """
        checkpoint = Path(self.default_root_dir) / LAST_CHECKPOINT if ckpt_path is None else Path(ckpt_path)
        if checkpoint.is_file():
            _check_checkpoint(checkpoint)
        datamodule.collect_only(round, checkpoint=checkpoint)
        # Lightning's run around a setup: launch, ranks, hooks and their end; with no batch to predict.
        self.limit_predict_batches = 0
        self.predict(model, datamodule=datamodule, return_predictions=False)
        tell_collection(self, datamodule, model.k)


class AxiomParser(LightningArgumentParser):
    """Says in one line what is wrong with an option, and what there is in its place; helps in plain words."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        # An abbreviated option is most often a misspelt one.
        super().__init__(*arguments, allow_abbrev=False, **settings)

    def format_help(self, *arguments: Any) -> str:
        """The help page: what is axiom's own before Lightning's Trainer, in plain words."""
        self.usage = f"python -m axiom {self.prog.rpartition(' ')[2]} --config FILE.yaml [--KEY VALUE ...]"
        put_in_order(self)
        return super().format_help(*arguments)

    def error(self, message: str, ex: Exception | None = None) -> NoReturn:
        """Tell the mistake, and end with code 2."""
        if not self.exit_on_error:  # the parser of a class's own options, whose words another parser adds to
            super().error(message, ex)
        told = plainly(message, sorted(set(_options(self))))
        if told.startswith("data.sampler: no class"):
            told += f"; engines: {', '.join(ENGINES)}, or the import path of a class of your own"
        if told.startswith("model.objective: no class"):
            told += f"; objectives: {', '.join(OBJECTIVES)}, or the import path of a class of your own"
        self.exit(2, f"error: {told}; every option: python -m axiom fit --help\n")


def _options(parser: ArgumentParser) -> Iterator[str]:
    """Names of a parser's options, and of its subcommands'."""
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for one in action.choices.values():
                yield from _options(one)
        yield from (name[2:] for name in action.option_strings if name.startswith("--") and ".help" not in name)


class FitConfig(SaveConfigCallback):
    """Keeps the configuration of ``fit`` beside its log; what trains no more in the run's folder leaves it as it is."""

    def setup(self, trainer: L.Trainer, pl_module: L.LightningModule, stage: str) -> None:
        """Save it where a fit begins or goes on, and not where one that is over tells its result again."""
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        if stage != "fit" or (isinstance(data, BestOfNDataModule) and data.newest_round() == data.rounds):
            return
        super().setup(trainer, pl_module, stage)


class WholePolicyCLI(LightningCLI):
    """LightningCLI for what is whole on every rank.

    Args:
        asked: the subcommand; the parser knows no other, as each takes most of a second to build.
        arguments, settings: LightningCLI's.
    """

    def __init__(self, *arguments: Any, asked: str, **settings: Any) -> None:
        known = self.subcommands()
        self.subcommands = lambda: {asked: known[asked]}  # type: ignore[method-assign]
        super().__init__(*arguments, **settings)

    def parse_arguments(self, parser: LightningArgumentParser, args: Any) -> None:
        """Parse, and where the user wants quiet have messages begin at warnings."""
        super().parse_arguments(parser, args)
        chosen = self.config[self.config["subcommand"]]
        if type(seed := chosen.seed_everything) is int and not 0 <= seed < 2**32:
            raise ConfigError(f"seed_everything {seed}: expected 0 to {2**32 - 1}")
        for name in (*LOGGERS, "lightning.pytorch", "lightning.fabric") if chosen.quiet else ():
            logging.getLogger(name).setLevel(logging.WARNING)

    def before_instantiate_classes(self) -> None:
        """Refuse, before anything is built, a strategy under which it would not be.

        Raises:
            ConfigError: naming what serves in its place.
        """
        strategy = self.config[self.config["subcommand"]].trainer.strategy
        _refuse_sharding(str(getattr(strategy, "class_path", strategy)).rpartition(".")[2])


class AxiomCLI(WholePolicyCLI):
    """LightningCLI whose ``fit`` goes on from the run's last checkpoint, and which can collect without training."""

    @staticmethod
    def subcommands() -> dict[str, set[str]]:
        """Lightning's, and ``collect``, with the arguments that are not the command line's."""
        return {**LightningCLI.subcommands(), "collect": {"model", "datamodule"}}

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        """Put the expert-iteration callback beside ``model`` and ``data``."""
        parser.add_lightning_class_args(ExpertIteration, "expert_iteration")
        parser.add_lightning_class_args(Display, "display")
        parser.add_lightning_class_args(TensorBoardPage, "tensorboard")
        parser.add_lightning_class_args(SampleWriter, "predictions")
        _add_quiet(parser)
        parser.add_argument("--fresh", type=bool, default=False, help="want an empty run folder (fit, collect)")
        parser.set_defaults(
            {"data.sampler": {"class_path": "TransformersSampler"}, "model.objective": {"class_path": "SFT"}}
        )
        parser.link_arguments("model.k", "expert_iteration.k")
        parser.link_arguments("expert_iteration.rounds", "data.rounds")
        parser.link_arguments("expert_iteration.epochs_per_round", "data.epochs_per_round")
        parser.link_arguments("expert_iteration.average_rounds", "data.average_rounds")

    def parse_arguments(self, parser: LightningArgumentParser, args: Any) -> None:
        """Parse, and look at a checkpoint before anything is loaded for its sake."""
        super().parse_arguments(parser, args)
        chosen = self.config[self.config["subcommand"]].get("ckpt_path")
        if chosen is not None and chosen != "hpc":
            _check_checkpoint(Path(chosen))

    def before_instantiate_classes(self) -> None:
        """Refuse epochs beside those that the rounds make as well.

        Raises:
            ConfigError: naming what sets them.
        """
        super().before_instantiate_classes()
        settings = self.config[self.config["subcommand"]]
        if settings.model.shard_base and settings.data.sampler.class_path.endswith("TransformersSampler"):
            raise ConfigError(NO_SAMPLING)  # before the base is read, which takes a while
        epochs = settings.trainer.max_epochs
        if epochs is not None:
            raise ConfigError(
                f"trainer.max_epochs {epochs}: rounds are trained for expert_iteration.rounds times epochs_per_round "
                "epochs; set these"
            )

    def before_fit(self) -> None:
        """Find the run's last checkpoint."""
        self.before_collect()
        found = Path(self.trainer.default_root_dir) / LAST_CHECKPOINT
        settings = self.config[self.subcommand]
        if settings.get("ckpt_path") is None and found.is_file():
            self.config_init[self.subcommand]["ckpt_path"] = str(found)

    def before_validate(self) -> None:
        """Look at the validation problems, which ``fit`` leaves to its rounds and Lightning's loop is told to skip."""
        if self.trainer.limit_val_batches == 0:
            self.trainer.limit_val_batches = 1.0

    def before_collect(self) -> None:
        """Look at the run's folder where an empty one is wanted.

        Raises:
            ConfigError: if it is not empty.
        """
        run = Path(self.trainer.default_root_dir)
        if self.config[self.subcommand].get("fresh") and run.is_dir() and any(run.iterdir()):
            raise ConfigError(f"--fresh: {run} is not empty; choose another trainer.default_root_dir or empty it")


class ValueCLI(WholePolicyCLI):
    """LightningCLI over the value function, which learns from the verdicts of runs that are there."""

    @staticmethod
    def subcommands() -> dict[str, set[str]]:
        """``fit`` alone."""
        return {"fit": LightningCLI.subcommands()["fit"]}

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        """Put what is shown beside ``model`` and ``data``."""
        parser.add_lightning_class_args(Display, "display")
        parser.add_lightning_class_args(TensorBoardPage, "tensorboard")
        parser.add_lightning_class_args(ValueFigures, "figures")
        _add_quiet(parser)


def _add_quiet(parser: LightningArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="show results and errors only, no progress")
    parser.link_arguments("quiet", "display.quiet")


def _refuse_sharding(strategy: str) -> None:
    """Refuse a strategy, by the name of it or of its class, that leaves no rank the whole policy.

    Raises:
        ConfigError: naming what serves in its place.
    """
    if strategy.lower().startswith(SHARDING):
        raise ConfigError(
            f"trainer.strategy {strategy}: it leaves each rank a part of the policy or of its checkpoint, and each "
            "needs the whole, to sample and to go on after a kill; take --trainer.strategy ddp, and where a GPU has no "
            "room for a policy's base, --model.shard_base true with it, as configs/overlays/fsdp.yaml does; a value "
            "function needs all of it"
        )


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
    """Run one subcommand; returns the exit code: 143 where a scheduler asked for an end, as shells tell it.

    Raises:
        AxiomError: for a mistake of the user's.
    """
    if not arguments:
        raise ConfigError("no subcommand; run python -m axiom --help")
    _silence_what_a_user_cannot_change()
    is_value = learns_values(arguments)
    if is_value and arguments[0] != "fit":
        raise ConfigError(
            f"{arguments[0]} does not know data.runs; fit learns a value function from runs, and tells how good it is"
        )
    command_line: type[WholePolicyCLI] = ValueCLI if is_value else AxiomCLI
    try:
        _run(command_line, arguments, is_value=is_value)
    except SIGTERMException:
        sys.stderr.write("terminated; the same command goes on from here\n")
        return 128 + signal.SIGTERM
    except SystemExit as error:
        if isinstance(error.__context__, KeyboardInterrupt):  # Lightning makes a 1 of it
            raise KeyboardInterrupt from None
        raise
    except AxiomError:
        raise
    except Exception as error:  # libraries tell of a full disk and of memory in classes of their own
        if (reason := no_room(error)) is not None:
            raise RoundStoreError(f"{reason}; free some, and the same command goes on from what is stored") from error
        if is_out_of_memory(error):
            raise ModelError(
                "out of memory; lower data.batch_size (trainer.accumulate_grad_batches makes up for it), or set "
                "model.gradient_checkpointing true; the same command goes on from what is stored"
            ) from error
        if is_of_a_lost_rank(error):
            said = str(error).partition("\n")[0]
            raise RankLostError(
                f"this rank has lost the others ({said}); the first error above says why; the same command goes on "
                "from what is stored"
            ) from error
        raise
    finally:
        sys.stdout.flush()
    return 0


def _run(command_line: type[WholePolicyCLI], arguments: list[str], *, is_value: bool) -> None:
    asked = arguments[0]
    command_line(
        ValueModule if is_value else PolicyModule,
        VerdictsDataModule if is_value else BestOfNDataModule,
        asked=asked,
        trainer_class=AxiomTrainer,
        save_config_callback=FitConfig,
        save_config_kwargs={"overwrite": True},
        parser_class=AxiomParser,
        parser_kwargs={asked: {"description": WHAT_IT_DOES[asked]}},
        seed_everything_default=0,
        auto_configure_optimizers=False,  # the module makes its own, which rounds restart and resume
        args=arguments,
        trainer_defaults={
            "enable_progress_bar": False,
            "enable_checkpointing": False,
            "enable_model_summary": False,
            "num_sanity_val_steps": 0,
            "log_every_n_steps": 1,
            **({} if is_value else {"limit_val_batches": 0}),
        },
    )


def _silence_what_a_user_cannot_change() -> None:
    """Hints and warnings of dependencies about choices that are axiom's own."""
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    for name in ("lightning.pytorch.utilities.rank_zero", "lightning.fabric.utilities.seed"):
        logging.getLogger(name).addFilter(_says_something)
    for message in (
        "LightningCLI's args parameter",
        "`max_epochs` was not set",
        r"`isinstance\(treespec",
        r"Found \d+ module\(s\) in eval mode",
        "The 'train_dataloader' does not have many workers",
    ):
        warnings.filterwarnings("ignore", message=f".*{message}")


def _says_something(record: logging.LogRecord) -> bool:
    """Whether a line of Lightning's tells more than what was asked for, or is not there."""
    return not any(part in record.getMessage() for part in _SAYS_NOTHING)
