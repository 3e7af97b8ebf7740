"""The engine against ``transformers.generate`` and against itself in other batches."""

from collections import Counter
from typing import Any

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

from axiom.errors import SamplingError
from axiom.generation.decoding import draw, uniforms
from axiom.generation.sampler import Request, Sample, SamplingParams, sample_seed
from axiom.generation.transformers_sampler import TransformersSampler, encode_prompt
from axiom.prompts import Message, Prompt
from tests.tiny import byte_tokenizer

SHAPE: dict[str, Any] = {
    "vocab_size": 300,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    "eos_token_id": 257,
    "pad_token_id": 256,
    "initializer_range": 0.2,
}


def tiny(kind: str) -> Any:
    torch.manual_seed(0)
    if kind == "llama":
        return LlamaForCausalLM(LlamaConfig(**SHAPE)).eval()
    return Qwen2ForCausalLM(Qwen2Config(**SHAPE)).eval()


def requests(count: int, n: int) -> list[Request]:
    made = []
    for i in range(count):
        key = f"p{i}"
        seeds = [(j, sample_seed(0, purpose="test", round_index=0, problem_id=key, sample_index=j)) for j in range(n)]
        made.append(Request(key, Prompt((Message("user", "x" * (3 + 5 * i)),)), tuple(seeds)))
    return made


def drawn(model: Any, wanted: list[Request], params: SamplingParams, **rows: int) -> dict[tuple[str, int], Sample]:
    sampler = TransformersSampler(**rows)
    sampler.bind(model, byte_tokenizer())
    return {(sample.key, sample.index): sample for sample in sampler.sample(wanted, params)}


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_greedy_equals_generate_token_for_token(kind: str) -> None:
    model, tokenizer = tiny(kind), byte_tokenizer()
    wanted = requests(5, 1)
    expected = {}
    for request in wanted:
        prompt = torch.tensor([encode_prompt(tokenizer, request.prompt)])
        out = model.generate(prompt, attention_mask=torch.ones_like(prompt), do_sample=False, max_new_tokens=24)
        expected[request.key] = tuple(out[0, prompt.shape[1] :].tolist())
    for rows in (1, 2, 8):
        got = drawn(model, wanted, SamplingParams(temperature=0, max_new_tokens=24), rows=rows)
        assert {key: sample.token_ids for (key, _), sample in got.items()} == expected


def test_a_sample_does_not_depend_on_its_batch() -> None:
    model, wanted = tiny("llama"), requests(9, 6)
    params = SamplingParams(temperature=1.0, max_new_tokens=40)
    alone = drawn(model, wanted, params, rows=1, rows_per_prompt=1)
    together = drawn(model, wanted, params, rows=64, rows_per_prompt=4)
    assert {key: s.token_ids for key, s in alone.items()} == {key: s.token_ids for key, s in together.items()}
    assert len({s.token_ids for s in alone.values()}) > 40
    assert len({len(s.token_ids) for s in alone.values()}) > 3  # groups end at different times, so the batch shrinks


def test_every_sample_asked_for_comes_once_and_its_log_probability_is_the_models() -> None:
    model, tokenizer, wanted = tiny("llama"), byte_tokenizer(), requests(7, 5)
    got = drawn(model, wanted, SamplingParams(temperature=0.7, max_new_tokens=12), rows=6, rows_per_prompt=2)
    assert got.keys() == {(request.key, j) for request in wanted for j in range(5)}
    model.set_attn_implementation("eager")
    for request in wanted[:3]:
        prompt = encode_prompt(tokenizer, request.prompt)
        sample = got[request.key, 2]
        ids = torch.tensor([prompt + list(sample.token_ids)])
        scores = model(ids).logits[0, len(prompt) - 1 : -1].log_softmax(-1)
        total = scores.gather(1, torch.tensor(sample.token_ids)[:, None]).sum().item()
        assert sample.log_prob == pytest.approx(total, abs=1e-3)


def test_a_stop_text_ends_a_completion_and_the_rest_is_as_if_it_were_not_there() -> None:
    model, wanted = tiny("llama"), requests(4, 6)
    params = SamplingParams(temperature=1.0, max_new_tokens=24)
    whole = drawn(model, wanted, params, rows=8)
    seen = Counter(char for sample in whole.values() for char in set(sample.text))
    stop = next(char for char, count in seen.most_common() if 3 < count < len(whole) - 3)
    stopping = [Request(r.key, Prompt(r.prompt.messages, stop=(stop,)), r.seeds) for r in wanted]
    cut = drawn(model, stopping, params, rows=8)
    assert cut.keys() == whole.keys()
    for key, sample in cut.items():
        before, found, _ = whole[key].text.partition(stop)
        assert sample.text == before + found
        assert sample.finish_reason == ("stop" if found else whole[key].finish_reason)
        assert sample.token_ids == whole[key].token_ids[: len(sample.token_ids)]


def test_the_model_goes_on_from_the_opening_of_its_answer() -> None:
    tokenizer = byte_tokenizer()
    plain, opened = Prompt((Message("user", "x"),)), Prompt((Message("user", "x"),), opening="def f")
    expected = encode_prompt(tokenizer, plain) + tokenizer("def f", add_special_tokens=False)["input_ids"]
    assert encode_prompt(tokenizer, opened) == expected


def test_draws_follow_the_softmax() -> None:
    logits = torch.tensor([[0.0, 1.0, 2.0, -1.0, 0.5]])
    count = 20_000
    seeds = torch.arange(count)
    tokens, log_probs = draw(
        logits.expand(count, -1), uniforms(seeds, torch.zeros(count)), temperature=0.8, top_k=0, top_p=1.0
    )
    expected = torch.softmax(logits[0] / 0.8, -1) * count
    observed = torch.bincount(tokens, minlength=5)
    chi_square = ((observed - expected) ** 2 / expected).sum().item()
    assert chi_square < 18.5  # 99.9th percentile with four degrees of freedom
    assert log_probs[0].item() == pytest.approx(logits[0].log_softmax(-1)[tokens[0]].item())


def test_top_k_and_top_p_keep_what_they_say() -> None:
    logits = torch.log(torch.tensor([[0.1, 0.4, 0.3, 0.2]])).expand(2000, -1)
    uniform = uniforms(torch.arange(2000), torch.zeros(2000))
    top_two, _ = draw(logits, uniform, temperature=1.0, top_k=2, top_p=1.0)
    assert set(top_two.tolist()) == {1, 2}
    nucleus, _ = draw(logits, uniform, temperature=1.0, top_k=0, top_p=0.75)
    assert set(nucleus.tolist()) == {1, 2, 3}


def test_the_last_token_with_probability_is_drawn_at_the_top_of_the_range() -> None:
    logits = torch.tensor([[0.0, 0.0, -float("inf")]])
    tokens, _ = draw(logits, torch.tensor([1.0 - 2**-53], dtype=torch.float64), temperature=1.0, top_k=0, top_p=1.0)
    assert tokens.tolist() == [1]


def test_a_prompt_that_does_not_fit_is_reported_by_name() -> None:
    with pytest.raises(SamplingError, match=r"'p0'.*do not fit the model's context of 256"):
        drawn(tiny("llama"), requests(1, 1), SamplingParams(max_new_tokens=255), rows=1)


@pytest.mark.parametrize("bad", [{"temperature": -1.0}, {"top_p": 0.0}, {"top_k": -1}, {"max_new_tokens": 0}])
def test_impossible_sampling_parameters_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(SamplingError, match=r"expected|must be"):
        SamplingParams(**bad)


def test_a_sampler_without_rows_or_model_says_so() -> None:
    with pytest.raises(SamplingError, match="1 or more"):
        TransformersSampler(rows=0)
    with pytest.raises(SamplingError, match="bind"):
        list(TransformersSampler().sample(requests(1, 1), SamplingParams()))
