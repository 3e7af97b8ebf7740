"""The base of a policy as a Hugging Face folder: what another engine has to serve for the adapter to mean the same.

An adapter is trained around the weights that it was added to. Of an NF4 or int8 base those are the dequantised ones, so
they are what is written, in the policy's type and with no word of quantisation. The generation config holds the special
tokens alone: a model author's temperature or repetition penalty would otherwise become a server's default.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import bitsandbytes as bnb
import torch
from peft.tuners.lora import LoraLayer
from transformers import AutoModelForCausalLM, GenerationConfig
from transformers.pytorch_utils import Conv1D

from axiom.errors import ModelError
from axiom.policy.quantization import dequantized_weight
from axiom.policy.sharding import whole

BASE_FILE = "axiom_base.json"
"""Its ``hash`` tells which base a folder holds."""

_SPECIAL = (LoraLayer, bnb.nn.Linear4bit, bnb.nn.Linear8bitLt)


def base_tensors(source: Any, dtype: torch.dtype) -> Iterator[tuple[str, torch.Tensor]]:
    """The base's tensors under their own names, one at a time, as the policy multiplies with them.

    Args:
        source: the causal LM inside a PEFT model, its linear layers wrapped or not, quantised or not.
        dtype: of dequantised weights.
    """
    special: list[str] = []
    for name, module in source.named_modules():
        if isinstance(module, _SPECIAL) and not name.startswith(tuple(special)):
            special.append(f"{name}.")
            layer = module.get_base_layer() if isinstance(module, LoraLayer) else module
            weight = dequantized_weight(layer, dtype)
            yield f"{name}.weight", weight.t() if isinstance(layer, Conv1D) else weight
            if layer.bias is not None:
                yield f"{name}.bias", whole(layer.bias).detach().to(dtype)
    for name, tensor in source.state_dict().items():
        if not name.startswith(tuple(special)):
            yield name, whole(tensor)


def base_hash(source: Any, dtype: torch.dtype) -> str:
    """Short hash of the base's exact weights."""
    digest = hashlib.blake2b(digest_size=8)
    for name, tensor in base_tensors(source, dtype):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def held_base(folder: Path) -> str | None:
    """The hash of the base that a folder holds; None where there is none."""
    try:
        read = json.loads((folder / BASE_FILE).read_text())
    except (OSError, ValueError):
        return None
    return str(read["hash"]) if isinstance(read, dict) and "hash" in read else None


def save_base(source: Any, tokenizer: Any, folder: Path, *, dtype: torch.dtype, key: str) -> None:
    """Write the base as a Hugging Face folder: whole, or not at all. A folder that holds it already stays as it is.

    Args:
        source: as in :func:`base_tensors`.
        tokenizer: written beside it, with its chat template.
        folder: an older base in it is replaced; anything else is left alone.
        dtype: of the weights.
        key: the base's :func:`base_hash`.

    Raises:
        ModelError: if the folder holds something else, or cannot be written.
    """
    if held_base(folder) == key:
        return
    if folder.is_dir() and any(folder.iterdir()) and held_base(folder) is None:
        raise ModelError(f"{folder} holds files that are no exported base; name another folder, or empty this one")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch:
            _write(source, tokenizer, Path(scratch) / "new", dtype=dtype, key=key)
            _swap(Path(scratch) / "new", folder, old=Path(scratch) / "old", key=key)
    except OSError as error:
        raise ModelError(f"the base cannot be written to {folder}: {error}") from error


def plain_model(source: Any, state: dict[str, torch.Tensor], *, dtype: torch.dtype) -> Any:
    """A causal LM without adapter or quantisation that holds these tensors.

    Args:
        source: as in :func:`base_tensors`; its architecture and special tokens are taken.
        state: all tensors under their names in the file; tied weights share one, which is written once.
        dtype: of the weights.
    """
    config = deepcopy(source.config)
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    with torch.device("meta"):
        plain = AutoModelForCausalLM.from_config(config, dtype=dtype)
    plain.load_state_dict(state, assign=True)
    plain.tie_weights()
    tokens = source.generation_config
    plain.generation_config = GenerationConfig(
        bos_token_id=tokens.bos_token_id, eos_token_id=tokens.eos_token_id, pad_token_id=tokens.pad_token_id
    )
    return plain


def _write(source: Any, tokenizer: Any, folder: Path, *, dtype: torch.dtype, key: str) -> None:
    state = {name: tensor.cpu() for name, tensor in base_tensors(source, dtype)}
    plain_model(source, state, dtype=dtype).save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))
    (folder / BASE_FILE).write_text(json.dumps({"hash": key}))


def _swap(new: Path, folder: Path, *, old: Path, key: str) -> None:
    """Put the new folder in place; another process may have been faster with the same base."""
    if held_base(folder) not in (None, key):
        with suppress(FileNotFoundError):
            os.rename(folder, old)
    try:
        os.rename(new, folder)
    except OSError:
        if held_base(folder) != key:
            raise
