"""The sampler over HTTP against a real server that samples from a tiny model and can be made to fail."""

import asyncio
import re
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from axiom.errors import SamplingError
from axiom.generation.completions_api import Dropped, persistently
from axiom.generation.openai_sampler import OpenAISampler
from axiom.generation.sampler import Request, Sample, SamplingParams
from axiom.generation.transformers_sampler import TransformersSampler
from axiom.policy.policy import Policy
from axiom.prompts import FENCE, Message, Prompt, build_prompt
from tests.generation.completions_server import Behaviour, CompletionsServer
from tests.runs import ONE
from tests.tiny import save_taught_model

# What follows the stop text must never be seen.
ANSWERS = [f"\n    return {number}\n```\nIt returns {number}, always." for number in (1, 2)]
PROMPT = build_prompt(ONE, style="complete")
OTHER = Prompt((Message("user", "abc"),))
GREEDY = SamplingParams(temperature=0.0, max_new_tokens=12)
WARM = SamplingParams(temperature=1.0, max_new_tokens=12)
LONG = SamplingParams(temperature=1.0, max_new_tokens=64)


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_taught_model(tmp_path_factory.mktemp("taught"), ONE, ANSWERS)


@pytest.fixture
def policy(taught: Path) -> Policy:
    return Policy(base=str(taught), quantization="none", dtype="float32", rank=4)


def disturb(policy: Policy, seed: int) -> None:
    chance = torch.Generator().manual_seed(seed)
    state = policy.adapter_state()
    policy.load_adapter_state({n: t + 0.2 * torch.randn(t.shape, generator=chance) for n, t in state.items()})


def sampler_of(at: CompletionsServer, **settings: Any) -> OpenAISampler:
    chosen: dict[str, Any] = {"model": "tiny", "retries": 3, "backoff_s": 0.01, "concurrency": 4, "timeout_s": 30}
    return OpenAISampler(base_url=at.url, **chosen | settings)


def requests(*keys: str, samples: int = 2, prompt: Prompt = OTHER) -> list[Request]:
    return [
        Request(key, prompt, tuple((i, (place << 40) + i) for i in range(samples))) for place, key in enumerate(keys)
    ]


def by_key(samples: list[Sample]) -> dict[tuple[str, int], Sample]:
    found = {(sample.key, sample.index): sample for sample in samples}
    assert len(found) == len(samples)
    return found


def until_error(samples: Iterator[Sample]) -> tuple[list[Sample], str]:
    drawn = []
    try:
        for sample in samples:
            drawn.append(sample)
    except SamplingError as error:
        return drawn, str(error)
    raise AssertionError("no error")


def test_greedy_samples_of_the_policy_with_its_adapter_are_those_of_the_engine_in_process(
    taught: Path, policy: Policy, tmp_path: Path
) -> None:
    disturb(policy, 1)
    wanted = [*requests("a", "b", samples=1), *requests("c", samples=1, prompt=PROMPT)]
    own = TransformersSampler(rows=4)
    own.use(policy, workspace=tmp_path)
    expected = by_key(list(own.sample(wanted, GREEDY)))
    with CompletionsServer(taught, Behaviour()) as server:
        sampler = sampler_of(server, lora="vllm")
        sampler.use(policy, workspace=tmp_path)
        drawn = by_key(list(sampler.sample(wanted, GREEDY)))
    assert sampler.on_policy
    assert drawn.keys() == expected.keys()
    for key, sample in drawn.items():
        assert (sample.text, sample.token_ids, sample.tokens, sample.finish_reason, sample.seed) == (
            expected[key].text,
            expected[key].token_ids,
            expected[key].tokens,
            expected[key].finish_reason,
            expected[key].seed,
        )
        assert sample.log_probs == pytest.approx(expected[key].log_probs, abs=1e-3)
        assert sample.sampler == "openai"


def test_each_policy_is_loaded_under_a_new_name_and_the_former_unloaded_after(
    taught: Path, policy: Policy, tmp_path: Path
) -> None:
    texts = []
    with CompletionsServer(taught, Behaviour()) as server:
        sampler = sampler_of(server, lora="vllm")
        hashes = []
        for seed in (1, 2, None):
            if seed is not None:
                disturb(policy, seed)
            hashes.append(policy.adapter_hash())
            sampler.use(policy, workspace=tmp_path)
            texts.append([s.text for s in sorted(sampler.sample(requests("a"), GREEDY), key=lambda s: s.index)])
        sampler.close()
        names = [name for action, name in server.posts if action == "load_lora_adapter"]
        assert [action for action, _ in server.posts] == [
            "load_lora_adapter",
            *["load_lora_adapter", "unload_lora_adapter"] * 2,
            "unload_lora_adapter",
        ]
        assert [name for action, name in server.posts if action != "load_lora_adapter"] == names
        assert len(set(names)) == 3
        assert all(adapter_hash in name for name, adapter_hash in zip(names, hashes, strict=True))
        assert [body["model"] for body in server.bodies] == [name for name in names for _ in range(2)]
        assert list(server.models) == ["tiny"]
    assert texts[0] != texts[1] == texts[2]


def test_without_adapters_the_served_model_is_sampled_and_that_is_told(
    taught: Path, policy: Policy, tmp_path: Path
) -> None:
    with CompletionsServer(taught, Behaviour()) as server:
        sampler = sampler_of(server)
        sampler.use(policy, workspace=tmp_path)
        list(sampler.sample(requests("a"), GREEDY))
        assert {body["model"] for body in server.bodies} == {"tiny"}
        assert server.posts == []
    assert not sampler.on_policy


def test_a_sample_depends_on_its_seed_alone(taught: Path, policy: Policy, tmp_path: Path) -> None:
    wanted = requests("a", "b", samples=8)
    with CompletionsServer(taught, Behaviour()) as server:
        first, second = sampler_of(server), sampler_of(server, concurrency=1)
        first.use(policy, workspace=tmp_path)
        second.use(policy, workspace=tmp_path)
        drawn = by_key(list(first.sample(wanted, LONG)))
        assert drawn == by_key(list(second.sample(list(reversed(wanted)), LONG)))
        assert all(0 <= body["seed"] < 2**31 for body in server.bodies)
    assert len({drawn["a", i].token_ids for i in range(8)}) > 1
    big = [Request("a", OTHER, ((0, 2**62 + 5), (1, 2**62 + 6)))]
    with CompletionsServer(taught, Behaviour()) as server:
        again = sampler_of(server)
        again.use(policy, workspace=tmp_path)
        assert {sample.seed for sample in again.sample(big, WARM)} == {2**62 + 5, 2**62 + 6}
        assert {body["seed"] for body in server.bodies} == {5, 6}


def test_what_fails_in_a_way_that_passes_is_asked_for_again_and_nothing_is_lost(
    taught: Path, policy: Policy, tmp_path: Path
) -> None:
    wanted = requests("a", "b", "c", samples=3)
    with CompletionsServer(taught, Behaviour()) as server:
        sampler = sampler_of(server)
        sampler.use(policy, workspace=tmp_path)
        expected = by_key(list(sampler.sample(wanted, WARM)))
        server.behaviour.failures = deque([503, "drop", 429, 500, "drop", 503])
        before = len(server.bodies)
        assert by_key(list(sampler.sample(wanted, WARM))) == expected
        assert len(server.bodies) - before == 9 + 6


def test_when_the_server_dies_what_was_finished_comes_out_before_the_error(
    taught: Path, policy: Policy, tmp_path: Path
) -> None:
    pulled = []

    def pulling() -> Iterator[Request]:
        for request in requests(*map(str, range(50)), samples=1):
            pulled.append(request.key)
            yield request

    with CompletionsServer(taught, Behaviour(dies_after=6)) as server:
        sampler = sampler_of(server, retries=1)
        sampler.use(policy, workspace=tmp_path)
        drawn, message = until_error(sampler.sample(pulling(), WARM))
    # Completions that were under way at the death are finished too.
    assert 6 <= len(by_key(drawn)) <= 6 + 3
    assert re.search(r"failed 2 times, .* run the same command", message)
    assert len(pulled) <= len(drawn) + 4


def test_requests_are_pulled_only_when_there_is_room(taught: Path, policy: Policy, tmp_path: Path) -> None:
    pulled, steps, at_first = [], [], 0

    def pulling() -> Iterator[Request]:
        for request in requests(*map(str, range(12)), samples=1):
            pulled.append(request.key)
            yield request

    with CompletionsServer(taught, Behaviour()) as server:
        sampler = sampler_of(server, concurrency=3)
        sampler.use(policy, workspace=tmp_path)
        out = 0
        for _ in sampler.sample(pulling(), WARM, before_step=lambda: steps.append(0)):
            at_first = at_first or len(pulled)
            out += 1
            assert len(pulled) <= out + 2
        assert 1 < server.most_at_once <= 3
    assert (out, at_first) == (12, 3)
    assert not steps  # the work is not done on this machine's processors


def test_what_is_not_there_at_the_moment_is_asked_for_again(taught: Path, policy: Policy, tmp_path: Path) -> None:
    first, second = requests("a", "b", samples=2)
    drawn: list[str] = []

    def hesitating() -> Iterator[Request | None]:
        yield first
        while not drawn:
            yield None
        yield second

    with CompletionsServer(taught, Behaviour()) as server:
        sampler = sampler_of(server)
        sampler.use(policy, workspace=tmp_path)
        for sample in sampler.sample(hesitating(), WARM):
            drawn.append(sample.key)
    assert sorted(drawn) == ["a", "a", "b", "b"]


def test_a_consumer_that_leaves_takes_its_requests_back(taught: Path, policy: Policy, tmp_path: Path) -> None:
    with CompletionsServer(taught, Behaviour()) as server:
        sampler = sampler_of(server, concurrency=4)
        sampler.use(policy, workspace=tmp_path)
        drawing = iter(sampler.sample(requests("a", samples=40), WARM))
        next(drawing)
        server.behaviour.hold = threading.Event()
        next(drawing)
        began = time.monotonic()
        drawing.close()  # type: ignore[attr-defined]
        assert time.monotonic() - began < 10  # the server would hold its answers for thirty seconds
        assert not [thread for thread in threading.enumerate() if thread.name == "axiom-event-loop"]
        server.behaviour.hold.set()
        assert len(server.bodies) <= 6


def test_a_consumer_that_leaves_does_not_wait_for_the_next_attempt(
    taught: Path, policy: Policy, tmp_path: Path
) -> None:
    with CompletionsServer(taught, Behaviour(failures=deque([503]))) as server:
        sampler = sampler_of(server, concurrency=2, backoff_s=60)  # half a minute at most, 15 s at least
        sampler.use(policy, workspace=tmp_path)
        drawing = iter(sampler.sample(requests("a", samples=2), WARM))
        next(drawing)
        began = time.monotonic()
        drawing.close()  # type: ignore[attr-defined]
        assert time.monotonic() - began < 10


def test_a_prompt_that_does_not_fit_is_named_before_and_while_sampling(
    taught: Path, policy: Policy, tmp_path: Path
) -> None:
    long = Request("p/long", Prompt((Message("user", "x" * 200),)), ((0, 1),))
    wanted = [*requests("a", "b", samples=1), long]
    for vllm in (True, False):
        with CompletionsServer(taught, Behaviour(vllm=vllm, context=150)) as server:
            sampler = sampler_of(server, server="vllm" if vllm else "openai")
            sampler.use(policy, workspace=tmp_path)
            if vllm:
                with pytest.raises(SamplingError, match=r"'p/long': a prompt of 201 tokens .* context of 150"):
                    sampler.check(wanted, WARM)
            else:
                sampler.check(wanted, WARM)
            drawn, message = until_error(sampler.sample(wanted, WARM))
            assert {sample.key for sample in drawn} == {"a", "b"}
            assert message.startswith("'p/long': the prompt and its completion do not fit the server's context")


@pytest.mark.parametrize(("kind", "chunk"), [("vllm", 1), ("openai", 1), ("openai", 3), ("llama.cpp", 4)])
def test_the_stop_text_ends_the_sample_whatever_the_server_does_with_it(
    taught: Path, policy: Policy, tmp_path: Path, kind: Any, chunk: int
) -> None:
    told = kind != "llama.cpp"
    with CompletionsServer(taught, Behaviour(vllm=kind == "vllm", usage=False, chunk=chunk)) as server:
        sampler = sampler_of(server, server=kind, logprobs=told)
        sampler.use(policy, workspace=tmp_path)
        drawn = list(sampler.sample(requests("a", samples=6, prompt=PROMPT), LONG))
        assert {sample.text for sample in drawn} == {f"\n    return {number}\n```" for number in (1, 2)}
        for sample in drawn:
            assert sample.finish_reason == "stop"
            assert sample.tokens == len("\n    return 1\n```")
            assert len(sample.log_probs) == (sample.tokens if told else 0)
            assert len(sample.token_ids) == (sample.tokens if kind == "vllm" else 0)
        assert all(("stop" in body) == (kind == "vllm") for body in server.bodies)
        whole = sum(len(answer) + 1 for answer in ANSWERS) // 2
        if kind != "vllm":
            assert all(body["stream"] for body in server.bodies)
        else:
            assert server.drawn < 6 * whole


def test_a_stop_text_of_the_parameters_and_the_limit_end_a_sample_too(
    taught: Path, policy: Policy, tmp_path: Path
) -> None:
    for vllm in (True, False):
        with CompletionsServer(taught, Behaviour(vllm=vllm)) as server:
            sampler = sampler_of(server, server="vllm" if vllm else "openai")
            sampler.use(policy, workspace=tmp_path)
            (cut,) = sampler.sample(
                requests("a", samples=1, prompt=PROMPT), SamplingParams(temperature=0.0, stop=("tur", "ret"))
            )
            (asked,) = requests("a", samples=1, prompt=PROMPT)
            (short,) = sampler.sample([replace(asked, max_new_tokens=7)], SamplingParams(temperature=0.0))
            assert (cut.text, cut.finish_reason, cut.tokens) == ("\n    ret", "stop", 8)
            assert (short.text, short.finish_reason, short.tokens) == ("\n    re", "length", 7)


def test_a_streamed_answer_that_breaks_off_is_asked_for_again(taught: Path, policy: Policy, tmp_path: Path) -> None:
    with CompletionsServer(taught, Behaviour(vllm=False, failures=deque(["break", 503, "break"]))) as server:
        sampler = sampler_of(server, server="openai")
        sampler.use(policy, workspace=tmp_path)
        drawn = by_key(list(sampler.sample(requests("a", samples=3, prompt=PROMPT), LONG)))
        assert len(drawn) == 3
        assert all(sample.text.endswith(FENCE) for sample in drawn.values())
        assert len(server.bodies) == 3 + 3


def test_a_plain_server_gets_text_and_nothing_beside_the_api(taught: Path, policy: Policy, tmp_path: Path) -> None:
    with CompletionsServer(taught, Behaviour(vllm=False, usage=False)) as server:
        sampler = sampler_of(server, server="openai")
        sampler.use(policy, workspace=tmp_path)
        (sample,) = sampler.sample(requests("a", samples=1), WARM)
        (body,) = server.bodies
    assert body["prompt"] == "abc\n"
    assert body.keys() == {"model", "prompt", "max_tokens", "temperature", "top_p", "seed", "logprobs"}
    assert sample.token_ids == ()
    assert sample.tokens == 12
    with CompletionsServer(taught, Behaviour(vllm=False)) as server:
        sampler = sampler_of(server, server="openai", prompt_ids=True, logprobs=False)
        sampler.use(policy, workspace=tmp_path)
        (sample,) = sampler.sample(requests("a", samples=1), WARM)
        assert server.bodies[0]["prompt"] == list(policy.tokenizer("abc\n")["input_ids"])
    assert sample.log_probs == ()


def test_what_is_begun_stands_after_the_prompt_as_ids_or_as_text(taught: Path, policy: Policy, tmp_path: Path) -> None:
    (request,) = requests("a", samples=1)
    begun = replace(request, begun=tuple(policy.tokenizer("def f")["input_ids"]))
    with CompletionsServer(taught, Behaviour(vllm=False)) as server:
        for prompt_ids in (True, False):
            sampler = sampler_of(server, server="openai", prompt_ids=prompt_ids)
            sampler.use(policy, workspace=tmp_path)
            list(sampler.sample([begun], WARM))
        ids, text = (body["prompt"] for body in server.bodies)
    assert ids == list(policy.tokenizer("abc\ndef f")["input_ids"])
    assert text == "abc\ndef f"


def test_top_k_and_min_p_are_always_sent_to_a_server_that_knows_them_and_refused_for_another(
    taught: Path, policy: Policy, tmp_path: Path
) -> None:
    with CompletionsServer(taught, Behaviour()) as server:
        sampler = sampler_of(server)
        sampler.use(policy, workspace=tmp_path)
        list(sampler.sample(requests("a", samples=1), WARM))
        list(sampler.sample(requests("a", samples=1), SamplingParams(top_k=5, min_p=0.1, max_new_tokens=2)))
        assert [(body["top_k"], body["min_p"]) for body in server.bodies] == [(0, 0.0), (5, 0.1)]
        plain = sampler_of(server, server="openai")
        plain.use(policy, workspace=tmp_path)
        for params, name in [
            (SamplingParams(top_k=5), "top_k: "),
            (SamplingParams(min_p=0.1), "min_p: "),
            (SamplingParams(top_k=5, min_p=0.1), "top_k and min_p: "),
        ]:
            with pytest.raises(SamplingError, match=f"^{name}a server of kind 'openai'"):
                plain.check([], params)


def test_attempts_wait_twice_as_long_each_time_up_to_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(wait_s: float) -> None:
        waits.append(wait_s)

    async def attempt() -> None:
        raise Dropped("again")

    monkeypatch.setattr("axiom.generation.completions_api.asyncio.sleep", sleep)
    with pytest.raises(Dropped):
        asyncio.run(persistently(attempt, retries=9, backoff_s=0.5))
    assert len(waits) == 9
    for wait_s, longest in zip(waits, [0.5, 1, 2, 4, 8, 16, 30, 30, 30], strict=True):
        assert longest / 2 <= wait_s <= longest
