"""The judge against real programs: every outcome, every attack on the wire, and every problem we ship."""

import dataclasses
import os
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest

from axiom.problems.hidden_tests import CallTest, ClassTest, HiddenTest
from axiom.problems.problem import Limits, Problem
from axiom.verification.judge import Judge
from axiom.verification.verdict import Outcome, Verdict
from tests.levels import LEVELS

_ADD = "def f(a, b):\n    return a + b\n"
_QUICK = Limits(cpu_s=5.0, wall_s=30.0, memory_bytes=128 * 1024 * 1024)


def _problem(*tests: HiddenTest, limits: Limits = _QUICK, entry_point: str = "f") -> Problem:
    return Problem(id="test/f", entry_point=entry_point, statement="f", tests=tests, limits=limits)


_SUM = _problem(CallTest((1, 2), expected=3), CallTest((5, 5), expected=10))
_ONE = _problem(CallTest((), expected=1))


def _children() -> set[int]:
    """Processes whose parent is this one."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            found.add(int(stat.parent.name))
    return found


@pytest.fixture(scope="module", params=LEVELS)
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    before = _children()
    with Judge(workers=2, isolation=request.param) as judge:
        assert judge.isolation == request.param
        yield judge
    assert _children() <= before


def test_a_right_program_passes_every_test(judge: Judge) -> None:
    verdict = judge.judge(_SUM, _ADD)
    assert verdict.passed
    assert (verdict.passed_tests, verdict.total_tests, verdict.score) == (2, 2, 1.0)
    assert 0 < verdict.peak_bytes < 64 * 1024 * 1024
    assert 0 <= verdict.cpu_s < 5
    assert verdict.wall_s > 0


def test_judging_stops_at_the_first_wrong_answer(judge: Judge) -> None:
    verdict = judge.judge(_problem(CallTest((), expected=1), *_ONE.tests, CallTest((), expected=2), *_ONE.tests), _F(1))
    assert verdict.outcome is Outcome.wrong_answer
    assert (verdict.passed_tests, verdict.total_tests) == (2, 4)
    assert verdict.message == "test 2: returned 1"


def _F(value: object) -> str:
    return f"def f():\n    return {value!r}\n"


def test_all_tests_are_run_where_fractions_are_asked_for() -> None:
    with Judge(all_tests=True) as judge:
        tests = (CallTest((0,), expected=9), CallTest((1,), expected=1), CallTest((2,), expected=0))
        verdict = judge.judge(_problem(*tests), "def f(n):\n    return 1 // n\n")
    assert verdict.outcome is Outcome.runtime_error
    assert verdict.passed_tests == 2
    assert verdict.message.startswith("test 0: ZeroDivisionError: ")


def test_a_class_that_is_wrong_in_one_test_keeps_the_others_where_fractions_are_asked_for() -> None:
    methods, arguments = ("Adds", *["add"] * 40), ((1,), *[(n,) for n in range(40)])
    tests = [ClassTest(methods, arguments, (None, *[n + first for n in range(40)])) for first in (2, 1, 1)]
    with Judge(all_tests=True) as judge:
        source = "class Adds:\n    def __init__(self, n):\n        self.n = n\n"
        source += "    def add(self, n):\n        return self.n + n\n"
        verdict = judge.judge(_problem(*tests, entry_point="Adds"), source)
    assert (verdict.passed_tests, verdict.message) == (2, "test 0: step 1, add: returned 1")


_OUTCOMES = {
    "an exception": ("def f():\n    return 1 // 0\n", Outcome.runtime_error),
    "an exception at import": ("1 // 0\n", Outcome.runtime_error),
    "a missing entry point": ("def g():\n    return 1\n", Outcome.runtime_error),
    "a memory bomb": ("def f():\n    return len([0] * 10**9)\n", Outcome.memory_limit),
    "memory that grows": ("x = []\nwhile True:\n    x.append(' ' * 10**6)\n", Outcome.memory_limit),
    "memory that ran out by another name": (
        "x = []\ntry:\n    while True: x.append(bytearray(1 << 20))\nexcept MemoryError: raise ValueError from None\n",
        Outcome.memory_limit,
    ),
    "a death where memory ran out": (
        "import os, time\nx = []\ntry:\n    while True: x.append(bytearray(1 << 20))\n"
        "except MemoryError: time.sleep(0.2), os._exit(0)\n",  # the level process sees memory only while it lives
        Outcome.memory_limit,
    ),
    "a flood of prints": ("while True:\n    print('x' * 1000)\n", Outcome.output_limit),
    "a result of 20 MiB": ("def f():\n    return 'x' * (20 << 20)\n", Outcome.output_limit),
    "no Python": ("def f(:\n", Outcome.syntax_error),
    "a null byte": ("def f():\0 return 1", Outcome.syntax_error),
    "a lone surrogate": ("x = '\ud800'\n", Outcome.syntax_error),
    "nesting too deep to compile": ("x = " + "(" * 5000 + ")" * 5000, Outcome.syntax_error),
    "sys.exit": ("import sys\ndef f():\n    sys.exit(0)\n", Outcome.runtime_error),
    "sys.exit at import": ("import sys\nsys.exit(0)\n", Outcome.runtime_error),
    "KeyboardInterrupt": ("def f():\n    raise KeyboardInterrupt\n", Outcome.runtime_error),
    "os._exit": ("import os\ndef f():\n    os._exit(0)\n", Outcome.runtime_error),
    "os._exit at import": ("import os\nos._exit(0)\n", Outcome.runtime_error),
    "suicide": ("import os\ndef f():\n    os.kill(os.getpid(), 11)\n", Outcome.runtime_error),
    "closed descriptors": ("import os\ndef f():\n    os.closerange(0, 1024)\n    return 1\n", Outcome.runtime_error),
    "reading input": ("def f():\n    return int(input())\n", Outcome.runtime_error),
    "writing a file": ("with open('x', 'w') as file:\n    file.write('1')\n", Outcome.runtime_error),
    "endless recursion": ("def f():\n    return f()\n", Outcome.runtime_error),
    "a generator": ("def f():\n    yield 1\n", Outcome.wrong_answer),
    "an object": ("def f():\n    return object()\n", Outcome.wrong_answer),
    "a list nested too deep": ("x = []\nfor _ in range(10**5): x = [x]\ndef f(): return x\n", Outcome.wrong_answer),
    "a list that holds itself": ("def f():\n    x = []\n    x.append(x)\n    return x\n", Outcome.wrong_answer),
}


@pytest.mark.parametrize("name", _OUTCOMES)
def test_a_program_gets_the_outcome_it_deserves(judge: Judge, name: str) -> None:
    source, outcome = _OUTCOMES[name]
    verdict = judge.judge(_ONE, source)
    assert verdict.outcome is outcome, verdict
    assert verdict.passed_tests == 0
    assert verdict.message


def test_an_infinite_loop_ends_at_its_cpu_limit(judge: Judge) -> None:
    problem = _problem(*_ONE.tests, limits=Limits(cpu_s=0.3, wall_s=60.0))
    for source in ("while True:\n    pass\n", "def f():\n    while True:\n        pass\n"):
        verdict = judge.judge(problem, source)
        assert verdict.outcome is Outcome.time_limit
        assert "of CPU" in verdict.message
        assert 0.3 <= verdict.cpu_s < 1.5


def test_what_the_interpreter_has_before_the_program_counts_for_no_limit(judge: Judge) -> None:
    problem = _problem(*_ONE.tests, limits=Limits(memory_bytes=12 << 20))
    crash = "import ctypes\ndef f():\n    ctypes.string_at(0)\n"
    assert judge.judge(problem, crash).outcome is Outcome.runtime_error
    assert judge.judge(problem, "def f():\n    raise ValueError\n").outcome is Outcome.runtime_error


def test_a_program_that_dies_of_its_hoard_in_the_next_call_was_at_its_memory_limit(judge: Judge) -> None:
    source = "import time\nx = []\ndef f(a):\n    try:\n        while True: x.append(bytearray(1 << 20))\n"
    source += "    except MemoryError: time.sleep(0.2)\n    return len(a)\n"
    verdict = judge.judge(_problem(*[CallTest(("a" * 3_000_000,), expected=3_000_000)] * 2), source)
    assert verdict.outcome is Outcome.memory_limit


def test_an_exception_that_is_expected_is_no_limit_where_memory_has_run_out(judge: Judge) -> None:
    expected = _problem(CallTest((), raises="MemoryError"), CallTest((), raises="MemoryError"))
    assert judge.judge(expected, "def f():\n    raise MemoryError\n").passed
    assert judge.judge(expected, "def f():\n    return [0] * 10**9\n").passed
    verdict = judge.judge(_problem(CallTest((), raises="ValueError")), "def f():\n    return [0] * 10**9\n")
    assert verdict.outcome is Outcome.memory_limit


def test_cpu_time_adds_up_over_the_tests(judge: Judge) -> None:
    source = (
        "import time\ndef f():\n    end = time.process_time() + 0.1\n    while time.process_time() < end:\n        1\n"
    )
    problem = _problem(*[CallTest(())] * 20, limits=Limits(cpu_s=0.5, wall_s=60.0))
    verdict = judge.judge(problem, source)
    assert verdict.outcome is Outcome.time_limit
    assert 3 <= verdict.passed_tests <= 5


def test_a_problem_without_limits_gets_them_from_one_run_of_its_reference(judge: Judge) -> None:
    burns = "import time\ndef f():\n    end = time.process_time() + {s}\n    while time.process_time() < end: pass\n"
    light, heavy = (
        dataclasses.replace(_ONE, id=f"test/{s}", limits=None, reference=burns.format(s=s) + "    return 1\n")
        for s in (0.0, 0.1)
    )
    futures = [judge.submit(problem, burns.format(s=0.9) + "    return 1\n") for problem in (light, heavy) * 2]
    outcomes = [future.result() for future in futures]
    assert [verdict.outcome for verdict in outcomes] == [Outcome.time_limit, Outcome.passed] * 2
    assert "more than 0.5 s" in outcomes[0].message


def test_a_reference_that_fails_leaves_the_limits_at_their_default(
    judge: Judge, caplog: pytest.LogCaptureFixture
) -> None:
    problem = dataclasses.replace(_ONE, limits=None, reference="def f():\n    return 2\n")
    assert judge.judge(problem, _F(1)).passed
    assert "the reference of test/f does not pass" in caplog.text


def test_a_sleeping_program_ends_at_its_wall_limit(judge: Judge) -> None:
    problem = _problem(*_ONE.tests, limits=Limits(wall_s=0.5))
    verdict = judge.judge(problem, "import time\ndef f():\n    time.sleep(100)\n")
    assert verdict.outcome is Outcome.time_limit
    assert verdict.message == "test 0: took more than 0.5 s"
    assert verdict.wall_s < 10


def test_a_sample_without_a_program_is_judged_without_a_process(judge: Judge) -> None:
    assert judge.judge(_SUM, None) == Verdict(Outcome.no_program, 0, 2, message="the sample holds no program")


_FORGE = """
import json, os
def frame(reply):
    b = json.dumps(reply).encode()
    return len(b).to_bytes(4, 'big') + b
def forge(data):
    for fd in range(3, 1024):
        try:
            os.write(fd, data)
        except OSError:
            pass
"""
_ATTACKS = {
    "an object equal to everything": "class E:\n    def __eq__(self, o): return True\n    __hash__ = None\n"
    "def f(): return E()\n",
    "an int equal to everything": "class E(int):\n    def __eq__(self, o): return True\n"
    "    def __ne__(self, o): return False\n"
    "    def __hash__(self): return 1\ndef f(): return E(7)\n",
    "an object that claims to be an int": "class E:\n    @property\n    def __class__(self): return int\n"
    "    def __eq__(self, o): return True\ndef f(): return E()\n",
    "forged replies": _FORGE + "def f():\n    forge(frame({'passed': True}) * 9)\n    os._exit(0)\n",
    "forged returns": _FORGE + "def f():\n    forge(frame({'returned': None}) * 9)\n    return 1\n",
    "forged replies at import": _FORGE + "forge(frame({'loaded': True}) * 9)\nos._exit(0)\n",
    "a forged huge frame": _FORGE + "def f():\n    forge(b'\\xff' * 8)\n    return 1\n",
    "a forged frame that is no JSON": _FORGE + "def f():\n    forge(b'\\0\\0\\0\\1{')\n    return 1\n",
    "a forged frame nested deep": _FORGE
    + "def f():\n    b = b'[' * 100000\n    forge(len(b).to_bytes(4, 'big') + b)\n    return 1\n",
    "a forged unknown tag": _FORGE + "def f():\n    forge(frame({'returned': {'$x': 1}}))\n    return 1\n",
    "a patched json": "import json\njson.dumps = lambda x: '{\"passed\": true}'\ndef f(): return 1\n",
    "exit code zero": "import os\ndef f():\n    print('1')\n    os._exit(0)\n",
}


@pytest.mark.parametrize("name", _ATTACKS)
def test_an_attack_does_not_pass(judge: Judge, name: str) -> None:
    verdict = judge.judge(_ONE, _ATTACKS[name])
    assert not verdict.passed, verdict
    assert verdict.outcome is not Outcome.internal_error, verdict


def test_a_reply_outside_the_protocol_is_a_wrong_answer(judge: Judge) -> None:
    verdict = judge.judge(_ONE, _ATTACKS["forged replies"])
    assert (verdict.outcome, verdict.message) == (Outcome.wrong_answer, "test 0: malformed reply")


def test_a_reply_before_its_call_is_malformed(judge: Judge) -> None:
    source = _FORGE + "def f():\n    forge(frame({'returned': 1}) * 2)\n    return 1\n"
    verdict = judge.judge(_problem(*_ONE.tests, *_ONE.tests), source)
    assert (verdict.outcome, verdict.message) == (Outcome.wrong_answer, "test 1: malformed reply")


@pytest.mark.parametrize(
    ("returned", "shown"),
    [
        ("{3}", "{3}"),
        ("set(), {}, frozenset()", "(set(), {}, set())"),
        ("[(1,), {'a': {2: b'x'}}, None, 0.5]", "[(1,), {'a': {2: b'x'}}, None, 0.5]"),
        ("10**5000", "a very long integer"),
        ("'x' * 1000", "'" + "x" * 119 + "…"),
        ("[0] * 10000", "[" + "0, " * 39 + "0,…"),
    ],
)
def test_a_wrong_result_is_shown_as_python_writes_it_and_cut(judge: Judge, returned: str, shown: str) -> None:
    verdict = judge.judge(_ONE, f"def f():\n    return {returned}\n")
    assert verdict.message == f"test 0: returned {shown}"


def test_a_program_that_shuts_its_end_for_reading_is_ended_without_a_wait(judge: Judge) -> None:
    source = _FORGE + "import ctypes, time\nfor fd in range(3, 1024):\n    ctypes.CDLL(None).shutdown(fd, 0)\n"
    source += "forge(frame({'loaded': True}))\ntime.sleep(100)\n"
    verdict = judge.judge(_problem(*[CallTest(("x" * 1_000_000,), expected=1)] * 3), source)
    assert (verdict.outcome, verdict.message) == (Outcome.wrong_answer, "test 0: malformed reply")


_RANDOM = random.Random(0).random()


def _nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


_PASSING: dict[str, tuple[str, tuple[HiddenTest, ...]]] = {
    "class Solution": ("class Solution(list):\n    def f(self): return self.append(0) or len(self)\n", _ONE.tests * 2),
    "recursion 900 deep": ("def f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\n", (CallTest((900,), expected=900),)),
    "recursion 2000 deep": ("def f(n):\n    return n and 1 + f(n - 1)\n", (CallTest((2000,), expected=2000),)),
    "arguments it changes": ("def f(x):\n    x.append(1)\n    return x\n", (CallTest(([0],), expected=[0, 1]),) * 2),
    "keyword arguments": ("def f(a, *, b=1):\n    return a - b\n", (CallTest((5,), {"b": 3}, expected=2),)),
    "an expected exception": ("def f(n):\n    return 1 // n\n", (CallTest((0,), raises="ZeroDivisionError"),)),
    "a derived exception": ("import json\nf = json.loads\n", (CallTest(("{",), raises="ValueError"),)),
    "its own exception": ("class E(Exception): pass\ndef f():\n    raise E('x')\n", (CallTest((), raises="E"),)),
    "any order": ("def f():\n    return [3, 1, 2]\n", (CallTest((), expected=[1, 2, 3], compare="unordered"),)),
    "nearly equal floats": ("def f():\n    return 0.1 + 0.2\n", (CallTest((), expected=0.3, compare="float"),)),
    "5000-digit integers": ("def f(n):\n    return n * n\n", (CallTest((10**5000,), expected=10**10000),)),
    "a list nested 150 deep": ("f = lambda n: [f(n - 1)] if n else []\n", (CallTest((150,), expected=_nested(150)),)),
    "dataclasses": ("import dataclasses as d\n@d.dataclass\nclass P:\n    x: 'P'\nf = lambda: P(1).x\n", _ONE.tests),
    "a main block that it skips": ("def f():\n    return 1\nif __name__ == '__main__':\n    1 // 0\n", _ONE.tests),
    "some prints": ("def f():\n    print('x' * 100000)\n    return 1\n", _ONE.tests),
    "a seeded random": ("import random\ndef f(): return random.random()\n", (CallTest((), expected=_RANDOM),)),
    "large arguments": ("def f(s):\n    return len(s)\n", (CallTest(("x" * 3_000_000,), expected=3_000_000),)),
    "an empty working folder": ("import os\ndef f():\n    return os.listdir()\n", (CallTest((), expected=[]),)),
}


@pytest.mark.parametrize("name", _PASSING)
def test_a_sound_program_passes(judge: Judge, name: str) -> None:
    source, tests = _PASSING[name]
    verdict = judge.judge(_problem(*tests), source)
    assert verdict.passed, verdict


def test_a_program_that_returns_where_an_exception_is_expected_is_wrong(judge: Judge) -> None:
    verdict = judge.judge(_problem(CallTest((), raises="ValueError")), _F(1))
    assert (verdict.outcome, verdict.message) == (
        Outcome.wrong_answer,
        "test 0: returned where ValueError was expected",
    )


def test_another_exception_than_the_expected_one_is_a_runtime_error(judge: Judge) -> None:
    verdict = judge.judge(_problem(CallTest((), raises="ValueError")), "def f():\n    raise KeyError(1)\n")
    assert verdict.outcome is Outcome.runtime_error


def test_a_program_sees_neither_axiom_nor_the_environment(judge: Judge) -> None:
    source = "import os, sys\ndef f():\n    return [sorted(set(os.environ) - {'LC_CTYPE'}), "
    source += "[m for m in sys.modules if 'axiom' in m]]\n"
    assert judge.judge(_problem(CallTest((), expected=[["HOME", "PATH", "PYTHONHASHSEED"], []])), source).passed
    assert judge.judge(_ONE, "import axiom\n").message == "ModuleNotFoundError: No module named 'axiom'"


def test_sets_have_the_same_order_in_every_process(judge: Judge) -> None:
    source = "def f():\n    return hash('axiom') % 1000003\n"
    messages = {judge.judge(_problem(CallTest((), expected=-1)), source).message for _ in range(2)}
    assert len(messages) == 1


def test_forked_processes_die_with_the_program(judge: Judge) -> None:
    source = "import os, time\ndef f():\n    pid = os.fork()\n    return pid if pid else time.sleep(1000)\n"
    verdict = judge.judge(_ONE, source)
    if judge.isolation != "process":
        assert verdict.outcome is Outcome.forbidden
        return
    forked = int(verdict.message.removeprefix("test 0: returned "))
    deadline = time.monotonic() + 30
    while _runs(forked):  # SIGKILL is delivered, but the last steps of an exit take their time
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_closing_kills_what_runs_and_cancels_what_waits() -> None:
    before = _children()
    judge = Judge(workers=1)
    problem = _problem(*_ONE.tests, limits=Limits(wall_s=600.0))
    running = judge.submit(problem, "import time\ntime.sleep(600)\n")
    waiting = judge.submit(problem, _F(1))
    while not _children() - before:
        threading.Event().wait(0.01)
    began = time.monotonic()
    judge.close()
    assert time.monotonic() - began < 30
    assert waiting.cancelled()
    with pytest.raises(CancelledError):
        running.result()
    assert _children() <= before
    with pytest.raises(RuntimeError):
        judge.submit(problem, _F(1))
