"""One jail as the judge sees it: a warm zygote behind walls, asked for children over a control socket.

What builds the walls is a subclass's: bubblewrap (:mod:`axiom.sandbox.bubblewrap`) or an engine for containers
(:mod:`axiom.sandbox.container`). Both show the zygote what is named here: the interpreter, its libraries, and what of
axiom runs inside.

Covered: a jail that does not come up, hangs or dies; a child that died before its program. Not covered: the walls.
Assumes: Linux, and a zygote whose processes this process sees in its own ``/proc``.
"""

import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from axiom.errors import SandboxError
from axiom.problems.problem import Limits
from axiom.sandbox.kernel import Ended, peak_resident_bytes
from axiom.sandbox.packages import site_packages

MESSAGE_BYTES = 65536
_START_S = 60.0
_END_S = 10.0
_TAKES = 3
# One heap for all threads: with a heap each, of 64 MB of address space, whether the next thread still finds room for
# its stack depends on how far the last one has come, and the same program gets another verdict.
SAME_EVERY_TIME = {"PYTHONHASHSEED": "0", "MALLOC_ARENA_MAX": "1"}
_THREADS_OF_LIBRARIES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_CREDENTIALS = struct.Struct("3i")
_AXIOM = Path(__file__).resolve().parents[1]
_BOOTSTRAP = "import sys; sys.path.insert(0, '/jail'); from axiom.sandbox import zygote; del sys.path[0]; zygote.main()"
JAILED_AXIOM = tuple((_AXIOM / name, f"/jail/axiom/{name}") for name in ("__init__.py", "errors.py", "sandbox"))


class Jail:
    """A jail with its zygote; runs one program at a time.

    Args:
        control: this end of the zygote's socket, which tells who sends.
        process: what holds the walls, its standard error a pipe; the jail is gone when it has ended.

    Raises:
        SandboxError: if the jail does not come up, with the process's own words, or lacks a module to preload.
    """

    remedy = ""

    def __init__(self, control: socket.socket, process: "subprocess.Popen[bytes]") -> None:
        self._control, self._process = control, process
        self.programs = 0
        self._unread = 0
        self._next: tuple[socket.socket, int] | None = None
        try:
            hello = self._hello()
            if hello["refused"]:
                name = hello["refused"][0]
                raise SandboxError(f"preload: a jail cannot import '{name}'; install it, or leave it out")
            self._fork()
        except BaseException:
            self.close()
            raise

    # What a subclass may do otherwise.

    def fits(self, limits: Limits) -> bool:
        """Whether the walls leave a program all that its limits allow."""
        return True

    def kill(self) -> None:
        """Kill everything in the jail, from any thread; harmless where it is gone already."""
        self._process.kill()

    def kill_child(self, pid: int) -> None:
        """Kill the running program, whose number this is."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def _end_process(self) -> None:
        """Kill everything in the jail and wait until it is gone."""
        self._process.kill()
        self._process.wait()

    # What a session does with it.

    def take(self) -> tuple[socket.socket, int]:
        """The channel and the output of a child that waits for its program; the caller closes both.

        Raises:
            OSError: if the jail is gone.
        """
        for _ in range(_TAKES):
            if self._next is None:
                break
            taken, self._next = self._next, None
            self.programs += 1
            if not hung_up(taken[0]):
                return taken
            taken[0].close()
            os.close(taken[1])
            self.refresh()
        raise OSError("the jail gives no child")

    def limits(self, limits: Limits) -> dict[str, float]:
        """What the child is told of a program's limits."""
        return {"cpu_s": limits.cpu_s, "address_space": self._present_bytes + limits.memory_bytes}

    def refresh(self) -> None:
        """Have the child killed and the next one forked, without waiting; a jail that is gone is closed."""
        try:
            self._read_ends(wait=False)
            self._fork()
            self._unread += 1
        except (OSError, ValueError):
            self.close()

    def end(self) -> Ended | None:
        """Like :meth:`refresh`, and wait to hear how the child ended; None if the jail itself is gone."""
        self.refresh()
        if self.alive:
            with contextlib.suppress(OSError, ValueError):
                return self._read_ends(wait=True)
            self.close()
        return None

    def _fork(self) -> None:
        channel, theirs = socket.socketpair()
        output, their_output = os.pipe()
        try:
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            with theirs:
                socket.send_fds(self._control, [b"next"], [theirs.fileno(), their_output])
        except BaseException:
            channel.close()
            os.close(output)
            raise
        finally:
            os.close(their_output)
        self._next = channel, output

    def _read_ends(self, *, wait: bool) -> Ended | None:
        """Read how earlier children ended; the last that was read."""
        ended = None
        while self._unread:
            if not select.select([self._control], [], [], _END_S if wait else 0.0)[0]:
                if wait:
                    raise OSError("the jail does not answer")
                break
            ended = Ended(**json.loads(self._control.recv(MESSAGE_BYTES)))
            self._unread -= 1
        return ended

    @property
    def alive(self) -> bool:
        """Whether programs can be run."""
        return self._control.fileno() >= 0 and self._process.poll() is None

    def close(self) -> None:
        """Kill everything in the jail and free what it holds."""
        self._control.close()
        waiting, self._next = self._next, None
        if waiting is not None:
            waiting[0].close()
            os.close(waiting[1])
        self._end_process()
        if self._process.stderr is not None:
            self._process.stderr.close()

    def _hello(self) -> dict[str, Any]:
        if select.select([self._control], [], [], _START_S)[0]:
            message, ancillary, _, _ = self._control.recvmsg(MESSAGE_BYTES, socket.CMSG_SPACE(_CREDENTIALS.size))
            pid = sender(ancillary)
            if message and pid:
                with contextlib.suppress(OSError, ValueError):
                    self._present_bytes = _address_space(pid)
                    self.resident_bytes = peak_resident_bytes(pid) or 0
                    hello: dict[str, Any] = json.loads(message)
                    return hello
        raise self._failure()

    def _failure(self) -> SandboxError:
        """End what runs; why there is no jail, in the words of what should have built it."""
        self._end_process()
        said = b"" if self._process.stderr is None else self._process.stderr.read()
        words = " ".join(said.decode(errors="replace").split())
        return SandboxError(f"no jail came up ({words or 'it said nothing'}). {self.remedy}")


def hung_up(channel: socket.socket) -> bool:
    """Whether nobody is left at the other end."""
    poll = select.poll()
    poll.register(channel, 0)
    return any(event & select.POLLHUP for _, event in poll.poll(0))


def sender(ancillary: Sequence[tuple[int, int, bytes]]) -> int:
    """The sending process as this one sees it, from a message's credentials; 0 where there are none."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            pid: int = _CREDENTIALS.unpack(data[: _CREDENTIALS.size])[0]
            return pid
    return 0


def library_folders() -> list[str]:
    """Where the machine's shared libraries are, and the index by which the loader finds them."""
    return ["/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache"]


def zygote_command(control: str, preload: Sequence[str]) -> list[str]:
    """What runs inside: this interpreter and the zygote.

    Args:
        control: number of the inherited descriptor, or path of the judge's socket.
        preload: third-party modules that programs may import.
    """
    return [str(Path(sys.executable).resolve()), "-s", "-S", "-B", "-c", _BOOTSTRAP, control, *preload]


def environment(preload: Sequence[str]) -> dict[str, str]:
    """Nothing of the user's; the order of sets is the same in every run, and no library starts threads."""
    variables = {"PATH": os.defpath, "PYTHONUTF8": "1", "LANG": "C.UTF-8", "HOME": "/tmp", **SAME_EVERY_TIME}
    if preload:
        variables |= third_party_environment()
    return variables


def third_party_environment() -> dict[str, str]:
    """What an interpreter without site needs to find this one's packages; their libraries start no threads."""
    return {"PYTHONPATH": os.pathsep.join(site_packages())} | dict.fromkeys(_THREADS_OF_LIBRARIES, "1")


def _address_space(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")
