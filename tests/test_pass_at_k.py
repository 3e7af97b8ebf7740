"""pass@k against brute force, and the interval of a change."""

from itertools import combinations

import pytest

from axiom.errors import ConfigError
from axiom.pass_at_k import mean_pass_at_k, paired_bootstrap, pass_at_k


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


def test_the_interval_of_a_constant_change_is_that_change() -> None:
    assert paired_bootstrap([0.1, 0.4], [0.3, 0.6], resamples=100) == pytest.approx((0.2, 0.2, 0.2))


def test_the_interval_holds_the_mean_and_widens_with_spread() -> None:
    mean, low, high = paired_bootstrap([0.0] * 20, [0.0, 1.0] * 10, resamples=2000)
    assert mean == 0.5
    assert 0.25 < low < 0.35 < 0.65 < high < 0.75


def test_a_comparison_of_different_problems_is_refused() -> None:
    with pytest.raises(ConfigError, match="same problems twice"):
        paired_bootstrap([0.1], [0.1, 0.2])
