"""Third-party modules that programs may import are loaded once, before the jail closes, and start no threads."""

import os
from pathlib import Path

import pytest

from axiom.errors import SandboxError
from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Limits, Problem
from axiom.verification.judge import Judge
from axiom.verification.verdict import Outcome
from tests.levels import JAILS, LEVELS
from tests.test_judge_survives import zygotes

MEAN = Problem(
    id="t/mean",
    entry_point="mean",
    statement="Return the mean.",
    tests=(CallTest(args=([1, 2, 6],), expected=3.0),),
    limits=Limits(cpu_s=5.0, wall_s=30.0),
)
PROGRAM = (
    "import numpy as np\ndef mean(values):\n    a = np.array(values, dtype=float)\n"
    "    return float((np.ones((64, 64)) @ np.ones((64, 64)))[0, 0] / 64 * a.mean())\n"
)


def threads(pid: int) -> int:
    """How many a process has; none once it is gone, as a short-lived one may be."""
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except FileNotFoundError:
        return 0


@pytest.mark.parametrize("level", LEVELS)
def test_a_preloaded_module_is_there_and_starts_no_thread(level: str) -> None:
    with Judge(workers=1, isolation=level, preload=["numpy"]) as judge:
        assert judge.judge(MEAN, PROGRAM).passed
        jails = zygotes()
        assert bool(jails) is (level != "process")
        alive = [count for pid in jails if (count := threads(pid))]
        assert alive == [1] * len(alive)
        assert bool(alive) is (level != "process")


@pytest.mark.parametrize("level", JAILS)
def test_a_preloaded_module_writes_no_files(level: str) -> None:
    source = "import numpy\ndef mean(values):\n    numpy.zeros(3).tofile('/tmp/axiom-x')\n    return 3.0\n"
    with Judge(workers=1, isolation=level, preload=["numpy"]) as judge:
        assert judge.judge(MEAN, source).outcome is Outcome.runtime_error
    assert not Path("/tmp/axiom-x").exists()


@pytest.mark.parametrize("level", LEVELS)
def test_a_module_that_nobody_has_is_named(level: str) -> None:
    with (
        pytest.raises(SandboxError, match=r"preload: .*'no_such_module'"),
        Judge(isolation=level, preload=["no_such_module"]),
    ):
        pass


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_not_preloaded_is_not_there(level: str) -> None:
    with Judge(workers=1, isolation=level) as judge:
        verdict = judge.judge(MEAN, PROGRAM)
    assert verdict.outcome is Outcome.runtime_error
    assert "No module named 'numpy'" in verdict.message
