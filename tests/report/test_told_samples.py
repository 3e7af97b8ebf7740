"""A round's samples as Markdown: which are told, with their verdict and the call that failed."""

from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tensorboard.plugin_util import markdown_to_safe_html

from axiom.problems.hidden_tests import CallTest, CheckTest, ProgramTest
from axiom.problems.problem import Problem
from axiom.report.told_samples import (
    best_samples,
    failing_call,
    indented,
    near_misses,
    prose,
    samples_markdown,
    solved_problems,
)
from tests.report.runs_on_disk import sample

DOUBLE = Problem(
    id="t/double",
    entry_point="double",
    statement="Return *twice* n,\nnot n_1 < 2.",
    tests=(CallTest(args=(1,), expected=2), CallTest(args=(), kwargs={"n": -3}, raises="ValueError")),
)


def test_the_best_are_the_shortest_programs_of_new_problems_and_then_of_hard_ones() -> None:
    rows = [
        sample("easy", 0, passed=True, solution="easy"),
        sample("easy", 1, passed=True, solution="easy as well"),
        sample("hard", 0, passed=True, solution="hard"),
        sample("hard", 1, passed=False),
        sample("new", 0, passed=True, solution="new but long"),
        sample("new", 1, passed=True, solution="new"),
        sample("never", 0, passed=False),
    ]
    found = best_samples(rows, {"easy", "hard"}, most=9)
    assert [row.solution for row in found] == ["new", "hard", "easy"]
    assert [row.task_id for row in best_samples(rows, {"easy", "hard"}, most=1)] == ["new"]
    assert solved_problems([{"a": (2, 0), "b": (2, 1)}, {"a": (2, 2)}]) == {"a", "b"}


def test_near_misses_passed_the_most_of_their_tests_one_of_each_problem() -> None:
    rows = [
        sample("near", 0, passed=False, passed_tests=3, total_tests=4),
        sample("near", 1, passed=False, passed_tests=2, total_tests=4),
        sample("far", 0, passed=False, passed_tests=0, total_tests=4),
        sample("often", 0, passed=False, passed_tests=3, total_tests=4),
        sample("often", 1, passed=True, passed_tests=4, total_tests=4),
        sample("fault", 0, passed=False, passed_tests=3, total_tests=4, outcome="internal_error"),
        sample("nothing", 0, passed=False, passed_tests=0, total_tests=0, solution=None),
    ]
    found = near_misses(rows, most=9)
    assert [row.key for row in found] == [("near", 0), ("often", 0), ("far", 0)]
    assert [row.key for row in near_misses(rows, most=2)] == [("near", 0), ("often", 0)]


def test_a_sample_is_told_with_its_problem_its_verdict_and_the_call_that_failed() -> None:
    program = "def double(n):\n\n    return '''```'''"
    verdict = {"outcome": "wrong_answer", "passed_tests": 1, "total_tests": 2, "message": "test 1: returned 6"}
    missed = sample("t/double", 0, passed=False, solution=program, **verdict)
    told = samples_markdown([missed], [missed, sample("t/double", 1, passed=True)], {"t/double": DOUBLE})
    html = unescape(markdown_to_safe_html(told))
    assert "<h3>t/double</h3>" in html
    assert "1 of 2 samples passed" in html
    assert "Return *twice* n,<br>\nnot n_1 < 2." in html
    assert "<pre><code>def double(n):\n\n    return '''```'''\n</code></pre>" in html
    assert "<strong>wrong_answer</strong>, 1 of 2 tests passed" in html
    assert "<pre><code>test 1: returned 6\ndouble(n=-3)\nexpected: ValueError is raised\n</code></pre>" in html
    assert "solved for the first time" not in html


def test_a_problem_that_is_solved_for_the_first_time_is_told_so() -> None:
    row = sample("t/double", 0, passed=True)
    assert "solved for the first time" in samples_markdown([row], [row], {})
    assert "solved for the first time" not in samples_markdown([row], [row], {}, solved_before={"t/double"})


@pytest.mark.parametrize(
    ("tests", "message", "expected"),
    [
        (DOUBLE.tests, "test 0: returned 1", "double(1)\nexpected: 2"),
        (DOUBLE.tests, "test 2: returned 1", ""),
        (DOUBLE.tests, "invalid syntax (line 1)", ""),
        ((CallTest(args=([3],), expected_args=([],)),), "test 0: no", '{"args": [[3]], "expected_args": [[]]}'),
        ((ProgramTest("1", "2"),), "test 0: printed '3'", '{"stdin": "1", "stdout": "2"}'),
        ((CheckTest("x" * 700),), "test 0: check: no", '{"check": "' + "x" * 589 + " …"),
    ],
)
def test_the_failing_call_is_the_one_that_the_message_names(
    tests: tuple[CallTest], message: str, expected: str
) -> None:
    problem = Problem(id="t/double", entry_point="double", statement="", tests=tests)
    assert failing_call(problem, message) == expected
    assert failing_call(None, message) == ""


@given(st.text(alphabet="ab \n`~<>&*_#-+.![](){}|\\=\t", max_size=60))
def test_whatever_a_program_holds_its_block_shows_it_and_ends_where_it_ends(text: str) -> None:
    program = "x" + text
    html = markdown_to_safe_html(f"before\n\n{indented(program)}\n\n**after**")
    assert html.endswith("<p><strong>after</strong></p>")
    assert html.count("<pre>") == 1
    shown = html.partition("<code>")[2].partition("</code>")[0]
    assert unescape(shown).split() == program.split()


@given(st.lists(st.text(alphabet="ab`~<>&*_#-+.![](){}|\\=1: ", min_size=1, max_size=20), min_size=1, max_size=4))
@example(["a heading", "=="])
@example(["1. one", "# two", "~~~"])
def test_prose_is_shown_as_it_is_line_by_line(lines: list[str]) -> None:
    wanted = [line.strip() for line in lines if line.strip()] or ["x"]
    html = markdown_to_safe_html(prose("\n".join(wanted)))
    shown = html.removeprefix("<p>").removesuffix("</p>").split("<br>\n")
    assert [unescape(line) for line in shown] == wanted
