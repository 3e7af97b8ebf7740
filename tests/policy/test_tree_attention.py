"""The packed training forward against Transformers' eager attention on one Example at a time, and what shares a model.

Lengths pass the tiny models' windows, so what a window hides is hidden in the prompt, in a branch, and between both.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer
from transformers import (
    AutoModelForCausalLM,
    GPTJConfig,
    GPTJForCausalLM,
    LlamaForCausalLM,
    OPTConfig,
    OPTForCausalLM,
    RecurrentGemmaConfig,
    RecurrentGemmaForCausalLM,
)

from axiom.errors import ModelError
from axiom.generation.sampler import SamplingParams
from axiom.generation.transformers_sampler import TransformersSampler
from axiom.learning.packing import TokenizedExample, pack
from axiom.policy import tree_attention
from axiom.policy.policy import Policy
from tests.architectures import ARCHITECTURES, NOT_ATTENTION_ALONE, SHAPE, WINDOW, tiny
from tests.generation.test_attention_parts import SCALING, biased, exactly
from tests.generation.test_transformers_sampler import requests
from tests.tiny import byte_tokenizer


def saved(model: Any, folder: Path) -> Path:
    model.save_pretrained(folder)
    byte_tokenizer().save_pretrained(folder)
    return folder


def noisy_policy(base: Path, *, dtype: str = "float32", quantization: Any = "none", **more: Any) -> Policy:
    """A policy whose adapter changes what the base says."""
    policy = Policy(base=str(base), quantization=quantization, dtype=dtype, rank=4, **more)
    chance = torch.Generator().manual_seed(1)
    noise = {name: 0.05 * torch.randn(t.shape, generator=chance) for name, t in policy.adapter_state().items()}
    policy.load_adapter_state({name: t + noise[name].to(t.device) for name, t in policy.adapter_state().items()})
    return policy


def some_examples() -> list[TokenizedExample]:
    """Five of two problems, one of them a single token, longer than the window together and apart."""
    chance = torch.Generator().manual_seed(2)

    def tokens(count: int) -> tuple[int, ...]:
        return tuple(torch.randint(0, 250, (count,), generator=chance).tolist())

    first, second = tokens(WINDOW + 9), tokens(7)
    return [
        TokenizedExample(first, tokens(12)),
        TokenizedExample(second, tokens(WINDOW + 5)),
        TokenizedExample(first, tokens(1)),
        TokenizedExample(first, tokens(WINDOW + 3)),
        TokenizedExample(second, tokens(3)),
    ]


def one_by_one(base: Path, adapter: Path, examples: list[TokenizedExample]) -> tuple[torch.Tensor, dict[str, Any]]:
    """Log-probabilities and LoRA gradients of their mean, from PEFT and Transformers' eager attention alone."""
    plain = AutoModelForCausalLM.from_pretrained(base, attn_implementation="eager")
    model = PeftModel.from_pretrained(plain, str(adapter), is_trainable=True)
    told = []
    for example in examples:
        scores = model(torch.tensor([example.prompt + example.completion])).logits[0].log_softmax(-1)
        places = range(len(example.prompt) - 1, len(example.prompt) + len(example.completion) - 1)
        told += [scores[place, token] for place, token in zip(places, example.completion, strict=True)]
    log_probs = torch.stack(told)
    log_probs.mean().backward()
    return log_probs, {name: p.grad for name, p in model.named_parameters() if p.grad is not None}


def of_policy(policy: Policy, examples: list[TokenizedExample]) -> tuple[torch.Tensor, dict[str, Any]]:
    policy.zero_grad()
    log_probs = policy.completion_log_probs(pack(examples).to(policy.device))
    log_probs.mean().backward()
    return log_probs, {name: p.grad.clone() for name, p in policy.model.named_parameters() if p.grad is not None}


def assert_same(got: tuple[torch.Tensor, dict[str, Any]], expected: tuple[torch.Tensor, dict[str, Any]]) -> None:
    torch.testing.assert_close(got[0], expected[0], rtol=1e-4, atol=1e-4)
    assert got[1].keys() == expected[1].keys()
    assert got[1]
    for name, gradient in expected[1].items():
        assert gradient.abs().max() > 0, name
        torch.testing.assert_close(got[1][name], gradient, rtol=1e-3, atol=1e-4 * gradient.abs().max().item() + 1e-7)


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_packed_equals_one_example_at_a_time(kind: str, tmp_path: Path) -> None:
    base = saved(tiny(kind), tmp_path / "base")
    policy, examples = noisy_policy(base), some_examples()
    policy.save_adapter(tmp_path / "adapter")
    assert policy.model.get_base_model().config._attn_implementation == tree_attention.IMPLEMENTATION
    assert_same(of_policy(policy, examples), one_by_one(base, tmp_path / "adapter", examples))


@pytest.mark.parametrize(("joined", "repeats"), [(0, False), (60, False), (10_000, False), (60, True)])
@pytest.mark.parametrize("kind", ["llama", "mistral with a window", "gemma3"])
def test_pytorch_s_fused_attention_gives_the_same_whatever_trees_are_joined_and_with_keys_repeated_as_on_a_gpu(
    kind: str, joined: int, repeats: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy, examples = noisy_policy(saved(tiny(kind), tmp_path)), some_examples()
    expected = of_policy(policy, examples)
    monkeypatch.setattr(tree_attention, "_PRODUCTS_UP_TO", 0)
    monkeypatch.setitem(tree_attention._JOINED_UP_TO, "cpu", joined)
    if repeats:
        monkeypatch.setattr(tree_attention, "_REPEATS_KEYS", {"cpu"})
        fused = torch.nn.functional.scaled_dot_product_attention
        monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", partial(without_groups, fused))
    assert_same(of_policy(policy, examples), expected)


def without_groups(fused: Callable[..., torch.Tensor], *given: torch.Tensor, **options: Any) -> torch.Tensor:
    assert not options.pop("enable_gqa")
    return fused(*given, **options)


def test_products_in_bfloat16_keep_the_fractions_of_large_scores() -> None:
    query, key, value = biased(1, 2, queries=20, columns=20)
    for is_mixed in (False, True):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=is_mixed):
            out = tree_attention.attend(query, key, value, None, scaling=SCALING)
        torch.testing.assert_close(out.transpose(1, 2).double(), exactly(query, key, value)[0], rtol=0.02, atol=0.02)


@pytest.mark.parametrize("kind", ["llama", "gemma3", "gpt-oss with sinks"])
def test_gradient_checkpointing_changes_nothing(kind: str, tmp_path: Path) -> None:
    policy, examples = noisy_policy(saved(tiny(kind), tmp_path)), some_examples()
    expected = of_policy(policy, examples)
    model = policy.model.get_base_model()
    model.gradient_checkpointing_enable()
    model.enable_input_require_grads()
    policy.train()
    with torch.autograd.graph.saved_tensors_hooks(count := Counted(), lambda tensor: tensor):
        assert_same(of_policy(policy, examples), expected)
    assert count.tensors > 0


class Counted:
    """How many tensors a forward keeps for its backward."""

    def __init__(self) -> None:
        self.tensors = 0

    def __call__(self, tensor: torch.Tensor) -> torch.Tensor:
        self.tensors += 1
        return tensor


@pytest.mark.parametrize("kind", ["llama", "gemma2 with soft caps"])
def test_no_completion_and_no_problem_is_seen_by_another(kind: str, tmp_path: Path) -> None:
    policy, examples = noisy_policy(saved(tiny(kind), tmp_path)), some_examples()

    def told(changed: dict[int, TokenizedExample]) -> list[torch.Tensor]:
        batch = pack([changed.get(number, example) for number, example in enumerate(examples)])
        return list(policy.completion_log_probs(batch).detach().split(batch.target_counts.tolist()))

    def other(tokens: tuple[int, ...]) -> tuple[int, ...]:
        return tuple((token + 1) % 250 for token in tokens)

    before = told({})
    branch = told({0: TokenizedExample(examples[0].prompt, other(examples[0].completion))})
    tree = told({n: TokenizedExample(other(examples[n].prompt), examples[n].completion) for n in (1, 4)})
    for after, touched in ((branch, {0}), (tree, {1, 4})):
        for number, (left, right) in enumerate(zip(before, after, strict=True)):
            assert torch.allclose(left, right, rtol=0, atol=1e-5) == (number not in touched)


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_any_other_use_of_the_model_is_as_transformers_has_it(kind: str, tmp_path: Path) -> None:
    base = saved(tiny(kind), tmp_path)
    plain = AutoModelForCausalLM.from_pretrained(base, attn_implementation="eager").eval()
    policy = Policy(base=str(base), quantization="none", dtype="float32", rank=4)
    model = policy.model.get_base_model().eval()
    ids = torch.randint(0, 250, (2, WINDOW + 6), generator=torch.Generator().manual_seed(3))
    mask = torch.ones_like(ids)
    mask[0, :4] = 0
    got, expected = (m(input_ids=ids, attention_mask=mask).logits for m in (model, plain))
    torch.testing.assert_close(got[mask == 1], expected[mask == 1], rtol=1e-4, atol=1e-4)
    options: dict[str, Any] = {"attention_mask": mask, "do_sample": False, "max_new_tokens": 12, "pad_token_id": 257}
    assert model.generate(ids, **options).tolist() == plain.generate(ids, **options).tolist()


def test_training_goes_on_as_before_after_sampling_on_the_very_model(tmp_path: Path) -> None:
    policy, examples = noisy_policy(saved(tiny(), tmp_path)), some_examples()
    expected = of_policy(policy, examples)
    sampler = TransformersSampler(rows=2, dequantize=False)
    sampler.use(policy, workspace=tmp_path)
    drawing = sampler.sample(requests(1, 2), SamplingParams(temperature=1.0, max_new_tokens=4))
    assert len(list(drawing)) == 2
    assert_same(of_policy(policy, examples), expected)


def test_bfloat16_over_nf4_stays_close_to_one_example_at_a_time(tmp_path: Path) -> None:
    policy, examples = noisy_policy(saved(tiny(), tmp_path), dtype="bfloat16", quantization="nf4"), some_examples()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        together = of_policy(policy, examples)[0]
        alone = torch.cat([of_policy(policy, [example])[0] for example in examples])
    torch.testing.assert_close(together, alone, rtol=0.05, atol=0.1)


@pytest.mark.parametrize(
    "model",
    [
        lambda: GPTJForCausalLM(
            GPTJConfig(vocab_size=300, n_positions=256, n_embd=32, n_layer=2, n_head=4, rotary_dim=4)
        ),
        lambda: RecurrentGemmaForCausalLM(
            RecurrentGemmaConfig(**SHAPE | {"num_hidden_layers": 3}, lru_width=64, attention_window_size=256)
        ),
        *(partial(tiny, kind) for kind in NOT_ATTENTION_ALONE),
    ],
)
def test_a_model_that_does_not_run_on_attention_alone_is_trained_one_example_after_the_other(
    model: Callable[[], Any], tmp_path: Path
) -> None:
    torch.manual_seed(0)
    base = saved(model().eval(), tmp_path / "base")
    policy, examples = noisy_policy(base), some_examples()
    policy.save_adapter(tmp_path / "adapter")
    assert_same(of_policy(policy, examples), one_by_one(base, tmp_path / "adapter", examples))


def test_a_layer_that_ignores_the_trees_gives_no_number_at_all(tmp_path: Path) -> None:
    policy = noisy_policy(saved(tiny(), tmp_path))
    policy.model.get_base_model().set_attn_implementation("sdpa")
    assert policy.completion_log_probs(pack(some_examples())).isnan().all()


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_checkpointed_layer_is_computed_again_in_the_backward_and_gives_the_same(name: str, tmp_path: Path) -> None:
    base = saved(ARCHITECTURES[name](), tmp_path)
    examples, policy = some_examples(), noisy_policy(base, gradient_checkpointing=True)
    times: list[int] = []
    first = next(module for module in policy.model.modules() if isinstance(module, LoraLayer))
    first.register_forward_hook(lambda *_: times.append(1))  # type: ignore[attr-defined]
    for _ in range(2):
        times.clear()
        assert_same(of_policy(policy, examples), of_policy(noisy_policy(base), examples))
        assert len(times) == 2
        times.clear()
        policy.base_logits(pack(examples))
        assert len(times) == 1


@pytest.mark.parametrize("is_training", [False, True])
def test_checkpointing_turns_on_no_dropout_that_a_layer_does_by_itself(is_training: bool, tmp_path: Path) -> None:
    torch.manual_seed(0)
    settings = {"word_embed_proj_dim": 64, "ffn_dim": 96, "dropout": 0.5, "layerdrop": 0.0}
    base, examples = saved(OPTForCausalLM(OPTConfig(**SHAPE | settings)), tmp_path), some_examples()
    told = []
    for checkpointing in (False, True):
        policy = noisy_policy(base, gradient_checkpointing=checkpointing)
        policy.train(is_training)
        torch.manual_seed(3)
        told.append(of_policy(policy, examples))
    assert_same(told[1], told[0])
    assert torch.equal(of_policy(policy, examples)[0], told[1][0]) is not is_training


def test_a_model_that_cannot_checkpoint_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = saved(ARCHITECTURES["llama"](), tmp_path)
    monkeypatch.setattr(LlamaForCausalLM, "supports_gradient_checkpointing", False)
    with pytest.raises(ModelError, match="LlamaForCausalLM does not support it"):
        Policy(base=str(base), quantization="none", gradient_checkpointing=True)
