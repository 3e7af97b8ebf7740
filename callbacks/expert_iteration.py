"""Expert iteration on Lightning's hooks: every N epochs the trained model becomes the sampler of the next Round."""

import logging
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import lightning as L
from lightning.pytorch.trainer.states import TrainerFn
from lightning.pytorch.utilities.exceptions import SIGTERMException
from rich.table import Table

from axiom.errors import ConfigError
from axiom.learning.curriculum import BANDS
from axiom.pass_at_k import bootstrap_mean, mean_pass_at_k, paired_bootstrap, pass_at_k_by_problem
from axiom.rounds.choice import Counts, RoundChoice, best_round, is_over
from axiom.rounds.progress import CollectProgress
from axiom.rounds.store import JudgedSample, Purpose, counts_by_problem
from callbacks.collection import collection_scalars
from callbacks.display import display_of

log = logging.getLogger(__name__)
LAST_CHECKPOINT = Path("checkpoints") / "last.ckpt"
# Columns whose names stand in one line of a terminal of 80.
_IN_ONE_LINE = 6


class ExpertIteration(L.Callback):
    """Runs the rounds, logs pass@k by round, and tells the uplift on the test problems.

    Args:
        rounds: how often the model is trained on its own samples.
        epochs_per_round: passes over a round's Examples.
        restart_from: what a round trains: the ``previous`` round's adapter further, or anew from the ``base`` (that is,
            model 0's adapter, as STaR and ReST-EM do), or from the ``best`` round's by validation, so that one that
            hurt is left behind. ``base`` and ``best`` begin with a fresh optimizer and another warm-up.
        average_rounds: have each round sampled by the mean of the adapters that all rounds so far have trained, while
            training goes on from the last of them. An objective of ratios to the policy that sampled wants it off, and
            so does ``restart_from: best``, whose rounds that hurt would stay in the mean.
        choice: which round is the best, and when training ends for want of a better one.
        k: budgets of pass@k.
    """

    def __init__(
        self,
        *,
        rounds: int = 2,
        epochs_per_round: int = 2,
        restart_from: Literal["previous", "base", "best"] = "previous",
        average_rounds: bool = False,
        choice: RoundChoice = RoundChoice(),  # noqa: B008 (frozen; the command line shows its fields)
        k: Sequence[int] = (1, 8),
    ) -> None:
        if rounds < 1 or epochs_per_round < 1:
            raise ConfigError(f"rounds {rounds} and epochs_per_round {epochs_per_round} must be 1 or more")
        if restart_from == "best" and average_rounds:
            raise ConfigError(
                "expert_iteration.restart_from best leaves a round that hurt behind, and average_rounds true keeps it "
                "in the mean of all later ones; set average_rounds false, or restart_from previous"
            )
        self.rounds, self.epochs_per_round, self.k = rounds, epochs_per_round, tuple(k)
        self.restart_from, self.average_rounds, self.choice = restart_from, average_rounds, choice
        self.table: list[dict[str, Any]] = []

    def on_collect_progress(self, trainer: L.Trainer, progress: CollectProgress) -> None:
        """End between two groups of samples where a scheduler asks for it: Lightning looks between training steps.

        Raises:
            SIGTERMException: after what is sampled has been stored.
        """
        if trainer.received_sigterm:
            raise SIGTERMException

    def setup(self, trainer: L.Trainer, pl_module: L.LightningModule, stage: str) -> None:
        """Set the trainer's epochs and ask for the loader anew at each, so that none outlives its round.

        Raises:
            ConfigError: if the DataModule was told of other rounds, which the command line sees to.
        """
        if stage != "fit":
            return
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        for name in ("rounds", "epochs_per_round", "average_rounds"):
            if (own := getattr(self, name)) != (its := getattr(data, name)):
                raise ConfigError(f"{name}: the callback has {own} and the DataModule {its}; give both the same")
        if self._is_over(trainer):  # a run that ended for want of a better round stays as it is
            self.rounds = data.rounds = data.store.newest()
        trainer.fit_loop.max_epochs = data.rounds * self.epochs_per_round
        trainer.reload_dataloaders_every_n_epochs = 1  # type: ignore[attr-defined]

    def on_load_checkpoint(self, trainer: L.Trainer, pl_module: L.LightningModule, checkpoint: dict[str, Any]) -> None:
        """Keep the epochs that a run has behind it where it ends for want of a better round.

        Raises:
            ConfigError: if it was trained for more rounds than it is asked for, or than have begun.
        """
        if trainer.state.fn != TrainerFn.FITTING:
            return
        trained, asked = checkpoint["epoch"] + 1, self.rounds * self.epochs_per_round
        newest = trainer.datamodule.newest_round()  # type: ignore[attr-defined]
        if trained > (newest + 1) * self.epochs_per_round:
            raise ConfigError(
                f"expert_iteration.epochs_per_round {self.epochs_per_round}: round {newest} is the newest, and the "
                f"checkpoint was saved after {trained} epochs; give what the run was trained with"
            )
        if trained > asked and not self._is_over(trainer):
            least = -(-trained // self.epochs_per_round)
            raise ConfigError(
                f"expert_iteration.rounds {self.rounds} are {asked} epochs, and the run was trained for {trained}; "
                f"give {least} rounds or more, or take an earlier one with python -m axiom export RUN --round N"
            )
        trainer.fit_loop.max_epochs = max(trained, asked)
        self.rounds = max(self.rounds, trained // self.epochs_per_round)

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Report the round that begins; model 0 is evaluated here, before any training."""
        self._report(trainer, trainer.datamodule)  # type: ignore[attr-defined]
        # A run that was killed before it knew that no better round comes knows it now.
        trainer.should_stop = self._is_over(trainer) or trainer.should_stop

    def on_train_epoch_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """At the beginning of a round, put the adapter in place that it trains, and tell the module."""
        index, epoch_of_round = divmod(trainer.current_epoch, self.epochs_per_round)
        if epoch_of_round:
            return
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        source = {"previous": index, "base": 0, "best": self._best(trainer)}[self.restart_from]
        restarts = index > 0 and source != index
        if restarts:
            pl_module.policy.load_adapter(data.store.folder(source).adapter)  # type: ignore[union-attr, operator]
        pl_module.begin_round(index, restarts=restarts)  # type: ignore[operator]

    def on_train_epoch_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """At the end of a round's epochs: save, then begin, evaluate and collect the next round."""
        trainer.save_checkpoint(Path(trainer.default_root_dir) / LAST_CHECKPOINT, weights_only=False)
        done = trainer.current_epoch + 1
        if done % self.epochs_per_round:
            return
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        data.begin_round(done // self.epochs_per_round)
        data.collect("validation")
        trainer.should_stop = self._is_over(trainer) or trainer.should_stop
        if data.round < self.rounds and not trainer.should_stop:
            data.collect("train")
        self._report(trainer, data)

    def on_fit_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Tell the uplift of the best round on the test problems; ``final/`` scalars have the newest round as step."""
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        pl_module.to(trainer.strategy.root_device)  # Lightning has moved it to the CPU
        self._finish_last_round(trainer, data)
        validation, chosen = self._validation(trainer), self._best(trainer)
        tested = {}
        for index in dict.fromkeys((0, chosen)):
            data.round = index
            tested[index] = counts_by_problem(data.collect("test"))
        newest = max(index for index, counts in validation.items() if counts)
        scalars = {"final/chosen_round": float(chosen), "final/rounds": float(newest)}
        for k in self.k:
            first, last = (pass_at_k_by_problem(tested[index], k) for index in (0, chosen))
            before, after = ([of[name] for name in sorted(first.keys() & last.keys())] for of in (first, last))
            mean, low, high = paired_bootstrap(before, after)
            scalars[f"final/val_pass@{k}"] = mean_pass_at_k(validation[chosen].values(), k)
            scalars |= {f"final/test_pass@{k}": sum(after) / len(after), f"final/test_change@{k}": mean}
            display_of(trainer).say(
                trainer,
                f"test pass@{k}: model 0 {sum(before) / len(before):.1%}, model {chosen} "
                f"{sum(after) / len(after):.1%}, change {mean * 100:+.1f} points (95% interval {low * 100:+.1f} to "
                f"{high * 100:+.1f}, {_problems(len(before))})",
            )
        for logger in trainer.loggers:
            logger.log_metrics(scalars, step=newest)

    def on_validation_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Tell what ``validate`` has found."""
        if trainer.state.fn == TrainerFn.VALIDATING:
            self._tell_evaluation(trainer, "validation")

    def on_test_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Tell what ``test`` has found."""
        self._tell_evaluation(trainer, "test")

    def _tell_evaluation(self, trainer: L.Trainer, purpose: Purpose) -> None:
        """pass@k with its 95% interval over problems, from the samples that are stored; every rank calls this."""
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        counts = counts_by_problem(data.solve(data.problems[purpose], purpose))
        for k in self.k:
            by_problem = pass_at_k_by_problem(counts, k)
            mean, low, high = bootstrap_mean(list(by_problem.values()))
            interval = f"95% interval {low * 100:.1f} to {high * 100:.1f}, " if len(by_problem) > 1 else ""
            about = f"{interval}{_problems(len(by_problem))} x {data.samples[purpose]} samples"
            display_of(trainer).say(trainer, f"{purpose} pass@{k}: {mean:.1%} ({about})")

    def _finish_last_round(self, trainer: L.Trainer, data: Any) -> None:
        """Begin, evaluate and report the last round where a kill came between the last epoch's checkpoint and that.

        A process that has not reported it does so: the last one may have ended in between, and a step has one value.
        """
        progress: Any = trainer.fit_loop.epoch_progress.current
        trained = progress.processed // self.epochs_per_round
        newest = data.newest_round()
        if newest < trained:
            data.begin_round(trained)
        data.round = max(newest, trained)
        if all(row["round"] != data.round for row in self.table):
            self._report(trainer, data)

    def _validation(self, trainer: L.Trainer) -> dict[int, Counts]:
        """Validation counts by round; none of a newest round of which a kill has left a part of its samples.

        As rank 0 sees them: where another machine's listing is old, its rank would choose another round. Every rank
        calls this.
        """
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        found = {index: data.store.folder(index).read("validation") for index in range(self.rounds + 1)}
        newest = max((index for index, rows in found.items() if rows), default=0)
        if len(found[newest]) < data.samples["validation"] * len(data.problems["validation"]):
            found[newest] = []
        counts: dict[int, Counts] = {index: counts_by_problem(rows) for index, rows in found.items()}
        return trainer.strategy.broadcast(counts)

    def _best(self, trainer: L.Trainer) -> int:
        return best_round(self._validation(trainer), k=max(self.k), choice=self.choice) or 0

    def _is_over(self, trainer: L.Trainer) -> bool:
        return is_over(self._validation(trainer), k=max(self.k), choice=self.choice)

    def _report(self, trainer: L.Trainer, data: Any) -> None:
        """Evaluate the current round's model on validation; log and print the round.

        Every callback that has the hook ``on_round_reported(trainer, data)`` is told.
        """
        started = time.monotonic()
        validation = _counts(data.collect("validation"))
        scalars = {f"val/pass@{k}": mean_pass_at_k(validation, k) for k in self.k}
        self._tabulate(data)
        train = data.folder.read("train")
        if train:
            scalars |= collection_scalars(train, data.before_stopping(train), self.k, data.collected.pop("train", None))
            scalars["collect/examples"] = float(self.table[-1]["examples"])
            scalars |= data.figures
            banded = Counter(data.bands().values())
            scalars |= {f"curriculum/{band}": float(banded[band]) for band in BANDS}
        for logger in trainer.loggers:
            logger.log_metrics(scalars, step=data.round)
        for callback in trainer.callbacks:  # type: ignore[attr-defined]
            if hook := getattr(callback, "on_round_reported", None):
                hook(trainer, data)
        log.info("round %d reported in %.1f s", data.round, time.monotonic() - started)
        display_of(trainer).say(trainer, self._as_table())

    def _tabulate(self, data: Any) -> None:
        """Put the current round into the table, below the earlier ones that another process reported."""
        now = data.round
        del self.table[now:]  # what an earlier fit of this trainer's reported
        for index in range(len(self.table), now + 1):
            data.round = index
            self.table.append(self._row(data))

    def _row(self, data: Any) -> dict[str, Any]:
        """The current round's row: what was measured, which for an earlier round may be fewer samples than k."""
        validation, train = _counts(data.folder.read("validation")), data.folder.read("train")
        measured = [k for k in self.k if any(n >= k for n, _ in validation)]
        row: dict[str, Any] = {"round": data.round}
        row |= {f"val/pass@{k}": mean_pass_at_k(validation, k) for k in measured}
        if train:
            counts = _counts(train)
            row |= {
                "accepted": f"{sum(c for _, c in counts)} of {sum(n for n, _ in counts)}",
                "solved": f"{sum(c > 0 for _, c in counts)} of {len(counts)}",
            }
            if found := counts_by_problem(data.folder.read("search")):
                row["by search"] = f"{sum(c > 0 for _, c in found.values())} of {len(found)}"
            row["examples"] = len(data.examples())
        return row

    def _as_table(self) -> Table:
        table = Table(title="Expert iteration")
        searched = ["by search"] if any("by search" in row for row in self.table) else []
        columns = ["round", *(f"val/pass@{k}" for k in self.k), "accepted", "solved", *searched, "examples"]
        for name in columns:
            table.add_column(name.replace("/", "/\n") if len(columns) > _IN_ONE_LINE else name, justify="right")
        for row in self.table:
            cells = [row.get(name, "") for name in columns]
            table.add_row(*(f"{cell:.1%}" if isinstance(cell, float) else str(cell) for cell in cells))
        return table


def _counts(rows: Sequence[JudgedSample]) -> list[tuple[int, int]]:
    return list(counts_by_problem(rows).values())


def _problems(number: int) -> str:
    return f"{number} problem{'s' * (number != 1)}"
