"""Choices among samples, each by hand."""

import math
from dataclasses import replace

import pytest

from axiom.errors import ConfigError
from axiom.learning.selection import (
    Selection,
    difficulty_bands,
    distance,
    distinct_programs,
    normalized_program,
    search_distribution,
    select_passing,
    syntax_nodes,
)
from axiom.rounds.store import JudgedSample
from tests.test_store import row

ADD = "def f(a):\n    return a + 1"
ADD_AGAIN = "def f(a): # one more\n    return (a + 1)"
LOOP = "def f(a):\n    for _ in range(1):\n        a += 1\n    return a"
SUM = "def f(a):\n    return sum([a, 1])"


def programs(*sources: str, task: str = "p", passed: bool = True) -> list[JudgedSample]:
    return [
        row(task, index, solution=source, tokens=len(source), passed=passed) for index, source in enumerate(sources)
    ]


def test_two_spellings_of_one_program_are_one_and_the_shorter_is_kept() -> None:
    rows = programs(ADD_AGAIN, ADD, LOOP)
    assert [r.solution for r in distinct_programs(rows)] == [ADD, LOOP]


def test_what_was_cut_off_and_what_the_judge_failed_on_is_no_whole_program() -> None:
    whole, cut, fault = programs(ADD, LOOP, SUM)
    rows = [whole, replace(cut, finish_reason="length"), replace(fault, outcome="internal_error")]
    assert distinct_programs(rows) == [whole]


@pytest.mark.parametrize(
    ("prefer", "expected"), [("short", [ADD, SUM]), ("first", [LOOP, ADD]), ("diverse", [ADD, LOOP])]
)
def test_a_cap_keeps_what_is_preferred(prefer: str, expected: list[str]) -> None:
    rows = programs(LOOP, ADD, SUM)
    kept = select_passing(rows, Selection(max_per_problem=2, prefer=prefer))  # type: ignore[arg-type]
    assert [r.solution for r in kept] == expected


def test_duplicates_are_kept_where_asked_for_up_to_the_cap() -> None:
    rows = programs(ADD, ADD_AGAIN, LOOP, ADD)
    kept = select_passing(rows, Selection(max_per_problem=3, distinct=False))
    assert [r.solution for r in kept] == [ADD, ADD, ADD_AGAIN]


def test_the_cap_is_each_problems_own_and_failures_are_left_out() -> None:
    rows = [*programs(ADD, LOOP, task="a"), *programs(ADD, task="b"), *programs(SUM, task="c", passed=False)]
    kept = select_passing(rows, Selection(max_per_problem=1))
    assert [(r.task_id, r.solution) for r in kept] == [("a", ADD), ("b", ADD)]


def test_programs_are_as_far_apart_as_the_syntax_that_they_do_not_share() -> None:
    one, two = syntax_nodes("a = 1"), syntax_nodes("a = 2")
    assert distance(one, one) == 0.0
    assert distance(one, two) == pytest.approx(1 - 1 / 5)  # they share the name; statements and constants differ
    assert distance(one, syntax_nodes("print()")) == 1.0
    assert syntax_nodes("no program") == frozenset(["no program"])


def test_the_search_distribution_is_share_times_tilt_and_sums_to_one() -> None:
    right = programs(ADD, ADD_AGAIN, LOOP)
    wrong = replace(programs(SUM, passed=False)[0], sample_index=3, passed_tests=1, total_tests=2)
    # Shares 2, 1, 1; the tilt of half the tests at temperature 1 is exp(-1/2).
    weighed = search_distribution([*right, wrong], reward_kind="fraction", temperature=1.0, max_per_problem=9)
    assert [r.solution for r, _ in weighed] == [ADD, LOOP, SUM]
    total = 3 + 0.6065306597
    assert [weight for _, weight in weighed] == pytest.approx([2 / total, 1 / total, 0.6065306597 / total])
    binary = search_distribution([*right, wrong], reward_kind="binary", temperature=0.1, max_per_problem=9)
    assert [(r.solution, weight) for r, weight in binary] == [(ADD, pytest.approx(2 / 3)), (LOOP, pytest.approx(1 / 3))]
    capped = search_distribution([*right, wrong], reward_kind="binary", temperature=0.1, max_per_problem=1)
    assert [weight for _, weight in capped] == [1.0]


def test_a_value_tilts_the_search_distribution_beside_the_reward() -> None:
    rows = [replace(one, value=value) for one, value in zip(programs(ADD, LOOP, SUM), (0.2, 0.9, None), strict=True)]
    found = search_distribution(rows, reward_kind="binary", temperature=0.5, max_per_problem=9, value_weight=1.0)
    weights = {ADD: math.exp(0.4), LOOP: math.exp(1.8), SUM: 1.0}
    expected = {source: weight / sum(weights.values()) for source, weight in weights.items()}
    assert {one.solution: weight for one, weight in found} == pytest.approx(expected)


def test_a_temperature_near_nothing_leaves_the_weightiest_program() -> None:
    rows = [replace(one, value=value) for one, value in zip(programs(ADD, LOOP, SUM), (0.2, 0.5, None), strict=True)]
    found = search_distribution(rows, reward_kind="binary", temperature=1e-4, max_per_problem=9, value_weight=1.0)
    assert [(one.solution, weight) for one, weight in found] == [(LOOP, 1.0)]


def test_the_programs_of_the_highest_value_are_kept_and_the_shorter_of_equals() -> None:
    rows = [
        replace(one, value=value)
        for one, value in zip(programs(ADD, LOOP, SUM, "x"), (0.2, 0.9, None, 0.2), strict=True)
    ]
    kept = select_passing(rows, Selection(max_per_problem=3, prefer="value"))
    assert [one.solution for one in kept] == [LOOP, "x", ADD]


def test_a_problem_that_nothing_solved_has_no_search_distribution() -> None:
    assert (
        search_distribution(programs(ADD, passed=False), reward_kind="binary", temperature=1, max_per_problem=1) == []
    )


@pytest.mark.parametrize("bad", [{"max_per_problem": 0}, {"replay": -0.1}])
def test_an_impossible_selection_names_its_key(bad: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=f"data.selection.{next(iter(bad))}"):
        Selection(**bad)  # type: ignore[arg-type]


def test_a_part_of_a_group_is_not_replayed() -> None:
    Selection(replay=0.5).check(learns_groups=False)
    Selection().check(learns_groups=True)
    with pytest.raises(ConfigError, match=r"data\.selection\.replay: .* PolicyGradient"):
        Selection(replay=0.5).check(learns_groups=True)


def test_selection_keeps_distinct_passing_programs_shortest_first_up_to_the_cap() -> None:
    rows = [
        row(index=0, solution="x  =  1  # one", tokens=9),
        row(index=1, solution="x = 1", tokens=5),
        row(index=2, solution="y = 2", tokens=7),
        row(index=3, solution="z = 3", tokens=8),
        row(index=4, passed=False),
        replace(row(index=5, solution="w = 0", tokens=1), finish_reason="length"),
        row("a/c", 0, solution="x = 1"),
    ]
    chosen = select_passing(rows, Selection(max_per_problem=2))
    assert [r.key for r in chosen] == [("a/b", 1), ("a/b", 2), ("a/c", 0)]


def test_programs_are_one_when_their_syntax_trees_are() -> None:
    assert normalized_program("x='a' # c") == normalized_program('x = "a"')
    assert normalized_program("def broken(:") == "def broken(:"


def test_a_problem_is_in_the_quarter_of_its_solve_rate_and_the_judges_faults_count_neither_way() -> None:
    rows = [
        *[row(f"{solved} of 4", index, passed=index < solved) for solved in range(5) for index in range(4)],
        replace(row("1 of 4", 4, passed=False), outcome="internal_error"),
        row("1 of 5", 0),
        *[row("1 of 5", index, passed=False) for index in range(1, 5)],
    ]
    assert difficulty_bands(rows) == {"0 of 4": 0, "1 of 4": 1, "2 of 4": 2, "3 of 4": 3, "4 of 4": 3, "1 of 5": 0}
