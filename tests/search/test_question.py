"""What a person asks, as a Problem."""

import pytest

from axiom.errors import ProblemError
from axiom.problems.hidden_tests import CallTest
from axiom.search.question import problem_asked


def test_calls_are_public_examples_and_make_the_starter() -> None:
    problem = problem_asked("Join them.", ["join(['a', 'b'], sep='-') == 'a-b'", "join([], sep='') == ''"])
    assert problem.starter == "def join(a, sep):"
    assert problem.entry_point == "join"
    assert problem.examples[0] == CallTest(args=(["a", "b"],), kwargs={"sep": "-"}, expected="a-b")
    assert len(problem.examples) == 2


def test_a_starter_of_one_s_own_is_kept_and_needs_no_call() -> None:
    problem = problem_asked("Return twice n.", [], starter="def twice(n: int) -> int:")
    assert (problem.entry_point, problem.starter, problem.examples) == ("twice", "def twice(n: int) -> int:", ())


def test_imports_may_stand_before_the_starter_s_function() -> None:
    starter = "from typing import Any\ndef f(n: Any) -> int:"
    assert [problem_asked("x", calls, starter=starter).entry_point for calls in ([], ["f(1) == 1"])] == ["f", "f"]


def test_negative_and_nested_values_are_plain() -> None:
    (example,) = problem_asked("x", ["f(-1, (2, {'a': [None]})) == {1, 2}"]).examples
    assert (example.args, example.expected) == ((-1, (2, {"a": [None]})), {1, 2})


@pytest.mark.parametrize(
    ("calls", "starter", "message"),
    [
        (["f(2) = 4"], "", "expected a call and what it returns, such as 'f\\(2\\) == 4'"),
        (["f(2)"], "", "expected a call and what it returns"),
        (["f(2) < 4"], "", "expected a call and what it returns"),
        (["m.f(2) == 4"], "", "expected a call and what it returns"),
        (["f(x) == 4"], "", "x is no plain value"),
        (["f(1) == 1", "g(1) == 1"], "", "calls of f and g; expected calls of one function"),
        ([], "", "expected --tests, a call and what it returns"),
        (["f({[1]}) == 3"], "", r"'f\(\{\[1\]\}\) == 3': \{\[1\]\} is no plain value"),
        (["f(1) == {[1]: 2}"], "", r"\{\[1\]: 2\} is no plain value"),
        (["f(...) == 1"], "", r"\.\.\. is no plain value"),
        (["f(1, **{'b': 2}) == 3"], "", r"expected keyword arguments one by one, such as b=2, and no \*\*"),
        (["f(" + "-" * 100_000 + "1) == 1"], "", "expected a call and what it returns"),
        (["f(2) == 4"], "def g(n):", r"--starter 'def g\(n\):' defines g, and --tests call f; expected one function"),
        ([], "twice(n)", "is not the first line of a function"),
        ([], "def twice(n", "is not the first line of a function"),
    ],
)
def test_what_cannot_be_read_is_refused(calls: list[str], starter: str, message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        problem_asked("x", calls, starter=starter)
