"""What vLLM's engine refuses before it starts, which needs no vLLM."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from axiom.errors import SamplingError
from axiom.generation.sampler import Request, SamplingParams
from axiom.generation.vllm_sampler import VLLMSampler, engine_rank
from axiom.policy.policy import Policy
from axiom.prompts import Message, Prompt


@pytest.mark.skipif(find_spec("vllm") is not None, reason="vLLM is installed here")
def test_without_vllm_it_says_what_to_install(tmp_path: Path, tiny_model: Path) -> None:
    policy = Policy(base=str(tiny_model), quantization="none", dtype="float32")
    with pytest.raises(SamplingError, match="pip install vllm"):
        VLLMSampler().use(policy, workspace=tmp_path)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rows": 0}, "rows 0"),
        ({"tensor_parallel_size": 0}, "tensor_parallel_size 0"),
        ({"max_model_len": 1}, "max_model_len 1"),
        ({"gpu_memory_utilization": 0.0}, "gpu_memory_utilization 0.0"),
        ({"gpu_memory_utilization": 1.2}, "gpu_memory_utilization 1.2"),
        ({"lora_rank": 0}, "lora_rank 0: vLLM serves adapters of rank 1 to 512"),
        ({"lora_rank": 600}, "lora_rank 600"),
    ],
)
def test_settings_that_vllm_does_not_take_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SamplingError, match=message):
        VLLMSampler(**settings)


def test_without_a_policy_it_says_so() -> None:
    with pytest.raises(SamplingError, match=r"call use\(\) first"):
        VLLMSampler().check([Request("p", Prompt((Message("user", "x"),)), ((0, 1),))], SamplingParams())


def test_the_engine_s_largest_rank_is_one_that_vllm_takes() -> None:
    assert [engine_rank(rank) for rank in (1, 2, 8, 9, 100, 512)] == [1, 8, 8, 16, 128, 512]
