"""Each objective makes a tiny model better on the problem that it can solve now and then."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from axiom.generation.chat_template import encode_prompt
from axiom.learning.packing import TokenizedExample, pack
from axiom.policy.policy import Policy
from axiom.prompts import build_prompt
from axiom.rounds.store import RoundStore
from tests.runs import ANSWERS, ONE, axiom, events, settings

# Settings, and the chance of the right answer that the next model must reach; it begins at about a third.
OBJECTIVES = {
    "Distill": ([], 0.4),
    "DPO": (["--model.objective.init_args.likelihood", "0.5"], 0.4),
    # One round moves no token's chance by much more than the clip.
    "PolicyGradient": (
        [
            *("--data.selection.max_per_problem", "12", "--model.learning_rate", "0.001"),
            *("--model.objective.init_args.clip_high", "0.4"),
        ],
        0.38,
    ),
}


def chance_of_the_right_answer(model: Path, adapter: Path) -> float:
    policy = Policy(base=str(model), quantization="none", dtype="float32", adapter=adapter)
    prompt = encode_prompt(policy.tokenizer, build_prompt(ONE, style="complete"))
    answer = tuple(policy.tokenizer(ANSWERS[0].partition("1")[0] + "1")["input_ids"])
    with torch.no_grad():
        return float(policy.completion_log_probs(pack([TokenizedExample(tuple(prompt), answer)])).sum().exp())


@pytest.mark.parametrize("name", OBJECTIVES)
def test_the_next_model_is_right_more_often(name: str, taught: tuple[Path, Path], tmp_path: Path) -> None:
    run, (chosen, wanted) = tmp_path / "run", OBJECTIVES[name]
    more = ["--expert_iteration.rounds", "1", "--expert_iteration.epochs_per_round", "30", "--data.batch_size", "4"]
    done = axiom("fit", *settings(run, *taught), "--model.objective", name, *more, *chosen)
    assert done.returncode == 0, done.stderr
    before, after = (chance_of_the_right_answer(taught[0], RoundStore(run).folder(index).adapter) for index in (0, 1))
    assert before < 0.35
    assert after > wanted
    told = events(run)
    divergence = [event.value for event in told.Scalars("train/kl")]
    assert divergence[0] == pytest.approx(0.0, abs=1e-5)  # a fresh adapter is the base
    assert divergence[-1] > 0.001
    assert len(told.Scalars("train/entropy")) == len(divergence)


@pytest.mark.slow
def test_accumulated_batches_train_as_one_large_batch_does(taught: tuple[Path, Path], tmp_path: Path) -> None:
    """One optimizer step on all samples of a round, at once and one by one; their lengths differ."""
    adapters = []
    for batch_size, accumulated in (("64", "1"), ("1", "64")):
        run = tmp_path / batch_size
        more = ["--expert_iteration.rounds", "1", "--expert_iteration.epochs_per_round", "1"]
        more += ["--data.batch_size", batch_size, "--trainer.accumulate_grad_batches", accumulated]
        more += ["--model.objective", "PolicyGradient", "--data.selection.max_per_problem", "64"]
        more += ["--data.temperature", "1.3", "--data.samples", "48"]  # long and short ones
        done = axiom("fit", *settings(run, *taught), *more)
        assert done.returncode == 0, done.stderr
        assert len({row.tokens for row in RoundStore(run).folder(0).read("train")}) > 1
        adapters.append(load_file(RoundStore(run).folder(1).adapter / "adapter_model.safetensors"))
    assert any(tensor.any() for name, tensor in adapters[0].items() if "lora_B" in name)
    # The optimizer's first step is nearly the sign of a gradient, so one that is nearly zero may move otherwise.
    at_once, one_by_one = (torch.cat([adapter[name].flatten() for name in adapters[0]]) for adapter in adapters)
    assert torch.isclose(one_by_one, at_once, rtol=1e-3, atol=1e-5).float().mean() > 0.999


def test_an_optimizer_of_another_device_is_refused_before_anything_is_sampled(
    taught: tuple[Path, Path], tmp_path: Path
) -> None:
    run = tmp_path / "run"
    done = axiom("fit", *settings(run, *taught), "--model.optimizer", "paged_adamw_8bit")
    assert done.returncode == 2
    assert "paged_adamw_8bit needs CUDA, and this is cpu; use adamw" in done.stderr
    assert not (run / "rounds").exists()


def last_divergences(taught: tuple[Path, Path], folder: Path, *more: str) -> list[float]:
    """The last ``train/kl`` of a round without a penalty on it, and of one with."""
    ends = []
    for coefficient in ("0", "3"):
        run = folder / coefficient
        always = ["--expert_iteration.rounds", "1", "--model.kl_every_n_steps", "1"]
        done = axiom("fit", *settings(run, *taught), *always, "--model.kl_coefficient", coefficient, *more)
        assert done.returncode == 0, done.stderr
        ends.append(events(run).Scalars("train/kl")[-1].value)
    return ends


def test_a_penalty_on_the_divergence_keeps_the_policy_nearer_to_the_base(
    taught: tuple[Path, Path], tmp_path: Path
) -> None:
    without, penalised = last_divergences(taught, tmp_path)
    assert penalised < 0.5 * without


@pytest.mark.slow
def test_the_divergence_estimated_on_the_policys_own_samples_can_be_the_penalty(
    taught: tuple[Path, Path], tmp_path: Path
) -> None:
    more = ["--model.objective", "PolicyGradient", "--data.selection.max_per_problem", "12"]
    more += ["--model.learning_rate", "0.001", "--data.batch_size", "12", "--model.kl", "k3"]
    without, penalised = last_divergences(taught, tmp_path, *more)
    assert penalised < 0.5 * without


def test_an_unknown_objective_is_answered_with_those_that_there_are(taught: tuple[Path, Path], tmp_path: Path) -> None:
    done = axiom("fit", *settings(tmp_path / "run", *taught), "--model.objective", "PPO")
    assert done.returncode == 2
    assert "objectives: SFT, Distill, DPO, PolicyGradient" in done.stderr
    assert "Traceback" not in done.stderr
