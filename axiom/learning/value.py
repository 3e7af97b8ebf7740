"""The value function's targets, inputs and loss: pure functions on verdicts.

A value is an estimate of P(pass) after each token of a completion, learned from the verdict at its end by binary
cross-entropy at every token (outcome-supervised value, OVM, arXiv 2311.09724; V-STaR, arXiv 2402.06457). What is wanted
of it is to tell programs of one problem apart, so by default passes and failures of each problem weigh the same, and a
problem with one kind alone says nothing; the value is then the chance among as many passing as failing programs, and
not of the samples as they come.

Notation: E completions of a step, M states of theirs: after the prompt and after each token but the last.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from axiom.learning.losses import sequence_sums

CONFIDENCE = 6
_HALF = math.log(0.5)


@dataclass(frozen=True, slots=True)
class Target:
    """What a completion says of its states.

    Attributes:
        passing, failing: weight of the two halves of the cross-entropy; their sum is the completion's weight.
    """

    passing: float
    failing: float


def targets_of(labels: Sequence[float], problems: Sequence[str], *, is_balanced: bool = True) -> list[Target]:
    """The targets of completions; those that have any weight have a mean of 1.

    Args:
        labels: of each completion, from 0 (failed) to 1 (passed); a fraction of tests is a soft target.
        problems: of each.
        is_balanced: whether passes and failures of a problem weigh the same in sum, and all problems that have both the
            same; otherwise every completion does, and the value learns how hard problems are, too.
    """
    passing: dict[str, float] = defaultdict(float)
    failing: dict[str, float] = defaultdict(float)
    for label, problem in zip(labels, problems, strict=True):
        passing[problem] += label
        failing[problem] += 1.0 - label
    found = []
    for label, problem in zip(labels, problems, strict=True):
        if not is_balanced:
            found.append(Target(label, 1.0 - label))
        elif passing[problem] and failing[problem]:
            found.append(Target(label / passing[problem], (1.0 - label) / failing[problem]))
        else:
            found.append(Target(0.0, 0.0))
    weights = [weight for target in found if (weight := target.passing + target.failing)]
    each = len(weights) / sum(weights) if weights else 0.0
    return [Target(target.passing * each, target.failing * each) for target in found]


def confidence(log_probs: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """How sure the policy was of what stands behind each state: (M, :data:`CONFIDENCE`) float32.

    Of the tokens so far: their mean log-probability, their sum, the least of them, how many were less likely than one
    half, how many there are, and the newest one's log-probability; each divided so that it is about 1. All are 0 after
    the prompt.

    Args:
        log_probs: (M,) of the completions' tokens under the policy that drew them, in nats.
        counts: (E,) int64, tokens of each completion.
    """
    told = []
    for own in log_probs.float().split(counts.tolist()):  # type: ignore[no-untyped-call]
        before = torch.cat([own.new_zeros(1), own[:-1]])
        count = torch.arange(len(own), device=own.device)
        total, unlikely = before.cumsum(0), (before < _HALF).cumsum(0)
        least = before.cummin(0).values
        told.append(
            torch.stack([total / count.clamp(min=1), total / 10, least / 5, unlikely / 5, count / 50, before], dim=1)
        )
    return torch.cat(told)


def likelihood_ratios(log_probs: torch.Tensor, sampled: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """(M,) how much likelier the tokens behind each state are to a verifier than to the policy that drew them, in nats.

    Args:
        log_probs: (M,) of the completions' tokens under the verifier.
        sampled: (M,) under the policy that drew them.
        counts: (E,) int64, tokens of each completion.
    """
    parts = (log_probs - sampled).split(counts.tolist())  # type: ignore[no-untyped-call]
    return torch.cat([torch.cat([own.new_zeros(1), own[:-1]]).cumsum(0) for own in parts])


def pair_loss(ends: torch.Tensor, passed: Sequence[bool], problems: Sequence[str]) -> torch.Tensor:
    """Scalar, DPO's loss (arXiv 2305.18290) over all pairs of a passing and a failing completion of one problem.

    Args:
        ends: (E,) logits of whole completions.
        passed, problems: of each.

    Returns:
        The mean over pairs; 0 where there are none.
    """
    places = range(len(passed))
    pairs = [(i, j) for i in places for j in places if problems[i] == problems[j] and passed[i] and not passed[j]]
    if not pairs:
        return ends.sum() * 0.0
    passing, failing = torch.tensor(pairs, device=ends.device).T
    return nn.functional.softplus(ends[failing] - ends[passing]).mean()


def value_loss(
    logits: torch.Tensor, passing: torch.Tensor, failing: torch.Tensor, counts: torch.Tensor
) -> torch.Tensor:
    """Scalar, the mean over completions of their weighted mean cross-entropy over states.

    Args:
        logits: (M,) of P(pass) at each state, completion by completion.
        passing, failing: (E,) of the targets.
        counts: (E,) int64, states of each completion; their sum is M.
    """
    logits = logits.float()
    hit, miss = nn.functional.softplus(-logits), nn.functional.softplus(logits)
    losses = passing.repeat_interleave(counts) * hit + failing.repeat_interleave(counts) * miss
    return (sequence_sums(losses, counts) / counts).mean()
