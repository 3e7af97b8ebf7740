"""The value function's targets, loss and figures, each by hand or against an independent implementation."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchmetrics.functional.classification import binary_auroc, binary_calibration_error

from axiom.learning.value import (
    CONFIDENCE,
    Target,
    confidence,
    likelihood_ratios,
    pair_loss,
    targets_of,
    value_loss,
)
from axiom.learning.value_figures import Scored, auroc, auroc_by_problem, calibration_error, reliability

SCORED = st.lists(
    st.builds(Scored, st.sampled_from("ab"), st.integers(0, 20).map(lambda n: n / 20), st.booleans()), min_size=1
)


def test_passes_and_failures_of_a_problem_weigh_the_same_and_so_do_problems() -> None:
    labels, problems = [1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0], ["a", "a", "a", "b", "b", "c", "c"]
    found = targets_of(labels, problems)
    each = 5 / 4
    expected = [(1, 0), (0, 0.5), (0, 0.5), (1, 0), (0, 1), (0, 0), (0, 0)]
    for target, (passing, failing) in zip(found, expected, strict=True):
        assert target == Target(pytest.approx(passing * each), pytest.approx(failing * each))  # type: ignore[arg-type]


def test_without_balance_every_completion_weighs_one_and_fractions_are_soft() -> None:
    assert targets_of([1.0, 0.25], ["a", "a"], is_balanced=False) == [Target(1.0, 0.0), Target(0.25, 0.75)]


def test_no_problem_with_both_kinds_gives_weights_of_zero() -> None:
    assert targets_of([1.0, 1.0], ["a", "a"]) == [Target(0.0, 0.0)] * 2


def test_the_loss_is_the_mean_over_completions_of_their_mean_over_states() -> None:
    logits = torch.tensor([0.0, 2.0, -1.0])
    got = value_loss(logits, torch.tensor([1.0, 0.0]), torch.tensor([0.0, 3.0]), torch.tensor([2, 1]))
    first = (math.log(2.0) + math.log(1 + math.exp(-2.0))) / 2
    second = 3.0 * math.log(1 + math.exp(-1.0))
    assert got.item() == pytest.approx((first + second) / 2)


@given(SCORED)
def test_auroc_is_torchmetrics(scored: list[Scored]) -> None:
    found = auroc(scored)
    passed = torch.tensor([one.passed for one in scored])
    if passed.all() or not passed.any():
        assert found is None
    else:
        expected = binary_auroc(torch.tensor([one.value for one in scored]), passed.int())
        assert found == pytest.approx(expected.item(), abs=1e-5)


def test_auroc_within_problems_leaves_out_those_with_one_kind() -> None:
    scored = [Scored("a", 0.9, True), Scored("a", 0.1, False), Scored("b", 0.9, False), Scored("c", 0.5, True)]
    scored += [Scored("c", 0.5, False)]
    assert auroc_by_problem(scored) == {"a": 1.0, "c": 0.5}


@given(SCORED)
def test_the_calibration_error_is_torchmetrics(scored: list[Scored]) -> None:
    shifted = [Scored(one.problem, 0.01 + 0.97 * one.value, one.passed) for one in scored]  # off the bins' edges
    values = torch.tensor([one.value for one in shifted])
    expected = binary_calibration_error(values, torch.tensor([int(one.passed) for one in shifted]), n_bins=10)
    assert calibration_error(reliability(shifted)) == pytest.approx(expected.item(), abs=1e-5)


def test_a_reliability_diagram_has_a_point_for_each_bin_in_use() -> None:
    scored = [Scored("a", 0.02, False), Scored("a", 0.08, True), Scored("a", 1.0, True)]
    first, last = reliability(scored)
    assert (first.weight, first.value, first.passed) == (2, pytest.approx(0.05), 0.5)
    assert (last.weight, last.value, last.passed) == (1, 1.0, 1.0)


def test_a_value_among_as_many_passes_as_failures_is_calibrated_among_such() -> None:
    passed = [True, *[False] * 9]
    exact = [Scored("a", 0.5, one, weight=9.0 if one else 1.0) for one in passed]
    one_sided = [Scored("b", 0.5, False, weight=0.0)]
    assert calibration_error(reliability(exact + one_sided)) == pytest.approx(0.0)
    assert calibration_error(reliability([Scored("a", 0.5, one) for one in passed])) == pytest.approx(0.4)
    assert calibration_error(reliability(one_sided)) == 0.0


def test_confidence_is_of_the_tokens_behind_each_state() -> None:
    half = math.log(0.5)
    found = confidence(torch.tensor([-1.0, -0.5, -9.0, -2.0]), torch.tensor([3, 1]))
    expected = [
        [0, 0, 0, 0, 0, 0],
        [-1.0, -0.1, -0.2, 0.2, 0.02, -1.0],
        [-0.75, -0.15, -0.2, 0.2, 0.04, -0.5],
        [0, 0, 0, 0, 0, 0],
    ]
    assert found.shape == (4, CONFIDENCE)
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float32))
    assert confidence(torch.tensor([half + 0.01, 0.0]), torch.tensor([2]))[1, 3] == 0


def test_a_likelihood_ratio_is_of_the_tokens_behind_each_state() -> None:
    found = likelihood_ratios(
        torch.tensor([-1.0, -0.5, -3.0, -2.0]), torch.tensor([-2.0, -0.25, -1.0, -1.0]), torch.tensor([3, 1])
    )
    torch.testing.assert_close(found, torch.tensor([0.0, 1.0, 0.75, 0.0]))


def test_the_pair_loss_is_over_pairs_of_one_problem() -> None:
    ends, problems = torch.tensor([2.0, 0.5, -1.0, 3.0, 9.0]), ["a", "a", "a", "b", "c"]
    # a: 2 against 0.5 and against -1; b and c have one kind each.
    loss = pair_loss(ends, [True, False, False, True, False], problems)
    expected = (math.log1p(math.exp(-1.5)) + math.log1p(math.exp(-3.0))) / 2
    assert loss.item() == pytest.approx(expected)
    assert pair_loss(ends, [True] * 5, problems).item() == 0.0
