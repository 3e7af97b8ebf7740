"""The exported adapter and the merged model: they compute what the policy does, and load without axiom."""

import os
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, GPT2Config, GPT2LMHeadModel

from axiom.__main__ import main
from axiom.errors import ModelError
from axiom.export.cards import adapter_card, merged_card
from axiom.policy.merge import lora_change, merged_tensors
from axiom.policy.policy import Policy
from axiom.report.numbers import read_run
from axiom.rounds.store import RoundStore
from tests.export.solved_run import write_solved_run

IDS = torch.arange(18).view(2, 9) * 7


def disturbed(base: Path, quantization: Any, *, seed: int) -> Policy:
    policy = Policy(base=str(base), quantization=quantization, dtype="float32", rank=4, alpha=12)
    torch.manual_seed(seed)
    policy.load_adapter_state({name: t + 0.1 * torch.randn_like(t) for name, t in policy.adapter_state().items()})
    return policy


def run_with_adapters(tmp_path: Path, base: Path, quantization: Any = "none") -> tuple[Path, Policy]:
    """A solved run whose rounds have adapters, and the policy of round 1, its best."""
    config = f"model:\n  quantization: {quantization}\n  dtype: float32\n"
    run = write_solved_run(tmp_path, base=str(base), config=config)
    for index in (0, 1):
        policy = disturbed(base, quantization, seed=index)
        policy.save_adapter(RoundStore(run).folder(index).adapter)
    return run, policy


def test_the_adapter_of_the_best_round_loads_with_peft_alone(
    tmp_path: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, policy = run_with_adapters(tmp_path, tiny_model)
    assert main(["export", str(run), "--to", str(tmp_path / "out")]) == 0
    assert "adapter of round 1: " in capsys.readouterr().out
    served = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(tiny_model), str(tmp_path / "out"))
    with torch.no_grad():
        torch.testing.assert_close(served(IDS).logits, policy.model(IDS).logits)
    card = (tmp_path / "out/README.md").read_text()
    front = yaml.safe_load(card.split("---\n")[1])
    assert front["library_name"] == "peft"
    assert "license" not in front  # left to whoever publishes
    assert "base_model" not in front  # a folder of this machine says nothing on the hub
    assert all(words in card for words in ("50.0% (50.0 to 50.0)", "| validation pass@1 |", "torch: 2.13.0", "`none`"))


def test_a_card_names_a_base_that_is_on_the_hub(tmp_path: Path) -> None:
    run = read_run(write_solved_run(tmp_path, base="someone/a-model"))
    for card in (adapter_card(run, 1), merged_card(run, 1, dtype="float32", moved="")):
        assert yaml.safe_load(card.split("---\n")[1])["base_model"] == "someone/a-model"


def test_a_named_round_is_exported_and_round_0_is_said_to_be_untrained(
    tmp_path: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, _ = run_with_adapters(tmp_path, tiny_model)
    assert main(["export", str(run), "--to", str(tmp_path / "out"), "--round", "0"]) == 0
    assert "adapter of round 0, the model before training: " in capsys.readouterr().out
    assert "This is round 0, the model before training." in (tmp_path / "out/README.md").read_text()
    exported = (tmp_path / "out/adapter_model.safetensors").read_bytes()
    assert exported == (run / "rounds/000/adapter/adapter_model.safetensors").read_bytes()


@pytest.mark.parametrize("quantization", ["none", "nf4", "int8"])
def test_the_merged_model_computes_what_the_policy_with_its_adapter_does(
    tmp_path: Path, tiny_model: Path, quantization: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    run, policy = run_with_adapters(tmp_path, tiny_model, quantization)
    mask = os.umask(0o022)
    assert main(["export", str(run), "--to", str(tmp_path / "out"), "--merge"]) == 0
    os.umask(mask)
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "out").iterdir()} == {0o644}
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    assert merged.dtype == torch.float32
    assert not hasattr(merged.config, "quantization_config")
    assert not any("lora" in name for name, _ in merged.named_parameters())
    with torch.no_grad():
        torch.testing.assert_close(merged(IDS).logits, policy.model(IDS).logits, rtol=1e-4, atol=1e-5)
        with policy.without_adapter():
            assert not torch.allclose(merged(IDS).logits, policy.model(IDS).logits, atol=1e-3)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert tokenizer.chat_template == policy.tokenizer.chat_template
    told = capsys.readouterr().out
    assert "merged model of round 1 in float32. On " in told
    mean = float(told.partition("log-probabilities are ")[2].split()[0])
    assert mean < (1e-3 if quantization == "int8" else 1e-5)  # LLM.int8() rounds what it multiplies with, too
    assert "vllm serve" in (tmp_path / "out/README.md").read_text()


def test_a_cast_happens_after_the_merge_and_tells_what_it_costs(
    tmp_path: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, policy = run_with_adapters(tmp_path, tiny_model)
    assert main(["export", str(run), "--to", str(tmp_path / "out"), "--merge", "--dtype", "bfloat16"]) == 0
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "out", dtype="auto")
    assert merged.dtype == torch.bfloat16
    name = "model.layers.0.self_attn.q_proj"
    layer = policy.model.get_base_model().get_submodule(name)
    whole = layer.get_base_layer().weight + 3.0 * layer.lora_B["default"].weight @ layer.lora_A["default"].weight
    assert torch.equal(merged.get_submodule(name).weight, whole.to(torch.bfloat16))
    mean = float(capsys.readouterr().out.partition("log-probabilities are ")[2].split()[0])
    assert 1e-4 < mean < 0.5


def test_a_model_is_merged_where_nothing_can_be_measured(
    tmp_path: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, _ = run_with_adapters(tmp_path, tiny_model)
    problems = (tmp_path / "problems.jsonl").rename(tmp_path / "elsewhere")
    assert main(["export", str(run), "--to", str(tmp_path / "one"), "--merge"]) == 0
    assert "was not measured: problem file" in capsys.readouterr().out
    problems.rename(tmp_path / "problems.jsonl")
    for file in run.glob("rounds/*/train-*.jsonl"):
        file.unlink()
    assert main(["export", str(run), "--to", str(tmp_path / "two"), "--merge"]) == 0
    assert "there are no samples to measure it on" in capsys.readouterr().out


def test_what_is_missing_for_an_export_is_named(
    tmp_path: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, _ = run_with_adapters(tmp_path, tiny_model)

    def refused(*more: str) -> str:
        assert main(["export", str(run), "--to", str(tmp_path / "out"), *more]) == 2
        assert not (tmp_path / "out").exists()
        return capsys.readouterr().err

    (run / "tensorboard/config.yaml").unlink()
    assert "tells model.quantization; name it by --quantization" in refused("--merge")
    (run / "rounds/001/adapter/adapter_model.safetensors").unlink()
    assert "holds no adapter_model.safetensors; choose another round by --round" in refused()
    for file in run.glob("rounds/*/validation-*.jsonl"):
        file.unlink()
    assert "was evaluated on validation yet; name one by --round (rounds 0 to 1)" in refused()
    with pytest.raises(SystemExit) as stop:
        main(["export", str(run), "--to", str(tmp_path / "out"), "--merge", "--dataset"])
    assert stop.value.code == 2


def test_a_change_of_transposed_weights_is_transposed() -> None:
    plain = GPT2LMHeadModel(GPT2Config(n_layer=1, n_embd=8, n_head=2, vocab_size=16, n_positions=16))
    model = get_peft_model(plain, LoraConfig(r=2, target_modules=["c_attn"], fan_in_fan_out=True))
    layer = plain.transformer.h[0].attn.c_attn
    torch.nn.init.ones_(layer.lora_B["default"].weight)
    assert lora_change(layer).shape == layer.get_base_layer().weight.shape == (8, 24)
    merged = dict(merged_tensors(plain, policy_dtype=torch.float32, dtype=torch.float32))
    expected = model.merge_and_unload().transformer.h[0].attn.c_attn.weight
    torch.testing.assert_close(merged["transformer.h.0.attn.c_attn.weight"], expected)


def test_an_adapter_on_a_tied_output_head_is_not_merged_silently(tiny_model: Path) -> None:
    plain = AutoModelForCausalLM.from_pretrained(tiny_model)
    get_peft_model(plain, LoraConfig(r=2, target_modules=["lm_head"], task_type="CAUSAL_LM"))
    with pytest.raises(ModelError, match="output head tied to it"):
        list(merged_tensors(plain, policy_dtype=torch.float32, dtype=torch.float32))
