"""What surrounds the start of vLLM's engine, without vLLM."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from axiom.generation.vllm_sampler import VLLMSampler, own_device
from axiom.policy.policy import Policy


def test_the_engine_s_process_hears_nothing_of_this_run_s_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"RANK": "1", "TORCHELASTIC_USE_AGENT_STORE": "True"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    before = dict(os.environ)
    with own_device(alone=True):
        assert not told.keys() & os.environ.keys()
        assert os.environ["VLLM_WORKER_MULTIPROC_METHOD"] == "spawn"
    assert dict(os.environ) == before


def test_memory_that_torch_no_longer_uses_is_given_back_before_an_engine_starts(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    monkeypatch.setitem(sys.modules, "vllm", SimpleNamespace(LLM=lambda **settings: order.append("engine")))
    monkeypatch.setitem(sys.modules, "vllm.lora.request", SimpleNamespace(LoRARequest=None))
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: order.append("cache"))
    VLLMSampler().use(Policy(base=str(tiny_model), quantization="none"), workspace=tmp_path)
    assert order == ["cache", "engine"]
