"""The two clocks of a program: its CPU seconds, and the seconds on the wall in which it could have run.

Covered: time spent waiting for a processor, or for the judge to ask something, counts on neither clock; the clocks are
looked at when a limit can have been reached, not every moment. Not covered: what is done about it, which is the
session's. Assumes: Linux and the machine's ``/proc``.
"""

import os
import time

from axiom.problems.problem import Limits
from axiom.sandbox.kernel import cpu_clock_s, read_proc

_PROCESSORS = os.cpu_count() or 1
_BETWEEN_LOOKS_S = 0.02


class Clocks:
    """When a program's clocks were started, stopped and looked at.

    Args:
        look_every_s: look at least this often; None where nothing but a limit matters.
    """

    def __init__(self, *, look_every_s: float | None) -> None:
        self._look_every_s = look_every_s
        self._began = self._look_at = time.monotonic()
        self._replied_at: float | None = None
        self._unasked_s = self._waited_before_s = self._cpu_before_s = 0.0

    def begin(self, limits: Limits, *, pid: int, cpu_before_s: float) -> None:
        """Start both clocks.

        Args:
            limits: that are to be reached.
            pid: the process, which may have run before; 0 where it is not known yet.
            cpu_before_s: CPU seconds of the process that are not the program's.
        """
        self._began, self._cpu_before_s = time.monotonic(), cpu_before_s
        self._waited_before_s = self._read(pid)[1] if pid else 0.0
        self._plan(limits, cpu_s=0.0, running_s=0.0)

    def ask(self) -> None:
        """The program is asked for a reply: what went by since the last one was not its time."""
        if self._replied_at is not None:
            self._unasked_s += time.monotonic() - self._replied_at

    def reply(self) -> None:
        """The program has replied."""
        self._replied_at = time.monotonic()

    @property
    def wall_s(self) -> float:
        """Seconds since the start, whatever the program did."""
        return time.monotonic() - self._began

    @property
    def next_look_s(self) -> float:
        """Seconds until the clocks should be looked at; 0 where that is now."""
        return max(0.0, self._look_at - time.monotonic())

    def look(self, limits: Limits, *, pid: int) -> tuple[float, float]:
        """CPU seconds so far, and seconds in which the program could have run; plans the next look."""
        cpu_s, waited_s = self._read(pid)
        running_s = self.wall_s - self._unasked_s - waited_s
        self._plan(limits, cpu_s=cpu_s, running_s=running_s)
        return cpu_s, running_s

    def waited_s(self, pid: int) -> float:
        """Seconds so far in which the program could not run; what a process that is gone has waited is not known."""
        return self._unasked_s + self._read(pid)[1]

    def _plan(self, limits: Limits, *, cpu_s: float, running_s: float) -> None:
        """Look again when a limit can be reached at the earliest, the CPU's by threads on every processor."""
        left_s = min((limits.cpu_s - cpu_s) / _PROCESSORS, limits.wall_s - running_s)
        self._look_at = time.monotonic() + min(max(left_s, _BETWEEN_LOOKS_S), self._look_every_s or limits.wall_s)

    def _read(self, pid: int) -> tuple[float, float]:
        """CPU seconds of the program, and those that its most delayed thread waited for a processor."""
        folder = f"/proc/{pid}/task"
        try:
            waited_ns = max(int(read_proc(f"{folder}/{name}/schedstat").split()[1]) for name in os.listdir(folder))
            return cpu_clock_s(pid) - self._cpu_before_s, waited_ns / 1e9 - self._waited_before_s
        except (OSError, IndexError, ValueError):
            return 0.0, 0.0
