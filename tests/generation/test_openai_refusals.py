"""What the sampler over HTTP refuses, and what it says when the server is not there or not the right one."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from axiom.errors import SamplingError
from axiom.generation import openai_sampler
from axiom.generation.openai_sampler import OpenAISampler
from axiom.policy.policy import Policy
from tests.generation.completions_server import Behaviour, CompletionsServer
from tests.generation.test_openai_sampler import WARM, disturb, requests, sampler_of


@pytest.fixture
def policy(tiny_model: Path) -> Policy:
    return Policy(base=str(tiny_model), quantization="none", dtype="float32", rank=4)


@pytest.mark.parametrize(("ranks", "adapters"), [(1, ""), (2, " --max-loras 2")])
def test_a_server_that_is_not_there_is_told_with_the_command_that_starts_it(
    ranks: int, adapters: str, policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = SimpleNamespace(is_initialized=lambda: ranks > 1, get_world_size=lambda: ranks)
    monkeypatch.setattr(openai_sampler, "distributed", run)
    sampler = OpenAISampler(
        base_url="http://127.0.0.1:9/v1", model="tiny", lora="vllm", retries=1, backoff_s=0.01, timeout_s=5
    )
    with pytest.raises(
        SamplingError, match=r"GET http://127.0.0.1:9/v1/models: .*; start it, or set base_url: "
    ) as caught:
        sampler.use(policy, workspace=tmp_path)
    served = f"vllm serve {tmp_path / 'base'} --served-model-name tiny --enable-lora --max-lora-rank 4{adapters}"
    assert str(caught.value).endswith(served)
    assert (tmp_path / "base" / "config.json").is_file()


def test_a_server_of_another_model_or_base_or_without_adapters_is_refused(
    tiny_model: Path, policy: Policy, tmp_path: Path
) -> None:
    with CompletionsServer(tiny_model, Behaviour()) as server:
        with pytest.raises(SamplingError, match="serves tiny, not 'huge'; set model, or start it"):
            sampler_of(server, model="huge").use(policy, workspace=tmp_path)
        Policy(base=str(tiny_model), quantization="nf4", dtype="float32").save_base(tmp_path / "another")
        server.behaviour.root = str(tmp_path / "another")
        with pytest.raises(SamplingError, match=r"serves another base \(\w+\) than this policy's"):
            sampler_of(server, lora="vllm").use(policy, workspace=tmp_path)
        server.behaviour.root = str(tmp_path / "base")
        sampler_of(server, lora="vllm").use(policy, workspace=tmp_path)
        server.behaviour.vllm = False
        with pytest.raises(SamplingError, match=r"load_lora_adapter of .*VLLM_ALLOW_RUNTIME_LORA_UPDATING=True"):
            sampler_of(server, lora="vllm").use(policy, workspace=tmp_path)


def test_the_key_comes_from_the_environment(
    tiny_model: Path, policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CompletionsServer(tiny_model, Behaviour(key="s3cret")) as server:
        monkeypatch.delenv("TINY_KEY", raising=False)
        with pytest.raises(SamplingError, match="the environment has no TINY_KEY"):
            sampler_of(server, api_key_env="TINY_KEY").use(policy, workspace=tmp_path)
        with pytest.raises(SamplingError, match="401"):
            sampler_of(server).use(policy, workspace=tmp_path)
        monkeypatch.setenv("TINY_KEY", "s3cret")
        sampler_of(server, api_key_env="TINY_KEY").use(policy, workspace=tmp_path)


def test_an_adapter_that_the_server_has_lost_ends_the_round_with_its_message(
    tiny_model: Path, policy: Policy, tmp_path: Path
) -> None:
    with CompletionsServer(tiny_model, Behaviour()) as server:
        sampler = sampler_of(server, lora="vllm")
        sampler.use(policy, workspace=tmp_path)
        assert len(list(sampler.sample(requests("a", samples=1), WARM))) == 1
        assert server.bodies[0]["model"] == "tiny"  # before any training the base is the policy
        disturb(policy, 1)
        sampler.use(policy, workspace=tmp_path)
        server.models = {"tiny": server.models["tiny"]}
        with pytest.raises(SamplingError, match=r"'a': .* refuses the request: .*does not exist"):
            list(sampler.sample(requests("a", samples=1), WARM))
        sampler.close()  # the server knows no such adapter; that is no reason to fail


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"server": "tgi"}, "server 'tgi': expected one of vllm, llama.cpp, openai"),
        ({"lora": "merge"}, "lora 'merge'"),
        ({"lora": "vllm", "server": "openai"}, "lora 'vllm' with server 'openai'"),
        ({"concurrency": 0}, "concurrency 0 must be 1 or more"),
        ({"retries": -1}, "retries -1"),
        ({"server": "llama.cpp"}, "server 'llama.cpp' tells no log-probabilities; set logprobs to false"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SamplingError, match=message):
        OpenAISampler(base_url="http://127.0.0.1:9/v1", model="tiny", **settings)


def test_without_a_policy_or_the_client_it_says_so(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampler = OpenAISampler(base_url="http://127.0.0.1:9/v1", model="tiny")
    with pytest.raises(SamplingError, match=r"call use\(\) first"):
        next(iter(sampler.sample([], WARM)))
    with pytest.raises(SamplingError, match=r"call use\(\) first"):
        sampler.check([], WARM)
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(SamplingError, match="pip install openai"):
        sampler.use(policy, workspace=tmp_path)
