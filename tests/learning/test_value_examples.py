"""Which completions the value function learns from, by hand."""

from dataclasses import replace

import pytest

from axiom.learning.packing import TokenizedExample
from axiom.learning.value import Target
from axiom.learning.value_examples import ValueExample, state_at, value_batch, value_rows
from axiom.rounds.store import JudgedSample
from tests.test_store import row


def completions(*given: tuple[str, bool], task: str = "p") -> list[JudgedSample]:
    return [row(task, index, solution=text, passed=passed) for index, (text, passed) in enumerate(given)]


def test_a_completion_counts_once_and_the_newest_come_first_half_of_each_kind() -> None:
    rows = completions(("a", False), ("b", False), ("x", True), ("b", False), ("c", False))
    kept = value_rows(rows, max_per_problem=3)
    assert [(one.completion, one.passed) for one in kept] == [("x", True), ("c", False), ("b", False)]


def test_problems_have_their_own_cap_and_the_judge_s_faults_are_left_out() -> None:
    rows = [*completions(("a", True), ("b", True), ("c", True)), *completions(("a", False), task="q")]
    rows.append(replace(row("q", 9, solution="z", passed=False), outcome="internal_error"))
    kept = value_rows(rows, max_per_problem=2)
    assert [(one.task_id, one.completion) for one in kept] == [("q", "a"), ("p", "c"), ("p", "b")]


@pytest.mark.parametrize(("count", "share", "place"), [(1, 0.25, 0), (5, 0.5, 2), (5, 1.0, 4), (4, 0.25, 1)])
def test_a_share_of_a_completion_is_the_state_with_so_much_behind_it(count: int, share: float, place: int) -> None:
    assert state_at(count, share) == place


def test_a_batch_has_the_completions_as_one_row_with_their_targets() -> None:
    examples = [
        ValueExample(TokenizedExample((1, 2), (3, 4), sampled=(-1.0, -3.0)), "p", True, Target(1.0, 0.0)),
        ValueExample(TokenizedExample((1, 2), (5,)), "p", False, Target(0.0, 2.0)),
    ]
    batch = value_batch(examples)
    assert batch.packed.target_counts.tolist() == [2, 1]
    assert batch.packed.sampled.numel() == 0
    assert value_batch(examples[:1]).packed.sampled.tolist() == [-1.0, -3.0]
    assert (batch.passing.tolist(), batch.failing.tolist()) == ([1.0, 0.0], [0.0, 2.0])
    assert [example.log_prob for example in batch.examples] == [-2.0, None]


def test_log_probabilities_of_another_number_of_tokens_are_of_no_token() -> None:
    whole = ValueExample(TokenizedExample((1,), (3, 4), sampled=(-1.0, -3.0)), "p", True, Target(1.0, 0.0))
    other = replace(whole, tokens=replace(whole.tokens, sampled=(-1.0, -2.0, -3.0)))
    assert [one.has_log_probs for one in (whole, other)] == [True, False]
    assert value_batch([whole, other]).packed.sampled.numel() == 0
    assert other.log_prob == -2.0
