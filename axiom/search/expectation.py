"""What a choice is worth: the chance that what is chosen among n samples passes, as an expectation over all subsets.

A problem with N samples has C(N, n) subsets of n. Where a sample's score does not depend on the others the expectation
is exact; where it does (consensus), it is a mean over random subsets. Equal scores are a draw among them.
"""

import random
from collections.abc import Sequence
from itertools import groupby
from math import comb

from axiom.errors import ConfigError
from axiom.search.choosers import Candidate, Chooser, Score


def expected_pass(scores: Sequence[Score], passed: Sequence[bool], n: int) -> float:
    """Chance that the best scored of n random samples passes.

    The best of a subset has a score s where the subset has no higher one and at least one of s; which of those with s
    it is does not matter to its chance, so the share of them that passed is taken.

    Args:
        scores, passed: of each of N samples.
        n: budget, from 1 to N.

    Raises:
        ConfigError: for a budget beyond the samples.
    """
    total = _checked(len(scores), n)
    order = sorted(range(total), key=lambda place: scores[place], reverse=True)
    chance, left = 0.0, total
    for _, equals in groupby(order, key=lambda place: scores[place]):
        places = list(equals)
        share = sum(passed[place] for place in places) / len(places)
        chance += share * (comb(left, n) - comb(left - len(places), n)) / comb(total, n)
        left -= len(places)
    return chance


def expected_pass_by_draws(
    candidates: Sequence[Candidate],
    passed: Sequence[bool],
    chooser: Chooser,
    n: int,
    *,
    draws: int = 400,
    seed: int = 0,
) -> float:
    """The same for a chooser whose scores depend on which candidates there are.

    Args:
        candidates, passed: of each of N samples.
        chooser: orders the candidates of a subset.
        n: budget, from 1 to N.
        draws: random subsets; one where n is N.
        seed: of the subsets.

    Raises:
        ConfigError: for a budget beyond the samples.
    """
    total, rng, chance = _checked(len(candidates), n), random.Random(seed), 0.0
    draws = 1 if n == total else draws
    for _ in range(draws):
        places = rng.sample(range(total), n)
        scores = chooser.scores([candidates[place] for place in places])
        best = max(scores)
        equals = [place for place, score in zip(places, scores, strict=True) if score == best]
        chance += sum(passed[place] for place in equals) / len(equals)
    return chance / draws


def _checked(total: int, n: int) -> int:
    if not 1 <= n <= total:
        raise ConfigError(f"a budget of {n} samples needs as many of each problem, got {total}")
    return total
