"""Each program in a fresh Python process with resource limits, watched through ``/proc``.

Covered: CPU seconds, wall clock, address space, output, open files, file contents (nothing can be written),
core dumps; standard input and environment are empty; no expected value enters the process; replies are
framed, capped and decoded to plain data; the process group is killed at the end, with a second line of
alarms in the child should the judge itself be killed.

Not covered: network, reading and deleting files with the judge's own rights, new processes that leave the
process group (``os.setsid`` after a fork), signals to other processes of the user, kernel exploits. Programs
from strangers need the namespaces of the stronger level.

Assumes: Linux, ``/proc``, and that the interpreter that runs the judge is fit to run programs.
"""

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from axiom.errors import SandboxError
from axiom.problems.problem import Limits
from axiom.sandbox.protocol import CallReply, Loaded, LoadReply, Raised, Refused, Returned, Stopped, Usage
from axiom.sandbox.values import decode, encode

MAX_FRAME_BYTES = 16 * 1024 * 1024
MAX_OUTPUT_BYTES = 1024 * 1024
_START_S = 60.0
_FIRST_LOOK_S = 0.05
_LOOK_EVERY_S = 0.02
_READ_BYTES = 1 << 16
_NEAR_LIMIT = 0.8
_ROOT = str(Path(__file__).resolve().parents[2])
# Not -I: it implies -E, which ignores PYTHONHASHSEED, and the order of sets must be the same in every run.
_FLAGS = ("-s", "-S")
_BOOTSTRAP = (
    f"import sys; sys.path[0] = {_ROOT!r}; from axiom.sandbox import child; del sys.path[0]; "
    "main = child.main; del child, sys; main()"
)


class ProcessSandbox:
    """The level ``process``: separate processes and resource limits, and no more.

    Raises:
        SandboxError: on anything but Linux.
    """

    isolation = "process"

    def __init__(self) -> None:
        if not sys.platform.startswith("linux"):
            raise SandboxError(f"programs are judged on Linux only, this is {sys.platform}; use a container or WSL")
        self._lock = threading.Lock()
        self._live: set[ProcessSession] = set()
        self._closed = False

    def start(self, program: str, *, entry_point: str, limits: Limits) -> "ProcessSession":
        """Start a fresh interpreter for one program and wait until it has limited itself.

        Raises:
            SandboxError: if the sandbox is closed or the interpreter does not come up.
            OSError: if the machine has no process, descriptor or temporary folder to give.
        """
        session = ProcessSession(program, entry_point=entry_point, limits=limits, on_close=self._live.discard)
        with self._lock:
            closed = self._closed
            if not closed:
                self._live.add(session)
        try:
            if closed:
                raise SandboxError("the sandbox is closed; make a new one")
            session.await_ready()
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


class ProcessSession:
    """One program in one process; made by :meth:`ProcessSandbox.start`."""

    def __init__(self, program: str, *, entry_point: str, limits: Limits, on_close: "_OnClose") -> None:
        self._request = {"source": program, "entry_point": entry_point}
        self._limits = limits
        self._on_close = on_close
        self._lock = threading.Lock()
        self._usage: Usage | None = None
        self._stopped: Stopped | None = None
        self._received = bytearray()
        self._channel_closed = False
        self._output_bytes = 0
        self._start_cpu_s = 0.0
        self._handed_over = False
        self._peak_bytes = 0
        self._began = time.monotonic()
        self._deadline = self._began + _START_S
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="axiom-", ignore_cleanup_errors=True))
            self._selector = stack.enter_context(selectors.DefaultSelector())
            self._channel, theirs = socket.socketpair()
            stack.callback(self._channel.close)
            self._channel.setblocking(False)
            self._selector.register(self._channel, selectors.EVENT_READ)
            with theirs:
                self._process = _spawn(theirs.fileno(), limits=limits, folder=folder)
            output = self._process.stdout
            assert output is not None
            stack.callback(output.close)
            os.set_blocking(output.fileno(), False)
            self._selector.register(output, selectors.EVENT_READ)
            self._resources = stack.pop_all()

    def await_ready(self) -> None:
        """Wait until the process is up and has set its limits.

        Raises:
            SandboxError: if it ends or stays silent instead.
        """
        reply = self._exchange(None)
        if isinstance(reply, Stopped) or not isinstance(reply.get("ready"), float):
            raise SandboxError(f"no Python process came up ({reply}); try: {sys.executable} {' '.join(_FLAGS)} -c pass")
        self._start_cpu_s = reply["ready"]

    def load(self) -> LoadReply:
        """Compile the program and run its module body; the clocks start here."""
        self._handed_over = True
        self._began = time.monotonic()
        self._deadline = self._began + self._limits.wall_s
        reply = self._exchange(self._request)
        if isinstance(reply, Stopped):
            return reply
        if reply.get("loaded") is True:
            return Loaded()
        if isinstance(reply.get("syntax"), str):
            return self._stop(Stopped("syntax", reply["syntax"]))
        return self._raised(reply)

    def call(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> CallReply:
        """Call the entry point once.

        Args:
            args: positional arguments, plain data.
            kwargs: keyword arguments, plain data.

        Raises:
            ValueFormatError: if the arguments are not plain data.
        """
        reply = self._exchange({"args": encode(list(args)), "kwargs": {k: encode(v) for k, v in kwargs.items()}})
        if isinstance(reply, Stopped):
            return reply
        if "returned" in reply:
            try:
                return Returned(decode(reply["returned"]))
            except (ValueError, RecursionError):
                return self._stop(_MALFORMED)
        if isinstance(reply.get("refused"), str):
            return Refused(reply["refused"])
        return self._raised(reply)

    def interrupt(self) -> None:
        """Kill the program from another thread; the session's own thread sees it end."""
        with self._lock:
            if self._usage is None:
                self._kill()

    def close(self) -> Usage:
        """Kill the process group, reap the process, free descriptors and folder."""
        with self._lock:
            if self._usage is None:
                self._sample_memory()
                self._kill()
                _, status, used = os.wait4(self._process.pid, 0)
                self._process.returncode = os.waitstatus_to_exitcode(status)
                cpu_s = max(0.0, used.ru_utime + used.ru_stime - self._start_cpu_s)
                self._usage = Usage(cpu_s, time.monotonic() - self._began, self._peak_bytes)
                self._resources.close()
                self._on_close(self)
            return self._usage

    def _exchange(self, request: Any) -> dict[str, Any] | Stopped:
        """Send one frame, if any, and wait for one; every limit is watched meanwhile."""
        if self._stopped is not None:
            return self._stopped
        self._drain()
        if request is not None and self._received:
            return self._stop(_MALFORMED)
        body = b"" if request is None else json.dumps(request).encode()
        outgoing = memoryview(len(body).to_bytes(4, "big") + body if body else b"")
        next_look = time.monotonic() + _FIRST_LOOK_S
        while (frame := self._frame()) is None:
            if self._stopped is not None:
                return self._stopped
            if self._channel_closed:
                return self._stop(self._death())
            outgoing = self._write(outgoing)
            self._selector.select(max(0.0, next_look - time.monotonic()))
            self._drain()
            if time.monotonic() >= next_look:
                self._look()
                next_look = time.monotonic() + _LOOK_EVERY_S
        self._look()
        return self._stopped or _parsed(frame) or self._stop(_MALFORMED)

    def _write(self, outgoing: memoryview) -> memoryview:
        events = selectors.EVENT_READ
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while outgoing:
                outgoing = outgoing[self._channel.send(outgoing) :]
        if outgoing:
            events |= selectors.EVENT_WRITE
        if not self._channel_closed:
            self._selector.modify(self._channel, events)
        return outgoing

    def _frame(self) -> bytes | None:
        """The next whole frame received, if there is one; sets the stop for one that is too long."""
        if len(self._received) < 4:
            return None
        end = 4 + int.from_bytes(self._received[:4], "big")
        if end > 4 + MAX_FRAME_BYTES:
            self._stop(Stopped("output", f"a result of more than {MAX_FRAME_BYTES} bytes"))
        if len(self._received) < end:
            return None
        frame = bytes(self._received[4:end])
        del self._received[:end]
        return frame

    def _drain(self) -> None:
        """Take what lies ready on the channel and on the program's output."""
        for fileobj in [key.fileobj for key in self._selector.get_map().values()]:
            try:
                data = os.read(fileobj if isinstance(fileobj, int) else fileobj.fileno(), _READ_BYTES)
            except BlockingIOError:
                continue
            except ConnectionError:
                data = b""
            if not data:
                self._selector.unregister(fileobj)
                self._channel_closed |= fileobj is self._channel
            elif fileobj is self._channel:
                self._received += data
            else:
                self._output_bytes += len(data)
        if self._output_bytes > MAX_OUTPUT_BYTES:
            self._stop(Stopped("output", f"printed more than {MAX_OUTPUT_BYTES} bytes"))

    def _look(self) -> None:
        """Compare the clocks with the limits."""
        self._sample_memory()
        cpu_s = self._cpu_s()
        if cpu_s > self._limits.cpu_s and self._handed_over:
            self._stop(Stopped("time", f"used more than {self._limits.cpu_s} s of CPU"))
        elif time.monotonic() > self._deadline:
            self._stop(Stopped("time", f"took more than {self._deadline - self._began:g} s"))

    def _cpu_s(self) -> float:
        """CPU seconds since the program was handed over, children that were waited for included."""
        try:
            stat = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return 0.0
        ticks = sum(map(int, stat.rpartition(")")[2].split()[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK") - self._start_cpu_s

    def _sample_memory(self) -> None:
        # ru_maxrss would begin with the judge's own size, which a child keeps from before exec.
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{self._process.pid}/status").read_text("utf-8", "replace").splitlines():
                if line.startswith("VmHWM:"):
                    self._peak_bytes = max(self._peak_bytes, int(line.split()[1]) * 1024)

    def _raised(self, reply: dict[str, Any]) -> Raised | Stopped:
        name, message = reply.get("raised"), reply.get("message")
        if not isinstance(name, str) or not isinstance(message, str):
            return self._stop(_MALFORMED)
        if name == "MemoryError":
            return self._stop(Stopped("memory", f"wanted more than {self._limits.memory_bytes} bytes"))
        return Raised(name, message)

    def _death(self) -> Stopped:
        """Why the channel closed, from what was measured."""
        usage = self.close()
        code = self._process.returncode
        if usage.cpu_s > self._limits.cpu_s and self._handed_over:
            return Stopped("time", f"used more than {self._limits.cpu_s} s of CPU")
        killed = code in (-signal.SIGKILL, -signal.SIGSEGV)
        if killed and usage.peak_bytes > _NEAR_LIMIT * self._limits.memory_bytes:
            return Stopped("memory", f"died near the limit of {self._limits.memory_bytes} bytes")
        return Stopped("exited", "the process ended before it answered")

    def _stop(self, stopped: Stopped) -> Stopped:
        """Kill the program; the first reason stands."""
        if self._stopped is None:
            self._stopped = stopped
            self.interrupt()
        return self._stopped

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


_OnClose = Callable[[ProcessSession], None]
_MALFORMED = Stopped("malformed", "malformed reply")


def _spawn(channel: int, *, limits: Limits, folder: str) -> "subprocess.Popen[bytes]":
    arguments = (str(channel), str(limits.cpu_s), str(limits.wall_s), str(limits.memory_bytes))
    return subprocess.Popen(
        [sys.executable, *_FLAGS, "-c", _BOOTSTRAP, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        cwd=folder,
        env={"PATH": os.defpath, "PYTHONHASHSEED": "0"},
        pass_fds=(channel,),
        start_new_session=True,
    )


def _parsed(frame: bytes) -> dict[str, Any] | None:
    """The JSON object in a frame, or None where there is none."""
    try:
        reply = json.loads(frame)
    except (ValueError, RecursionError):
        return None
    return reply if isinstance(reply, dict) and reply else None
