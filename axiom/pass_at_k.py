"""pass@k: the chance that at least one of k samples passes, estimated without bias from n >= k samples.

Chen et al. 2021 (arXiv 2107.03374), section 2.1: with c of n samples correct,
``pass@k = 1 - C(n - c, k) / C(n, k)``; computed as a product, so that no large binomial appears.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from axiom.errors import ConfigError

_EXACT_SIGNS = 12


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


def mean_pass_at_k(counts: Iterable[tuple[int, int]], k: int) -> float:
    """Mean of :func:`pass_at_k` over problems given as (n, c) pairs; 0.0 for no problem.

    A problem with fewer than k samples is left out: the judge may have failed on one of them.

    Raises:
        ConfigError: if there are problems, and none has k samples.
    """
    every = list(counts)
    enough = [(n, c) for n, c in every if n >= k] or every
    return sum(pass_at_k(n, c, k) for n, c in enough) / len(enough) if enough else 0.0


def pass_at_k_by_problem(counts: Mapping[str, tuple[int, int]], k: int) -> dict[str, float]:
    """pass@k of each problem that has at least k samples, given as (n, c) by name."""
    return {name: pass_at_k(n, c, k) for name, (n, c) in counts.items() if n >= k}


def bootstrap_mean(
    values: Sequence[float], *, resamples: int = 2_000, seed: int = 0, level: float = 0.95
) -> tuple[float, float, float]:
    """Mean of one figure for each problem, and its percentile-bootstrap interval over problems.

    Args:
        values: one for each problem.
        resamples: bootstrap resamples of the problems.
        seed: of the resampling.
        level: coverage of the interval.

    Returns:
        (mean, lower end, upper end).

    Raises:
        ConfigError: for no problem.
    """
    if not values:
        raise ConfigError("an interval over problems needs at least one problem, got none")
    rng = random.Random(seed)
    means = sorted(sum(rng.choices(values, k=len(values))) / len(values) for _ in range(resamples))
    tail = int((1 - level) / 2 * resamples)
    return sum(values) / len(values), means[tail], means[resamples - 1 - tail]


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
    return bootstrap_mean(changes, resamples=resamples, seed=seed, level=level)


def sign_flip_p(changes: Sequence[float], *, flips: int = 10_000, seed: int = 0) -> float:
    """Two-sided p-value of a paired change: how often random signs give a mean as far from 0 (Fisher 1935).

    Exact, over all signs, where at most twelve problems changed; by ``flips`` random ones, counting the observed one,
    where more did.

    Args:
        changes: one for each problem; those that are 0 say nothing.
        flips: random draws of the signs.
        seed: of the draws.
    """
    moved = [abs(change) for change in changes if change]
    seen = abs(sum(changes)) - 1e-12
    if len(moved) <= _EXACT_SIGNS:
        sums = [
            abs(sum(s * m for s, m in zip(signs, moved, strict=True))) for signs in product((1, -1), repeat=len(moved))
        ]
        return sum(total >= seen for total in sums) / len(sums)
    rng = random.Random(seed)
    further = 0
    for _ in range(flips):
        bits = rng.getrandbits(len(moved))
        further += abs(sum(m if bits >> i & 1 else -m for i, m in enumerate(moved))) >= seen
    return (further + 1) / (flips + 1)
