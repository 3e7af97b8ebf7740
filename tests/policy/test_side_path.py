"""The sampling copy: the same function as the model that trains, in every layout of its weights."""

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import GPT2Config, GPT2LMHeadModel, LlamaForCausalLM

from axiom.policy.export import base_tensors
from axiom.policy.policy import Policy
from axiom.policy.side_path import SidePathLinear, sampling_copy


def with_random_adapter(policy: Policy) -> Policy:
    torch.manual_seed(1)
    for name, parameter in policy.model.named_parameters():
        if "lora" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    return policy


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("quantization", ["none", "nf4", "int8"])
def test_packed_weights_and_joined_factors_give_what_the_training_model_gives(
    tiny_model: Path, quantization: Any, dtype: str
) -> None:
    policy = with_random_adapter(Policy(base=str(tiny_model), quantization=quantization, dtype=dtype))
    ids = torch.randint(0, 255, (3, 11))
    with torch.no_grad():
        copy = policy.sampling_model()
        packed = dtype == "float32" or torch.ops.mkldnn._is_mkldnn_bf16_supported()
        assert all(m.is_packed is packed for m in copy.modules() if isinstance(m, SidePathLinear))
        got, expected = copy(ids).logits.float(), policy.model(ids).logits.float()
        with policy.without_adapter():
            base = policy.model(ids).logits.float()
    assert (got - expected).abs().mean() < 0.05 * (base - expected).abs().mean()


@pytest.mark.parametrize("quantization", ["nf4", "int8"])
def test_layers_without_an_adapter_are_dequantised_too(tiny_model: Path, tmp_path: Path, quantization: Any) -> None:
    partial = get_peft_model(LlamaForCausalLM.from_pretrained(tiny_model), LoraConfig(target_modules=["q_proj"]))
    partial.save_pretrained(str(tmp_path))
    policy = with_random_adapter(
        Policy(base=str(tiny_model), quantization=quantization, dtype="float32", adapter=tmp_path)
    )
    ids = torch.randint(0, 255, (2, 7))
    with torch.no_grad():
        torch.testing.assert_close(policy.sampling_model()(ids).logits, policy.model(ids).logits, rtol=0.02, atol=0.02)


def test_a_new_adapter_is_taken_over_and_the_former_one_forgotten(tiny_model: Path) -> None:
    policy = Policy(base=str(tiny_model), quantization="none", dtype="float32")
    ids = torch.randint(0, 255, (2, 7))
    with torch.no_grad():
        fresh = policy.sampling_model()(ids).logits
        torch.testing.assert_close(fresh, policy.model(ids).logits)
        with_random_adapter(policy)
        changed = policy.sampling_model()(ids).logits
        torch.testing.assert_close(changed, policy.model(ids).logits, rtol=1e-4, atol=1e-4)
    assert not torch.allclose(fresh, changed, atol=1e-2)


def test_the_copy_is_no_part_of_what_trains_and_made_anew_where_that_has_moved(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = Policy(base=str(tiny_model), quantization="none", dtype="float32")
    before = list(policy.state_dict()), list(policy.modules())
    copy = policy.sampling_model()
    assert (list(policy.state_dict()), list(policy.modules())) == before
    assert policy.sampling_model() is copy
    monkeypatch.setattr(Policy, "device", torch.device("meta"))
    assert policy.sampling_model() is not copy


def test_straight_through_is_the_model_that_trains(tiny_model: Path) -> None:
    policy = Policy(base=str(tiny_model), quantization="nf4", dtype="float32")
    assert policy.sampling_model(dequantize=False) is policy.model.get_base_model()


def test_transposed_linear_layers_are_computed_as_peft_does() -> None:
    torch.manual_seed(0)
    plain = GPT2LMHeadModel(GPT2Config(vocab_size=50, n_embd=16, n_layer=2, n_head=2, n_positions=32))
    peft = get_peft_model(plain, LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM")).eval()
    for name, parameter in peft.named_parameters():
        if "lora" in name:
            torch.nn.init.normal_(parameter, std=0.2)
    copy = sampling_copy(peft.get_base_model(), torch.float32)
    for name, side in copy.named_modules():
        if isinstance(side, SidePathLinear):
            side.copy_adapter(peft.get_base_model().get_submodule(name))
    ids = torch.randint(0, 50, (2, 9))
    with torch.no_grad():
        torch.testing.assert_close(copy(ids).logits, peft(ids).logits, rtol=1e-4, atol=1e-4)
    exported = dict(base_tensors(peft.get_base_model(), torch.float32))
    torch.testing.assert_close(
        exported["transformer.h.0.attn.c_attn.weight"], plain.transformer.h[0].attn.c_attn.base_layer.weight
    )
