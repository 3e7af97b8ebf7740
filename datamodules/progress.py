"""Progress of a collection as plain lines: for logs, CI and Slurm."""

import time

from lightning.pytorch.utilities import rank_zero_info

from axiom.rounds.collect import CollectProgress


class ProgressLines:
    """Prints a line when a collection ends and, in between, at most one in ``seconds``.

    Args:
        seconds: between two lines.
    """

    def __init__(self, *, seconds: float = 20.0) -> None:
        self.seconds = seconds
        self.begin()

    def begin(self) -> None:
        """A new collection starts now."""
        self._began = self._printed = time.monotonic()
        self._first: int | None = None

    def __call__(self, progress: CollectProgress) -> None:
        """Report; tokens/s and time left are of the collection under way."""
        now = time.monotonic()
        if self._first is None:
            self._first = progress.done
        if now - self._printed < self.seconds and progress.done < progress.total:
            return
        self._printed = now
        elapsed = max(now - self._began, 1e-6)
        rate = max(progress.done - self._first, 1) / elapsed
        rank_zero_info(
            f"{progress.purpose}: {progress.done} of {progress.total} samples, {progress.passed} passed, "
            f"{progress.tokens / elapsed:.0f} tokens/s, {(progress.total - progress.done) / rate:.0f} s left"
        )
