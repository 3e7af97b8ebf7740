"""Every module of the standard library can be imported late, by a program in a jail, where the machine has it."""

import sys

import pytest

from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Limits, Problem
from axiom.verification.judge import Judge
from tests.levels import JAILS

ONE = Problem(
    id="t/one",
    entry_point="f",
    statement="Return 1.",
    tests=(CallTest(args=(), expected=1),),
    limits=Limits(cpu_s=10.0, wall_s=60.0),
)


def failing(level: str) -> dict[str, str]:
    """What each module that cannot be imported says; it must be that it is not there."""
    with Judge(workers=2, isolation=level) as judge:
        names = sorted(sys.stdlib_module_names)
        futures = [(name, judge.submit(ONE, f"import {name}\ndef f():\n    return 1\n")) for name in names]
        return {name: future.result().message for name, future in futures if not future.result().passed}


@pytest.mark.parametrize("level", JAILS)
@pytest.mark.slow
def test_a_jail_refuses_no_module_that_the_machine_has(level: str) -> None:
    inside = failing(level)
    assert inside == failing("process")
    assert all("No module named" in message or "cannot open shared object" in message for message in inside.values())
