"""How well values tell passing from failing completions, and how far they can be taken at their word; no torch."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

# What a value function's fit leaves of the completions that it was measured on.
SCORES_FILE = "value_scores.jsonl"


@dataclass(frozen=True, slots=True)
class Scored:
    """A completion with a value and its verdict.

    Attributes:
        problem: its id.
        value: P(pass) as estimated.
        passed: the verdict.
        weight: in what is said of calibration: what the completion weighed, or would have weighed, in the fit. A value
            learned from as many passes as failures of each problem is the chance among such.
    """

    problem: str
    value: float
    passed: bool
    weight: float = 1.0


def auroc(scored: Sequence[Scored]) -> float | None:
    """The chance that a passing completion has a higher value than a failing one, ties counting half.

    Returns:
        None where one of the two kinds is missing.
    """
    ordered = sorted(scored, key=lambda one: one.value)
    passes = sum(one.passed for one in ordered)
    fails = len(ordered) - passes
    if not passes or not fails:
        return None
    below, wins = 0, 0.0
    for _, equal in groupby(ordered, key=lambda one: one.value):
        some = list(equal)
        hits = sum(one.passed for one in some)
        misses = len(some) - hits
        wins += hits * (below + misses / 2)
        below += misses
    return wins / (passes * fails)


def auroc_by_problem(scored: Iterable[Scored]) -> dict[str, float]:
    """:func:`auroc` within each problem that has both kinds; its mean says how well programs are told apart."""
    grouped: dict[str, list[Scored]] = defaultdict(list)
    for one in scored:
        grouped[one.problem].append(one)
    found = {problem: auroc(some) for problem, some in grouped.items()}
    return {problem: value for problem, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Bin:
    """Completions whose values lie close together.

    Attributes:
        weight: their weights' sum.
        value: their mean value.
        passed: the share of them that passed.
    """

    weight: float
    value: float
    passed: float


def reliability(scored: Sequence[Scored], *, bins: int = 10) -> list[Bin]:
    """Bins of equal width over [0, 1] that have any weight, by value: a reliability diagram's points."""
    grouped: dict[int, list[Scored]] = defaultdict(list)
    for one in scored:
        if one.weight:
            grouped[min(int(one.value * bins), bins - 1)].append(one)
    found = []
    for _, some in sorted(grouped.items()):
        weight = sum(one.weight for one in some)
        value, passed = (
            sum(one.weight * each for one, each in zip(some, of_each, strict=True)) / weight
            for of_each in ([one.value for one in some], [one.passed for one in some])
        )
        found.append(Bin(weight, value, passed))
    return found


def calibration_error(found: Sequence[Bin]) -> float:
    """Expected calibration error (arXiv 1706.04599): the bins' mean distance of value and share, by weight."""
    total = sum(one.weight for one in found)
    return sum(one.weight * abs(one.value - one.passed) for one in found) / total if total else 0.0
