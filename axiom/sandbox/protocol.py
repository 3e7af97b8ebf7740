"""What the judge asks of a place where programs run, and what it hears back.

The judge depends on this file alone, so that the isolation behind it can be replaced.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from axiom.problems.problem import Limits

MAX_OUTPUT_BYTES = 1024 * 1024

StopCause = Literal["syntax", "exited", "time", "wall", "memory", "output", "forbidden", "malformed", "killed"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The program was compiled, its module body ran, and it defines the entry point."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A call that returned plain data.

    Attributes:
        value: decoded, sets unhashed; no class of the program's own is left in it.
        args: the positional arguments after the call, where they were asked for.
    """

    value: Any
    args: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A call that returned something that is not plain data, such as a generator, or far more than was expected.

    Attributes:
        message: what was returned.
    """

    message: str


@dataclass(frozen=True, slots=True)
class Raised:
    """A call, or the module body, that raised.

    Attributes:
        name: name of the exception's class, as the program's process reports it.
        message: the exception's text, shortened.
        is_memory: whether it was a MemoryError, or the program's memory was at its limit.
        kinds: names of the classes that this class is derived from, nearest first.
        text: what such an exception is made of, for code that expects it.
    """

    name: str
    message: str
    is_memory: bool = False
    kinds: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The end of a session: the program was killed, died, or never began. No further call is possible.

    Attributes:
        cause: ``syntax``: does not compile. ``exited``: the process ended or closed its channel. ``time``,
            ``wall``, ``memory``, ``output``: a limit. ``forbidden``: a system call that the sandbox kills for.
            ``malformed``: a reply outside the protocol. ``killed``: by a signal that neither the judge nor a limit
            sent: the machine's memory ran out, or the program killed itself.
        message: one line for people.
    """

    cause: StopCause
    message: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the entry point, with fresh copies of plain arguments.

    Attributes:
        args: positional.
        kwargs: by keyword.
        method: call this method of the object that the last call that ``makes`` one has made, not the entry point.
        makes: keep what the entry point, a class, returns, and return None.
        args_after: tell the positional arguments after the call.
        as_list: a list of what the call returns, where that is an iterator or a dictionary's view.
        as_view: what the call returns, where that is an iterator or a dictionary's view, as a
            :class:`axiom.sandbox.values.View`.
        may_raise: an exception ends nothing, also where memory ran out.
        most_bytes: tells how long the JSON of a right result can be, asked only where a reply is long: a longer one
            is refused unread. None where nobody knows.
    """

    args: Sequence[Any]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    method: str = ""
    makes: bool = False
    args_after: bool = False
    as_list: bool = False
    as_view: bool = False
    may_raise: bool = False
    most_bytes: Callable[[], int] | None = None


LoadReply = Loaded | Raised | Stopped
CallReply = Returned | Refused | Raised | Stopped


@dataclass(frozen=True, slots=True)
class Usage:
    """What a session used, measured from outside.

    Attributes:
        cpu_s: user and system processor seconds, without the interpreter's start.
        wall_s: seconds from handing over the program to the end.
        peak_bytes: largest resident set.
    """

    cpu_s: float
    wall_s: float
    peak_bytes: int


class Session(Protocol):
    """One program in its own process, used by one thread."""

    def load(self) -> LoadReply:
        """Wait until the program is compiled and its module body, or all of a script, has run."""

    def output(self) -> str:
        """What the program has printed so far."""

    def waited_s(self) -> float:
        """Seconds so far in which the program could not run: no processor was free, or nothing was asked of it."""

    def calls(self, calls: Iterable[Call]) -> Iterator[CallReply]:
        """Make calls, after :class:`Loaded`, in their order; the replies as they come, none after :class:`Stopped`.

        Later calls may be on their way before the reply to an earlier one is read.
        """

    def check(self, candidate: Callable[[Sequence[Any], Mapping[str, Any]], CallReply], *, name: str) -> CallReply:
        """Call the entry point with a proxy: each call of it is answered by ``candidate`` on this side.

        An answer that is :class:`Refused` or :class:`Stopped` ends the check, whose code could take it for an exception
        that it expects. The code finds the proxy under ``name`` too, because some checks call the solution by its own
        name.
        """

    def close(self) -> Usage:
        """End every process of the session; further calls return the same figures."""


class Sandbox(Protocol):
    """A place where programs run."""

    @property
    def isolation(self) -> str:
        """Name of the level of isolation, recorded beside verdicts."""

    def start(
        self,
        program: str,
        *,
        entry_point: str,
        limits: Limits,
        prelude: str = "",
        stdin: str | None = None,
        output_bytes: int = MAX_OUTPUT_BYTES,
    ) -> Session:
        """Hand one program to a fresh process, without waiting for it; the clocks start here.

        Args:
            program: source.
            entry_point: what :meth:`Session.call` calls.
            limits: of the process.
            prelude: code that runs before the program.
            stdin: run the program as a script that reads this; it has no entry point then, and what it writes to its
                standard error is not looked at.
            output_bytes: that the program may print.

        Raises:
            SandboxError: if it cannot be started.
        """

    def close(self) -> None:
        """End every running session, from any thread; nothing can be started afterwards."""
