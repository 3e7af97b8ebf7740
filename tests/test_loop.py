"""The whole loop on a tiny model: rounds, resume, and errors that a user can make."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from axiom.policy.policy import Policy
from axiom.rounds.store import RoundStore

ROOT = Path(__file__).resolve().parent.parent


def axiom(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "axiom", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )


def fit(run: Path, model: Path, problems: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    settings: dict[str, Any] = {
        "trainer.default_root_dir": run,
        "trainer.accelerator": "cpu",
        "model.base": model,
        "model.quantization": "none",
        "model.dtype": "float32",
        "data.train_problems": problems,
        "data.validation_problems": problems,
        "data.test_problems": problems,
        "data.samples": 2,
        "data.validation_samples": 2,
        "data.test_samples": 2,
        "data.max_new_tokens": 8,
        "model.k": "[1,2]",
    }
    return axiom("fit", *(word for key, value in settings.items() for word in (f"--{key}", str(value))), *more)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> tuple[Path, Path, str]:
    """A run of two rounds from which every test here reads."""
    folder = tmp_path_factory.mktemp("loop")
    # A random model writes no code: the rows that it learns from are marked as passing in the store, by hand.
    problems = folder / "problems.jsonl"
    problems.write_text(
        json.dumps({"id": "t/one", "entry_point": "f", "statement": "x", "tests": [{"args": [], "expected": 1}]}) + "\n"
    )
    first = fit(folder / "run", tiny_model, problems)
    return folder, problems, first.stderr


def test_a_round_without_a_passing_sample_says_what_to_do(finished: tuple[Path, Path, str]) -> None:
    folder, _, message = finished
    assert "round 0: none of 2 samples passed; give easier problems" in message
    assert "Traceback" not in message
    assert len(RoundStore(folder / "run").folder(0).read("train")) == 2


def _make_pass(run: Path, index: int) -> None:
    """Turn the stored train rows into passing ones, as a capable model's would be."""
    folder = RoundStore(run).folder(index)
    for file in folder.path.glob("train-rank*.jsonl"):
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        for number, row in enumerate(rows):
            row |= {"outcome": "passed", "passed": True, "finish_reason": "stop", "solution": f"x = {number}"}
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_the_loop_trains_goes_on_where_it_stopped_and_ends(finished: tuple[Path, Path, str], tiny_model: Path) -> None:
    folder, problems, _ = finished
    run = folder / "run"
    before = RoundStore(run).folder(0).path.joinpath("train-rank000.jsonl").stat().st_ino
    _make_pass(run, 0)
    once = fit(run, tiny_model, problems)  # trains round 0, samples round 1, in which nothing passes
    assert "round 1: none of 2 samples passed" in once.stderr, once.stderr
    assert RoundStore(run).newest() == 1
    _make_pass(run, 1)
    done = fit(run, tiny_model, problems)
    assert done.returncode == 0, done.stderr
    assert "test pass@1: model 0" in done.stdout + done.stderr
    assert RoundStore(run).newest() == 2
    hashes = {RoundStore(run).folder(index).read_manifest().adapter_hash for index in range(3)}
    assert len(hashes) == 3
    assert RoundStore(run).folder(0).path.joinpath("train-rank000.jsonl").stat().st_ino == before

    again = fit(run, tiny_model, problems)  # a finished run prints its result
    assert again.returncode == 0, again.stderr
    assert "test pass@1: model 0" in again.stdout + again.stderr

    adapted = PeftModel.from_pretrained(
        AutoModelForCausalLM.from_pretrained(tiny_model), str(run / "rounds/002/adapter")
    )
    assert any("lora" in name for name, _ in adapted.named_parameters())
    checkpoint = run / "checkpoints" / "last.ckpt"
    state = torch.load(checkpoint, weights_only=False)["state_dict"]
    assert state
    assert all(name.startswith("adapter.") for name in state)

    other = fit(run, tiny_model, problems, "--data.seed", "5")
    assert other.returncode == 2
    assert "belongs to another run (seed: 0 != 5)" in other.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fit", "--model.base", "/nowhere/model.gguf"), "model file /nowhere/model.gguf not found"),
        (("fit", "--data.train_problems", "/nowhere/p.jsonl"), "problem file /nowhere/p.jsonl not found"),
        (("fit", "--data.validation_samples", "4"), "pass@8 needs 8 samples of each problem"),
        (("fit", "--data.sampels", "4"), "sampels"),
        (("fit", "--config", "/nowhere.yaml"), "/nowhere.yaml"),
        (("train",), "unknown subcommand 'train'"),
    ],
)
def test_a_mistake_gets_one_clear_error_and_code_two(
    arguments: tuple[str, ...], message: str, tmp_path: Path, tiny_model: Path
) -> None:
    base = () if "--model.base" in arguments else ("--model.base", str(tiny_model), "--model.quantization", "none")
    run = ("--trainer.default_root_dir", str(tmp_path), "--trainer.accelerator", "cpu", *base)
    result = axiom(*arguments, *(run if arguments[0] == "fit" else ()))
    assert result.returncode == 2, result.stderr
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_help_names_the_subcommands_without_loading_torch() -> None:
    probe = "import sys; from axiom.__main__ import main; main(['--help']); assert 'torch' not in sys.modules"
    result = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "fit" in result.stdout


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
    ids = torch.randint(0, 255, (2, 9))
    targets = torch.ones_like(ids, dtype=torch.bool)
    targets[:, 0] = False

    def gradients() -> torch.Tensor:
        policy.zero_grad()
        policy.completion_log_probs(ids, torch.ones_like(ids), targets).mean().backward()
        return torch.cat([p.grad.flatten().float() for p in policy.parameters() if p.grad is not None])

    before = gradients()
    policy.eval()
    with torch.no_grad():
        policy.completion_log_probs(ids, torch.ones_like(ids), targets)
    policy.train()
    after = gradients()
    assert before.norm() > 0
    torch.testing.assert_close(after, before, rtol=1e-2, atol=1e-6 + 1e-2 * before.abs().max().item())


def test_the_masked_loss_equals_the_full_softmax_by_hand(tiny_model: Path) -> None:
    policy = Policy(base=str(tiny_model), quantization="none", dtype="float32", rank=4)
    ids = torch.randint(0, 255, (2, 7))
    targets = torch.zeros_like(ids, dtype=torch.bool)
    targets[0, 3:6] = targets[1, 5:] = True
    got = policy.completion_log_probs(ids, torch.ones_like(ids), targets)
    scores = policy.model(ids).logits.log_softmax(-1)
    expected = [scores[0, t - 1, ids[0, t]] for t in (3, 4, 5)] + [scores[1, t - 1, ids[1, t]] for t in (5, 6)]
    torch.testing.assert_close(got, torch.stack(expected), rtol=1e-4, atol=1e-5)
