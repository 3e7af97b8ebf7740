"""From verdicts to what the value function eats: which completions, what each says, and a step of them as one row."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import torch

from axiom.learning.packing import PackedBatch, TokenizedExample, pack
from axiom.learning.value import Target
from axiom.rounds.store import JudgedSample


@dataclass(frozen=True, slots=True)
class ValueExample:
    """A completion with its verdict.

    Attributes:
        tokens: prompt and completion; ``sampled`` has the log-probabilities where the engine told them, of the tokens
            that it drew: an engine that tells no tokens may have drawn another number of them.
        problem: the problem's id.
        passed: the verdict.
        target: what it says of its states.
    """

    tokens: TokenizedExample
    problem: str
    passed: bool
    target: Target

    @property
    def has_log_probs(self) -> bool:
        """Whether each token of the completion has its log-probability."""
        return len(self.tokens.sampled) == len(self.tokens.completion)

    @property
    def log_prob(self) -> float | None:
        """Mean log-probability of a token under the policy that sampled; None where the engine did not tell."""
        known = self.tokens.sampled
        return sum(known) / len(known) if known else None


@dataclass(frozen=True, slots=True)
class ValueBatch:
    """The completions of a step.

    Attributes:
        packed: as one row.
        passing, failing: (E,) of their targets.
        examples: the completions themselves.
    """

    packed: PackedBatch
    passing: torch.Tensor
    failing: torch.Tensor
    examples: tuple[ValueExample, ...]

    def to(self, device: torch.device) -> "ValueBatch":
        """The same batch there; what Lightning calls to move it."""
        return replace(
            self, packed=self.packed.to(device), passing=self.passing.to(device), failing=self.failing.to(device)
        )


def value_batch(examples: Sequence[ValueExample]) -> ValueBatch:
    """A step of these completions, one or more; with log-probabilities where all of them have theirs."""
    tokens = [example.tokens for example in examples]
    if not all(example.has_log_probs for example in examples):
        tokens = [replace(one, sampled=()) for one in tokens]
    return ValueBatch(
        packed=pack(tokens),
        passing=torch.tensor([example.target.passing for example in examples]),
        failing=torch.tensor([example.target.failing for example in examples]),
        examples=tuple(examples),
    )


def value_rows(rows: Iterable[JudgedSample], *, max_per_problem: int) -> list[JudgedSample]:
    """Distinct completions, of each problem as many passing as failing while there are both; the newest first.

    Args:
        rows: judged samples, the newest last; the judge's own faults are left out.
        max_per_problem: how many of a problem are kept.
    """
    kinds: dict[str, dict[bool, dict[str, JudgedSample]]] = defaultdict(lambda: {True: {}, False: {}})
    for row in reversed(list(rows)):
        if row.outcome != "internal_error":
            kinds[row.task_id][row.passed].setdefault(row.completion, row)
    kept = []
    for of_problem in kinds.values():
        in_turn = zip_longest(*(list(some.values()) for some in of_problem.values()))
        kept += [row for pair in in_turn for row in pair if row is not None][:max_per_problem]
    return kept


def state_at(count: int, share: float) -> int:
    """Which of a completion's states has this share of its tokens behind it; the last has all but the end token.

    Args:
        count: of the completion's states.
        share: from 0 to 1.
    """
    return round(share * (count - 1))
