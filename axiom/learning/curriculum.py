"""How many samples each train problem gets in a round, by how often it was solved so far.

A problem is unsolved where no sample of it passed yet (or none was drawn), always solved where all did, and sometimes
solved in between, where most is to be learned (Florensa et al. 2018, goals of intermediate difficulty). Weights move
samples between the three at the same total; retirement stops sampling what has been solved by every sample for some
rounds. Both are off by default: every problem gets the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from axiom.errors import ConfigError

Band = Literal["unsolved", "sometimes", "always", "retired"]
BANDS: tuple[Band, ...] = ("unsolved", "sometimes", "always", "retired")
Counts = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)  # without slots: jsonargparse reads a default's __dict__
class Curriculum:
    """What each band of problems is worth.

    Attributes:
        unsolved: weight of a problem that no sample has solved.
        sometimes: of one that some have.
        always: of one that all have.
        retire_after: rounds in a row in which all samples of a problem passed, after which it is sampled no more; None
            retires none.

    Raises:
        ConfigError: for a weight below 0 or all of them 0, or a retirement after fewer than one round.
    """

    unsolved: float = 1.0
    sometimes: float = 1.0
    always: float = 1.0
    retire_after: int | None = None

    def __post_init__(self) -> None:
        weights = (self.unsolved, self.sometimes, self.always)
        if min(weights) < 0.0 or max(weights) == 0.0:
            raise ConfigError(f"data.curriculum: weights {weights}: expected 0 or more, and one above it")
        if self.retire_after is not None and self.retire_after < 1:
            raise ConfigError(f"data.curriculum.retire_after: expected 1 or more, got {self.retire_after}")

    def weight(self, band: Band) -> float:
        """The weight of a band; 0 for what is retired."""
        return {"unsolved": self.unsolved, "sometimes": self.sometimes, "always": self.always, "retired": 0.0}[band]


def bands(problem_ids: Sequence[str], history: Sequence[Counts], curriculum: Curriculum) -> dict[str, Band]:
    """The band of each problem.

    Args:
        problem_ids: all train problems.
        history: by round, oldest first, the samples drawn and passed of each problem; a problem that a round did not
            sample is not in it.
        curriculum: says when a problem retires.
    """
    return {name: _band([past[name] for past in history if name in past], curriculum) for name in problem_ids}


def _band(past: Sequence[tuple[int, int]], curriculum: Curriculum) -> Band:
    last = curriculum.retire_after
    if last is not None and len(past) >= last and all(passed == drawn for drawn, passed in past[-last:]):
        return "retired"
    drawn, passed = sum(n for n, _ in past), sum(c for _, c in past)
    if passed == 0:
        return "unsolved"
    return "always" if passed == drawn else "sometimes"


def allotments(
    problem_ids: Sequence[str], history: Sequence[Counts], curriculum: Curriculum, *, samples: int, least: int
) -> dict[str, int]:
    """How many samples each problem gets in the next round; those that get none are left out.

    Args:
        problem_ids: all train problems.
        history: of the rounds before, as for :func:`bands`.
        curriculum: the weights.
        samples: N where all weights are the same; the round's total is N for each problem.
        least: what a problem of a weight above 0 gets at least, so that pass@k can be told of it; where it is N, only
            what problems without weight leave is moved.

    Raises:
        ConfigError: if every problem is retired or has the weight 0.
    """
    if not history:
        return dict.fromkeys(problem_ids, samples)
    weights = {name: curriculum.weight(band) for name, band in bands(problem_ids, history, curriculum).items()}
    total = sum(weights.values())
    if total == 0.0:
        raise ConfigError(
            f"data.curriculum: all {len(weights)} train problems are retired or of weight 0; give harder problems"
        )
    room, open_ones = samples * len(weights), {name: weight for name, weight in weights.items() if weight > 0.0}
    given: dict[str, int] = {}
    while low := [n for n, w in open_ones.items() if room * w < least * sum(open_ones.values())]:
        given |= dict.fromkeys(low, least)
        room -= least * len(low)
        open_ones = {name: weight for name, weight in open_ones.items() if name not in given}
    shares = {name: room * weight / sum(open_ones.values()) for name, weight in open_ones.items()}
    given |= {name: int(share) for name, share in shares.items()}
    by_remainder = sorted(shares, key=lambda name: given[name] - shares[name])
    for name in by_remainder[: room - sum(given[name] for name in shares)]:
        given[name] += 1
    return {name: given[name] for name in weights if name in given}
