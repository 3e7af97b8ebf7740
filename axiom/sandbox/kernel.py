"""What the kernel tells of another process: its CPU clock, its files in ``/proc``, its peak memory, its end.

Covered: reading, without trust in what the process says. Not covered: a process that ends meanwhile, whose number may
be another's; callers reap it later. Assumes: Linux and the machine's ``/proc``.
"""

import os
import time
from dataclasses import dataclass

_WHOLE_PROCESS = 2


@dataclass(frozen=True, slots=True)
class Ended:
    """What the kernel told of a program's end.

    Attributes:
        exit_code: minus the signal's number for a process that a signal ended; None where nobody saw the end.
        cpu_s: user and system seconds, the interpreter's start left out.
        peak_bytes: of resident memory.
    """

    exit_code: int | None
    cpu_s: float
    peak_bytes: int


def cpu_clock_s(pid: int) -> float:
    """CPU seconds of another process with all its threads, as clock_getcpuclockid(3) makes its clock's number.

    Raises:
        OSError: if there is no such process.
    """
    return time.clock_gettime((~pid << 3) | _WHOLE_PROCESS)


def read_proc(path: str) -> bytes:
    """The start of a file of the kernel's.

    Raises:
        OSError: if the process is gone.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, 4096)
    finally:
        os.close(descriptor)


def peak_resident_bytes(pid: int) -> int | None:
    """The most memory that a living process has had resident; None where it has none any more.

    Raises:
        OSError: if there is no such process.
    """
    peak = read_proc(f"/proc/{pid}/status").partition(b"\nVmHWM:")[2].split(maxsplit=1)
    return int(peak[0]) * 1024 if peak else None
