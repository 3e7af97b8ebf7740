"""Writes what ``predict`` sampled as JSON lines, in the form that HumanEval's and EvalPlus's evaluators read."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lightning as L
import torch.distributed as distributed
from lightning.pytorch.callbacks import BasePredictionWriter

from axiom.errors import ConfigError
from callbacks.display import display_of


class SampleWriter(BasePredictionWriter):
    """One line for each sample: ``task_id``, ``solution`` (the whole program), ``completion`` and its verdict.

    Args:
        file: where to; None takes ``predictions.jsonl`` in the run's folder. Rank 0 writes it whole.
    """

    def __init__(self, *, file: str | None = None) -> None:
        super().__init__(write_interval="epoch")
        self.file = file

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
        part = file.with_name(file.name + ".part")
        part.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        part.rename(file)
        display_of(trainer).say(trainer, f"{len(rows)} samples, {sum(row['passed'] for row in rows)} passed: {file}")
