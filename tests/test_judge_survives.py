"""The judge outlives its workers: jails and programs that are killed or stopped from outside are replaced."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Limits, Problem
from axiom.verification.judge import Judge
from axiom.verification.verdict import Outcome
from tests.levels import container_names, container_zygotes, needs_engine, needs_root

ONE = Problem(
    id="t/one",
    entry_point="f",
    statement="Return 1.",
    tests=(CallTest(args=(), expected=1), CallTest(args=(), expected=1)),
    limits=Limits(cpu_s=2.0, wall_s=2.0),
)
RIGHT = "def f():\n    return 1\n"
COMPUTES = "import time\nwhile time.process_time() < 0.8:\n    pass\ndef f():\n    return 1\n"
SLEEPS = "import time\ntime.sleep(0.7)\ndef f():\n    return 1\n"


@pytest.fixture(params=["namespaces", pytest.param("docker", marks=(needs_engine, needs_root))])
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    before = family()
    with Judge(workers=2, isolation=request.param) as judge:
        yield judge
        judge.self_test()
    assert family() <= before


def children(pid: int) -> set[int]:
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
        listed = [Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="ascii").split() for task in tasks]
    except OSError:
        return set()
    return {int(child) for line in listed for child in line}


def family() -> set[int]:
    found = children(os.getpid())
    for pid in list(found):
        found |= family_of(pid)
    return found


def family_of(pid: int) -> set[int]:
    below = children(pid)
    return below.union(*map(family_of, below)) if below else below


def zygotes() -> set[int]:
    """The interpreters that bubblewrap or an engine started; a program's process is a child of one."""
    if names := container_names(family()):
        return container_zygotes(names)
    return {pid for pid in family() if b"zygote" in read(pid, "cmdline") and b"bwrap" not in read(pid, "comm")} - {
        child for pid in family() if b"python" in read(pid, "comm") for child in children(pid)
    }


def read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def programs() -> set[int]:
    return set().union(*map(children, zygotes()))


def send(found: Callable[[], set[int]], kind: signal.Signals) -> None:
    """Send a signal to what is found, once there is any."""
    deadline = time.monotonic() + 30
    while not (pids := found()):
        assert time.monotonic() < deadline
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, kind)


def busy() -> set[int]:
    """Programs that have computed for a tenth of a second; the others wait for theirs, or are just forked."""
    return {pid for pid in programs() if ticks(pid) >= os.sysconf("SC_CLK_TCK") / 10}


def ticks(pid: int) -> int:
    """What the process has used of the CPU, in the user's and the kernel's mode."""
    return sum(map(int, read(pid, "stat").rpartition(b")")[2].split()[11:13]))


def jail_of_busy() -> set[int]:
    return {zygote for zygote in zygotes() if children(zygote) & busy()}


@pytest.mark.parametrize("victim", [jail_of_busy, busy], ids=["jail", "program"])
def test_a_program_whose_process_is_killed_from_outside_is_judged_again(
    judge: Judge, victim: Callable[[], set[int]]
) -> None:
    running = judge.submit(ONE, COMPUTES)
    send(victim, signal.SIGKILL)
    assert running.result().outcome is Outcome.passed


@pytest.mark.parametrize("victims", [zygotes, programs], ids=["jails", "programs"])
def test_jails_and_programs_that_died_idle_cost_no_verdict(judge: Judge, victims: Callable[[], set[int]]) -> None:
    assert judge.judge(ONE, RIGHT).passed
    send(victims, signal.SIGKILL)
    assert [future.result().outcome for future in [judge.submit(ONE, RIGHT) for _ in range(6)]] == [Outcome.passed] * 6


@pytest.mark.parametrize("with_its_program", [False, True])
def test_a_jail_that_hangs_is_replaced(judge: Judge, with_its_program: bool) -> None:
    assert judge.judge(ONE, RIGHT).passed
    zygote = min(zygotes())
    send(lambda: {zygote} | (children(zygote) if with_its_program else set()), signal.SIGSTOP)
    assert all(judge.judge(ONE, RIGHT).passed for _ in range(6))
    assert not Path(f"/proc/{zygote}").exists()


def test_a_program_that_always_dies_is_its_own_fault(judge: Judge) -> None:
    verdict = judge.judge(ONE, "import os\ndef f():\n    os.kill(os.getpid(), 9)\n")
    assert verdict.outcome is Outcome.runtime_error
    assert "killed by a signal" in verdict.message


def test_a_jail_that_dies_every_time_is_the_judges_fault(judge: Judge) -> None:
    waiting = judge.submit(ONE, SLEEPS)
    while not waiting.done():
        for pid in zygotes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    verdict = waiting.result()
    assert verdict.outcome is Outcome.internal_error
    messages = ("died while a program ran", "no jail came up", "gives no child")
    assert any(message in verdict.message for message in messages)
