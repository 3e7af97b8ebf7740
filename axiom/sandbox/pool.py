"""A pool of jails, whatever builds their walls: each program in a fresh fork of a zygote.

Covered: every program starts from the same untouched fork, so nothing passes from one to the next; jails that die or
hang are replaced; a closed pool leaves no process. Not covered: the walls. Assumes: what :mod:`axiom.sandbox.jail`
does.
"""

import contextlib
import signal
import socket
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from axiom.errors import SandboxError
from axiom.problems.problem import Limits
from axiom.sandbox.jail import Jail, sender
from axiom.sandbox.kernel import Ended, cpu_clock_s, peak_resident_bytes
from axiom.sandbox.protocol import MAX_OUTPUT_BYTES
from axiom.sandbox.session import ProgramSession
from axiom.sandbox.standard_input import standard_input

_PROGRAMS_PER_JAIL = 5000
_ROOM_FOR_CREDENTIALS = socket.CMSG_SPACE(12)
_READ_BYTES = 1 << 18


class JailSandbox:
    """Jails, twice as many as programs run at a time; a subclass makes them.

    Args:
        preload: third-party modules that programs may import, such as ``numpy``.

    Raises:
        SandboxError: on anything but Linux.
    """

    isolation = ""

    def __init__(self, *, preload: Sequence[str] = ()) -> None:
        if not sys.platform.startswith("linux"):
            raise SandboxError(f"isolation '{self.isolation}' needs Linux, this is {sys.platform}; use 'process'")
        self._preload = tuple(preload)
        self._lock = threading.Lock()
        self._idle: deque[Jail] = deque()
        self._live: set[JailSession] = set()
        self._closed = False

    def _new_jail(self, limits: Limits) -> Jail:
        """A jail in which a program with these limits fits.

        Raises:
            SandboxError: if none comes up.
        """
        raise NotImplementedError

    def start(
        self,
        program: str,
        *,
        entry_point: str,
        limits: Limits,
        prelude: str = "",
        stdin: str | None = None,
        output_bytes: int = MAX_OUTPUT_BYTES,
    ) -> "JailSession":
        """Hand one program to the waiting child of an idle jail, or of a new one.

        Raises:
            SandboxError: if the sandbox is closed or no jail comes up.
            OSError: if the machine has no process or descriptor to give.
        """
        request = {"source": program, "entry_point": entry_point, "prelude": prelude, "is_script": stdin is not None}
        with standard_input(stdin) as descriptor:
            jail = self._take_jail(limits)
            try:
                session = JailSession(limits=limits, jail=jail, on_close=self._give_back, output_bytes=output_bytes)
            except BaseException:
                jail.close()
                raise
            with self._lock:
                closed = self._closed
                self._live.add(session)
            if closed:
                session.close()
                raise SandboxError("the sandbox is closed; make a new one")
            session.begin(request | {"limits": jail.limits(limits)}, stdin=descriptor)
        return session

    def close(self) -> None:
        """Kill every running program and every jail, from any thread; nothing can be started afterwards."""
        with self._lock:
            self._closed = True
            live, idle = list(self._live), self._idle
            self._idle = deque()
        for session in live:
            session.interrupt()
        for jail in idle:
            jail.kill()
        for jail in idle:
            jail.close()

    def _take_jail(self, limits: Limits) -> Jail:
        """The jail that has been idle longest; a new one while there are fewer than two for each that is busy.

        So that a jail kills and reaps its last program, and forks the next child, while others run programs.
        """
        while True:
            with self._lock:
                if self._closed:
                    raise SandboxError("the sandbox is closed; make a new one")
                jail = self._idle.popleft() if len(self._idle) >= len(self._live) + 2 else None
            if jail is None:
                return self._new_jail(limits)
            if jail.alive and jail.programs < _PROGRAMS_PER_JAIL and jail.fits(limits):
                return jail
            jail.close()

    def _give_back(self, session: "JailSession") -> None:
        with self._lock:
            self._live.discard(session)
            keep = not self._closed and session.jail.alive
            if keep:
                self._idle.append(session.jail)
        if not keep:
            session.jail.close()


class JailSession(ProgramSession):
    """One program in one fork; made by :meth:`JailSandbox.start`."""

    def __init__(self, *, limits: Limits, jail: Jail, on_close: Any, output_bytes: int) -> None:
        self.jail = jail
        self._child = 0
        channel, output = jail.take()
        super().__init__(limits=limits, channel=channel, output=output, on_close=on_close, output_bytes=output_bytes)

    def begin(self, request: Mapping[str, Any], *, stdin: int | None = None) -> None:
        """Hand over the program, after a byte with which a script's standard input goes.

        Args:
            request: as for every session.
            stdin: descriptor of what a script reads; the caller closes it.
        """
        if stdin is None:
            self._outgoing = memoryview(b"\0")
        else:
            with contextlib.suppress(ConnectionError):
                socket.send_fds(self._channel, [b"\0"], [stdin])
        super().begin(request)

    def _pid(self) -> int:
        return self._child

    def _resident_before_bytes(self) -> int:
        return self.jail.resident_bytes

    def _take(self) -> bytes | None:
        if self._child:
            return super()._take()
        # The child's first word is an empty frame, sent before it sees the program; with it comes its number.
        try:
            data, ancillary, _, _ = self._channel.recvmsg(_READ_BYTES, _ROOM_FOR_CREDENTIALS)
        except BlockingIOError:
            return None
        except ConnectionError:
            return b""
        self._child = sender(ancillary)
        return data[4:] if len(data) > 4 else (None if data else b"")

    def _kill(self) -> None:
        if self._child:
            self.jail.kill_child(self._child)
        else:
            self.jail.kill()

    def _reap(self) -> Ended:
        measured = None if self._channel_closed else self._measured()
        # The number is free for others once the zygote has reaped it.
        self._child = 0
        if self._stopped is not None and self._stopped.cause == "wall":
            self.jail.close()  # it may be the jail that hangs
        elif measured is not None:
            self.jail.refresh()
        if measured is not None:
            return measured
        return self.jail.end() or Ended(None, 0.0, 0)

    def _measured(self) -> Ended | None:
        """What the living child has used, so that nobody waits for its end; None where that cannot be seen."""
        try:
            cpu_s = cpu_clock_s(self._child)
            peak_bytes = peak_resident_bytes(self._child)
        except OSError:
            return None
        return None if peak_bytes is None else Ended(-signal.SIGKILL, cpu_s, peak_bytes)
