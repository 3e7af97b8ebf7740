"""The exported base: with the adapter on top it is the policy; written whole, once, and over nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from axiom.errors import ModelError
from axiom.policy.policy import Policy
from tests.tiny import save_tiny_model

IDS = torch.arange(18).view(2, 9) * 7


def disturbed(base: Path, quantization: Any, **settings: Any) -> Policy:
    policy = Policy(base=str(base), quantization=quantization, dtype="float32", **{"rank": 4} | settings)
    torch.manual_seed(0)
    policy.load_adapter_state({name: t + 0.1 * torch.randn_like(t) for name, t in policy.adapter_state().items()})
    return policy


@pytest.mark.parametrize("quantization", ["nf4", "int8", "none"])
def test_the_exported_base_with_the_adapter_computes_what_the_policy_does(
    tiny_model: Path, tmp_path: Path, quantization: Any
) -> None:
    policy = disturbed(tiny_model, quantization)
    policy.save_base(tmp_path / "base")
    policy.save_adapter(tmp_path / "adapter")
    base = AutoModelForCausalLM.from_pretrained(tmp_path / "base")
    assert not hasattr(base.config, "quantization_config")
    assert base.dtype == torch.float32
    with torch.no_grad():
        with policy.without_adapter():
            torch.testing.assert_close(base(IDS).logits, policy.model(IDS).logits, rtol=1e-5, atol=1e-6)
        served = PeftModel.from_pretrained(base, str(tmp_path / "adapter"))(IDS).logits
        torch.testing.assert_close(served, policy.sampling_model()(IDS).logits, rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(served, policy.model(IDS).logits, rtol=1e-5, atol=1e-6)
    if quantization != "none":
        original = AutoModelForCausalLM.from_pretrained(tiny_model)
        on_original = PeftModel.from_pretrained(original, str(tmp_path / "adapter"))(IDS).logits
        assert not torch.allclose(on_original, served, atol=1e-4)


def test_quantised_layers_without_an_adapter_are_dequantised_too(tiny_model: Path, tmp_path: Path) -> None:
    plain = AutoModelForCausalLM.from_pretrained(tiny_model)
    get_peft_model(plain, LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM")).save_pretrained(
        str(tmp_path / "adapter")
    )
    policy = Policy(base=str(tiny_model), quantization="nf4", dtype="float32", adapter=tmp_path / "adapter")
    policy.save_base(tmp_path / "base")
    base = AutoModelForCausalLM.from_pretrained(tmp_path / "base")
    with torch.no_grad(), policy.without_adapter():
        torch.testing.assert_close(base(IDS).logits, policy.model(IDS).logits, rtol=1e-5, atol=1e-6)


def test_the_tokenizer_with_its_template_and_the_special_tokens_alone_go_with_it(
    tiny_model: Path, tmp_path: Path
) -> None:
    policy = disturbed(tiny_model, "nf4")
    policy.model.get_base_model().generation_config.temperature = 0.2
    policy.save_base(tmp_path / "base")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "base")
    assert tokenizer.chat_template == policy.tokenizer.chat_template
    assert tokenizer("héllo")["input_ids"] == policy.tokenizer("héllo")["input_ids"]
    settings = json.loads((tmp_path / "base" / "generation_config.json").read_text())
    assert settings["eos_token_id"] == policy.tokenizer.eos_token_id
    assert "temperature" not in settings


def test_a_base_is_written_once_and_replaced_by_another(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run" / "base"
    policy = disturbed(tiny_model, "nf4")
    policy.save_base(folder)
    written = (folder / "model.safetensors").stat()
    monkeypatch.setattr(policy, "tokenizer", None)  # it would be missed if anything were written
    policy.save_base(folder)
    disturbed(tiny_model, "nf4", rank=2).save_base(folder)  # the adapter is no part of it
    assert (folder / "model.safetensors").stat().st_ino == written.st_ino
    disturbed(tiny_model, "none").save_base(folder)
    assert (folder / "model.safetensors").stat().st_ino != written.st_ino
    another = save_tiny_model(tmp_path / "other", seed=5)
    disturbed(another, "none").save_base(folder)
    with torch.no_grad():
        held = AutoModelForCausalLM.from_pretrained(folder)(IDS).logits
        torch.testing.assert_close(held, AutoModelForCausalLM.from_pretrained(another)(IDS).logits)
    assert [path.name for path in folder.parent.iterdir()] == ["base"]


def test_a_writer_that_dies_leaves_no_half_base(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = disturbed(tiny_model, "none")

    def dies(folder: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(policy.tokenizer, "save_pretrained", dies)
    with pytest.raises(KeyboardInterrupt):
        policy.save_base(tmp_path / "base")
    assert not (tmp_path / "base").exists()
    monkeypatch.undo()
    policy.save_base(tmp_path / "base")
    assert (tmp_path / "base" / "tokenizer.json").is_file()


def test_a_folder_of_other_things_is_left_alone(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "thesis.tex").write_text("years of work")
    with pytest.raises(ModelError, match="holds files that are no exported base"):
        disturbed(tiny_model, "none").save_base(tmp_path / "base")
    assert (tmp_path / "base" / "thesis.tex").read_text() == "years of work"
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="the base cannot be written"):
        disturbed(tiny_model, "none").save_base(tmp_path / "file" / "base")
