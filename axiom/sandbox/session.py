"""The judge's end of one program: frames, limits and clocks; what a level of isolation adds is in its subclass.

Frames are four bytes of length, most significant first, and that much JSON. Replies are capped, decoded to plain
data (:mod:`axiom.sandbox.values`) and otherwise not believed.

Covered: CPU seconds, wall clock without the time spent waiting for a processor or for the judge, frames and output that
are too long, replies outside the protocol. Not covered: anything that happens inside the program's process, which is
the subclass's. Assumes: Linux and the machine's ``/proc``.
"""

import contextlib
import os
import select
import signal
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from axiom.errors import SandboxError
from axiom.problems.problem import Limits
from axiom.sandbox import frames
from axiom.sandbox.clocks import Clocks
from axiom.sandbox.kernel import Ended, peak_resident_bytes
from axiom.sandbox.protocol import (
    MAX_OUTPUT_BYTES,
    Call,
    CallReply,
    Loaded,
    LoadReply,
    Raised,
    Refused,
    StopCause,
    Stopped,
    Usage,
)

_READ_BYTES = 1 << 18
_NEAR_LIMIT = 0.9
_AHEAD_BYTES = 1 << 16


class ProgramSession:
    """One program in its own process, used by one thread.

    Args:
        limits: of the program.
        channel: this end of the socket, non-blocking from here on.
        output: read end of what the program prints.
        on_close: told once when the session has ended.
        output_bytes: that it may print.
    """

    look_every_s: float | None = None

    def __init__(
        self,
        *,
        limits: Limits,
        channel: socket.socket,
        output: int,
        on_close: Callable[[Any], None],
        output_bytes: int = MAX_OUTPUT_BYTES,
    ) -> None:
        self._limits, self._on_close, self._output_bytes = limits, on_close, output_bytes
        self._lock = threading.Lock()
        self._usage: Usage | None = None
        self._ended: Ended | None = None
        self._stopped: Stopped | None = None
        self._received = bytearray()
        self._outgoing = memoryview(b"")
        self._awaits_room = False
        self._channel_closed = False
        self._printed = bytearray()
        self._clocks = Clocks(look_every_s=self.look_every_s)
        channel.setblocking(False)
        os.set_blocking(output, False)
        self._channel, self._output = channel, output
        self._poll = select.poll()
        self._poll.register(channel, select.POLLIN)
        self._poll.register(output, select.POLLIN)

    # What a level of isolation provides.

    def _pid(self) -> int:
        """The program's process as this process sees it; 0 while it is not known."""
        raise NotImplementedError

    def _kill(self) -> None:
        """Kill every process of the program; harmless where it is gone already."""
        raise NotImplementedError

    def _reap(self) -> Ended:
        """Kill, wait for the end and free what the subclass holds; called once."""
        raise NotImplementedError

    def _spent_before_s(self) -> float:
        """CPU seconds of the process before the program was handed over."""
        return 0.0

    def _resident_before_bytes(self) -> int:
        """The most memory that the process has had resident before the program was handed over."""
        return 0

    def begin(self, request: Mapping[str, Any]) -> None:
        """Hand over the program; the clocks start here.

        Args:
            request: ``source``, ``entry_point``, ``prelude``, and whether it ``is_script``.
        """
        self._clocks.begin(self._limits, pid=self._pid(), cpu_before_s=self._spent_before_s())
        self._send(frames.framed(request))

    # What the judge calls.

    def load(self) -> LoadReply:
        """Wait until the program is compiled and its module body, or all of a script, has run."""
        reply = self._awaited()
        if isinstance(reply, Stopped):
            return reply
        if reply.get("loaded") is True:
            return Loaded()
        if isinstance(reply.get("syntax"), str):
            return self._stop("syntax", frames.readable(reply["syntax"]))
        return self._raised(reply)

    def output(self) -> str:
        """What the program has printed so far; no more is kept than it may print."""
        if self._usage is None:
            self._drain_output()
        return bytes(self._printed).decode("utf-8", errors="replace")

    def waited_s(self) -> float:
        """Seconds so far in which the program could not run; the wall limit is about the others."""
        return self._clocks.waited_s(self._pid())

    def calls(self, calls: Iterable[Call]) -> Iterator[CallReply]:
        """Make calls in their order; the replies as they come, none after :class:`Stopped`.

        So that nobody waits for a switch between processes at each call, calls are sent up to ``_AHEAD_BYTES`` ahead;
        a program that runs on after a failure runs until the session closes.

        Raises:
            ValueFormatError: if arguments are not plain data.
        """
        self._drain_channel()
        if self._received:
            yield self._stopped or self._malformed()
            return
        coming, asked, several = iter(calls), deque[tuple[int, Call]](), False
        while True:
            ahead = []
            while sum(size for size, _ in asked) < _AHEAD_BYTES and (call := next(coming, None)) is not None:
                several = several or bool(asked)
                ahead.append(frames.call_request(call))
                asked.append((len(ahead[-1]), call))
            if not asked:
                return
            if ahead:
                self._send(b"".join(ahead))
            _, call = asked.popleft()
            reply = self._called(self._awaited(call.most_bytes), may_raise=call.may_raise)
            if several and not asked and not isinstance(reply, Stopped):
                reply = self._nothing_more() or reply
            yield reply
            if isinstance(reply, Stopped):
                return

    def _nothing_more(self) -> Stopped | None:
        """Make sure that the replies to calls sent ahead were as many as the calls."""
        sign = int.from_bytes(os.urandom(8), "big")
        self._send(frames.framed({"done": sign}))
        reply = self._awaited()
        if isinstance(reply, Stopped):
            return reply
        return None if reply == {"done": sign} else self._malformed()

    def check(self, candidate: Callable[[Sequence[Any], Mapping[str, Any]], CallReply], *, name: str) -> CallReply:
        """Call the entry point with a proxy whose calls ``candidate`` answers.

        Args:
            candidate: given positional and keyword arguments, says what came of the call; :class:`Refused` and
                :class:`Stopped` end the check.
            name: the proxy's second name, beside being the argument.
        """
        reply = self._exchange({"check": name})
        while not isinstance(reply, Stopped) and "call" in reply:
            called = frames.proxied(reply["call"])
            if called is None:
                return self._malformed()
            answer = candidate(*called)
            if isinstance(answer, (Refused, Stopped)):
                return answer
            reply = self._exchange(frames.forwarded(answer))
        return self._called(reply)

    def _called(self, reply: dict[str, Any] | Stopped, *, may_raise: bool = False) -> CallReply:
        if isinstance(reply, Stopped):
            return reply
        if "returned" in reply:
            return frames.returned(reply) or self._malformed()
        if isinstance(reply.get("refused"), str):
            return Refused(frames.readable(reply["refused"]))
        return self._raised(reply, may_raise=may_raise)

    def interrupt(self) -> None:
        """Kill the program from another thread; the session's own thread sees it end."""
        with self._lock:
            if self._usage is None:
                self._kill()

    def close(self) -> Usage:
        """End every process of the program and free what the session holds."""
        with self._lock:
            if self._usage is None:
                wall_s = self._clocks.wall_s
                self._ended = self._reap()
                self._channel.close()
                os.close(self._output)
                self._usage = Usage(self._ended.cpu_s, wall_s, self._ended.peak_bytes)
                self._on_close(self)
            return self._usage

    # How it is watched.

    def _exchange(self, request: Any) -> dict[str, Any] | Stopped:
        """Send a request and wait for its reply, which may not be there before."""
        self._drain_channel()
        if self._received:
            return self._stopped or self._malformed()
        self._send(frames.framed(request))
        return self._awaited()

    def _awaited(self, most_bytes: Callable[[], int] | None = None) -> dict[str, Any] | Stopped:
        """Wait for one frame; every limit is watched meanwhile. One that is too large is as if refused over there."""
        if self._stopped is not None:
            return self._stopped
        self._clocks.ask()
        while (frame := self._frame()) is None:
            if self._stopped is not None:
                return self._stopped
            if self._channel_closed:
                return self._death()
            for descriptor, _ in self._poll.poll(self._clocks.next_look_s * 1000.0):
                if descriptor == self._output:
                    self._drain_output()
                else:
                    self._drain_channel()
            if self._outgoing:
                self._write()
            self._look_if_due()
        self._look_if_due()
        if self._stopped is not None:
            return self._stopped
        self._clocks.reply()
        if too_large := frames.oversize(frame, most_bytes):
            return {"refused": too_large}
        return frames.parsed(frame) or self._malformed()

    def _look_if_due(self) -> None:
        """Look at the clocks where a limit can have been reached."""
        if not self._clocks.next_look_s:
            self._look()

    def _send(self, frame: bytes) -> None:
        self._outgoing = memoryview(bytes(self._outgoing) + frame)
        self._write()

    def _write(self) -> None:
        try:
            while self._outgoing:
                self._outgoing = self._outgoing[self._channel.send(self._outgoing) :]
        except BlockingIOError:
            pass
        except ConnectionError:
            self._outgoing = memoryview(b"")
            if not self._channel_closed and not self._hung_up():
                self._malformed()  # a program that has shut its end for reading alone
        if bool(self._outgoing) != self._awaits_room and not self._channel_closed:
            self._awaits_room = bool(self._outgoing)
            self._poll.modify(self._channel, select.POLLIN | (select.POLLOUT if self._awaits_room else 0))

    def _hung_up(self) -> bool:
        """Whether nobody holds the other end any more."""
        return any(at == self._channel.fileno() and event & select.POLLHUP for at, event in self._poll.poll(0))

    def _frame(self) -> bytes | None:
        """The next whole frame received, if there is one; sets the stop for one that is too long."""
        if len(self._received) < 4:
            return None
        end = 4 + int.from_bytes(self._received[:4], "big")
        if end > 4 + frames.MAX_FRAME_BYTES:
            self._stop("output", f"a result of more than {frames.MAX_FRAME_BYTES} bytes")
        if len(self._received) < end:
            return None
        frame = bytes(self._received[4:end])
        del self._received[:end]
        return frame

    def _drain_channel(self) -> None:
        """Take what lies ready on the channel."""
        if not self._channel_closed:
            data = self._take()
            if data == b"":
                self._channel_closed = True
                self._poll.unregister(self._channel)
            self._received += data or b""

    def _drain_output(self) -> None:
        """Take what the program has printed."""
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._output, _READ_BYTES):
                self._printed += data
                if len(self._printed) > self._output_bytes:
                    self._stop("output", f"printed more than {self._output_bytes} bytes")
                    break
            else:
                with contextlib.suppress(KeyError):
                    self._poll.unregister(self._output)

    def _take(self) -> bytes | None:
        """What the channel holds; empty where the program's end is closed, None where nothing is there yet."""
        try:
            return self._channel.recv(_READ_BYTES)
        except BlockingIOError:
            return None
        except ConnectionError:
            return b""

    def _look(self) -> None:
        """Compare the clocks with the limits."""
        cpu_s, wall_s = self._clocks.look(self._limits, pid=self._pid())
        if cpu_s > self._limits.cpu_s:
            self._stop("time", f"used more than {self._limits.cpu_s} s of CPU")
        elif wall_s > self._limits.wall_s:
            self._stop("wall", f"took more than {self._limits.wall_s:g} s")

    def _raised(self, reply: dict[str, Any], *, may_raise: bool = False) -> Raised | Stopped:
        name, message = reply.get("raised"), reply.get("message")
        if not isinstance(name, str) or not isinstance(message, str):
            return self._malformed()
        is_memory = name == "MemoryError" or self._is_full()
        if is_memory and not may_raise:
            return self._stop("memory", f"wanted more than {self._limits.memory_bytes} bytes")
        kinds, text = frames.named(reply.get("kinds")), frames.start_of(reply.get("text"))
        return Raised(frames.readable(name), frames.readable(message), is_memory, kinds, text)

    def _is_full(self) -> bool:
        """Whether the program, living or dead, has filled the memory that it may add to the interpreter's."""
        peak_bytes = 0 if self._ended is None else self._ended.peak_bytes
        with contextlib.suppress(OSError):
            peak_bytes = peak_bytes or peak_resident_bytes(self._pid()) or 0
        return peak_bytes - self._resident_before_bytes() > _NEAR_LIMIT * self._limits.memory_bytes

    def _death(self) -> Stopped:
        """Why the channel closed, from what was measured.

        Raises:
            SandboxError: if the program went with the sandbox's own process.
        """
        usage = self.close()
        assert self._ended is not None
        code = self._ended.exit_code
        if code is None:
            raise SandboxError("the sandbox's process died while a program ran in it")
        if usage.cpu_s > self._limits.cpu_s:
            return self._stop("time", f"used more than {self._limits.cpu_s} s of CPU")
        if code == -signal.SIGSYS:
            return self._stop("forbidden", "killed at a forbidden system call")
        if self._is_full():
            return self._stop("memory", f"died near the limit of {self._limits.memory_bytes} bytes")
        if code == -signal.SIGKILL:
            return self._stop("killed", "killed by a signal that the judge did not send")
        return self._stop("exited", "the process ended before it answered")

    def _malformed(self) -> Stopped:
        return self._stop("malformed", "malformed reply")

    def _stop(self, cause: StopCause, message: str) -> Stopped:
        """Kill the program; the first reason stands."""
        if self._stopped is None:
            self._stopped = Stopped(cause, message)
            self.interrupt()
        return self._stopped
