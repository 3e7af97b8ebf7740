"""The LoRA layers in one autograd step against PEFT's own forward of the same layers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from peft.tuners.lora import Linear
from peft.tuners.lora.bnb import Linear4bit

from axiom.learning.packing import TokenizedExample, pack
from axiom.policy.lora_linear import LoraLinear, LoraLinear4bit
from axiom.policy.policy import Policy
from tests.architectures import tiny
from tests.policy.test_tree_attention import noisy_policy, saved

BATCH = pack(
    [TokenizedExample((1, 2, 3), (4, 5, 6)), TokenizedExample((1, 2, 3), (7,)), TokenizedExample((8,), (9, 1))]
)
KINDS = {"none": (LoraLinear, Linear), "nf4": (LoraLinear4bit, Linear4bit)}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Qwen2: its queries, keys and values have biases."""
    return saved(tiny("qwen2"), tmp_path_factory.mktemp("qwen2"))


def layers(policy: Policy, quantization: str) -> Iterator[Any]:
    return (module for module in policy.model.modules() if type(module) is KINDS[quantization][0])


def log_probs_and_gradients(policy: Policy) -> tuple[torch.Tensor, torch.Tensor]:
    policy.zero_grad()
    log_probs = policy.completion_log_probs(BATCH)
    log_probs.mean().backward()
    gradients = [p.grad.flatten().float() for p in policy.parameters() if p.grad is not None]
    assert len(gradients) == sum(p.requires_grad for p in policy.parameters()) > 0
    return log_probs.detach(), torch.cat(gradients)


@pytest.mark.parametrize("quantization", KINDS)
def test_log_probabilities_and_gradients_are_peft_s(
    quantization: str, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = noisy_policy(base, quantization=quantization)
    got = log_probs_and_gradients(policy)
    own, peft = KINDS[quantization]
    assert sum(1 for _ in layers(policy, quantization)) == 3 * 7
    monkeypatch.setattr(own, "forward", peft.forward)
    expected = log_probs_and_gradients(policy)
    torch.testing.assert_close(got[0], expected[0], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(got[1], expected[1], rtol=1e-4, atol=1e-6 * expected[1].abs().max().item())


@pytest.mark.parametrize("is_autocast", [True, False])
def test_in_bfloat16_they_are_as_close_to_float32_as_peft_s_under_autocast(
    base: Path, monkeypatch: pytest.MonkeyPatch, is_autocast: bool
) -> None:
    exact = log_probs_and_gradients(noisy_policy(base))[1]
    policy = noisy_policy(base, dtype="bfloat16")

    def error(*, enabled: bool) -> float:
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=enabled):
            return float((log_probs_and_gradients(policy)[1] - exact).norm() / exact.norm())

    own = error(enabled=is_autocast)
    monkeypatch.setattr(LoraLinear, "forward", Linear.forward)
    assert own < 1.2 * error(enabled=True) < 0.3


def is_one_step(layer: Any, x: torch.Tensor) -> bool:
    out = layer(x)
    return out.grad_fn is not None and "_LoraProduct" in out.grad_fn.name()


@pytest.mark.parametrize("quantization", KINDS)
def test_outside_training_and_in_a_mixture_of_types_the_layer_is_peft_s(quantization: str, base: Path) -> None:
    policy = noisy_policy(base, quantization=quantization, dtype="bfloat16")
    layer = next(layers(policy, quantization))
    x = torch.randn(1, 5, 64, dtype=torch.bfloat16, requires_grad=True)
    assert is_one_step(layer, x)
    with torch.autocast("cpu", dtype=torch.float16):
        assert not is_one_step(layer, x)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert is_one_step(layer, x)
        assert not is_one_step(layer, x.float())
        with policy.without_adapter():
            assert not is_one_step(layer, x)
        with torch.no_grad():
            assert not is_one_step(layer, x)
    policy = Policy(base=str(base), quantization=quantization, dtype="float32", rank=4, dropout=0.5)  # type: ignore[arg-type]
    assert not is_one_step(next(layers(policy, quantization)), x.float())


@pytest.mark.parametrize("quantization", KINDS)
def test_without_an_adapter_or_with_a_fresh_one_the_base_answers_bit_for_bit(quantization: Any, base: Path) -> None:
    noisy = noisy_policy(base, quantization=quantization, dtype="bfloat16")
    fresh = Policy(base=str(base), quantization=quantization, dtype="bfloat16", rank=4)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        with noisy.without_adapter():
            expected = noisy.completion_log_probs(BATCH)
        assert torch.equal(fresh.completion_log_probs(BATCH), expected)
        assert not torch.equal(noisy.completion_log_probs(BATCH), expected)
