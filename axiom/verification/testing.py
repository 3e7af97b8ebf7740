"""One program against the hidden tests of its problem: each kind of test driven and observed from this side."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any, cast

from axiom.problems.hidden_tests import LISTS, CallTest, CheckTest, ClassTest, Compare, ProgramTest
from axiom.problems.problem import WALL_TO_CPU, Limits, Problem
from axiom.sandbox.nodes import written
from axiom.sandbox.protocol import (
    MAX_OUTPUT_BYTES,
    Call,
    CallReply,
    Loaded,
    LoadReply,
    Raised,
    Refused,
    Returned,
    Sandbox,
    Session,
    Stopped,
    Usage,
)
from axiom.sandbox.values import BinaryTree, LinkedList, UnhashedDict, UnhashedSet, View
from axiom.verification.comparison import matches, most_bytes
from axiom.verification.verdict import Outcome, Verdict

_SHOWN_CHARS = 120
_SHOWN_INT_BITS = 2048
_CHECKER_LIMITS = Limits(cpu_s=20.0, wall_s=200.0)
_LEAST_S = 0.01
_DOUBTFUL = ("wall", "killed")
_STOPPED: dict[str, Outcome] = {
    "syntax": Outcome.syntax_error,
    "exited": Outcome.runtime_error,
    "time": Outcome.time_limit,
    "wall": Outcome.time_limit,
    "memory": Outcome.memory_limit,
    "output": Outcome.output_limit,
    "forbidden": Outcome.forbidden,
    "malformed": Outcome.wrong_answer,
    "killed": Outcome.runtime_error,
}

Failure = tuple[Outcome, str]


class Testing:
    """The run of one program: its sessions, what they used, and what was found.

    Args:
        sandbox: where it runs.
        problem: whose tests are run.
        limits: of the program, over all tests.
        source: the program.
        all_tests: go on after the first failure.

    Attributes:
        doubtful: whether the machine may have given the verdict: a clock on the wall, or a kill for want of memory.
    """

    __test__ = False  # pytest collects classes by name

    def __init__(self, sandbox: Sandbox, problem: Problem, source: str, *, limits: Limits, all_tests: bool) -> None:
        self._sandbox, self._problem, self._source, self._all_tests = sandbox, problem, source, all_tests
        self._limits = limits
        self._cpu_s = self._wall_s = self._running_s = 0.0
        self._peak_bytes = self._passed = 0
        self._session: Session | None = None
        self._load_reply: LoadReply | None = None
        self._checker: Session | None = None
        self._failure: Failure | None = None
        self.doubtful = False

    def begin(self) -> None:
        """Hand the program over, where the first test needs it loaded, without waiting for it.

        Raises:
            SandboxError: if the sandbox gives no process.
        """
        if isinstance(self._problem.tests[0], (CallTest, ClassTest)):
            self._session = self._start(self._source, self._limits)

    def decide(self) -> None:
        """Run the tests in order; the first failure decides.

        Raises:
            SandboxError: if the sandbox gives no process, or loses one.
        """
        for index, (found, over) in enumerate(self._found()):
            if found is None:
                self._passed += 1
                continue
            outcome, message = found
            if outcome is not Outcome.syntax_error and not isinstance(self._load_reply, (Raised, Stopped)):
                message = f"test {index}: {message}"
            self._failure = self._failure or (outcome, message)
            if over or not self._all_tests:
                break

    def finish(self) -> Verdict:
        """End what still runs; the verdict. Harmless when it is called again."""
        if self._session is not None:
            self._end(self._session)
            self._session = None
        if self._checker is not None:
            self._checker.close()
            self._checker = None
        return self._verdict(self._failure)

    def _verdict(self, failure: Failure | None) -> Verdict:
        total = len(self._problem.tests)
        if failure is None and self._cpu_s > self._limits.cpu_s:
            failure = Outcome.time_limit, f"used more than {self._limits.cpu_s} s of CPU"
        outcome, message = failure or (Outcome.passed, "")
        return Verdict(outcome, self._passed, total, self._cpu_s, self._wall_s, self._peak_bytes, message)

    def _found(self) -> Iterator[tuple[Failure | None, bool]]:
        """For each test what failed in it, and whether no further test can be run."""
        for kind, tests in groupby(self._problem.tests, type):
            if kind is CallTest:
                yield from self._call_tests(cast("list[CallTest]", list(tests)))
                continue
            for test in tests:
                if isinstance(test, ProgramTest):
                    yield self._program_test(test), False
                elif isinstance(test, ClassTest):
                    yield self._class_test(test)
                else:
                    yield self._check_test(cast("CheckTest", test))

    def _call_tests(self, tests: list[CallTest]) -> Iterator[tuple[Failure | None, bool]]:
        session, failure = self._loaded_session()
        if failure is not None:
            yield failure, True
            return
        calls = [self._call(test) for test in tests]
        for test, reply in zip(tests, session.calls(calls), strict=False):
            yield self._call_failure(test, reply), isinstance(reply, Stopped)

    def _call(self, test: CallTest) -> Call:
        known = None if self._problem.checker else partial(most_bytes, [test.expected, test.expected_args])
        return Call(
            test.args,
            test.kwargs,
            args_after=test.expected_args is not None,
            as_list=test.compare in LISTS or bool(self._problem.checker),
            may_raise=test.raises is not None,
            most_bytes=known,
        )

    def _loaded_session(self) -> tuple[Session, Failure | None]:
        """The program's session, and why it does not load."""
        if self._session is None:
            self._session = self._start(self._source, self._limits)
        if self._load_reply is None:
            self._load_reply = self._session.load()
        return self._session, None if isinstance(self._load_reply, Loaded) else self._ended(self._load_reply)

    def _call_failure(self, test: CallTest, reply: CallReply) -> Failure | None:
        if not isinstance(reply, Returned) or test.raises is not None:
            return self._compared(reply, test.expected, test.compare, raises=test.raises)
        if self._problem.checker:
            return self._checked(test, reply.value)
        after = test.expected_args
        if after is None or test.expected is not None:
            failure = self._compared(reply, test.expected, test.compare, raises=None)
            if failure is not None or after is None:
                return failure
        found = self._compared(Returned(list(reply.args or ())), list(after), test.compare, raises=None)
        return None if found is None else (found[0], f"its arguments after the call: {found[1]}")

    def _checked(self, test: CallTest, actual: Any) -> Failure | None:
        """Ask the problem's own comparison, in a jail that the program never enters."""
        call = Call((list(test.args), test.expected, actual))
        reply, is_fresh = self._checker_reply(call)
        if isinstance(reply, Stopped) and not is_fresh:
            reply, _ = self._checker_reply(call)  # each call may use as much as the first
        if isinstance(reply, Returned) and reply.value is True:
            return None
        self.doubtful = isinstance(reply, Stopped) and reply.cause in _DOUBTFUL
        said = "" if isinstance(reply, Returned) else f" ({reply.message})"
        return Outcome.wrong_answer, f"returned {_shown(actual)}, which the checker refuses{said}"

    def _checker_reply(self, call: Call) -> tuple[CallReply, bool]:
        """What the checker says, and whether it was started for this call."""
        is_fresh = self._checker is None
        if self._checker is None:
            self._checker = self._start(self._problem.checker, _CHECKER_LIMITS, entry_point="checker")
            loaded = self._checker.load()
            if not isinstance(loaded, Loaded):
                raise ValueError(f"the problem's own checker does not load: {loaded.message}")
        reply = next(self._checker.calls([call]))
        if isinstance(reply, Stopped):
            self._checker.close()
            self._checker = None
        return reply, is_fresh

    def _program_test(self, test: ProgramTest) -> Failure | None:
        cpu_s, wall_s = self._limits.cpu_s - self._cpu_s, self._limits.wall_s - self._running_s
        if (most := self._limits.input_cpu_s) is not None:
            cpu_s, wall_s = min(cpu_s, most), min(wall_s, WALL_TO_CPU * most)
        limits = replace(self._limits, cpu_s=max(cpu_s, _LEAST_S), wall_s=max(wall_s, _LEAST_S))
        output_bytes = max(MAX_OUTPUT_BYTES, 2 * len(test.stdout.encode(errors="replace")))
        session = self._start(self._source, limits, stdin=test.stdin, output_bytes=output_bytes)
        try:
            ran = session.load()
            printed, waited_s = session.output(), session.waited_s()
        finally:
            took_s = self._end(session).wall_s
        self._running_s += took_s - waited_s
        if not isinstance(ran, Loaded):
            return self._ended(ran)
        if matches(printed, test.stdout, "lines"):
            return None
        return Outcome.wrong_answer, f"printed {_shown(printed)}"

    def _class_test(self, test: ClassTest) -> tuple[Failure | None, bool]:
        session, failure = self._loaded_session()
        if failure is not None:
            return failure, True
        calls = []
        for name, args, known in zip(test.methods, test.arguments, test.expected, strict=True):
            makes, most = name == test.methods[0], partial(most_bytes, [known])
            as_list = test.compare in LISTS and not makes
            calls.append(Call(args, method="" if makes else name, makes=makes, as_list=as_list, most_bytes=most))
        failure = None
        for step, reply in enumerate(session.calls(calls)):
            if failure is None:
                expected = None if step == 0 else test.expected[step]
                found = self._compared(reply, expected, test.compare, raises=None)
                failure = found and (found[0], f"step {step}, {test.methods[step]}: {found[1]}")
            if isinstance(reply, Stopped):
                return failure, True
            if failure is not None and not self._all_tests:  # else replies to what was sent ahead are of this test
                break
        return failure, False

    def _check_test(self, test: CheckTest) -> tuple[Failure | None, bool]:
        checker = self._start(test.check, _CHECKER_LIMITS, entry_point="check")
        try:
            session, failure = self._loaded_session()
            return (failure, True) if failure is not None else self._checked_by_code(session, checker)
        finally:
            checker.close()

    def _checked_by_code(self, session: Session, checker: Session) -> tuple[Failure | None, bool]:
        replies: list[CallReply] = []

        def candidate(args: Sequence[Any], kwargs: Mapping[str, Any]) -> CallReply:
            replies.append(next(session.calls([Call(args, kwargs, as_view=True)])))
            return replies[-1]

        loaded = checker.load()
        reply = checker.check(candidate, name=self._problem.entry_point) if isinstance(loaded, Loaded) else loaded
        if not isinstance(loaded, Loaded):
            raise ValueError(f"the problem's own check does not load: {loaded.message}")
        last = replies[-1] if replies else None
        if isinstance(last, Stopped):
            return self._ended(last), True
        if isinstance(last, Refused):
            return (Outcome.wrong_answer, last.message), False
        if isinstance(reply, Refused):  # a coroutine, which has checked nothing, or a call with what cannot travel
            raise ValueError(f"the problem's own check does not run to its end: {reply.message}")
        if isinstance(reply, Returned):
            return None, False
        if isinstance(last, Raised) and isinstance(reply, Raised) and _comes_from(reply, last):
            return self._ended(last), False
        self.doubtful = isinstance(reply, Stopped) and reply.cause in _DOUBTFUL
        return (Outcome.wrong_answer, f"check: {reply.message}"), False

    def _compared(self, reply: CallReply, expected: Any, compare: Compare, *, raises: str | None) -> Failure | None:
        if isinstance(reply, Refused):
            return Outcome.wrong_answer, reply.message
        if not isinstance(reply, Returned):
            is_expected = isinstance(reply, Raised) and raises in (reply.name, *reply.kinds)
            return None if is_expected else self._ended(reply)
        if raises is not None:
            return Outcome.wrong_answer, f"returned where {raises} was expected"
        with contextlib.suppress(RecursionError, OverflowError, TypeError, ValueError):
            if matches(reply.value, expected, compare):
                return None
            return Outcome.wrong_answer, f"returned {_shown(reply.value)}"
        return Outcome.wrong_answer, "the result cannot be compared with the expected one"

    def _ended(self, reply: LoadReply | CallReply) -> Failure:
        assert isinstance(reply, (Raised, Stopped))
        if isinstance(reply, Raised):
            return Outcome.memory_limit if reply.is_memory else Outcome.runtime_error, reply.message
        self.doubtful = reply.cause in _DOUBTFUL
        return _STOPPED[reply.cause], reply.message

    def _start(
        self,
        source: str,
        limits: Limits,
        *,
        entry_point: str = "",
        stdin: str | None = None,
        output_bytes: int = MAX_OUTPUT_BYTES,
    ) -> Session:
        called, prelude = entry_point or self._problem.entry_point, self._problem.prelude
        return self._sandbox.start(
            source, entry_point=called, limits=limits, prelude=prelude, stdin=stdin, output_bytes=output_bytes
        )

    def _end(self, session: Session) -> Usage:
        usage = session.close()
        self._cpu_s, self._wall_s = self._cpu_s + usage.cpu_s, self._wall_s + usage.wall_s
        self._peak_bytes = max(self._peak_bytes, usage.peak_bytes)
        return usage


def _comes_from(found: Raised, raised: Raised) -> bool:
    """Whether a check may have failed by what its candidate raised; it may have caught that and gone on."""
    return found.name in (raised.name, *raised.kinds, "RuntimeError")


def _shown(value: object) -> str:
    """A value as Python writes it, no more of it than is shown."""
    text = ""
    for piece in _pieces(value):
        text += piece
        if len(text) > _SHOWN_CHARS:
            return f"{text[:_SHOWN_CHARS]}…"
    return text


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(value, (list, tuple, UnhashedSet)) and len(value):
        opening, closing = "[]" if isinstance(value, list) else "()" if isinstance(value, tuple) else "{}"
        for index, item in enumerate(value):
            yield ", " if index else opening
            yield from _pieces(item)
        yield f",{closing}" if isinstance(value, tuple) and len(value) == 1 else closing
    elif isinstance(value, (dict, UnhashedDict)) and len(value):
        for index, (key, item) in enumerate(value.items()):
            yield ", " if index else "{"
            yield from _pieces(key)
            yield ": "
            yield from _pieces(item)
        yield "}"
    elif isinstance(value, (LinkedList, BinaryTree)):
        yield from written(value, _pieces)
    elif isinstance(value, (UnhashedSet, UnhashedDict)):
        yield "set()" if isinstance(value, UnhashedSet) else "{}"
    elif isinstance(value, View):
        yield f"{value.kind} of "
        yield from _pieces(value.items)
    elif isinstance(value, range):
        yield "range"
        yield from _pieces((value.start, value.stop, value.step))
    elif isinstance(value, int) and value.bit_length() > _SHOWN_INT_BITS:
        yield "a very long integer"
    else:
        yield repr(value[: _SHOWN_CHARS + 1] if isinstance(value, (str, bytes)) else value)
