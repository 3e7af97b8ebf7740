"""Advantages by hand."""

from dataclasses import replace

import pytest

from axiom.learning.advantage import Scale, group_advantages, reward
from axiom.rounds.store import JudgedSample
from tests.test_store import row


def judged(problem: str, index: int, *, passed_tests: int) -> JudgedSample:
    return replace(row(problem, index), passed=passed_tests == 4, passed_tests=passed_tests, total_tests=4)


ROWS = [
    judged("a", 0, passed_tests=4),
    judged("b", 0, passed_tests=4),
    judged("a", 1, passed_tests=1),
    judged("b", 1, passed_tests=4),
    judged("a", 2, passed_tests=0),
]


def test_a_fraction_counts_tests_and_binary_counts_none() -> None:
    assert [reward(r, kind="binary") for r in ROWS] == [1, 1, 0, 1, 0]
    assert [reward(r, kind="fraction") for r in ROWS] == [1, 1, 0.25, 1, 0]


def test_a_program_without_tests_run_earns_nothing() -> None:
    assert reward(replace(ROWS[0], passed=False, passed_tests=0, total_tests=0), kind="fraction") == 0.0


def test_advantages_are_against_the_problems_own_mean() -> None:
    assert group_advantages(ROWS, scale="none") == pytest.approx([2 / 3, 0, -1 / 3, 0, -1 / 3])
    of_a = [
        x for x, r in zip(group_advantages(ROWS, kind="fraction", scale="none"), ROWS, strict=True) if r.task_id == "a"
    ]
    assert sum(of_a) == pytest.approx(0.0)
    assert of_a == pytest.approx([1 - 5 / 12, 1 / 4 - 5 / 12, -5 / 12])


def test_group_scale_divides_by_the_deviation_and_a_solved_problem_teaches_nothing() -> None:
    deviation = (1 / 3) ** 0.5  # of 1, 0, 0 with n - 1
    assert group_advantages(ROWS) == pytest.approx(
        [2 / 3 / deviation, 0, -1 / 3 / deviation, 0, -1 / 3 / deviation], rel=1e-3
    )


@pytest.mark.parametrize("scale", ["group", "none"])
def test_equal_rewards_have_no_advantage_whatever_their_sum_rounds_to(scale: Scale) -> None:
    for total in range(2, 12):
        for passed in range(total):
            for count in range(2, 17):
                one = replace(row("a", passed=False), passed_tests=passed, total_tests=total)
                group = [replace(one, sample_index=index) for index in range(count)]
                assert group_advantages(group, kind="fraction", scale=scale) == [0.0] * count


def test_a_single_sample_has_no_advantage() -> None:
    assert group_advantages(ROWS[:1]) == [0.0]
