"""What a user hears of a base model that cannot be had."""

import weakref
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from axiom.errors import ModelError
from axiom.policy import quantization
from axiom.policy.models import load_base, resolved_dtype
from axiom.policy.policy import Policy
from axiom.policy.quantization import quantize


def test_a_file_that_is_no_gguf_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "notes.gguf"
    file.write_text("some text")
    with pytest.raises(ModelError, match=r"notes\.gguf is not a GGUF file"):
        load_base(str(file))


def test_a_gguf_cut_off_in_its_header_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "cut.gguf"
    file.write_bytes(b"GGUF\x03\x00\x00\x00\x10\x00")
    with pytest.raises(ModelError, match=r"model '.*cut\.gguf' cannot be loaded: .*expected a Hugging Face hub id"):
        load_base(str(file))


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no config\.json"):
        load_base(str(tmp_path))


def test_a_folder_with_a_broken_configuration_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        load_base(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_a_model_that_nobody_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="model 'nobody/nothing' cannot be loaded"):
        load_base("nobody/nothing")


def test_an_unknown_dtype_names_those_that_exist() -> None:
    with pytest.raises(ModelError, match="expected one of auto, float32, bfloat16, float16"):
        Policy(base="smollm2-135m-instruct", dtype="fp8")


@pytest.mark.parametrize(
    ("found", "expected"), [({"avx512_bf16": True}, "bfloat16"), ({"amx_bf16": True}, "bfloat16"), ({}, "float32")]
)
def test_auto_takes_bfloat16_where_the_processor_multiplies_it(
    monkeypatch: pytest.MonkeyPatch, found: dict[str, bool], expected: str
) -> None:
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx2": True, **found})
    assert resolved_dtype("auto", torch.device("cpu")) == expected
    assert resolved_dtype("float16", torch.device("cpu")) == "float16"


@pytest.mark.parametrize(("has_it", "expected"), [(True, "bfloat16"), (False, "float32")])
def test_auto_asks_the_gpu(monkeypatch: pytest.MonkeyPatch, has_it: bool, expected: str) -> None:
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda including_emulation: has_it and not including_emulation)
    assert resolved_dtype("auto", torch.device("cuda")) == expected


@pytest.mark.slow
def test_the_embedded_model_is_found_under_its_short_name_and_knows_of_no_quantisation() -> None:
    model, tokenizer = load_base("SmolLM2-135M-Instruct")
    assert sum(parameter.numel() for parameter in model.parameters()) == pytest.approx(135e6, rel=0.02)
    assert getattr(model.config, "quantization_config", None) is None
    assert tokenizer.pad_token is not None


@pytest.mark.parametrize("kind", ["nf4", "int8"])
def test_a_layer_is_let_go_of_once_it_is_quantised(
    kind: Any, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a host never holds the whole model twice."""
    model, _ = load_base(str(tiny_model))
    one, layers, alive = quantization._quantized, list[weakref.ref[nn.Module]](), list[int]()

    def noting(layer: nn.Linear, kind: Any) -> nn.Module:
        alive.append(sum(other() is not None for other in layers))
        layers.append(weakref.ref(layer))
        return one(layer, kind)

    monkeypatch.setattr(quantization, "_quantized", noting)
    quantize(model, kind, device=torch.device("cpu"))
    assert len(alive) == 14
    assert max(alive) <= 1
