"""TensorBoard as the place to look: a layout of custom scalars, pictures, samples as text, and hyperparameters.

Scalars by round are :class:`callbacks.expert_iteration.ExpertIteration`'s. Everything of a round has the round as its
step, so that a run which goes on replaces what it had told of the round in which it was stopped.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lightning as L
import numpy as np
from lightning.pytorch.loggers import TensorBoardLogger

from axiom.errors import ConfigError
from axiom.report.comparison import estimate
from axiom.report.config_file import read_config
from axiom.report.hyperparameters import VALUE_RESULTS, beginning, end, hyperparameters, round_results
from axiom.report.images import outcomes_image, solve_rates_image
from axiom.report.layout import Layout, round_layout, value_layout
from axiom.report.told_samples import best_samples, near_misses, samples_markdown, solved_problems
from axiom.rounds.choice import Counts
from axiom.rounds.store import Purpose, counts_by_problem
from datamodules.best_of_n import BestOfNDataModule

_PURPOSES: tuple[Purpose, ...] = ("train", "validation")


class TensorBoardPage(L.Callback):
    """Writes what TensorBoard shows beside scalars; without a TensorBoard logger it does nothing.

    Args:
        samples: how many of a round's best samples are told, and how many near misses; 0 tells none.
    """

    def __init__(self, *, samples: int = 6) -> None:
        if samples < 0:
            raise ConfigError(f"tensorboard.samples: expected 0 or more, got {samples}")
        self.samples = samples
        self._counts: dict[tuple[Purpose, int], Counts] = {}
        self._outcomes: dict[int, Counter[str]] = {}

    def on_fit_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Write the layout, and the hyperparameters with the names of the results that they are compared by."""
        writers = _writers(trainer)
        if not writers:
            return
        module: Any = pl_module
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        if isinstance(data, BestOfNDataModule):
            layout, results = _round_layout(module, data), round_results(module.k)
        else:
            layout, results = value_layout(), VALUE_RESULTS
        settings = hyperparameters(read_config(Path(trainer.default_root_dir))[1])
        for writer in writers:
            writer.add_custom_scalars(layout)
            for summary in beginning(settings, results):
                writer._get_file_writer().add_summary(summary)

    def on_round_reported(self, trainer: L.Trainer, data: BestOfNDataModule) -> None:
        """Write the current round's text, and the pictures of all rounds so far: called by expert iteration."""
        writers = _writers(trainer)
        if not writers:
            return
        self._read(data)
        k = trainer.lightning_module.k  # type: ignore[union-attr]
        for writer in writers:
            for name, value in self._intervals(data.round, k).items():  # type: ignore[arg-type]
                writer.add_scalar(name, value, data.round)
            for purpose in _PURPOSES:
                if by_round := self._by_round(purpose, data.round):
                    _add_image(writer, f"solve_rates/{purpose}", solve_rates_image(by_round), data.round)
            outcomes = {index: self._outcomes[index] for index in range(data.round + 1) if self._outcomes[index]}
            if outcomes:
                _add_image(writer, "outcomes/by_round", outcomes_image(outcomes), data.round)
            for name, text in self._texts(data).items():
                writer.add_text(name, text, data.round)
            writer.flush()

    def on_fit_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Say among the hyperparameters that the run is finished."""
        for writer in _writers(trainer):
            writer._get_file_writer().add_summary(end())

    def _read(self, data: BestOfNDataModule) -> None:
        """Sum up the rounds up to the current one; an earlier round does not change."""
        for index in range(data.round + 1):
            if index < data.round and index in self._outcomes:
                continue
            folder = data.store.folder(index)
            for purpose in _PURPOSES:
                rows = folder.read(purpose)
                self._counts[purpose, index] = counts_by_problem(rows)
                if purpose == "train":
                    self._outcomes[index] = Counter(row.outcome for row in rows)

    def _by_round(self, purpose: Purpose, newest: int) -> dict[int, Counts]:
        found = {index: self._counts[purpose, index] for index in range(newest + 1)}
        return {index: counts for index, counts in found.items() if counts}

    def _intervals(self, index: int, k: Sequence[int]) -> dict[str, float]:
        told: dict[str, float] = {}
        for budget in k:
            if (found := estimate(self._counts["validation", index], budget)) is not None:
                told |= {f"val_low/pass@{budget}": found.low, f"val_high/pass@{budget}": found.high}
        return told

    def _texts(self, data: BestOfNDataModule) -> dict[str, str]:
        rows = data.folder.read("train")
        before = solved_problems([self._counts["train", index] for index in range(data.round)])
        problems = {problem.id: problem for problem in data.problems["train"]}
        chosen = {
            "samples/best": best_samples(rows, before, most=self.samples),
            "samples/near_misses": near_misses(rows, most=self.samples),
        }
        return {
            name: samples_markdown(some, rows, problems, solved_before=before) for name, some in chosen.items() if some
        }


def _round_layout(module: Any, data: BestOfNDataModule) -> Layout:
    tells_kl = module.hparams["kl_coefficient"] > 0 or module.hparams["kl_every_n_steps"] > 0
    searches = data.search.name is not None
    return round_layout(module.k, tells_kl=tells_kl, learns_value=data.value.learn, searches=searches)


def _writers(trainer: L.Trainer) -> list[Any]:
    """The run's TensorBoard writers; none on a rank that does not log."""
    if not trainer.is_global_zero:
        return []
    return [logger.experiment for logger in trainer.loggers if isinstance(logger, TensorBoardLogger)]


def _add_image(writer: Any, name: str, image: Any, step: int) -> None:
    writer.add_image(name, np.asarray(image), step, dataformats="HWC")
