"""Which round of a run is its best: the one choice that the end of ``fit``, ``report`` and ``export`` share."""

from collections.abc import Mapping

from axiom.pass_at_k import mean_pass_at_k

Counts = Mapping[str, tuple[int, int]]


def best_round(validation: Mapping[int, Counts]) -> int | None:
    """The round with the highest validation pass@1, the earliest of equals; None where none was evaluated.

    A round whose evaluation was interrupted has fewer problems than another, so its figure says nothing beside the
    other's: only rounds with the most problems are looked at.

    Args:
        validation: (samples, samples that passed) of each problem, by round.
    """
    most = max(map(len, validation.values()), default=0)
    if most == 0:
        return None
    scores = {
        index: mean_pass_at_k(list(counts.values()), 1) for index, counts in validation.items() if len(counts) == most
    }
    return max(scores, key=lambda index: (scores[index], -index))
