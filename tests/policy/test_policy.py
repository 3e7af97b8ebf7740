"""The policy: its adapter, its sampling copy, its gradients, and any PEFT folder as a start."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import IA3Config, LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM

from axiom.errors import ModelError
from axiom.learning.packing import TokenizedExample, pack
from axiom.policy.policy import Policy


def save_foreign_adapter(model: Path, folder: Path, **settings: Any) -> Path:
    """An adapter that PEFT alone has made, with weights that are not zero."""
    chosen = {"r": 3, "lora_alpha": 7, "target_modules": ["q_proj", "down_proj"], "task_type": "CAUSAL_LM"} | settings
    adapted = get_peft_model(AutoModelForCausalLM.from_pretrained(model), LoraConfig(**chosen))
    for name, parameter in adapted.named_parameters():
        if "lora" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    adapted.save_pretrained(str(folder))
    return folder


@pytest.mark.parametrize("settings", [{}, {"use_rslora": True}])
def test_an_adapter_of_another_rank_scale_and_targets_is_the_one_that_peft_loads(
    tiny_model: Path, tmp_path: Path, settings: dict[str, Any]
) -> None:
    folder = save_foreign_adapter(tiny_model, tmp_path / "adapter", **settings)
    policy = Policy(base=str(tiny_model), quantization="none", dtype="float32", adapter=folder)
    ids = torch.randint(0, 255, (2, 9))
    plain = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(tiny_model), str(folder))
    expected = plain(ids).logits
    with plain.disable_adapter():
        assert not torch.allclose(plain(ids).logits, expected, atol=1e-3)
    torch.testing.assert_close(policy.model(ids).logits, expected, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(policy.sampling_model()(ids).logits, expected, rtol=1e-4, atol=1e-4)
    assert any(parameter.requires_grad for parameter in policy.parameters())
    told = {"quantization": "none", "dtype": "float32", "lora_rank": 3, "lora_alpha": 7.0, "use_rslora": False}
    assert policy.settings == told | settings


@pytest.mark.parametrize(
    "settings",
    [
        {"use_dora": True},
        {"lora_bias": True},
        {"bias": "lora_only"},
        {"modules_to_save": ["lm_head"]},
        {"trainable_token_indices": [3, 4]},
        {"layer_replication": [(0, 2), (1, 2)]},
        {"alora_invocation_tokens": [5]},
    ],
    ids=str,
)
def test_an_adapter_that_the_sampling_copy_cannot_compute_is_refused_by_the_name_of_its_setting(
    tiny_model: Path, tmp_path: Path, settings: dict[str, Any]
) -> None:
    LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM", **settings).save_pretrained(str(tmp_path))
    with pytest.raises(ModelError, match=f"expected plain LoRA without {next(iter(settings))}$"):
        Policy(base=str(tiny_model), adapter=tmp_path)


def test_an_adapter_of_another_kind_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    IA3Config(target_modules=["q_proj"], feedforward_modules=[]).save_pretrained(str(tmp_path))
    with pytest.raises(ModelError, match=r"expected plain LoRA, got .*IA3"):
        Policy(base=str(tiny_model), adapter=tmp_path)


def test_an_adapter_with_a_broken_configuration_or_weights_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    folder = save_foreign_adapter(tiny_model, tmp_path / "adapter")
    weights, config = folder / "adapter_model.safetensors", folder / "adapter_config.json"
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(ModelError, match=r"no readable adapter_model\.safetensors"):
        Policy(base=str(tiny_model), quantization="none", adapter=folder)
    config.write_text("{")
    with pytest.raises(ModelError, match=r"adapter_config\.json cannot be read"):
        Policy(base=str(tiny_model), adapter=folder)


def test_an_adapter_of_another_model_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    folder = save_foreign_adapter(tiny_model, tmp_path / "adapter")
    config = folder / "adapter_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"r": 5}))
    with pytest.raises(ModelError, match="the adapter does not fit this model"):
        Policy(base=str(tiny_model), quantization="none", adapter=folder)


@pytest.mark.parametrize("quantization", ["nf4", "none"])
def test_the_sampling_copy_computes_what_the_training_model_does(tiny_model: Path, quantization: Any) -> None:
    policy = Policy(base=str(tiny_model), quantization=quantization, dtype="float32", rank=4)
    torch.manual_seed(0)
    noisy = {name: tensor + 0.1 * torch.randn_like(tensor) for name, tensor in policy.adapter_state().items()}
    policy.load_adapter_state(noisy)
    ids = torch.randint(0, 255, (2, 9))
    expected = policy.model(ids).logits
    torch.testing.assert_close(policy.sampling_model()(ids).logits, expected, rtol=1e-4, atol=1e-4)


def test_lora_gradients_are_the_same_before_and_after_a_validation(tiny_model: Path) -> None:
    """bitsandbytes repacks NF4 weights in a forward without gradients on some CPUs and then loses gradients."""
    policy = Policy(base=str(tiny_model), quantization="nf4", dtype="bfloat16", rank=4)
    torch.manual_seed(0)
    state = {name: tensor + 0.1 * torch.randn_like(tensor) for name, tensor in policy.adapter_state().items()}
    policy.load_adapter_state(state)
    examples = [TokenizedExample((1, 2), (3, 4, 5)), TokenizedExample((1, 2), (6,)), TokenizedExample((7,), (8, 9))]
    batch = pack(examples)

    def gradients() -> torch.Tensor:
        policy.zero_grad()
        policy.completion_log_probs(batch).mean().backward()
        return torch.cat([p.grad.flatten().float() for p in policy.parameters() if p.grad is not None])

    before = gradients()
    policy.eval()
    with torch.no_grad():
        policy.completion_log_probs(batch)
    policy.train()
    after = gradients()
    assert before.norm() > 0
    torch.testing.assert_close(after, before, rtol=1e-2, atol=1e-6 + 1e-2 * before.abs().max().item())


def test_a_policy_leaves_cudnn_s_attention_alone(tiny_model: Path) -> None:
    """Its backward gives NaN at some lengths: pytorch#196678."""
    torch.backends.cuda.enable_cudnn_sdp(True)
    Policy(base=str(tiny_model), quantization="none")
    assert not torch.backends.cuda.cudnn_sdp_enabled()


def test_the_masked_loss_equals_the_full_softmax_by_hand(tiny_model: Path) -> None:
    policy = Policy(base=str(tiny_model), quantization="none", dtype="float32", rank=4)
    got = policy.completion_log_probs(pack([TokenizedExample((1, 2, 3), (4, 5, 6)), TokenizedExample((7, 8), (9, 1))]))
    first = policy.model(torch.tensor([[1, 2, 3, 4, 5, 6]])).logits[0].log_softmax(-1)
    second = policy.model(torch.tensor([[7, 8, 9, 1]])).logits[0].log_softmax(-1)
    expected = [first[2, 4], first[3, 5], first[4, 6], second[1, 9], second[2, 1]]
    torch.testing.assert_close(got, torch.stack(expected), rtol=1e-4, atol=1e-5)
