"""What only a GPU can show: the engine and the loop there. Skipped where there is none."""

from pathlib import Path

import pytest
import torch

from axiom.generation.sampler import SamplingParams
from axiom.rounds.store import RoundStore
from tests.architectures import ARCHITECTURES, tiny
from tests.generation.test_transformers_sampler import drawn, generated, requests
from tests.policy.test_tree_attention import assert_same, noisy_policy, of_policy, saved, some_examples
from tests.runs import axiom_anew, settings

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_greedy_on_a_gpu_equals_generate_token_for_token(kind: str) -> None:
    model, wanted = tiny(kind).cuda(), requests(5, 1)
    expected = generated(model, wanted, max_new_tokens=40)
    got = drawn(model, wanted, SamplingParams(temperature=0, max_new_tokens=40), rows=8)
    assert {key: sample.token_ids for (key, _), sample in got.items()} == expected


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_a_packed_step_on_a_gpu_is_what_it_is_on_a_cpu(kind: str, tmp_path: Path) -> None:
    base, examples = saved(ARCHITECTURES[kind](), tmp_path), some_examples()
    there, here = noisy_policy(base, device=torch.device("cuda")), noisy_policy(base)
    log_probs, gradients = of_policy(there, examples)
    assert_same((log_probs.cpu(), {name: g.cpu() for name, g in gradients.items()}), of_policy(here, examples))


@pytest.mark.parametrize(
    "more", [[], ["--model.optimizer", "paged_adamw_8bit", "--model.gradient_checkpointing", "true"]]
)
def test_the_loop_on_nf4_weights_learns_on_a_gpu(more: list[str], taught: tuple[Path, Path], tmp_path: Path) -> None:
    run = tmp_path / "run"
    gpu = ["--trainer.accelerator", "gpu", "--trainer.devices", "1", "--trainer.precision", "bf16-mixed"]
    nf4 = ["--model.quantization", "nf4", "--model.dtype", "bfloat16", "--expert_iteration.rounds", "1"]
    done = axiom_anew("fit", *settings(run, *taught), *gpu, *nf4, *more)
    assert done.returncode == 0, done.stderr
    passed = [sum(row.passed for row in RoundStore(run).folder(index).read("validation")) for index in (0, 1)]
    assert passed[0] + 4 < passed[1]
