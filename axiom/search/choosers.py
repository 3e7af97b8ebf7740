"""Best-of-N's choice: which of a problem's candidates is handed out, without a look at the hidden tests.

A chooser gives every candidate a score that orders them; what it needs and a candidate lacks counts as the worst. The
field's choosers are here: mean log-probability, the value function (OVM, arXiv 2311.09724; V-STaR, arXiv 2402.06457),
the share of public examples passed, agreement with other candidates by behaviour (MBR-exec, arXiv 2204.11454; CodeT,
arXiv 2207.10397), and mixes of them.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from axiom.errors import ConfigError
from axiom.generation.sampler import FinishReason

Score = tuple[float, ...]
_WORST = float("-inf")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sample as search knows it.

    Attributes:
        source: the program, or None where the answer has none.
        tokens: length of the completion, the end token included.
        log_prob: mean log-probability of a token under the policy, in nats; None where the engine did not tell.
        value: P(pass) by the value function; None without one.
        examples: share of the public examples passed; None where the problem has none or they were not run.
        behaviour: what it returned on generated inputs, as one text; None where it was not run or failed on all.
        feedback: what the first public example that failed came to, for a person or the model; empty where none did.
        text: the completion.
        finish_reason: ``stop``, or ``length`` where it was cut off.
        seed: of its random stream; None where it was drawn from several, line by line.
    """

    source: str | None
    tokens: int
    log_prob: float | None = None
    value: float | None = None
    examples: float | None = None
    behaviour: str | None = None
    feedback: str = ""
    text: str = ""
    finish_reason: FinishReason = "stop"
    seed: int | None = None


class Chooser(ABC):
    """Orders the candidates of one problem."""

    @abstractmethod
    def scores(self, candidates: Sequence[Candidate]) -> list[Score]:
        """One for each, higher is better; equal ones are equally good."""


def chosen(candidates: Sequence[Candidate], chooser: Chooser) -> int:
    """The place of the best candidate that has a program, the earliest of equals; of none where none has one: 0.

    Args:
        candidates: at least one.
        chooser: orders them.
    """
    scores = chooser.scores(candidates)
    places = [place for place, candidate in enumerate(candidates) if candidate.source is not None] or [0]
    return max(places, key=lambda place: (scores[place], -place))


class First(Chooser):
    """No choice: the candidates as they came, which is what one sample is worth."""

    def scores(self, candidates: Sequence[Candidate]) -> list[Score]:
        """All alike."""
        return [(0.0,)] * len(candidates)


class LogProbability(Chooser):
    """The policy's own opinion: mean log-probability of a token, so that length is no matter."""

    def scores(self, candidates: Sequence[Candidate]) -> list[Score]:
        """In nats."""
        return [(_or_worst(candidate.log_prob),) for candidate in candidates]


class ByValue(Chooser):
    """The value function's P(pass)."""

    def scores(self, candidates: Sequence[Candidate]) -> list[Score]:
        """From 0 to 1."""
        return [(_or_worst(candidate.value),) for candidate in candidates]


class PublicExamples(Chooser):
    """The share of the statement's own examples that a program passes."""

    def scores(self, candidates: Sequence[Candidate]) -> list[Score]:
        """From 0 to 1."""
        return [(_or_worst(candidate.examples),) for candidate in candidates]


class Consensus(Chooser):
    """How many candidates behave alike on generated inputs."""

    def scores(self, candidates: Sequence[Candidate]) -> list[Score]:
        """Size of a candidate's cluster; 0 for one without a behaviour."""
        sizes = Counter(one.behaviour for one in candidates if one.behaviour is not None)
        return [(float(sizes[one.behaviour]) if one.behaviour is not None else 0.0,) for one in candidates]


class InTurn(Chooser):
    """One chooser, and among its equals the next: public examples and then the value, say.

    Args:
        choosers: the most important first.
    """

    def __init__(self, choosers: Sequence[Chooser]) -> None:
        if not choosers:
            raise ConfigError("search: expected at least one chooser")
        self.choosers = tuple(choosers)

    def scores(self, candidates: Sequence[Candidate]) -> list[Score]:
        """The choosers' scores one after the other."""
        of_each = [chooser.scores(candidates) for chooser in self.choosers]
        return [sum(parts, ()) for parts in zip(*of_each, strict=True)]


class Mix(Chooser):
    """A weighted sum of how choosers rank the candidates, as their scores have no common unit.

    Args:
        weights: of each chooser, above 0.
    """

    def __init__(self, weights: Mapping[Chooser, float]) -> None:
        if not weights or min(weights.values()) <= 0:
            raise ConfigError(f"search: expected weights above 0 of at least one chooser, got {list(weights.values())}")
        self.weights = dict(weights)

    def scores(self, candidates: Sequence[Candidate]) -> list[Score]:
        """From 0, the worst by all, to 1, the best by all."""
        total = sum(self.weights.values())
        ranks = [(weight, _ranks(chooser.scores(candidates))) for chooser, weight in self.weights.items()]
        return [(sum(weight * rank[place] for weight, rank in ranks) / total,) for place in range(len(candidates))]


def _ranks(scores: Sequence[Score]) -> list[float]:
    """The share of the other candidates that are worse, equals counting half."""
    others = max(len(scores) - 1, 1)
    counts = Counter(scores)
    below, rank = 0, {}
    for score in sorted(counts):
        rank[score] = (below + (counts[score] - 1) / 2) / others
        below += counts[score]
    return [rank[score] for score in scores]


def _or_worst(figure: float | None) -> float:
    return _WORST if figure is None else figure
