"""Which round of a run is its best, and whether another is worth its cost.

The one choice that training, the end of ``fit``, ``report`` and ``export`` share.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from axiom.errors import ConfigError
from axiom.pass_at_k import mean_pass_at_k

Counts = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)  # without slots: jsonargparse reads a default's __dict__
class RoundChoice:
    """How rounds are compared.

    Attributes:
        most_lost: how far pass@K may fall below model 0's, K being the largest budget, in a round that is chosen:
            iterating raises pass@1 and can narrow what the model finds in many tries (ReST-EM, arXiv 2312.06585). None
            looks at pass@1 alone.
        patience: rounds in a row without a new best after which training ends; None trains all rounds.

    Raises:
        ConfigError: for a patience below 1 or a loss below 0.
    """

    most_lost: float | None = 0.05
    patience: int | None = None

    def __post_init__(self) -> None:
        if self.most_lost is not None and self.most_lost < 0:
            raise ConfigError(f"expert_iteration.choice.most_lost: expected 0 or more, got {self.most_lost}")
        if self.patience is not None and self.patience < 1:
            raise ConfigError(f"expert_iteration.choice.patience: expected 1 or more, got {self.patience}")


def best_round(validation: Mapping[int, Counts], *, k: int, choice: RoundChoice) -> int | None:
    """The round with the highest validation pass@1 whose pass@k has not fallen too far, the earliest of equals.

    A round whose evaluation was interrupted has fewer problems than another, so its figure says nothing beside the
    other's: only rounds with the most problems are looked at.

    Args:
        validation: (samples, samples that passed) of each problem, by round.
        k: budget of the guard.
        choice: how far pass@k may fall below the earliest round's.

    Returns:
        None where no round was evaluated.
    """
    whole = _whole(validation)
    if not whole:
        return None
    first = whole[min(whole)]
    if choice.most_lost is not None and all(any(n >= k for n, _ in counts) for counts in whole.values()):
        least = mean_pass_at_k(first, k) - choice.most_lost
        whole = {index: counts for index, counts in whole.items() if mean_pass_at_k(counts, k) >= least - 1e-9}
    scores = {index: mean_pass_at_k(counts, 1) for index, counts in whole.items()}
    return max(scores, key=lambda index: (scores[index], -index))


def is_over(validation: Mapping[int, Counts], *, k: int, choice: RoundChoice) -> bool:
    """Whether the newest rounds have brought no new best for as long as patience lasts."""
    best = best_round(validation, k=k, choice=choice)
    return best is not None and choice.patience is not None and max(_whole(validation)) - best >= choice.patience


def _whole(validation: Mapping[int, Counts]) -> dict[int, list[tuple[int, int]]]:
    """The rounds with the most problems, by number."""
    most = max(map(len, validation.values()), default=0)
    return {index: list(counts.values()) for index, counts in sorted(validation.items()) if 0 < len(counts) == most}
