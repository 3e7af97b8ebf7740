"""The adapter merged into the base: sums in float32, cast once at the end.

A merge in bfloat16 rounds base and sum, and of a small change that loses a third or more. The base is what the policy
multiplies with: of an NF4 or int8 base the dequantised weights.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from peft.tuners.lora import LoraLayer
from transformers.pytorch_utils import Conv1D

from axiom.errors import ModelError
from axiom.policy.export import base_tensors, plain_model


def merged_tensors(source: Any, *, policy_dtype: torch.dtype, dtype: torch.dtype) -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors of a plain causal LM that computes what the policy with its adapter does, on the CPU, one at a time.

    Args:
        source: the causal LM inside a PEFT model, quantised or not.
        policy_dtype: in which the policy multiplies with its dequantised weights.
        dtype: of the merged weights.

    Raises:
        ModelError: for an adapter on an embedding, or on an output head that shares its weight with one.
    """
    adapted = {f"{name}.weight": module for name, module in source.named_modules() if isinstance(module, LoraLayer)}
    head = source.get_output_embeddings()
    if any("default" not in layer.lora_A for layer in adapted.values()) or (
        isinstance(head, LoraLayer) and source.config.tie_word_embeddings
    ):
        raise ModelError(
            "the adapter changes an embedding, or an output head tied to it, and cannot be merged; export it without "
            "--merge"
        )
    for name, tensor in base_tensors(source, policy_dtype):
        whole = tensor.detach()
        if name in adapted:
            whole = whole.float() + lora_change(adapted[name])
        yield name, whole.to("cpu", dtype if whole.is_floating_point() else whole.dtype).contiguous()


def save_merged(source: Any, tokenizer: Any, folder: Path, *, policy_dtype: torch.dtype, dtype: torch.dtype) -> None:
    """Write the merged model, its tokenizer and its chat template as a Hugging Face folder.

    Args:
        source, policy_dtype, dtype: as in :func:`merged_tensors`.
        tokenizer: the policy's.
        folder: empty.

    Raises:
        ModelError: if the adapter cannot be merged.
    """
    state = dict(merged_tensors(source, policy_dtype=policy_dtype, dtype=dtype))
    plain_model(source, state, dtype=dtype).save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))


def lora_change(layer: Any) -> torch.Tensor:
    """What LoRA adds to a layer's weight, ``scale B A``, float32, in the layout of the base's file."""
    up, down = layer.lora_B["default"].weight.detach().float(), layer.lora_A["default"].weight.detach().float()
    change: torch.Tensor = layer.scaling["default"] * (up @ down)
    return change.t() if isinstance(layer.get_base_layer(), Conv1D) else change
