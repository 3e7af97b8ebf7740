"""What only a GPU can show: the engine and the loop there. Skipped where there is none."""

from pathlib import Path

import pytest
import torch

from axiom.generation.sampler import SamplingParams
from axiom.policy.tree_attention import attend
from axiom.rounds.store import RoundStore
from modules.policy_module import PolicyModule
from tests.architectures import ARCHITECTURES, tiny
from tests.generation.test_attention_parts import check_own_blocks, check_the_shared_part
from tests.generation.test_transformers_sampler import drawn, generated, requests
from tests.policy.test_sharding import found_by_ranks
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


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_a_masked_step_of_grouped_queries_has_finite_gradients_at_the_lengths_that_cudnn_fails_at(
    dtype: torch.dtype, tmp_path: Path
) -> None:
    """As pytorch#196678 has it: 64 more than a multiple of 128, and scores far below 0."""
    noisy_policy(saved(tiny(), tmp_path), device=torch.device("cuda"))
    length, width = 192, 64
    chance = torch.Generator("cuda").manual_seed(0)

    def random(heads: int) -> torch.Tensor:
        return torch.randn(1, heads, length, width, generator=chance, device="cuda", dtype=dtype) * 0.1

    query, key, value = random(4), random(2), random(2)
    query[..., 0], key[..., 0] = 1.0, -120 * width**0.5
    parts = [part.requires_grad_() for part in (query, key, value)]
    mask = torch.full((length, length), -30_000.0, device="cuda").triu(1)[None, None]
    out = attend(*parts, mask, scaling=width**-0.5)
    out.float().square().sum().backward()
    exact = [part.detach().double().requires_grad_() for part in parts]
    expected = plainly(*exact, mask)
    expected.square().sum().backward()
    torch.testing.assert_close(out.double(), expected, rtol=0.05, atol=0.01)
    found = [part.grad for part in parts if part.grad is not None]
    assert [gradient.isfinite().all().item() for gradient in found] == [True] * 3
    torch.testing.assert_close(found[2].double(), exact[2].grad, rtol=0.05, atol=0.01)


def plainly(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Attention of grouped queries, head by head."""
    repeat = query.shape[1] // key.shape[1]
    key, value = (part.repeat_interleave(repeat, dim=1) for part in (key, value))
    weights = torch.softmax(query @ key.transpose(2, 3) * query.shape[-1] ** -0.5 + mask, dim=-1)
    return (weights @ value).transpose(1, 2)


def test_large_scores_keep_their_fractions_on_a_gpu() -> None:
    check_the_shared_part(of_values=64, device="cuda")
    check_own_blocks(device="cuda")


def test_a_paged_state_on_a_gpu_learns() -> None:
    """bitsandbytes pages that of parameters of 100,000 elements or more, of which a tiny model has none."""
    module = PolicyModule(optimizer="paged_adamw_8bit", learning_rate=0.1, warmup_steps=1)
    weight = torch.nn.Parameter(torch.ones(400, 400, device="cuda"))
    module.register_parameter("weight", weight)
    optimizer = module.configure_optimizers()["optimizer"]
    for _ in range(8):
        optimizer.zero_grad()
        weight.square().mean().backward()
        optimizer.step()
    assert any(getattr(state, "is_paged", False) for state in optimizer.state[weight].values())
    assert weight.abs().max() < 0.5


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


@pytest.mark.parametrize("quantization", ["nf4", "none"])
def test_a_base_shared_by_one_rank_computes_on_a_gpu_what_a_whole_one_does(quantization: str, tmp_path: Path) -> None:
    (found,) = found_by_ranks(1, "qwen2", quantization, True, tmp_path)
    assert found.pop("share") == 1.0
    assert found == dict.fromkeys(found, True)
