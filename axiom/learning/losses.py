"""The losses, as pure functions on log-probabilities.

Notation: E Examples of a step, M targets, which are all their completions' tokens one after the other, V vocabulary.
``counts`` (E,) int64 says how many targets each Example has. Log-probabilities are in nats.
"""

from typing import Literal

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

Length = Literal["token", "sample", "constant"]
Preference = Literal["sigmoid", "ipo"]
_ROWS_AT_A_TIME = 256


def weighted_likelihood(log_probs: torch.Tensor, weights: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """Mean of the targets' weighted negative log-likelihoods.

    The divisor is the number of targets and not the sum of their weights, so that a weight means the same whichever
    Examples share the step.

    Args:
        log_probs: (M,) of the targets.
        weights: (E,) of the Examples, 0 or more; those of weight 0 are not counted.
        counts: (E,).

    Returns:
        Scalar.
    """
    of_targets = weights.repeat_interleave(counts)
    return -(log_probs * of_targets).sum() / (of_targets > 0).sum().clamp(min=1)


def sequence_sums(values: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """(M,) to (E,): the sum of each Example's targets."""
    owner = torch.arange(len(counts), device=values.device).repeat_interleave(counts)
    return values.new_zeros(len(counts)).index_add(0, owner, values)


def sequence_means(values: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """(M,) to (E,): the mean over each Example's targets."""
    return sequence_sums(values, counts) / counts


def preference_loss(
    log_probs: torch.Tensor,
    reference: torch.Tensor,
    weights: torch.Tensor,
    counts: torch.Tensor,
    *,
    beta: float,
    kind: Preference = "sigmoid",
) -> torch.Tensor:
    """DPO on pairs of completions of the same prompt (arXiv 2305.18290), or IPO (arXiv 2310.12036).

    Args:
        log_probs: (M,) of the policy; Examples stand in pairs, the chosen one first.
        reference: (M,) of the reference policy.
        weights: (E / 2,) of the pairs, each a factor on its loss.
        counts: (E,), E even.
        beta: strength of the tie to the reference.
        kind: ``sigmoid`` is DPO on the completions' whole log-ratios; ``ipo`` regresses on the difference of the mean
            log-ratios of a token, as TRL does.

    Returns:
        Scalar, the mean over pairs.
    """
    each = sequence_means if kind == "ipo" else sequence_sums
    ratios = each(log_probs - reference, counts)
    margin = ratios[0::2] - ratios[1::2]
    losses = (margin - 1 / (2 * beta)) ** 2 if kind == "ipo" else -nn.functional.logsigmoid(beta * margin)
    return (losses * weights).mean()


def clipped_policy_gradient(
    log_probs: torch.Tensor,
    sampled: torch.Tensor,
    advantages: torch.Tensor,
    counts: torch.Tensor,
    *,
    clip_low: float = 0.2,
    clip_high: float = 0.2,
    length: Length = "token",
    max_new_tokens: int = 1,
) -> torch.Tensor:
    """PPO's clipped surrogate (arXiv 1707.06347) with an advantage for each Example.

    Args:
        log_probs: (M,) of the policy.
        sampled: (M,) of the policy that sampled.
        advantages: (E,); negative for what did worse than its group.
        counts: (E,).
        clip_low, clip_high: the ratio of the two policies has no gradient beyond ``1 - clip_low`` and
            ``1 + clip_high`` where following it would move further away; unequal ones are DAPO's (arXiv 2503.14476).
        length: how Examples of different lengths weigh: ``sample`` takes each one's mean (GRPO, which favours long
            failures), ``token`` the mean over all targets (DAPO), ``constant`` divides by ``max_new_tokens`` (Dr.
            GRPO).
        max_new_tokens: of a completion, for ``constant``.

    Returns:
        Scalar.
    """
    ratio = (log_probs - sampled).exp()
    advantage = advantages.repeat_interleave(counts)
    clipped = ratio.clamp(1 - clip_low, 1 + clip_high)
    losses = -torch.minimum(ratio * advantage, clipped * advantage)
    if length == "token":
        return losses.mean()
    sums = sequence_sums(losses, counts)
    return (sums / (counts if length == "sample" else max_new_tokens)).mean()


def kl_estimate(log_probs: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """(M,) Schulman's k3 estimate of KL(policy || reference) at tokens that the policy drew; 0 or more.

    Args:
        log_probs, reference: (M,) of the two.
    """
    difference = reference - log_probs
    return difference.exp() - difference - 1


def log_probs_of(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """(M,) float32 log-probabilities of the targets.

    Args:
        logits: (M, V).
        targets: (M,) int64.
    """
    return -nn.functional.cross_entropy(logits.float(), targets, reduction="none")


def kl_exact(logits: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """(M,) float32 KL(policy || reference) over the vocabulary.

    A few rows at a time, computed again in the backward, so that no float32 copy of all logits is kept.

    Args:
        logits, reference: (M, V) of the two.
    """
    parts = zip(logits.split(_ROWS_AT_A_TIME), reference.split(_ROWS_AT_A_TIME), strict=True)  # type: ignore[no-untyped-call]
    return torch.cat([checkpoint(_kl, *part, use_reentrant=False) for part in parts])


def entropy(logits: torch.Tensor) -> torch.Tensor:
    """(M,) float32 entropy in nats of each row of (M, V) logits, without gradient."""
    with torch.no_grad():
        rows = [torch.log_softmax(part.float(), dim=-1) for part in logits.split(_ROWS_AT_A_TIME)]  # type: ignore[no-untyped-call]
        return torch.cat([-(part.exp() * part).sum(dim=-1) for part in rows])


def _kl(logits: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    own = torch.log_softmax(logits.float(), dim=-1)
    other = torch.log_softmax(reference.float(), dim=-1)
    return (own.exp() * (own - other)).sum(dim=-1)
