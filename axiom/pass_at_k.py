"""pass@k: the chance that at least one of k samples passes, estimated without bias from n >= k samples.

Chen et al. 2021 (arXiv 2107.03374), section 2.1: with c of n samples correct,
``pass@k = 1 - C(n - c, k) / C(n, k)``; computed as a product, so that no large binomial appears.
"""

import random
from collections.abc import Sequence

from axiom.errors import ConfigError


def pass_at_k(n: int, c: int, k: int) -> float:
    """Unbiased estimate of pass@k for one problem.

    Args:
        n: samples drawn.
        c: samples that passed, 0 <= c <= n.
        k: budget, 1 <= k <= n.

    Raises:
        ConfigError: if k is outside 1..n or c outside 0..n.
    """
    if not 1 <= k <= n:
        raise ConfigError(
            f"pass@{k} needs at least {k} samples of each problem (k >= 1), got n={n}; raise n or lower k"
        )
    if not 0 <= c <= n:
        raise ConfigError(f"{c} passing samples of {n}: expected a number from 0 to {n}")
    miss = 1.0
    for i in range(k):
        miss *= max(n - c - i, 0) / (n - i)
    return 1.0 - miss


def mean_pass_at_k(counts: Sequence[tuple[int, int]], k: int) -> float:
    """Mean of :func:`pass_at_k` over problems given as (n, c) pairs; 0.0 for no problem."""
    return sum(pass_at_k(n, c, k) for n, c in counts) / len(counts) if counts else 0.0


def paired_bootstrap(
    before: Sequence[float], after: Sequence[float], *, resamples: int = 10_000, seed: int = 0, level: float = 0.95
) -> tuple[float, float, float]:
    """Mean change and its percentile-bootstrap interval over problems.

    Args:
        before: one figure for each problem.
        after: the same problems' figures, in the same order.
        resamples: bootstrap resamples of the problems.
        seed: of the resampling.
        level: coverage of the interval.

    Returns:
        (mean of ``after - before``, lower end, upper end).

    Raises:
        ConfigError: if the two differ in length or are empty.
    """
    if len(before) != len(after) or not before:
        raise ConfigError(f"a paired comparison needs the same problems twice, got {len(before)} and {len(after)}")
    changes = [b - a for a, b in zip(before, after, strict=True)]
    rng = random.Random(seed)
    means = sorted(sum(rng.choices(changes, k=len(changes))) / len(changes) for _ in range(resamples))
    tail = int((1 - level) / 2 * resamples)
    return sum(changes) / len(changes), means[tail], means[resamples - 1 - tail]
