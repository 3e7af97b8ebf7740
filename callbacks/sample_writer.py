"""Writes what ``predict`` sampled as JSON lines, in the form that HumanEval's and EvalPlus's evaluators read."""

import json
import os
from collections.abc import Sequence
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import lightning as L
import torch.distributed as distributed
from lightning.pytorch.callbacks import BasePredictionWriter

from axiom.errors import ConfigError
from axiom.problems.problem import Problem
from axiom.search.choosers import chosen
from axiom.search.drawing import by_what_is_known
from axiom.search.scoring import Sampled, candidates_of
from axiom.search.searcher import search_judge
from axiom.verification.judge import make_sandbox
from callbacks.display import display_of


class SampleWriter(BasePredictionWriter):
    """One line for each sample: ``task_id``, ``solution`` (the whole program), ``completion`` and its verdict.

    Args:
        file: where to; None takes ``predictions.jsonl`` in the run's folder. Rank 0 writes it whole.
        choose: write one sample of each problem, which search chooses by the public examples, by agreement on generated
            inputs and by log-probability, as ``solve`` does; the verdicts choose nothing.
    """

    def __init__(self, *, file: str | None = None, choose: bool = False) -> None:
        super().__init__(write_interval="epoch")
        self.file, self.choose = file, choose

    def setup(self, trainer: L.Trainer, pl_module: L.LightningModule, stage: str) -> None:
        """Make sure, before anything is sampled for it, that the file can be written.

        Raises:
            ConfigError: naming the place.
        """
        if stage != "predict" or not trainer.is_global_zero:
            return
        file = self._place(trainer)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"predictions.file {file}: {error.strerror}; name another place") from error
        if file.is_dir() or not os.access(file.parent, os.W_OK):
            told = "is a folder" if file.is_dir() else "its folder cannot be written to"
            raise ConfigError(f"predictions.file {file}: {told}; name another place")

    def _place(self, trainer: L.Trainer) -> Path:
        return Path(self.file) if self.file else Path(trainer.default_root_dir) / "predictions.jsonl"

    def write_on_epoch_end(
        self,
        trainer: L.Trainer,
        pl_module: L.LightningModule,
        predictions: Sequence[Any],
        batch_indices: Sequence[Any],
    ) -> None:
        """Gather the ranks' samples and write them in the order of problem and index."""
        own: list[dict[str, Any]] = [row for batch in predictions for row in batch]
        gathered: list[Any] = [own]
        if trainer.world_size > 1:
            gathered = [None] * trainer.world_size
            distributed.all_gather_object(gathered, own)
        if not trainer.is_global_zero:
            return
        file = self._place(trainer)
        rows = sorted((row for part in gathered for row in part), key=lambda row: (row["task_id"], row["sample_index"]))
        if self.choose:
            data: Any = trainer.datamodule  # type: ignore[attr-defined]
            rows = chosen_rows(rows, data.problems["test"], isolation=data.collector.isolation)
        part = file.with_name(file.name + ".part")
        part.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        part.rename(file)
        what = "programs, one of each problem" if self.choose else "samples"
        display_of(trainer).say(trainer, f"{len(rows)} {what}, {sum(row['passed'] for row in rows)} passed: {file}")


def chosen_rows(rows: Sequence[dict[str, Any]], problems: Sequence[Problem], *, isolation: str) -> list[dict[str, Any]]:
    """Of each problem's samples the one that best-of-N hands out; no hidden test is run, and no verdict read.

    Args:
        rows: of the store, all of a problem's together.
        problems: theirs.
        isolation: of the sandbox that runs them on examples and generated inputs.

    Raises:
        SandboxError: if the isolation is not to be had.
    """
    by_id, kept = {problem.id: problem for problem in problems}, []
    with search_judge(isolation) as judge, closing(make_sandbox(judge.isolation)) as sandbox:
        for name, group in groupby(rows, key=itemgetter("task_id")):
            some = list(group)
            samples = [Sampled(row["solution"], tuple(row["token_ids"]), tuple(row["log_probs"])) for row in some]
            candidates = candidates_of(by_id[name], samples, judge=judge, sandbox=sandbox, workers=judge.workers)
            kept.append(some[chosen(candidates, by_what_is_known(candidates))])
    return kept
