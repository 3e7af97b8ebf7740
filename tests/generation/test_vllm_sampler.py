"""vLLM in this process and behind HTTP, on the embedded model with NF4 weights; run by ``make test-vllm``."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

from axiom.errors import SamplingError
from axiom.generation.chat_template import encode_prompt
from axiom.generation.openai_sampler import OpenAISampler
from axiom.generation.sampler import Request, Sample, Sampler, SamplingParams
from axiom.generation.transformers_sampler import TransformersSampler
from axiom.generation.vllm_sampler import VLLMSampler
from axiom.learning.packing import TokenizedExample, pack
from axiom.policy.policy import Policy
from axiom.prompts import Message, Prompt

needs_vllm = pytest.mark.skipif(find_spec("vllm") is None, reason="vLLM is not installed; run: make test-vllm")

WORDS = ["add", "double", "square", "negate", "halve", "join", "sort", "reverse"]
GREEDY = SamplingParams(temperature=0.0, max_new_tokens=24)
WARM = SamplingParams(temperature=1.0, max_new_tokens=16)
CONTEXT = 512
State = dict[str, torch.Tensor]


def prompt(word: str, *, stop: tuple[str, ...] = ()) -> Prompt:
    return Prompt((Message("user", f"Write a Python function named `{word}`. Answer with code only."),), stop=stop)


def requests(*, stop: tuple[str, ...] = (), samples: int = 1, words: Sequence[str] = WORDS) -> list[Request]:
    return [
        Request(word, prompt(word, stop=stop), tuple((i, 1000 * place + i) for i in range(samples)))
        for place, word in enumerate(words)
    ]


def answers(sampler: Sampler, wanted: Sequence[Request], params: SamplingParams) -> dict[tuple[str, int], Sample]:
    drawn = list(sampler.sample(wanted, params))
    assert len({(sample.key, sample.index) for sample in drawn}) == len(drawn) == sum(len(r.seeds) for r in wanted)
    return {(sample.key, sample.index): sample for sample in drawn}


def alone(sampler: Sampler, wanted: Sequence[Request], params: SamplingParams) -> dict[tuple[str, int], Sample]:
    """Each sample in a call of its own, so to the bit: what shares a step with others is added up in another order."""
    singles = [replace(request, seeds=(pair,)) for request in wanted for pair in request.seeds]
    return {key: sample for single in singles for key, sample in answers(sampler, [single], params).items()}


def taught(policy: Policy, answer: str) -> State:
    """The adapter after a few steps from nothing towards one answer to every prompt."""
    policy.load_adapter_state(fresh(policy))
    tokenizer = policy.tokenizer
    target = (*tokenizer(answer, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id)
    batch = pack([TokenizedExample(tuple(encode_prompt(tokenizer, prompt(word))), target) for word in WORDS[:4]])
    optimizer = torch.optim.AdamW([p for p in policy.parameters() if p.requires_grad], lr=2e-3)
    for _ in range(12):
        optimizer.zero_grad()
        (-policy.completion_log_probs(batch).mean()).backward()
        optimizer.step()
    return {name: tensor.clone() for name, tensor in policy.adapter_state().items()}


def fresh(policy: Policy) -> State:
    """An adapter that changes nothing."""
    return {name: t * ("lora_A" in name) for name, t in policy.adapter_state().items()}


def noisy(policy: Policy, seed: int) -> State:
    """An adapter that changes what is said without teaching anything short."""
    chance = torch.Generator().manual_seed(seed)
    return {
        name: 0.02 * torch.randn(t.shape, generator=chance).to(t) if "lora_B" in name else t
        for name, t in policy.adapter_state().items()
    }


def agreement(left: dict[tuple[str, int], Sample], right: dict[tuple[str, int], Sample]) -> list[int]:
    """How many first tokens are the same, for each prompt; all of them counts as 99."""
    counts = []
    for key, sample in left.items():
        pairs = list(zip(sample.token_ids, right[key].token_ids, strict=False))
        same = next((place for place, (a, b) in enumerate(pairs) if a != b), None)
        counts.append(99 if same is None else same)
    return counts


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy(base="smollm2-135m-instruct", quantization="nf4", rank=8)


@pytest.fixture(scope="module")
def banana(policy: Policy) -> State:
    return taught(policy, "The answer is banana.")


@pytest.fixture(scope="module")
def kiwi(policy: Policy) -> State:
    return taught(policy, "No: kiwi and lemon only.")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def engine() -> Iterator[VLLMSampler]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VLLM_CPU_KVCACHE_SPACE", "1")
        patch.setenv("WORLD_SIZE", "2")  # as a rank of a run sees it
        patch.setenv("RANK", "1")
        sampler = VLLMSampler(rows=16, max_model_len=CONTEXT, gpu_memory_utilization=0.3, enforce_eager=True)
        yield sampler
        sampler.close()


@pytest.fixture(scope="module")
def server(policy: Policy, workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What ``vllm serve`` starts (the CPU build's command looks for a package named vllm), on the exported base."""
    policy.save_base(workspace / "base")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log"
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server"]
    command += ["--model", str(workspace / "base"), "--served-model-name", "b"]
    command += ["--enable-lora", "--max-lora-rank", "8", "--max-model-len", str(CONTEXT), "--max-num-seqs", "16"]
    command += ["--no-enable-chunked-prefill", "--enforce-eager"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--gpu-memory-utilization", "0.3"]
    allowed = {"VLLM_ALLOW_RUNTIME_LORA_UPDATING": "True", "VLLM_CPU_KVCACHE_SPACE": "1"}
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=os.environ | allowed, start_new_session=True)
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + 400
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(1)
    raise AssertionError(f"vllm serve did not come up:\n{log.read_text()[-3000:]}")


@needs_vllm
def test_without_training_vllm_says_what_the_engine_in_process_does(
    policy: Policy, engine: VLLMSampler, workspace: Path
) -> None:
    policy.load_adapter_state(fresh(policy))
    assert_they_agree(policy, engine, workspace)


@needs_vllm
def test_an_adapter_in_vllm_over_the_exported_base_is_the_policy(
    policy: Policy, engine: VLLMSampler, workspace: Path
) -> None:
    policy.load_adapter_state(noisy(policy, 1))
    assert_they_agree(policy, engine, workspace)


def assert_they_agree(policy: Policy, sampler: Sampler, workspace: Path) -> None:
    """Greedy tokens agree until two are about as likely: bfloat16 products differ in their last bits."""
    sampler.use(policy, workspace=workspace)
    own = TransformersSampler(rows=16)
    own.use(policy, workspace=workspace)
    there, here = answers(sampler, requests(), GREEDY), answers(own, requests(), GREEDY)
    counts = agreement(there, here)
    sys.stderr.write(f"greedy tokens that agree: {counts}\n")
    assert sum(count >= 4 for count in counts) >= 6
    apart = 0.0
    for (key, sample), count in zip(there.items(), counts, strict=True):
        assert len(sample.log_probs) == len(sample.token_ids) == sample.tokens
        pairs = list(zip(sample.log_probs[:count], here[key].log_probs, strict=False))
        apart = max([apart, *(abs(a - b) for a, b in pairs)])
        if count == 99:
            assert (sample.text, sample.finish_reason) == (here[key].text, here[key].finish_reason)
    sys.stderr.write(f"log-probabilities of the same tokens apart: {apart:.3f}\n")
    assert apart < 0.4


@needs_vllm
def test_more_prompts_than_a_step_reads_are_sampled_with_their_seeds(
    policy: Policy, engine: VLLMSampler, workspace: Path
) -> None:
    """350 tokens each; vLLM reads 4,096 at once, and its CPU build dies of a seeded prompt that it reads in parts."""
    policy.load_adapter_state(fresh(policy))
    engine.use(policy, workspace=workspace)
    wanted = [Request(str(n), Prompt((Message("user", f"{n} {'word ' * 350}"),)), ((0, n),)) for n in range(16)]
    assert len(answers(engine, wanted, WARM)) == 16


@needs_vllm
def test_each_round_s_adapter_answers_and_no_other(
    policy: Policy, engine: VLLMSampler, workspace: Path, banana: State, kiwi: State
) -> None:
    assert_the_adapter_answers(policy, engine, workspace, banana, kiwi)


def assert_the_adapter_answers(policy: Policy, sampler: Sampler, workspace: Path, banana: State, kiwi: State) -> None:
    for state, expected in [
        (banana, "The answer is banana."),
        (kiwi, "No: kiwi and lemon only."),
        (fresh(policy), "def "),
        (banana, "The answer is banana."),
    ]:
        policy.load_adapter_state(state)
        sampler.use(policy, workspace=workspace)
        drawn = answers(sampler, requests(words=WORDS[:4]), GREEDY)
        for sample in drawn.values():
            assert expected in sample.text
            assert ("banana" in sample.text, "kiwi" in sample.text) == ("banana" in expected, "kiwi" in expected)
            if expected != "def ":
                assert sample.finish_reason == "stop"
                assert sample.token_ids[-1] == policy.tokenizer.eos_token_id
                assert sample.text == expected


@needs_vllm
def test_seeds_limits_stop_texts_and_filters_are_kept(policy: Policy, engine: VLLMSampler, workspace: Path) -> None:
    policy.load_adapter_state(fresh(policy))
    engine.use(policy, workspace=workspace)
    assert_params_are_kept(engine, policy)


def assert_params_are_kept(sampler: Sampler, policy: Policy) -> None:
    wanted = requests(samples=4, words=WORDS[:4])
    first, again, together = alone(sampler, wanted, WARM), alone(sampler, wanted, WARM), answers(sampler, wanted, WARM)
    assert {key: sample.token_ids for key, sample in first.items()} == {key: again[key].token_ids for key in first}
    assert {(word, index): sample.seed for (word, index), sample in together.items()} == {
        (request.key, index): seed for request in wanted for index, seed in request.seeds
    }
    own = sum(first[key].token_ids == together[key].token_ids for key in first)
    other = sum(first[word, index].token_ids == together[word, (index + 1) % 4].token_ids for word, index in first)
    sys.stderr.write(f"samples among others that are as alone: {own} of {len(first)}; as another seed's: {other}\n")
    assert own >= 4
    assert own > 2 * other
    assert len({sample.text for sample in first.values()}) > 8
    assert {sample.tokens for sample in first.values() if sample.finish_reason == "length"} == {16}
    few = requests(words=WORDS[:4])
    greedy = alone(sampler, few, GREEDY)
    for narrow in ({"top_k": 1}, {"min_p": 0.999}, {"top_p": 1e-6}):
        drawn = alone(sampler, few, SamplingParams(temperature=1.0, max_new_tokens=8, **narrow))  # type: ignore[arg-type]
        assert sum(greedy[key].token_ids[:4] == drawn[key].token_ids[:4] for key in drawn) >= 3
    stopped = alone(sampler, requests(words=WORDS[:4], stop=("def",)), GREEDY)
    for key, sample in stopped.items():
        assert sample.text == greedy[key].text[: greedy[key].text.index("def") + 3]
        assert sample.finish_reason == "stop"
        assert policy.tokenizer.decode(sample.token_ids).startswith(sample.text)
    begun = [replace(one, begun=greedy[one.key, 0].token_ids[:4], max_new_tokens=4) for one in few]
    rest = alone(sampler, begun, GREEDY)
    assert sum(rest[key].token_ids == greedy[key].token_ids[4:8] for key in rest) >= 3


@needs_vllm
def test_requests_are_pulled_while_fewer_than_rows_are_under_way(
    policy: Policy, engine: VLLMSampler, workspace: Path
) -> None:
    policy.load_adapter_state(fresh(policy))
    engine.use(policy, workspace=workspace)
    pulled: list[str] = []
    steps: list[int] = []

    def pulling() -> Iterator[Request]:
        for number in range(40):
            pulled.append(str(number))
            yield Request(str(number), prompt(WORDS[number % 8]), ((0, number),))

    short = SamplingParams(temperature=1.0, max_new_tokens=3)
    out = 0
    for _ in engine.sample(pulling(), short, before_step=lambda: steps.append(len(pulled))):
        out += 1
        assert len(pulled) <= out + engine.rows
    assert (out, steps[0]) == (40, engine.rows)
    leaving = engine.sample(requests(), short)
    next(leaving)
    leaving.close()  # type: ignore[attr-defined]
    assert len(answers(engine, requests(words=WORDS[:1]), short)) == 1


@needs_vllm
def test_a_prompt_that_does_not_fit_is_refused_by_name(policy: Policy, engine: VLLMSampler, workspace: Path) -> None:
    engine.use(policy, workspace=workspace)
    long = Request("p/long", Prompt((Message("user", "a b " * 300),)), ((0, 1),))
    with pytest.raises(SamplingError, match=rf"'p/long': a prompt of \d+ tokens .* max_model_len {CONTEXT}"):
        engine.check([*requests(), long], GREEDY)
    engine.check(requests(), GREEDY)


@needs_vllm
def test_a_dead_engine_is_an_error_and_the_next_use_starts_another(
    policy: Policy, engine: VLLMSampler, workspace: Path
) -> None:
    engine.use(policy, workspace=workspace)
    drawing = engine.sample(requests(samples=8), GREEDY)
    assert next(drawing).text
    assert len(engine_processes()) == 1
    for child in engine_processes():
        child.kill()
    with pytest.raises(SamplingError, match="vLLM's engine failed"):
        list(drawing)
    with pytest.raises(SamplingError, match=r"call use\(\) first"):
        list(engine.sample(requests(), GREEDY))
    engine.use(policy, workspace=workspace)
    assert len(answers(engine, requests(words=WORDS[:2]), GREEDY)) == 2
    engine.close()
    assert engine_processes() == []


def engine_processes() -> list[Any]:
    import psutil

    children = psutil.Process().children(recursive=True)
    alive = [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in alive if "EngineCore" in f"{child.name()} {child.cmdline()}"]


@needs_vllm
def test_a_served_policy_answers_over_http_as_in_process(
    policy: Policy, server: str, workspace: Path, banana: State, kiwi: State
) -> None:
    sampler = OpenAISampler(base_url=server, model="b", lora="vllm", concurrency=16, retries=2)
    assert_the_adapter_answers(policy, sampler, workspace, banana, kiwi)
    policy.load_adapter_state(noisy(policy, 1))
    assert_they_agree(policy, sampler, workspace)
    sampler.close()
    with urllib.request.urlopen(f"{server}/models") as answer:
        assert [card["id"] for card in json.load(answer)["data"]] == ["b"]


@needs_vllm
def test_a_real_server_keeps_seeds_limits_stop_texts_and_filters(policy: Policy, server: str, workspace: Path) -> None:
    sampler = OpenAISampler(base_url=server, model="b", concurrency=16, retries=2)
    sampler.use(policy, workspace=workspace)
    assert_params_are_kept(sampler, policy)
    long = Request("p/long", Prompt((Message("user", "a b " * 300),)), ((0, 1),))
    with pytest.raises(SamplingError, match=f"'p/long': .* context of {CONTEXT}"):
        sampler.check([long], GREEDY)
    with pytest.raises(SamplingError, match="'p/long': the prompt and its completion do not fit"):
        list(sampler.sample([long], GREEDY))


@needs_vllm
def test_a_server_that_does_not_tell_is_cut_here(policy: Policy, server: str, workspace: Path) -> None:
    """The way of plain servers, on a real one: streamed, cut behind the stop text, hung up."""
    sampler = OpenAISampler(base_url=server, model="b", server="openai", concurrency=4, prompt_ids=True)
    sampler.use(policy, workspace=workspace)
    wanted = requests(words=WORDS[:4], stop=("def",))
    for sample in answers(sampler, wanted, GREEDY).values():
        assert sample.text.endswith("def")
        assert sample.text.count("def") == 1
        assert sample.finish_reason == "stop"
        assert len(sample.log_probs) == sample.tokens > 0
