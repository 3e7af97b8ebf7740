"""The division of a rank's processors between the engine's steps and the judge's workers.

Together they never ask for more processors than there are: two threads too many make a step of matrix products many
times slower, since each product waits for its slowest thread. Giving the judge processors of its own would halve the
engine's speed on two, for a judge that is idle nearly always. So a step has all processors while the judge is idle, and
those that its busy workers leave while it is not.

Before such a narrower step, waiting a little for the judge is often cheaper. How long its programs still take is not
known, so the rule of the ski rental holds: wait as long as the narrower step would cost more, then take that step; it
never costs more than twice what knowing would. Where the workers leave no processor, the step waits until they do.
"""

import time
from types import TracebackType

import torch

from axiom.rounds.judging import Judging


class Processors:
    """Sets torch's threads before each step; a context manager that restores them.

    Args:
        judging: says how many workers are busy, and is waited for.
        cores: processors of this rank; torch's threads at the start, if fewer, are the most that a step gets.
    """

    def __init__(self, judging: Judging, *, cores: int) -> None:
        self._judging, self._cores = judging, cores
        self._before = torch.get_num_threads()
        self._most = min(self._before, cores)
        self._began: float | None = None
        self._step_s = 0.0

    def __enter__(self) -> "Processors":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _set_threads(self._before)

    def before_step(self) -> None:
        """Wait for the judge as long as it is worth it, then give the step what the judge leaves."""
        if self._began is not None and torch.get_num_threads() == self._most:
            self._step_s = time.monotonic() - self._began
        threads = self._left()
        if 0 < threads < self._most:
            self._judging.wait(for_all=True, timeout_s=self._step_s * (self._most / threads - 1.0))
            threads = self._left()
        while threads < 1:
            self._judging.wait()
            threads = self._left()
        _set_threads(threads)
        self._began = time.monotonic()

    def _left(self) -> int:
        return min(self._most, self._cores - self._judging.busy)


def _set_threads(count: int) -> None:
    if torch.get_num_threads() != count:
        torch.set_num_threads(count)
