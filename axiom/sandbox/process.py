"""Each program in a fresh Python process with resource limits, watched through ``/proc``.

Covered: CPU seconds, wall clock, address space, output, open files, file contents (nothing can be written),
core dumps; standard input and environment are empty; no expected value enters the process; replies are
framed, capped and decoded to plain data; the process group is killed at the end, with a second line of
alarms in the child should the judge itself be killed.

Not covered: network, reading and deleting files with the judge's own rights, the hidden tests and reference solutions
on this machine's disk among them, new processes that leave the process group (``os.setsid`` after a fork), signals to
other processes of the user, kernel exploits. Programs from strangers need the namespaces of the stronger level.

Assumes: Linux, ``/proc``, and that the interpreter that runs the judge is fit to run programs.
"""

import contextlib
import importlib.util
import os
import resource
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from axiom.errors import SandboxError
from axiom.problems.problem import Limits
from axiom.sandbox.jail import SAME_EVERY_TIME, third_party_environment
from axiom.sandbox.kernel import Ended, peak_resident_bytes
from axiom.sandbox.protocol import MAX_OUTPUT_BYTES, Stopped
from axiom.sandbox.session import ProgramSession
from axiom.sandbox.standard_input import standard_input

_START_S = 60.0
_ROOT = str(Path(__file__).resolve().parents[2])
# Not -I: it implies -E, which ignores PYTHONHASHSEED, and the order of sets must be the same in every run.
_FLAGS = ("-s", "-S")
_BOOTSTRAP = (
    f"import sys; sys.path[0] = {_ROOT!r}; from axiom.sandbox import child; del sys.path[0]; "
    "main = child.main; del child, sys; main()"
)


class ProcessSandbox:
    """The level ``process``: separate processes and resource limits, and no more.

    Args:
        preload: third-party modules that programs may import; with any, all that this interpreter has are there.

    Raises:
        SandboxError: on anything but Linux.
    """

    isolation = "process"

    def __init__(self, *, preload: Sequence[str] = ()) -> None:
        if not sys.platform.startswith("linux"):
            raise SandboxError(f"programs are judged on Linux only, this is {sys.platform}; use a container or WSL")
        for name in preload:
            if importlib.util.find_spec(name) is None:
                raise SandboxError(f"preload: no module '{name}' here; install it, or leave it out")
        self._environment = third_party_environment() if preload else {}
        self._lock = threading.Lock()
        self._live: set[ProcessSession] = set()
        self._closed = False

    def start(
        self,
        program: str,
        *,
        entry_point: str,
        limits: Limits,
        prelude: str = "",
        stdin: str | None = None,
        output_bytes: int = MAX_OUTPUT_BYTES,
    ) -> "ProcessSession":
        """Start a fresh interpreter, wait until it has limited itself, and hand over the program.

        Raises:
            SandboxError: if the sandbox is closed or the interpreter does not come up.
            OSError: if the machine has no process, descriptor or temporary folder to give.
        """
        request = {"source": program, "entry_point": entry_point, "prelude": prelude, "is_script": stdin is not None}
        with standard_input(stdin) as descriptor:
            session = ProcessSession(
                limits=limits,
                on_close=self._live.discard,
                environment=self._environment,
                stdin=descriptor,
                output_bytes=output_bytes,
            )
        with self._lock:
            closed = self._closed
            if not closed:
                self._live.add(session)
        try:
            if closed:
                raise SandboxError("the sandbox is closed; make a new one")
            session.await_ready()
            session.begin(request)
        except BaseException:
            session.close()
            raise
        return session

    def close(self) -> None:
        """Kill every running program, from any thread; nothing can be started afterwards."""
        with self._lock:
            self._closed = True
            live = list(self._live)
        for session in live:
            session.interrupt()


class ProcessSession(ProgramSession):
    """One program in one process; made by :meth:`ProcessSandbox.start`."""

    look_every_s = 0.02  # a program may use several processors here, and its memory is seen only while it lives

    def __init__(
        self, *, limits: Limits, on_close: Any, environment: Mapping[str, str], stdin: int | None, output_bytes: int
    ) -> None:
        self._start_cpu_s = 0.0
        self._peak_bytes = self._start_bytes = 0
        with contextlib.ExitStack() as stack:
            folder = tempfile.mkdtemp(prefix="axiom-")
            stack.callback(remove, folder)
            channel, theirs = socket.socketpair()
            stack.callback(channel.close)
            with theirs:
                self._process = _spawn(
                    theirs.fileno(), limits=limits, folder=folder, environment=environment, stdin=stdin
                )
            assert self._process.stdout is not None
            output = os.dup(self._process.stdout.fileno())
            self._process.stdout.close()
            self._resources = stack.pop_all()
        super().__init__(limits=limits, channel=channel, output=output, on_close=on_close, output_bytes=output_bytes)

    def await_ready(self) -> None:
        """Wait until the process is up and has set its limits.

        Raises:
            SandboxError: if it ends or stays silent instead.
        """
        limits, self._limits = self._limits, Limits(cpu_s=_START_S, wall_s=_START_S)
        reply = self._awaited()
        self._limits = limits
        if isinstance(reply, Stopped) or not isinstance(reply.get("ready"), float):
            raise SandboxError(f"no Python process came up ({reply}); try: {sys.executable} {' '.join(_FLAGS)} -c pass")
        self._start_cpu_s = reply["ready"]
        self._sample_memory()
        self._start_bytes = self._peak_bytes

    def _pid(self) -> int:
        return self._process.pid

    def _spent_before_s(self) -> float:
        return self._start_cpu_s

    def _resident_before_bytes(self) -> int:
        return self._start_bytes

    def _look(self) -> None:
        self._sample_memory()
        super()._look()

    def _sample_memory(self) -> None:
        # ru_maxrss would begin with the judge's own size, which a child keeps from before exec.
        with contextlib.suppress(OSError):
            self._peak_bytes = max(self._peak_bytes, peak_resident_bytes(self._process.pid) or 0)

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _reap(self) -> Ended:
        self._sample_memory()
        self._kill()
        _, status, used = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self._resources.close()
        return Ended(self._process.returncode, _used_s(used) - self._start_cpu_s, self._peak_bytes)


def remove(path: str) -> None:
    """Remove a folder with what a program has made there; what cannot be removed stays.

    Folders in it are moved up to be emptied, so that neither depth nor length of a path is a matter of the stack, of
    descriptors or of the kernel's limits.
    """
    with contextlib.suppress(OSError):
        os.chmod(path, 0o700)
        top = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            folders = _emptied(top, top)
            while folders:
                name = folders.pop()
                with contextlib.suppress(OSError):
                    folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
                    try:
                        folders += _emptied(folder, top)
                    finally:
                        os.close(folder)
                    os.rmdir(name, dir_fd=top)
        finally:
            os.close(top)
        os.rmdir(path)


def _emptied(folder: int, top: int) -> list[str]:
    """Remove a folder's files and move its folders to the top; their names there."""
    with os.scandir(folder) as listing:
        entries = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in listing]
    moved = []
    for name, is_folder in entries:
        with contextlib.suppress(OSError):
            if not is_folder:
                os.unlink(name, dir_fd=folder)
                continue
            os.chmod(name, 0o700, dir_fd=folder)
            unique = secrets.token_hex(8)
            os.rename(name, unique, src_dir_fd=folder, dst_dir_fd=top)
            moved.append(unique)
    return moved


def _used_s(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


def _spawn(
    channel: int, *, limits: Limits, folder: str, environment: Mapping[str, str], stdin: int | None
) -> "subprocess.Popen[bytes]":
    arguments = (str(channel), str(limits.cpu_s), str(limits.wall_s), str(limits.memory_bytes))
    return subprocess.Popen(
        [sys.executable, *_FLAGS, "-c", _BOOTSTRAP, *arguments],
        stdin=subprocess.DEVNULL if stdin is None else stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        cwd=folder,
        env={"HOME": folder, "PATH": os.defpath, **SAME_EVERY_TIME, **environment},
        pass_fds=(channel,),
        start_new_session=True,
    )
