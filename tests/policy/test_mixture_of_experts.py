"""A mixture of experts as base: the adapter is on linear layers alone, and all that a policy does goes with it."""

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora import LoraLayer
from torch import nn
from transformers import AutoModelForCausalLM

from axiom.errors import ModelError
from axiom.policy.merge import save_merged
from axiom.policy.policy import Policy
from tests.architectures import ARCHITECTURES, MIXTURES, tiny
from tests.policy.test_tree_attention import noisy_policy, saved

IDS = torch.arange(18).view(2, 9) * 7


def loaded(folder: Path) -> Any:
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


@pytest.mark.parametrize("quantization", ["none", "nf4", "int8"])
@pytest.mark.parametrize("kind", MIXTURES)
def test_sampling_copy_base_adapter_and_merge_compute_what_the_policy_does(
    kind: str, quantization: Any, tmp_path: Path
) -> None:
    policy = noisy_policy(saved(tiny(kind), tmp_path / "model"), quantization=quantization)
    policy.save_base(tmp_path / "base")
    policy.save_adapter(tmp_path / "adapter")
    source = policy.model.get_base_model()
    save_merged(source, policy.tokenizer, tmp_path / "merged", policy_dtype=torch.float32, dtype=torch.float32)
    with torch.no_grad():
        expected = policy.model(IDS).logits
        served = PeftModel.from_pretrained(loaded(tmp_path / "base"), str(tmp_path / "adapter"))
        again = Policy(
            base=str(tmp_path / "model"), quantization=quantization, dtype="float32", adapter=tmp_path / "adapter"
        )
        for model in (policy.sampling_model(), served, loaded(tmp_path / "merged"), again.model):
            torch.testing.assert_close(model(IDS).logits, expected, rtol=1e-3, atol=1e-3)
        with policy.without_adapter():
            assert (policy.model(IDS).logits - expected).abs().max() > 0.1


@pytest.mark.parametrize("kind", MIXTURES)
def test_the_adapter_is_on_linear_layers_alone(kind: str, tmp_path: Path) -> None:
    policy = Policy(base=str(saved(tiny(kind), tmp_path)), quantization="none", dtype="float32")
    adapted = {n: m for n, m in policy.model.get_base_model().named_modules() if isinstance(m, LoraLayer)}
    assert {name.rpartition(".")[2] for name in adapted} == {"q_proj", "k_proj", "v_proj", "o_proj"}
    assert all(isinstance(layer.get_base_layer(), nn.Linear) for layer in adapted.values())


@pytest.mark.parametrize("kind", [kind for kind in ARCHITECTURES if kind not in MIXTURES])
def test_any_other_base_gets_the_adapter_that_peft_calls_all_linear(kind: str, tmp_path: Path) -> None:
    base = saved(tiny(kind), tmp_path / "base")
    Policy(base=str(base), quantization="none", dtype="float32", rank=4, alpha=8.0).save_adapter(tmp_path / "ours")
    settings = LoraConfig(r=4, lora_alpha=8.0, target_modules="all-linear", task_type="CAUSAL_LM")
    plain = get_peft_model(AutoModelForCausalLM.from_pretrained(base), settings)
    plain.save_pretrained(str(tmp_path / "theirs"))
    ours, theirs = (LoraConfig.from_pretrained(str(tmp_path / name)).to_dict() for name in ("ours", "theirs"))
    assert ours == theirs


@pytest.mark.parametrize(("targets", "told"), [(["q_proj", "gate"], "gate.weight"), (["q_proj", "w1"], "w3")])
def test_an_adapter_on_a_router_or_an_expert_is_refused(targets: list[str], told: str, tmp_path: Path) -> None:
    base = saved(tiny("mixtral"), tmp_path / "base")
    LoraConfig(r=2, target_modules=targets, task_type="CAUSAL_LM").save_pretrained(str(tmp_path / "adapter"))
    with pytest.raises(ModelError, match=f"adapter .*{told}"):
        Policy(base=str(base), quantization="none", adapter=tmp_path / "adapter")


def test_what_a_quantisation_leaves_as_it_is_is_told_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mixture, dense = saved(tiny("mixtral"), tmp_path / "mixture"), saved(tiny("llama"), tmp_path / "dense")
    Policy(base=str(dense), quantization="nf4", dtype="float32")
    Policy(base=str(mixture), quantization="none", dtype="float32")
    assert not caplog.records
    Policy(base=str(mixture), quantization="nf4", dtype="float32")
    # In 3 layers 4 experts of 3 matrices, 64 by 96, and a row of the router; beside them attention, norms, embeddings.
    experts = 3 * 4 * (3 * 64 * 96 + 64)
    whole = experts + 3 * (2 * 64 * 64 + 2 * 64 * 32 + 2 * 64) + 64 + 2 * 300 * 64
    assert f"nf4 leaves {100 * experts / whole:.0f}% of the weights in float32" in caplog.text
