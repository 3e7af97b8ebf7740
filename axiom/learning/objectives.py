"""What is learned from a round's verdicts, and by which loss: one small class for each objective.

An objective chooses from judged samples and gives the loss of a step. Its two halves are pure: the same samples give
the same Examples, the same numbers the same loss. A new one is a subclass of :class:`Objective` that the configuration
names by its import path.

    model:
      objective:
        class_path: DPO
        init_args: {beta: 0.1}

Notation: E completions of a step, M targets, which are all their tokens.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import Literal

import torch

from axiom.errors import ConfigError
from axiom.learning.advantage import Reward, Scale, group_advantages
from axiom.learning.examples import Choice, Example
from axiom.learning.losses import (
    Length,
    Preference,
    clipped_policy_gradient,
    preference_loss,
    sequence_means,
    weighted_likelihood,
)
from axiom.learning.selection import Selection, distinct_programs, preferred, search_distribution, select_passing
from axiom.rounds.store import JudgedSample

Average = Literal["targets", "examples"]


@dataclass(frozen=True, slots=True)
class Step:
    """What a loss is made of.

    Attributes:
        log_probs: (M,) of the policy, with gradient.
        reference: (M,) of the base, or None where the objective does not ask for it.
        sampled: (M,) of the policy that sampled, or None likewise.
        weights: (E,) of the choices.
        counts: (E,) int64, targets of each.
    """

    log_probs: torch.Tensor
    reference: torch.Tensor | None
    sampled: torch.Tensor | None
    weights: torch.Tensor
    counts: torch.Tensor


class Objective(ABC):
    """Which samples become Examples, and which loss they have.

    Attributes:
        needs_reference: whether the loss asks for the base's log-probabilities.
        needs_tokens: whether it learns from the very tokens that were drawn and their log-probabilities, which not
            every engine tells.
        needs_value: whether it weighs samples by a value function.
        averages_over: what its loss is a mean over: ``targets``, or ``examples``. Batches that make one optimizer
            step, accumulated or on several ranks, weigh by it.
    """

    needs_reference = False
    needs_tokens = False
    needs_value = False
    averages_over: Average = "targets"

    @abstractmethod
    def choose(self, rows: Sequence[JudgedSample], selection: Selection) -> list[Example]:
        """The Examples of these judged samples.

        Args:
            rows: of one round; the judge's own faults may be among them.
            selection: how many of a problem, and which.
        """

    @abstractmethod
    def loss(self, step: Step) -> torch.Tensor:
        """Scalar loss of a step."""


class SFT(Objective):
    """Likelihood of passing programs, each distinct one once: STaR, RFT, ReST-EM (arXiv 2203.14465, 2312.06585)."""

    def choose(self, rows: Sequence[JudgedSample], selection: Selection) -> list[Example]:
        """Distinct passing programs, the shortest first."""
        return [(Choice(row),) for row in select_passing(rows, selection)]

    def loss(self, step: Step) -> torch.Tensor:
        """Mean negative log-likelihood of a target."""
        return weighted_likelihood(step.log_probs, step.weights, step.counts)


class Distill(Objective):
    """Cross-entropy of the policy to what search found: expert iteration's own loss (arXiv 1705.08439).

    The search distribution of a problem is its samples, each distinct program with the share of its samples, tilted by
    the reward and, where there is one, by the value: ``share * exp((reward + value_weight * value) / temperature)``.
    All problems weigh the same, whatever was found.

    Args:
        reward: ``binary``, or the ``fraction`` of tests passed.
        temperature: of the tilt; the lower, the more the best programs of a problem have of its weight.
        value_weight: of the value beside the reward (``data.value.learn``); 0 leaves it out.
    """

    def __init__(self, *, reward: Reward = "binary", temperature: float = 0.1, value_weight: float = 0.0) -> None:
        if temperature <= 0 or value_weight < 0:
            raise ConfigError(
                f"model.objective: expected a temperature above 0 and a value_weight of 0 or more, got {temperature} "
                f"and {value_weight}"
            )
        self.reward, self.temperature, self.value_weight = reward, temperature, value_weight
        self.needs_value = value_weight > 0

    def choose(self, rows: Sequence[JudgedSample], selection: Selection) -> list[Example]:
        """The weightiest programs of each problem that any sample solved, 1 being their mean weight."""
        most = selection.max_per_problem
        weighed = search_distribution(
            rows,
            reward_kind=self.reward,
            temperature=self.temperature,
            max_per_problem=most,
            value_weight=self.value_weight,
        )
        each = len(weighed) / max(len({row.task_id for row, _ in weighed}), 1)
        return [(Choice(row, weight * each),) for row, weight in weighed]

    def loss(self, step: Step) -> torch.Tensor:
        """Mean weighted negative log-likelihood of a target."""
        return weighted_likelihood(step.log_probs, step.weights, step.counts)


class DPO(Objective):
    """A passing program preferred to a failing one of the same problem (arXiv 2305.18290); the base is the reference.

    Args:
        beta: strength of the tie to the base.
        loss: ``sigmoid`` (DPO) or ``ipo`` (arXiv 2310.12036).
        likelihood: weight of the passing programs' negative log-likelihood beside it, each one's mean over its targets
            (RPO, arXiv 2404.19733), without which it may rise as long as the failing ones' rises faster.
    """

    needs_reference = True
    averages_over: Average = "examples"

    def __init__(self, *, beta: float = 0.1, loss: Preference = "sigmoid", likelihood: float = 0.0) -> None:
        if beta <= 0 or likelihood < 0:
            raise ConfigError(
                f"model.objective: expected beta above 0 and likelihood 0 or more, got {beta}, {likelihood}"
            )
        self.beta, self.kind, self.likelihood = beta, loss, likelihood

    def choose(self, rows: Sequence[JudgedSample], selection: Selection) -> list[Example]:
        """Pairs of distinct programs; the fewer of the two kinds are used again until the others are through."""
        failing = defaultdict(list)
        for row in distinct_programs(row for row in rows if not row.passed):
            failing[row.task_id].append(row)
        passing = defaultdict(list)
        for row in select_passing(rows, selection):
            passing[row.task_id].append(row)
        pairs: list[Example] = []
        for problem, good in passing.items():
            bad = preferred(failing[problem], selection)
            count = max(len(good), len(bad)) if bad else 0
            pairs += [(Choice(a), Choice(b)) for a, b in islice(zip(cycle(good), cycle(bad)), count)]
        return pairs

    def loss(self, step: Step) -> torch.Tensor:
        """Mean over pairs."""
        assert step.reference is not None
        loss = preference_loss(
            step.log_probs, step.reference, step.weights[0::2], step.counts, beta=self.beta, kind=self.kind
        )
        if self.likelihood:
            each = sequence_means(step.log_probs, step.counts)
            loss = loss - self.likelihood * (each * step.weights)[0::2].mean()
        return loss


class PolicyGradient(Objective):
    """Every sample weighed by how much better than its group it did: GRPO and its variants (arXiv 2402.03300).

    Failures push the policy away. The ratio to the policy that sampled is clipped, so that several epochs on one
    round's samples stay near it. Both are at temperature 1: where samples are drawn at another ``data.temperature``, or
    filtered, the gradient is not quite the sampling policy's own.

    Args:
        reward: ``binary``, or the ``fraction`` of tests passed.
        scale: ``group`` divides advantages by the group's deviation (GRPO), ``none`` does not (Dr. GRPO).
        length: ``sample`` (GRPO), ``token`` (DAPO) or ``constant`` (Dr. GRPO): how long and short ones weigh.
        constant: divisor of ``constant``, in tokens.
        clip_low, clip_high: how far the ratio may go below and above 1.
        negative_weight: factor on the advantages below 0; 0 leaves failures out. Many steps on one policy's samples go
            wrong by failures sooner than by what passed (arXiv 2506.20520).
    """

    needs_tokens = True

    def __init__(
        self,
        *,
        reward: Reward = "binary",
        scale: Scale = "group",
        length: Length = "token",
        constant: int = 256,
        clip_low: float = 0.2,
        clip_high: float = 0.2,
        negative_weight: float = 1.0,
    ) -> None:
        if not (0 < clip_low <= 1 and clip_high > 0 and constant > 0 and negative_weight >= 0):
            raise ConfigError(
                "model.objective: expected clip_low in (0, 1], clip_high and constant above 0, negative_weight 0 or "
                f"more, got {clip_low}, {clip_high}, {constant}, {negative_weight}"
            )
        self.reward, self.scale, self.length, self.constant = reward, scale, length, constant
        self.clip_low, self.clip_high, self.negative_weight = clip_low, clip_high, negative_weight
        self.averages_over = "targets" if length == "token" else "examples"

    def choose(self, rows: Sequence[JudgedSample], selection: Selection) -> list[Example]:
        """The samples of problems that were solved sometimes, the furthest from their group's mean first.

        Where a problem has more than it may, what did better than its group and what did worse keep half of the room
        each, and each half the weight that all of its kind had: a mostly solved problem is not left with its failures
        alone.

        Raises:
            ConfigError: if a problem may have one sample, which has nothing to be compared to.
        """
        if selection.max_per_problem < 2:
            raise ConfigError(
                "data.selection.max_per_problem: PolicyGradient compares samples; expected 2 or more, got 1"
            )
        judged = [row for row in rows if row.outcome != "internal_error"]
        advantages = group_advantages(judged, kind=self.reward, scale=self.scale)
        by_problem: dict[str, list[Choice]] = defaultdict(list)
        for row, advantage in zip(judged, advantages, strict=True):
            weight = advantage * (self.negative_weight if advantage < 0 else 1.0)
            if weight:
                by_problem[row.task_id].append(Choice(row, weight))
        chosen: list[Example] = []
        for choices in by_problem.values():
            choices.sort(key=lambda choice: (-abs(choice.weight), choice.row.sample_index))
            chosen += [(choice,) for choice in _both_kinds(choices, selection.max_per_problem)]
        return chosen

    def loss(self, step: Step) -> torch.Tensor:
        """The clipped surrogate."""
        assert step.sampled is not None
        return clipped_policy_gradient(
            step.log_probs,
            step.sampled,
            step.weights,
            step.counts,
            clip_low=self.clip_low,
            clip_high=self.clip_high,
            length=self.length,
            max_new_tokens=self.constant,
        )


def _both_kinds(choices: Sequence[Choice], count: int) -> list[Choice]:
    """At most so many of a problem's, which come the furthest from 0 first; those of each sign weigh what all did."""
    if len(choices) <= count:
        return list(choices)
    signs = [[choice for choice in choices if (choice.weight > 0) == is_above] for is_above in (True, False)]
    half = count // 2
    rooms = [max(half, count - len(other)) for other in reversed(signs)]
    kept = []
    for of_sign, room in zip(signs, rooms, strict=True):
        some = of_sign[:room]
        factor = sum(one.weight for one in of_sign) / sum(one.weight for one in some) if some else 1.0
        kept += [replace(one, weight=one.weight * factor) for one in some]
    return sorted(kept, key=lambda choice: (-abs(choice.weight), choice.row.sample_index))
