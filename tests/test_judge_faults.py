"""The judge's own faults: retried once, raised where it opens, never a program's."""

import json
import os
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from axiom.errors import SandboxError
from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Limits, Problem
from axiom.sandbox.process import ProcessSandbox
from axiom.sandbox.protocol import Call, CallReply, Loaded, LoadReply, Raised, Refused, Returned, Stopped, Usage
from axiom.verification.judge import Judge, default_workers
from axiom.verification.verdict import Outcome, Verdict

ONE = Problem(id="test/f", entry_point="f", statement="f", tests=(CallTest((), expected=1),))
RETURNS_1 = "def f():\n    return 1\n"


def test_a_closed_sandbox_starts_nothing() -> None:
    sandbox = ProcessSandbox()
    sandbox.close()
    with pytest.raises(SandboxError, match="closed"):
        sandbox.start(RETURNS_1, entry_point="f", limits=Limits())


class Failing:
    """A sandbox and session that fails as often as told, then answers with one reply."""

    isolation = "scripted"

    def __init__(self, reply: CallReply, *, failures: int = 0, fault: Exception | None = None) -> None:
        self.reply, self.failures, self.starts = reply, failures, 0
        self.fault = fault or OSError("no more processes")

    def start(self, program: str, **given: Any) -> "Failing":
        self.starts += 1
        if self.starts <= self.failures:
            raise self.fault
        return self

    def load(self) -> LoadReply:
        return Loaded()

    def calls(self, calls: Iterable[Call]) -> Iterator[CallReply]:
        return (self.reply for _ in calls)

    def close(self) -> Usage:
        return Usage(0.0, 0.0, 0)


@pytest.mark.parametrize(("failures", "outcome"), [(1, Outcome.passed), (2, Outcome.internal_error)])
def test_a_fault_of_the_judge_is_retried_once(failures: int, outcome: Outcome) -> None:
    sandbox = Failing(Returned(1), failures=failures)
    judge = Judge(sandbox=sandbox)
    verdict = judge.judge(ONE, RETURNS_1)
    judge.close()
    assert verdict.outcome is outcome
    assert sandbox.starts == 2
    assert verdict.message == ("" if outcome is Outcome.passed else "OSError: no more processes")


@pytest.mark.parametrize("reply", [Returned(3), Returned(0), Refused("x"), Raised("E", "x"), Stopped("exited", "x")])
def test_a_judge_whose_sandbox_is_broken_does_not_open(reply: CallReply) -> None:
    judge = Judge(sandbox=Failing(reply))
    with pytest.raises(SandboxError, match=r"self-test gave .* isolation is 'scripted': check"), judge:
        pass


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (SandboxError("install what is missing"), r"^install what is missing$"),
        (
            OSError("no more processes"),
            r"self-test gave internal_error \(OSError: no more processes\), expected passed",
        ),
    ],
)
def test_what_keeps_a_judge_from_opening_is_raised_and_not_logged(
    fault: Exception, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox = Failing(Returned(1), failures=2, fault=fault)
    with pytest.raises(SandboxError, match=told), Judge(sandbox=sandbox):
        pass
    assert sandbox.starts == 2
    assert caplog.text == ""


def test_there_is_at_least_one_worker_by_default() -> None:
    assert 1 <= default_workers() <= (os.cpu_count() or 1)


def test_a_verdict_survives_json() -> None:
    verdict = Verdict(Outcome.time_limit, 3, 4, 0.5, 1.5, 1 << 20, "slow")
    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict
    assert (verdict.passed, verdict.score) == (False, 0.75)


@pytest.mark.parametrize("record", [{"outcome": "great"}, {}])
def test_an_unknown_outcome_is_not_a_verdict(record: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a valid Outcome"):
        Verdict.from_json(record)
