"""pass@k against brute force, and the interval of a change."""

from itertools import combinations
from math import comb

import pytest

from axiom.errors import ConfigError
from axiom.pass_at_k import (
    bootstrap_mean,
    mean_pass_at_k,
    paired_bootstrap,
    pass_at_k,
    pass_at_k_by_problem,
    sign_flip_p,
)


@pytest.mark.parametrize("n", range(1, 8))
def test_the_estimator_equals_the_share_of_all_subsets_that_hold_a_pass(n: int) -> None:
    for c in range(n + 1):
        for k in range(1, n + 1):
            subsets = list(combinations(range(n), k))
            share = sum(1 for subset in subsets if min(subset) < c) / len(subsets)
            assert pass_at_k(n, c, k) == pytest.approx(share)


@pytest.mark.parametrize(("n", "c", "k"), [(4, 1, 5), (4, 1, 0), (4, 5, 1), (4, -1, 1)])
def test_impossible_counts_are_refused_with_the_remedy(n: int, c: int, k: int) -> None:
    with pytest.raises(ConfigError, match=r"expected|raise n or lower k"):
        pass_at_k(n, c, k)


def test_the_mean_is_over_problems_not_over_samples() -> None:
    assert mean_pass_at_k([(4, 4), (100, 0)], 1) == 0.5
    assert mean_pass_at_k([], 1) == 0.0


def test_a_problem_on_which_the_judge_failed_is_left_out_where_too_few_samples_are_left() -> None:
    counts = {"a": (8, 8), "b": (7, 0)}
    assert (mean_pass_at_k(counts.values(), 8), mean_pass_at_k(counts.values(), 7)) == (1.0, 0.5)
    assert pass_at_k_by_problem(counts, 8) == {"a": 1.0}
    with pytest.raises(ConfigError, match="pass@9 needs at least 9 samples"):
        mean_pass_at_k(counts.values(), 9)


def test_the_interval_of_a_constant_change_is_that_change() -> None:
    assert paired_bootstrap([0.1, 0.4], [0.3, 0.6], resamples=100) == pytest.approx((0.2, 0.2, 0.2))


def test_the_interval_holds_the_mean_and_widens_with_spread() -> None:
    mean, low, high = paired_bootstrap([0.0] * 20, [0.0, 1.0] * 10, resamples=2000)
    assert mean == 0.5
    assert 0.25 < low < 0.35 < 0.65 < high < 0.75


def test_a_comparison_of_different_problems_is_refused() -> None:
    with pytest.raises(ConfigError, match="same problems twice"):
        paired_bootstrap([0.1], [0.1, 0.2])


def test_the_interval_of_one_figure_is_over_problems_and_needs_one() -> None:
    assert bootstrap_mean([0.25] * 3) == (0.25, 0.25, 0.25)
    mean, low, high = bootstrap_mean([0.0, 1.0] * 50)
    assert mean == 0.5
    assert 0.38 < low < 0.43 < 0.57 < high < 0.62  # 1.96 standard errors of 0.05 each way
    with pytest.raises(ConfigError, match="at least one problem"):
        bootstrap_mean([])


def test_the_exact_p_counts_the_signs_that_lie_as_far_out() -> None:
    # Three changes of one sign: only +++ and --- of eight are as far out.
    assert sign_flip_p([0.5, 0.25, 0.125]) == 2 / 8
    assert sign_flip_p([0.5, 0.25, 0.125, 0.0, 0.0]) == 2 / 8
    assert sign_flip_p([0.5, -0.5]) == 1.0
    assert sign_flip_p([0.0, 0.0]) == sign_flip_p([]) == 1.0


def test_the_drawn_p_is_near_the_exact_one() -> None:
    changes = [0.1] * 10 + [-0.1] * 4
    exact = 2 * sum(comb(14, heads) for heads in range(10, 15)) / 2**14
    assert sign_flip_p(changes) == pytest.approx(exact, abs=0.012)
    assert sign_flip_p([1.0] * 40) == 1 / 10_001
