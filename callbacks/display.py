"""What a run shows while it works: one Rich display on a terminal, plain lines in logs, CI and Slurm.

Progress goes to stderr, results to stdout. Lightning's own bar is off; its messages appear above the display.
Rich allows one live display at a time, so everything that a run shows passes through here.
"""

import logging
import sys
import time
from typing import Any

import lightning as L
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column

from axiom.rounds.progress import CollectProgress

_LOGGERS = ("lightning", "lightning.pytorch", "lightning.fabric", "lightning.pytorch.utilities.rank_zero", "")


class Display(L.Callback):
    """Shows sampling, judging and training as they go.

    Args:
        quiet: show results and errors only.
        seconds_per_line: between two plain lines of one activity.
    """

    def __init__(self, *, quiet: bool = False, seconds_per_line: float = 20.0) -> None:
        self.quiet, self.seconds_per_line = quiet, seconds_per_line
        self._console = Console(stderr=True)
        self._progress: Progress | None = None
        self._task: tuple[str, TaskID] | None = None
        self._activity, self._printed, self._began = "", 0.0, 0.0

    def on_collect_progress(self, trainer: L.Trainer, progress: CollectProgress) -> None:
        """Sampling and judging: called by the DataModule."""
        if progress.drawn == 0 and progress.done == progress.total:
            return
        detail = [
            f"{progress.problems_done} of {progress.problems} problems",
            f"{progress.passed / max(progress.done, 1):.0%} passed",
            f"{progress.waiting} being judged",
            f"{progress.tokens_per_s:.0f} tokens/s",
            f"{progress.samples_per_s:.1f} samples/s",
        ]
        if progress.duplicates:
            detail.append(f"{progress.duplicates / progress.drawn:.0%} duplicates")
        self._show(
            trainer,
            f"round {progress.round}: sampling {progress.purpose}",
            done=progress.done,
            total=progress.total,
            detail=", ".join(detail),
            left_s=progress.left_s,
        )

    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Training steps."""
        data: Any = trainer.datamodule  # type: ignore[attr-defined]
        epochs = getattr(data, "epochs_per_round", 1)
        steps = int(trainer.num_training_batches)
        done, total = (trainer.current_epoch % epochs) * steps + batch_idx + 1, steps * epochs
        activity = f"round {data.round}: training" if hasattr(data, "epochs_per_round") else "training"
        if self._activity != activity or done == 1:
            self._began = time.monotonic()
        loss = outputs["loss"] if isinstance(outputs, dict) else outputs
        left_s = (time.monotonic() - self._began) * (total - done) / (done - 1) if done > 1 else None
        self._show(trainer, activity, done=done, total=total, detail=f"loss {float(loss):.3f}", left_s=left_s)

    def say(self, trainer: L.Trainer, result: RenderableType) -> None:
        """Print a result on stdout, above the live display."""
        if not trainer.is_global_zero:
            return
        # On a terminal both streams end up in one place, and only the live display's console knows what to clear.
        shared = self._progress is not None and sys.stdout.isatty()
        console = self._console if shared else Console(file=sys.__stdout__)
        console.print(result, highlight=False, soft_wrap=isinstance(result, str))

    def on_exception(self, trainer: L.Trainer, pl_module: L.LightningModule, exception: BaseException) -> None:
        """Give the terminal back."""
        self._stop()

    def teardown(self, trainer: L.Trainer, pl_module: L.LightningModule, stage: str) -> None:
        """Give the terminal back."""
        self._stop()

    def _show(
        self, trainer: L.Trainer, activity: str, *, done: int, total: int, detail: str, left_s: float | None
    ) -> None:
        if self.quiet or not trainer.is_global_zero:
            return
        if self._console.is_terminal:
            self._update(activity, done=done, total=total, detail=detail)
        else:
            self._line(activity, done=done, total=total, detail=detail, left_s=left_s)
        self._activity = activity

    def _line(self, activity: str, *, done: int, total: int, detail: str, left_s: float | None) -> None:
        now = time.monotonic()
        fresh = activity != self._activity
        if not fresh and done < total and now - self._printed < self.seconds_per_line:
            return
        self._printed = now
        left = f", {left_s:.0f} s left" if left_s is not None and done < total else ""
        self._console.print(f"{activity}: {done} of {total}, {detail}{left}", highlight=False, soft_wrap=True)

    def _update(self, activity: str, *, done: int, total: int, detail: str) -> None:
        if self._progress is None:
            self._progress = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.fields[detail]}", table_column=Column(ratio=1, no_wrap=True)),
                console=self._console,
                expand=True,  # a narrow terminal shortens the detail, and nothing else
                redirect_stdout=False,
                speed_estimate_period=120.0,
            )
            self._progress.start()
            _point_log_handlers_at_stderr()
        if self._task is None or self._task[0] != activity:
            if self._task is not None:
                self._progress.stop_task(self._task[1])
                self._progress.update(self._task[1], visible=False)
            self._task = activity, self._progress.add_task(activity, total=total, completed=done, detail=detail)
        self._progress.update(self._task[1], completed=done, total=total, detail=detail)

    def _stop(self) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = self._task = None
            _point_log_handlers_at_stderr()


def display_of(trainer: L.Trainer) -> Display:
    """The trainer's display, or one of its own for a trainer without."""
    found = [callback for callback in trainer.callbacks if isinstance(callback, Display)]  # type: ignore[attr-defined]
    return found[0] if found else Display()


def _point_log_handlers_at_stderr() -> None:
    """Log handlers keep the stream that they began with; the live display replaces ``sys.stderr``."""
    for name in _LOGGERS:
        for handler in logging.getLogger(name).handlers:
            if type(handler) is logging.StreamHandler:
                handler.setStream(sys.stderr)
