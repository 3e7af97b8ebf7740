"""The copy of the policy that samples: the dequantised base in one type, with LoRA as a side path.

Merging into bfloat16 would lose a third or more of a small change, and dequantising at every step costs most of a
decode. On a CPU the weights are laid out once as oneDNN's kernels read them (a quarter less time a product, the same
bits), and the first factors of adapters that share an input (queries, keys and values; gate and up) are one product.
"""

import functools
from copy import deepcopy as copy_of
from typing import Any

import torch
from peft.tuners.lora import LoraLayer
from torch import nn
from transformers import AutoModelForCausalLM

from axiom.policy.quantization import dequantized_weight, is_quantized

_ROWS_OF_A_DECODE = 128
# Most models' names. Where others share an input, or these do not, results are the same and only speed differs.
_SAME_INPUT = {"q_proj": "qkv", "k_proj": "qkv", "v_proj": "qkv", "gate_proj": "gate_up", "up_proj": "gate_up"}


class SharedDown:
    """The first LoRA factors of layers that are called with the same input, as one product.

    Args:
        layers: how many they are.
    """

    def __init__(self, layers: int) -> None:
        self._factors: list[torch.Tensor] = [torch.empty(0)] * layers
        self._joined: torch.Tensor | None = None
        self._input: torch.Tensor | None = None
        self._parts: tuple[torch.Tensor, ...] = ()

    def set(self, number: int, factor: torch.Tensor) -> None:
        """Take the (r, in) factor of one of the layers."""
        self._factors[number] = factor
        self._joined = self._input = None

    def __call__(self, number: int, x: torch.Tensor) -> torch.Tensor:
        """(rows, in) to one layer's (rows, r); the others' are kept until another input comes."""
        if self._joined is None:
            self._joined = torch.cat(self._factors).t().contiguous()
        if self._input is not x:
            self._input = x
            self._parts = (x.reshape(-1, x.shape[-1]) @ self._joined).split([len(f) for f in self._factors], dim=1)  # type: ignore[no-untyped-call]
        part = self._parts[number]
        if number == len(self._factors) - 1:
            self._input, self._parts = None, ()  # no input outlives its step
        return part


@functools.cache
def _packed_types() -> tuple[torch.dtype, ...]:
    """What oneDNN lays out here: bfloat16 only where the processor has instructions to convert it."""
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return ()
    return (torch.float32, torch.bfloat16) if torch.ops.mkldnn._is_mkldnn_bf16_supported() else (torch.float32,)


class SamplingLinear(nn.Module):
    """``x W^T + b`` with the weight in the layout that is read the fastest; for sampling only.

    Args:
        weight: (out, in).
        bias: (out,) or None.
    """

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor | None) -> None:
        super().__init__()
        self.out_features = weight.shape[0]
        self.is_packed = weight.device.type == "cpu" and weight.dtype in _packed_types()
        if self.is_packed:
            weight = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), _ROWS_OF_A_DECODE)
        self.weight = weight
        self.register_buffer("bias", bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) to (..., out)."""
        out: torch.Tensor
        if self.is_packed:
            out = torch.ops.mkldnn._linear_pointwise(x, self.weight, self.bias, "none", [], "")
        else:
            out = nn.functional.linear(x, self.weight, self.bias)  # type: ignore[arg-type]
        return out


class SidePathLinear(SamplingLinear):
    """``x W^T + b + (x A^T) B^T`` with the LoRA scale folded into B.

    Args:
        layer: PEFT's LoRA layer around the base linear layer.
        dtype: of all weights here.
        down: computes ``x A^T``, for its siblings too.
        number: of this layer among them.
    """

    def __init__(self, layer: LoraLayer, dtype: torch.dtype, *, down: SharedDown, number: int) -> None:
        base = layer.get_base_layer()
        bias = None if base.bias is None else base.bias.detach().to(dtype)
        super().__init__(dequantized_weight(base, dtype), bias)
        self.dtype = dtype
        self._down, self._number = down, number
        self.up = torch.empty(0)
        self.is_zero = True

    def copy_adapter(self, layer: Any) -> None:
        """Take the LoRA factors of the layer that trains."""
        scale = layer.scaling["default"]
        self._down.set(self._number, layer.lora_A["default"].weight.detach().to(self.dtype, copy=True))
        self.up = (layer.lora_B["default"].weight.detach() * scale).to(self.dtype).t().contiguous()
        self.is_zero = not bool(self.up.any())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) to (..., out)."""
        out = super().forward(x)
        if self.is_zero:  # a fresh adapter: model 0 samples at the base's speed
            return out
        return out.view(-1, self.out_features).addmm_(self._down(self._number, x), self.up).view_as(out)


def _siblings(source: Any) -> list[list[tuple[str, LoraLayer]]]:
    """The LoRA layers by name, those that meet the same input together."""
    groups: dict[tuple[str, str], list[tuple[str, LoraLayer]]] = {}
    for name, layer in source.named_modules():
        if isinstance(layer, LoraLayer):
            parent, _, child = name.rpartition(".")
            groups.setdefault((parent, _SAME_INPUT.get(child, child)), []).append((name, layer))
    return list(groups.values())


def sampling_copy(source: Any, dtype: torch.dtype) -> Any:
    """A model of the same class whose LoRA layers are side paths and whose other weights are shared.

    Args:
        source: the causal LM with PEFT's LoRA layers in it.
        dtype: of the copy's arithmetic.
    """
    with torch.device("meta"):
        copy = AutoModelForCausalLM.from_config(copy_of(source.config), dtype=dtype)
    for siblings in _siblings(source):
        down = SharedDown(len(siblings))
        for number, (name, layer) in enumerate(siblings):
            parent, _, child = name.rpartition(".")
            setattr(copy.get_submodule(parent), child, SidePathLinear(layer, dtype, down=down, number=number))
    own = dict(source.named_parameters(remove_duplicate=False)) | dict(source.named_buffers(remove_duplicate=False))
    for name, module in source.named_modules():
        if is_quantized(module) and not name.endswith(".base_layer"):  # an adapter on some layers leaves others bare
            own[f"{name}.weight"] = dequantized_weight(module, dtype)
    for name, tensor in [*copy.named_parameters(remove_duplicate=False), *copy.named_buffers(remove_duplicate=False)]:
        if tensor is not None and tensor.is_meta:
            parent, _, child = name.rpartition(".")
            module = copy.get_submodule(parent)
            if child in module._parameters:
                module._parameters[child] = nn.Parameter(own[name].detach(), requires_grad=False)
            else:
                module._buffers[child] = own[name]
    for name, module in list(copy.named_modules()):
        if type(module) is nn.Linear:  # above all the head, whose weight the embedding may share
            parent, _, child = name.rpartition(".")
            setattr(copy.get_submodule(parent), child, SamplingLinear(module.weight.detach(), module.bias))
    copy.generation_config = source.generation_config
    return copy.eval()
