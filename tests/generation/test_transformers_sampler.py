"""The engine against ``transformers.generate`` and against itself in other batches."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import torch
from transformers import MambaConfig, MambaForCausalLM

from axiom.errors import SamplingError
from axiom.generation import block_attention
from axiom.generation.chat_template import encode_prompt
from axiom.generation.key_value_pool import IMPLEMENTATION
from axiom.generation.sampler import Request, Sample, SamplingParams, sample_seed
from axiom.generation.transformers_sampler import TransformersSampler
from axiom.prompts import Message, Prompt
from tests.architectures import ARCHITECTURES, NOT_ATTENTION_ALONE, tiny
from tests.tiny import byte_tokenizer


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


def generated(model: Any, wanted: list[Request], *, max_new_tokens: int) -> dict[str, tuple[int, ...]]:
    """What Transformers' own greedy decoding gives, prompt by prompt."""
    tokenizer, told = byte_tokenizer(), {}
    for request in wanted:
        prompt = torch.tensor([encode_prompt(tokenizer, request.prompt)], device=model.device)
        mask = torch.ones_like(prompt)
        out = model.generate(prompt, attention_mask=mask, do_sample=False, max_new_tokens=max_new_tokens)
        told[request.key] = tuple(out[0, prompt.shape[1] :].tolist())
    return told


@pytest.mark.parametrize("kernel", [True, pytest.param(False, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_greedy_equals_generate_token_for_token(kind: str, kernel: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not kernel:
        monkeypatch.setattr(block_attention, "_library", lambda: None)
    model, wanted = tiny(kind), requests(5, 1)
    expected = generated(model, wanted, max_new_tokens=40)
    assert len(set(expected.values())) > 2
    for rows in (1, 2, 8):  # alone, with rows that join as others end, together
        got = drawn(model, wanted, SamplingParams(temperature=0, max_new_tokens=40), rows=rows)
        assert {key: sample.token_ids for (key, _), sample in got.items()} == expected


def test_what_is_begun_is_gone_on_with_and_only_the_rest_is_told() -> None:
    model, greedy = tiny("llama"), SamplingParams(temperature=0, max_new_tokens=30)
    whole = drawn(model, requests(3, 1), greedy)
    begun = [replace(one, begun=whole[one.key, 0].token_ids[: 4 * i]) for i, one in enumerate(requests(3, 2))]
    rest = drawn(model, begun, replace(greedy, max_new_tokens=10))
    for request in begun:
        count, of_all = len(request.begun), whole[request.key, 0].token_ids
        assert [rest[request.key, index].token_ids for index in (0, 1)] == [of_all[count : count + 10]] * 2


def test_a_request_may_want_fewer_tokens_than_the_call_and_never_more() -> None:
    model, params = tiny(), SamplingParams(temperature=1.0, max_new_tokens=20)
    whole = drawn(model, requests(3, 4), params)
    limits = dict(zip(("p0", "p1", "p2"), (5, None, 99), strict=True))
    got = drawn(model, [replace(one, max_new_tokens=limits[one.key]) for one in requests(3, 4)], params, rows=5)
    for (key, index), sample in got.items():
        assert sample.token_ids == whole[key, index].token_ids[: limits[key] or 20]
    assert {s.finish_reason for (key, _), s in got.items() if key == "p0" and len(s.token_ids) == 5} == {"length"}
    sampler = TransformersSampler()
    sampler.bind(model, byte_tokenizer())
    sampler.check([replace(requests(1, 1)[0], max_new_tokens=2)], SamplingParams(max_new_tokens=255))


def test_a_sample_does_not_depend_on_its_batch() -> None:
    model, wanted = tiny(), requests(9, 6)
    params = SamplingParams(temperature=1.0, max_new_tokens=40)
    alone = drawn(model, wanted, params, rows=1, rows_per_prompt=1)
    together = drawn(model, wanted, params, rows=64, rows_per_prompt=4)
    assert {key: s.token_ids for key, s in alone.items()} == {key: s.token_ids for key, s in together.items()}
    assert len({s.token_ids for s in alone.values()}) > 40
    assert len({len(s.token_ids) for s in alone.values()}) > 3  # groups end at different times, so the batch shrinks


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("first", [0, 1, 3])
def test_a_prompt_that_wants_one_sample_does_not_hold_the_others_up(first: int, streamed: bool) -> None:
    model, params = tiny(), SamplingParams(temperature=1.0, max_new_tokens=20)
    wanted = requests(4, 16)
    wanted[first] = replace(wanted[first], seeds=wanted[first].seeds[:1])
    forward, steps = model.forward, []

    def counting(*args: Any, **settings: Any) -> Any:
        steps.append(1)
        return forward(*args, **settings)

    model.forward = counting
    got = drawn(model, iter(wanted) if streamed else wanted, params)  # type: ignore[arg-type]
    assert len(got) == 49
    assert len(steps) == 20


def test_among_many_prompts_of_one_sample_one_of_many_leaves_the_others_their_rows() -> None:
    model, params = tiny(), SamplingParams(temperature=1.0, max_new_tokens=20)
    forward, rows = model.forward, []

    def counting(input_ids: torch.Tensor, **settings: Any) -> Any:
        rows.append(len(input_ids))
        return forward(input_ids=input_ids, **settings)

    model.forward = counting
    wanted = [*requests(1, 16), *[replace(one, key=f"q{i}") for i, one in enumerate(requests(31, 1))]]
    assert len(drawn(model, wanted, params, rows=32)) == 47
    assert rows[0] == 32


def test_every_sample_asked_for_comes_once_and_its_log_probability_is_the_models() -> None:
    model, tokenizer, wanted = tiny(), byte_tokenizer(), requests(7, 5)
    got = drawn(model, wanted, SamplingParams(temperature=0.7, max_new_tokens=12), rows=6, rows_per_prompt=2)
    assert got.keys() == {(request.key, j) for request in wanted for j in range(5)}
    model.set_attn_implementation("eager")
    for request in wanted[:3]:
        prompt = encode_prompt(tokenizer, request.prompt)
        sample = got[request.key, 2]
        ids = torch.tensor([prompt + list(sample.token_ids)])
        scores = model(ids).logits[0, len(prompt) - 1 : -1].log_softmax(-1)
        total = scores.gather(1, torch.tensor(sample.token_ids)[:, None]).sum().item()
        assert sum(sample.log_probs) == pytest.approx(total, abs=1e-3)


def test_a_stop_text_ends_a_completion_and_the_rest_is_as_if_it_were_not_there() -> None:
    model, wanted = tiny(), requests(4, 6)
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


def test_a_prompt_that_does_not_fit_is_reported_by_name() -> None:
    with pytest.raises(SamplingError, match=r"'p0'.*do not fit the model's context of 256"):
        drawn(tiny(), requests(1, 1), SamplingParams(max_new_tokens=255), rows=1)


@pytest.mark.parametrize("bad", [{"temperature": -1.0}, {"top_p": 0.0}, {"top_k": -1}, {"max_new_tokens": 0}])
def test_impossible_sampling_parameters_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(SamplingError, match=r"expected|must be"):
        SamplingParams(**bad)


def test_out_of_memory_halves_the_rows_and_loses_no_sample(caplog: pytest.LogCaptureFixture) -> None:
    model, wanted, params = tiny(), requests(10, 8), SamplingParams(temperature=1.0, max_new_tokens=20)
    expected = drawn(model, wanted, params, rows=64)
    forward, refused = model.forward, []

    def scarce(input_ids: torch.Tensor, **settings: Any) -> Any:
        if len(input_ids) > 20:
            refused.append(len(input_ids))
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")
        return forward(input_ids=input_ids, **settings)

    model.forward = scarce
    got = drawn(model, wanted, params, rows=64)
    assert refused == [64, 32]
    assert caplog.messages[-1].endswith("sampling goes on with 16 rows at a time")
    assert {key: sample.text for key, sample in got.items()} == {key: sample.text for key, sample in expected.items()}


def test_one_row_without_memory_and_other_errors_are_not_tried_again() -> None:
    model = tiny()
    for text, raised in (
        ("DefaultCPUAllocator: can't allocate memory", SamplingError),
        ("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", SamplingError),
        ("another error", RuntimeError),
    ):

        def fails(text: str = text, **settings: Any) -> Any:
            raise RuntimeError(text)

        model.forward = fails
        with pytest.raises(raised, match="one row" if raised is SamplingError else text):
            drawn(model, requests(1, 1), SamplingParams(max_new_tokens=4), rows=1)


def test_requests_are_pulled_when_there_is_room_and_not_before() -> None:
    model, finished, pulled_at = tiny(), [0], []

    def lazily() -> Any:
        for request in requests(6, 4):
            pulled_at.append(finished[0])
            yield request

    sampler = TransformersSampler(rows=8)
    sampler.bind(model, byte_tokenizer())
    for _ in sampler.sample(lazily(), SamplingParams(temperature=1.0, max_new_tokens=30)):
        finished[0] += 1
    assert finished[0] == 24
    assert pulled_at[2] == 0  # the third waits at the door
    assert pulled_at[5] >= 8


def test_what_is_not_there_at_the_moment_is_asked_for_again_and_the_batch_goes_on() -> None:
    model, (first, second) = tiny(), requests(2, 4)
    asked, finished = [0], []

    def hesitating() -> Any:
        yield first
        while not finished:
            asked[0] += 1
            yield None
        yield second

    sampler = TransformersSampler(rows=8)
    sampler.bind(model, byte_tokenizer())
    coming = hesitating()
    for sample in sampler.sample(coming, SamplingParams(temperature=1.0, max_new_tokens=30)):
        finished.append(sample.key)
    assert asked[0] > 1
    assert sorted(finished) == [*[first.key] * 4, *[second.key] * 4]
    assert list(sampler.sample(iter([None, first]), SamplingParams(max_new_tokens=3))) == []


def test_the_model_is_as_it_was_after_sampling_and_after_stopping_half_way() -> None:
    model = tiny().train()
    attention = model.config._attn_implementation
    sampler = TransformersSampler(rows=2)
    sampler.bind(model, byte_tokenizer())
    drawing = sampler.sample(requests(2, 2), SamplingParams(temperature=1.0, max_new_tokens=9))
    next(drawing)
    assert (model.config._attn_implementation, model.training) == (IMPLEMENTATION, False)
    drawing.close()
    assert (model.config._attn_implementation, model.training) == (attention, True)


def test_a_model_that_attention_alone_does_not_serve_is_refused() -> None:
    model = MambaForCausalLM(MambaConfig(vocab_size=300, hidden_size=16, num_hidden_layers=1, state_size=4))
    with pytest.raises(SamplingError, match=r"MambaForCausalLM .* VLLMSampler may"):
        TransformersSampler().bind(model, byte_tokenizer())


@pytest.mark.parametrize("kind", NOT_ATTENTION_ALONE)
def test_a_model_whose_layers_mix_tokens_outside_of_attention_is_refused(kind: str) -> None:
    with pytest.raises(SamplingError, match="does not run on Transformers' attention interface alone"):
        TransformersSampler().bind(tiny(kind), byte_tokenizer())


def test_a_sampler_without_rows_or_model_says_so() -> None:
    with pytest.raises(SamplingError, match="1 or more"):
        TransformersSampler(rows=0)
    with pytest.raises(SamplingError, match="bind"):
        list(TransformersSampler().sample(requests(1, 1), SamplingParams()))
