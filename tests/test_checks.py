"""Checks by code, at every level of isolation: what a candidate's proxy hands over, and whose fault a failure is."""

from collections.abc import Iterator

import pytest

from axiom.verification.judge import Judge
from axiom.verification.verdict import Outcome
from tests.levels import LEVELS
from tests.test_kinds_of_test import CHECK, judged


@pytest.fixture(scope="module", params=LEVELS)
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    with Judge(workers=2, isolation=request.param) as judge:
        yield judge


def test_a_check_runs_apart_from_the_candidate(judge: Judge) -> None:
    assert judged(judge, "def f(n):\n    return n * n\n", {"check": CHECK}).passed
    wrong = judged(judge, "def f(n):\n    return n if n < 3 else n * n\n", {"check": CHECK})
    assert wrong.outcome is Outcome.wrong_answer
    assert wrong.message == "test 0: check: AssertionError: 2"
    error = judged(judge, "def f(n):\n    return 6 // (3 - n)\n", {"check": CHECK.replace("range(5)", "[3]")})
    assert error.outcome is Outcome.runtime_error
    assert "ZeroDivisionError" in error.message
    always = "class Yes:\n    def __eq__(self, other):\n        return True\ndef f(n):\n    return Yes()\n"
    assert judged(judge, always, {"check": CHECK}).outcome is Outcome.wrong_answer
    slow = judged(judge, "def f(n):\n    while True:\n        pass\n", {"check": CHECK})
    assert slow.outcome is Outcome.time_limit


def test_a_check_uses_its_prelude_and_sees_exceptions_of_the_candidate(judge: Judge) -> None:
    check = (
        "def check(candidate):\n    assert candidate(twice(2)) == 4\n    try:\n        candidate(-1)\n"
        "    except ValueError:\n        return\n    assert False\n"
    )
    source = "def f(n):\n    if n < 0:\n        raise ValueError(n)\n    return n\n"
    assert judged(judge, source, {"check": check}, prelude="def twice(n):\n    return 2 * n\n").passed


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("os._exit(0)", Outcome.runtime_error),
        ("os.kill(os.getpid(), 9)", Outcome.runtime_error),
        ("os.fork()", Outcome.forbidden),
        ("bytearray(1 << 40)", Outcome.memory_limit),
        ("while True: print('x' * 1000)", Outcome.output_limit),
        ("while True: pass", Outcome.time_limit),
        ("time.sleep(100)", Outcome.time_limit),
        ("os.write(channel(), b'\\0\\0\\0\\1x')", Outcome.wrong_answer),
        ("return lambda: 1", Outcome.wrong_answer),
    ],
)
@pytest.mark.parametrize("caught", ["Exception", "BaseException"])
def test_a_check_that_expects_an_exception_takes_nothing_else_for_one(
    judge: Judge, source: str, outcome: Outcome, caught: str
) -> None:
    if outcome is Outcome.forbidden and judge.isolation == "process":
        pytest.skip("the level process forbids no call")
    check = (
        "def check(candidate):\n    assert candidate(2) == 4\n    try:\n        candidate(-1)\n"
        f"    except {caught}:\n        return\n    assert False\n"
    )
    program = (
        "import os, stat, time\ndef channel():\n    return max(n for n in range(3, 32) if is_socket(n))\n"
        "def is_socket(n):\n    try:\n        return stat.S_ISSOCK(os.fstat(n).st_mode)\n"
        "    except OSError:\n        return False\n"
        f"def f(n):\n    if n < 0:\n        {source}\n    return 2 * n\n"
    )
    limits = {"cpu_s": 0.3, "wall_s": 0.8}
    verdict = judged(judge, program, {"check": check}, {"check": check}, limits=limits)
    assert (verdict.outcome, verdict.passed_tests) == (outcome, 0), verdict
    assert verdict.message.startswith("test 0: ")


@pytest.mark.parametrize(
    "line",
    [
        "assert all(map(lambda n: candidate(n) == 2 * n, range(3)))",
        "for got, wanted in zip(map(candidate, range(3)), [0, 2, 4]): assert got == wanted",
        "assert not [n for n in iter(lambda: candidate(1) != 2, False)]",
    ],
)
@pytest.mark.parametrize("name", ["StopIteration", "StopAsyncIteration"])
def test_a_candidate_cannot_end_the_iteration_that_calls_it(judge: Judge, line: str, name: str) -> None:
    check = f"def check(candidate):\n    {line}\n"
    assert judged(judge, "def f(n):\n    return 2 * n\n", {"check": check}).passed
    verdict = judged(judge, f"def f(n):\n    raise {name}(n)\n", {"check": check})
    assert verdict.outcome is Outcome.runtime_error
    assert verdict.message.startswith(f"test 0: {name}: ")


def test_a_check_sees_the_nearest_exception_that_it_knows(judge: Judge) -> None:
    check = "def check(candidate):\n    try:\n        candidate(-1)\n    except ValueError:\n        return\n"
    check += "    assert False\n"
    for raising in ("class E(ValueError): pass\ndef f(n):\n    raise E", "def f(n):\n    b'\\xff'.decode()"):
        assert judged(judge, f"{raising}\n", {"check": check}).passed
    other = judged(judge, "class E(Exception): pass\ndef f(n):\n    raise E\n", {"check": check})
    assert other.outcome is Outcome.runtime_error


@pytest.mark.parametrize(
    ("raised", "caught"),
    [
        ("ValueError('negative')", "ValueError as e:\n        assert str(e) == 'negative'"),
        ("KeyError('n')", "KeyError as e:\n        assert (str(e), e.args) == (\"'n'\", ('n',))"),
        ("Negative('n')", "Negative as e:\n        assert str(e) == 'n'"),
        ("Told(1, 2)", "Told as e:\n        assert str(e) == '1 and 2'"),
        ("type('Own', (ValueError,), {})('n')", "ValueError as e:\n        assert type(e) is ValueError"),
        ("json.JSONDecodeError('no', 'x', 0)", "ValueError as e:\n        assert str(e)[:2] == 'no'"),
        ("UnicodeDecodeError('utf-8', b'x', 0, 1, 'no')", "UnicodeDecodeError:\n        pass"),
        ("SystemExit(1)", "SystemExit:\n        pass"),
        ("OSError(2, 'no')", "OSError as e:\n        assert str(e) == '[Errno 2] no'"),
        ("type('Own', (BaseException,), {})", "BaseException as e:\n        assert not isinstance(e, Exception)"),
    ],
)
def test_a_check_sees_the_candidates_exception(judge: Judge, raised: str, caught: str) -> None:
    prelude = (
        "class Negative(Exception):\n    pass\nclass Told(Exception):\n    def __init__(self, a, b):\n"
        "        super().__init__(f'{a} and {b}')\n"
    )
    check = (
        "def check(candidate):\n    try:\n        candidate(-1)\n"
        f"    except {caught}\n        return\n    assert False\n"
    )
    source = f"import json\ndef f(n):\n    raise {raised}\n"
    verdict = judged(judge, source, {"check": check}, prelude=prelude)
    assert verdict.passed, verdict


def test_a_check_that_fails_after_an_expected_exception_finds_a_wrong_answer(judge: Judge) -> None:
    check = (
        "def check(candidate):\n    found = candidate(2)\n    try:\n        candidate(-1)\n"
        "    except ValueError:\n        pass\n    assert found == 4, found\n"
    )
    source = "def f(n):\n    if n < 0:\n        raise ValueError\n    return {found}\n"
    assert judged(judge, source.format(found=4), {"check": check}).passed
    wrong = judged(judge, source.format(found=5), {"check": check})
    assert (wrong.outcome, wrong.message) == (Outcome.wrong_answer, "test 0: check: AssertionError: 5")


def test_a_check_that_is_itself_broken_is_the_judges_fault(judge: Judge) -> None:
    verdict = judged(judge, "def f(n):\n    return n\n", {"check": "1 // 0\ndef check(candidate): pass\n"})
    assert verdict.outcome is Outcome.internal_error
    assert "the problem's own check does not load" in verdict.message


@pytest.mark.parametrize("check", [f"async {CHECK}", f"{CHECK}    yield\n"])
def test_a_check_that_only_makes_a_coroutine_or_a_generator_lets_nothing_pass(judge: Judge, check: str) -> None:
    verdict = judged(judge, "def f(n):\n    return n * n\n", {"check": check})
    assert verdict.outcome is Outcome.internal_error
    assert "the problem's own check does not run to its end" in verdict.message


def test_a_check_that_hands_over_what_cannot_travel_is_the_problems_fault(judge: Judge) -> None:
    source = "def f(n):\n    return n\n"
    for argument in ("object()", "lambda: 1", "[iter([])]"):
        check = f"def check(candidate):\n    try:\n        candidate({argument})\n    except Exception:\n        pass\n"
        verdict = judged(judge, source, {"check": check})
        assert verdict.outcome is Outcome.internal_error, argument
        assert "cannot leave the sandbox" in verdict.message
    deep = "def check(candidate):\n    assert candidate([candidate(1)]) == 1\n"
    nested = "def f(n):\n    for _ in range(200): n = [n]\n    return n\n"
    assert judged(judge, nested, {"check": deep}).outcome is Outcome.wrong_answer


@pytest.mark.parametrize(
    ("returned", "line"),
    [
        ("filter(None, [0, 1, 2])", "assert list(found) == [1, 2]"),
        ("(i for i in range(3))", "assert next(found) == 0 and sorted(found) == [1, 2]"),
        ("map(str, [1])", "assert found != ['1'] and set(found) == {'1'}"),
        ("zip('a', [1])", "assert dict(found) == {'a': 1}"),
        ("range(0, 9, 4)", "assert found == range(0, 12, 4) and found != [0, 4, 8] and list(found) == [0, 4, 8]"),
        ("{'b': 1, 'a': 2}.keys()", "assert found == {'a', 'b'} and list(found) == ['b', 'a']"),
        ("{'b': 1, 'a': 2}.values()", "assert found != [1, 2] and list(found) == [1, 2]"),
        ("{(1, 2): [3]}.items()", "assert [pair for pair in found] == [((1, 2), [3])]"),
        ("1 + 2j", "assert found == complex(1, 2) and abs(found) ** 2 - 5 < 1e-9"),
    ],
)
def test_a_check_sees_iterables_as_what_they_are(judge: Judge, returned: str, line: str) -> None:
    check = f"def check(candidate):\n    found = candidate(1)\n    {line}\n"
    verdict = judged(judge, f"def f(n):\n    return {returned}\n", {"check": check})
    assert verdict.passed, verdict
    listed = f"def check(candidate):\n    assert candidate(1) == [{returned}]\n"
    assert judged(judge, f"def f(n):\n    return {returned}\n", {"check": listed}).outcome is Outcome.wrong_answer


def test_a_check_hands_over_complex_numbers_and_ranges(judge: Judge) -> None:
    check = "def check(candidate):\n    assert candidate(1j) == -1\n    assert candidate(range(3)) == 3\n"
    source = "def f(n):\n    return len(n) if isinstance(n, range) else n * n\n"
    assert judged(judge, source, {"check": check}).passed


@pytest.mark.parametrize(
    "source", ["def f(n):\n    while True:\n        yield n\n", "def f(n):\n    return [iter([n])]\n"]
)
def test_an_iterator_that_does_not_end_or_lies_inside_another_value_is_refused(judge: Judge, source: str) -> None:
    verdict = judged(judge, source, {"check": "def check(candidate):\n    assert next(candidate(1)) == 1\n"})
    assert verdict.outcome is Outcome.wrong_answer
    assert "cannot leave the sandbox" in verdict.message


def test_a_view_that_a_program_forges_passes_no_test_of_values(judge: Judge) -> None:
    forged = "class View(dict): ...\ndef f(n):\n    return {'$view': ['iterator', [1]]}\n"
    verdict = judged(judge, forged, {"args": [1], "expected": [1]})
    assert verdict.outcome is Outcome.wrong_answer
