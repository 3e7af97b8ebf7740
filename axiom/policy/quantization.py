"""NF4 and int8 base weights through bitsandbytes, on CUDA and on the CPU.

A plain model's linear layers are replaced one by one, whatever file they came from; Transformers' own
quantised loading reads no GGUF. The output head stays unquantised, as in QLoRA (arXiv 2305.14314), and so does what is
no linear layer: above all experts that Transformers keeps as one tensor, most of the weights of a mixture.
"""

import logging
from typing import Any, Literal

import bitsandbytes as bnb
import torch
from bitsandbytes.cextension import ErrorHandlerMockBNBNativeLibrary, lib
from torch import nn
from transformers.pytorch_utils import Conv1D

from axiom.errors import ModelError
from axiom.policy.sharding import whole

log = logging.getLogger(__name__)
# Of all weights: below it, what stays unquantised is not worth a word.
_TOLD_FROM = 0.01
# Half of bitsandbytes' usual 64.
_NF4_BLOCK = 32

Quantization = Literal["nf4", "int8", "none"]


def quantize(
    model: Any, quantization: Quantization, *, device: torch.device, kept_on: torch.device | None = None
) -> Any:
    """Quantise every linear layer but the output head in place and move the model to its device.

    Args:
        model: a plain causal LM.
        quantization: ``nf4`` with double quantisation, ``int8`` (LLM.int8(), arXiv 2208.07339), or ``none``. Of what
            these leave as it is beside embeddings and head, a line in the log tells.
        device: where quantisation happens.
        kept_on: where the weights go; where it happened, if it is left out.

    Raises:
        ModelError: for an unknown kind, or where bitsandbytes has no kernels for this CUDA.
    """
    if quantization not in ("nf4", "int8", "none"):
        raise ModelError(f"quantization '{quantization}': expected nf4, int8 or none")
    kept_on = kept_on or device
    if quantization == "none":
        return model.to(kept_on)
    if device.type == "cuda":
        check_kernels()
    left = _fraction_in_no_layer(model)
    if left > _TOLD_FROM:
        log.warning(
            "%s leaves %.0f%% of the weights in %s: fused experts and other tensors that are in no linear layer",
            quantization,
            100 * left,
            str(model.dtype).removeprefix("torch."),
        )
    head = model.get_output_embeddings()
    names = [name for name, layer in model.named_modules() if isinstance(layer, nn.Linear) and layer is not head]
    for name in names:  # a list of the layers would keep them all until the last one is quantised
        parent, _, child = name.rpartition(".")
        quantized = _quantized(model.get_submodule(name), quantization).to(device)
        if isinstance(quantized, bnb.nn.Linear4bit):  # the weight has it too, until it is shared out
            quantized.quant_state = quantized.weight.quant_state
        quantized = quantized.to(kept_on)
        setattr(model.get_submodule(parent), child, quantized)
    if quantization == "nf4":
        model.is_loaded_in_4bit = True  # what PEFT looks at to choose its 4-bit LoRA layer
    else:
        model.is_loaded_in_8bit = True
    return model.to(kept_on)


def _fraction_in_no_layer(model: nn.Module) -> float:
    """What part of the weights is matrices outside of linear layers and embeddings."""
    left = sum(
        parameter.numel()
        for module in model.modules()
        if not isinstance(module, (nn.Linear, nn.Embedding))
        for parameter in module.parameters(recurse=False)
        if parameter.dim() > 1
    )
    return left / sum(parameter.numel() for parameter in model.parameters())


def check_kernels() -> None:
    """See whether bitsandbytes has found the library of its kernels, without which CUDA fails at the first product.

    Raises:
        ModelError: if not, with what to do.
    """
    if isinstance(lib, ErrorHandlerMockBNBNativeLibrary):
        raise ModelError(
            f"bitsandbytes {bnb.__version__} has no kernels for CUDA {torch.version.cuda}, which torch "
            f"{torch.__version__} is built for; install a build of either that matches (pip install -U bitsandbytes), "
            "or take --model.quantization none; python -m bitsandbytes tells more"
        )


def _quantized(layer: nn.Linear, quantization: Quantization) -> nn.Module:
    bias = layer.bias is not None
    if quantization == "nf4":
        four = bnb.nn.Linear4bit(
            layer.in_features, layer.out_features, bias=bias, compute_dtype=layer.weight.dtype, quant_type="nf4"
        )
        four.weight = bnb.nn.Params4bit(layer.weight.data, requires_grad=False, quant_type="nf4", blocksize=_NF4_BLOCK)
        # Otherwise a forward without gradients repacks the weights on a CPU with AVX512-BF16, and the next
        # backward goes through an op without autograd: LoRA gradients come out hundreds of times too small.
        four.support_avx512bf16_for_cpu = False
        quantized: nn.Module = four
    else:
        quantized = bnb.nn.Linear8bitLt(layer.in_features, layer.out_features, bias=bias, has_fp16_weights=False)
        quantized.weight = bnb.nn.Int8Params(layer.weight.data, requires_grad=False, has_fp16_weights=False)
    if bias:
        quantized.bias = nn.Parameter(layer.bias.data, requires_grad=False)
    return quantized


def is_quantized(layer: nn.Module) -> bool:
    """Whether a layer's weight is stored in 4 or 8 bits."""
    return isinstance(layer, (bnb.nn.Linear4bit, bnb.nn.Linear8bitLt))


def dequantized_weight(layer: nn.Module, dtype: torch.dtype) -> torch.Tensor:
    """The (out, in) weight that a linear layer really multiplies with, in ``dtype``; of a shared one on every rank."""
    weight = whole(layer.weight)  # type: ignore[arg-type]
    if isinstance(layer, bnb.nn.Linear4bit):
        return torch.as_tensor(bnb.functional.dequantize_4bit(weight.data, layer.quant_state)).to(dtype)
    if isinstance(layer, bnb.nn.Linear8bitLt):
        stored: Any = getattr(weight, "SCB", None)
        scale: torch.Tensor = layer.state.SCB if stored is None else stored
        return (weight.data.float() * (scale / 127.0)[:, None]).to(dtype)
    if isinstance(layer, Conv1D):  # GPT-2's
        weight = weight.t()
    return weight.detach().to(dtype)
