"""The losses by hand and against TRL's on the same log-probabilities."""

import math
import sys
from collections import defaultdict
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
import torch

from axiom.learning.losses import (
    clipped_policy_gradient,
    kl_estimate,
    kl_exact,
    preference_loss,
    sequence_sums,
    weighted_likelihood,
)

needs_trl = pytest.mark.skipif(sys.version_info < (3, 11), reason="TRL 1.16 needs Python 3.11")
COUNTS = torch.tensor([3, 5, 1, 4, 2, 6])


def log_probs(seed: int) -> torch.Tensor:
    torch.manual_seed(seed)
    return -torch.rand(int(COUNTS.sum())) * 2


def padded(values: torch.Tensor, rows: list[int]) -> torch.Tensor:
    """(E, T) with 0 where there is no token, rows in the order asked for."""
    parts = values.split(COUNTS.tolist())  # type: ignore[no-untyped-call]
    return torch.nn.utils.rnn.pad_sequence([parts[row] for row in rows], batch_first=True)


def test_the_likelihood_is_the_mean_over_tokens_each_times_its_examples_weight() -> None:
    values, counts = torch.tensor([-1.0, -2.0, -4.0]), torch.tensor([2, 1])
    assert weighted_likelihood(values, torch.ones(2), counts).item() == pytest.approx(7 / 3)
    assert weighted_likelihood(values, torch.tensor([1.0, 3.0]), counts).item() == pytest.approx((1 + 2 + 12) / 3)
    assert weighted_likelihood(values, torch.tensor([0.0, 0.5]), counts).item() == pytest.approx(2.0)


def test_a_weight_means_the_same_whoever_shares_the_step() -> None:
    values, weights, counts = torch.tensor([-1.0, -2.0, -4.0]), torch.tensor([1.0, 0.25]), torch.tensor([2, 1])
    together = weighted_likelihood(values, weights, counts).item() * 3
    apart = [
        weighted_likelihood(values[:2], weights[:1], counts[:1]).item() * 2,
        weighted_likelihood(values[2:], weights[1:], counts[1:]).item(),
    ]
    assert together == pytest.approx(sum(apart))


def test_sums_are_each_examples_own() -> None:
    assert sequence_sums(torch.tensor([1.0, 2.0, 4.0]), torch.tensor([2, 1])).tolist() == [3.0, 4.0]


def test_a_pair_that_the_policy_does_not_tell_apart_costs_log_2() -> None:
    values = log_probs(0)
    assert preference_loss(values, values, torch.ones(3), COUNTS, beta=0.1).item() == pytest.approx(math.log(2))
    assert preference_loss(values, values, torch.ones(3), COUNTS, beta=0.1, kind="ipo").item() == pytest.approx(25.0)


def test_a_pair_counts_as_much_as_its_weight() -> None:
    policy, reference = log_probs(1), log_probs(2)
    alone = [preference_loss(policy, reference, torch.eye(3)[pair], COUNTS, beta=0.3).item() for pair in range(3)]
    both = preference_loss(policy, reference, torch.tensor([1.0, 0.0, 3.0]), COUNTS, beta=0.3).item()
    assert both == pytest.approx(alone[0] + 3 * alone[2])
    assert len(set(alone)) == 3


@needs_trl
@pytest.mark.parametrize("kind", ["sigmoid", "ipo"])
def test_the_preference_loss_and_its_gradient_are_trls(kind: Any) -> None:
    chosen_first = [0, 2, 4, 1, 3, 5]
    policy, reference = log_probs(1), log_probs(2)
    mask = padded(torch.ones_like(policy), chosen_first)
    losses, gradients = [], []
    for theirs in (True, False):
        leaf = policy.clone().requires_grad_()
        loss = (
            trl_preference(padded(leaf, chosen_first), padded(reference, chosen_first), mask, kind)
            if theirs
            else preference_loss(leaf, reference, torch.ones(3), COUNTS, beta=0.3, kind=kind)
        )
        loss.backward()  # type: ignore[no-untyped-call]
        losses.append(loss.item())
        gradients.append(leaf.grad)
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)
    torch.testing.assert_close(gradients[0], gradients[1])


def trl_preference(values: torch.Tensor, reference: torch.Tensor, mask: torch.Tensor, kind: str) -> torch.Tensor:
    ref_chosen, ref_rejected = (reference * mask).sum(1).chunk(2)
    trainer = MagicMock()
    trainer.accelerator = SimpleNamespace(device="cpu", gather=lambda x: x, gather_for_metrics=lambda x: x)
    settings = {
        "aux_loss_enabled": False,
        "ld_alpha": None,
        "precompute_ref_logps": True,
        "f_divergence_type": "reverse_kl",
        "loss_types": [kind],
        "loss_weights": [1.0],
        "beta": 0.3,
        "use_weighting": False,
        "_metrics": defaultdict(lambda: defaultdict(list)),
        "_total_train_tokens": 0,
        "_tp_size": 1,
    }
    for name, value in settings.items():
        setattr(trainer, name, value)
    first = torch.zeros(len(mask), 1)  # TRL shifts: a first token that nothing predicts
    whole = torch.cat([first, mask], dim=1).long()
    inputs = {"input_ids": whole, "attention_mask": whole, "completion_mask": whole}
    inputs |= {"ref_chosen_logps": ref_chosen, "ref_rejected_logps": ref_rejected}
    outputs = SimpleNamespace(log_probs=values * mask, entropy=mask, mean_logits=mask, is_top1=mask.bool())
    from trl.trainer.dpo_trainer import DPOTrainer

    loss: torch.Tensor = DPOTrainer._compute_loss(trainer, lambda **_: outputs, inputs, False)
    return loss


@needs_trl
@pytest.mark.parametrize(("length", "theirs"), [("sample", "grpo"), ("token", "bnpo"), ("constant", "dr_grpo")])
@pytest.mark.parametrize(("clip_low", "clip_high"), [(0.2, 0.2), (0.1, 0.3)])
def test_the_policy_gradient_and_its_gradient_are_trls(
    length: Any, theirs: str, clip_low: float, clip_high: float
) -> None:
    policy, sampled = log_probs(3), log_probs(4)
    advantages = torch.tensor([1.2, -0.7, 0.0, 0.4, -2.0, 0.9])
    own = policy.clone().requires_grad_()
    loss = clipped_policy_gradient(
        own, sampled, advantages, COUNTS, clip_low=clip_low, clip_high=clip_high, length=length, max_new_tokens=9
    )
    loss.backward()  # type: ignore[no-untyped-call]
    leaf = policy.clone().requires_grad_()
    expected = trl_policy_gradient(leaf, sampled, advantages, theirs, clip_low, clip_high)
    expected.backward()  # type: ignore[no-untyped-call]
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    torch.testing.assert_close(own.grad, leaf.grad)
    assert (own.grad == 0).any()  # what is clipped
    assert (own.grad != 0).any()


def trl_policy_gradient(
    policy: torch.Tensor, sampled: torch.Tensor, advantages: torch.Tensor, kind: str, low: float, high: float
) -> torch.Tensor:
    order = list(range(len(COUNTS)))
    mask = padded(torch.ones_like(policy), order)
    trainer = MagicMock()
    settings = {
        "aux_loss_enabled": False,
        "top_entropy_quantile": 1.0,
        "off_policy_mask_threshold": None,
        "importance_sampling_level": "token",
        "beta": 0.0,
        "loss_type": kind,
        "epsilon_low": low,
        "epsilon_high": high,
        "args": SimpleNamespace(delta=None),
        "use_vllm": False,
        "max_completion_length": 9,
        "current_gradient_accumulation_steps": 1,
        "_entropy_bonus_enabled": False,
        "_metrics": defaultdict(lambda: defaultdict(list)),
    }
    for name, value in settings.items():
        setattr(trainer, name, value)
    trainer.accelerator = SimpleNamespace(gather=lambda x: x, reduce=lambda x, reduction: x)
    trainer._get_per_token_logps_and_entropies = lambda *_, **__: (padded(policy, order), mask, None)
    ids = mask.long()
    inputs = {
        "prompt_ids": ids,
        "prompt_mask": ids,
        "completion_ids": ids,
        "completion_mask": ids,
        "advantages": advantages,
        "old_per_token_logps": padded(sampled, order),
    }
    from trl.trainer.grpo_trainer import GRPOTrainer

    loss: torch.Tensor = GRPOTrainer._compute_loss(trainer, None, inputs)
    return loss


def test_the_exact_kl_is_the_sum_by_hand_and_the_estimate_has_it_as_mean() -> None:
    torch.manual_seed(0)
    logits, reference = torch.randn(1, 7), torch.randn(1, 7)
    p, q = (torch.softmax(part, dim=-1)[0] for part in (logits, reference))
    by_hand = sum(float(a) * math.log(float(a) / float(b)) for a, b in zip(p, q, strict=True))
    assert kl_exact(logits, reference).item() == pytest.approx(by_hand, rel=1e-5)
    assert kl_exact(logits, logits).item() == pytest.approx(0.0, abs=1e-6)
    estimates = kl_estimate(p.log(), q.log())
    assert (estimates >= 0).all()
    assert (p * estimates).sum().item() == pytest.approx(by_hand, rel=1e-5)
