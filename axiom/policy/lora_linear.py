"""PEFT's LoRA layers with one autograd step for the base and the adapter together, for training.

PEFT's own forward copies the base's output, scales the adapter's and adds it, and autograd goes back through each of
these in passes over memory that cost a CPU more than the adapter's products. Here the adapter's products add to the
base's in place and in its type, forward and backward; the factors stay float32, and the base is dequantised in both, as
bitsandbytes does. Outside training, with the adapter off, or with dropout, the layers are PEFT's.
"""

from typing import Any

import bitsandbytes as bnb
import torch
from peft.tuners.lora import Linear
from peft.tuners.lora.bnb import Linear4bit
from torch import nn

from axiom.policy.quantization import Quantization, dequantized_weight


class _LoraProduct(torch.autograd.Function):
    """``x W^T + b + s (x A^T) B^T`` with gradients for x, A and B."""

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, down: torch.Tensor, up: torch.Tensor, scale: float, base: nn.Linear
    ) -> torch.Tensor:
        rows = x.reshape(-1, x.shape[-1])
        down, up = down.to(x.dtype), (up * scale).to(x.dtype)
        hidden = rows @ down.t()
        out = nn.functional.linear(rows, dequantized_weight(base, x.dtype), base.bias)
        out.addmm_(hidden, up.t())
        ctx.save_for_backward(rows, hidden, down, up)
        ctx.scale, ctx.base, ctx.shape = scale, base, x.shape
        return out.view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        rows, hidden, down, up = ctx.saved_tensors
        grad = grads[0].reshape(-1, up.shape[0])
        through = grad @ up
        of_down, of_up = through.t() @ rows, (grad.t() @ hidden).float().mul_(ctx.scale)
        of_x = None
        if ctx.needs_input_grad[0]:
            of_x = grad @ dequantized_weight(ctx.base, grad.dtype)
            of_x = of_x.addmm_(through, down).view(ctx.shape)
        return of_x, of_down.float(), of_up, None, None


def _product(layer: Any, x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor | None:
    """A LoRA layer's output in one step, or None where PEFT's own forward is wanted.

    Args:
        layer: PEFT's.
        x: (..., in).
        dtype: of the base's arithmetic.
    """
    name = layer.active_adapters[0]
    if not torch.is_grad_enabled() or layer.disable_adapters or layer.merged or len(layer.active_adapters) > 1:
        return None
    if name in layer.lora_variant or not isinstance(layer.lora_dropout[name], nn.Identity):
        return None
    down, up = layer.lora_A[name].weight, layer.lora_B[name].weight
    kind = x.device.type
    wanted = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else dtype
    if not x.dtype == dtype == wanted:
        return None
    return _LoraProduct.apply(x, down, up, layer.scaling[name], layer.get_base_layer())  # type: ignore[no-any-return, no-untyped-call]


class LoraLinear(Linear):  # type: ignore[misc]
    """LoRA over a plain linear layer."""

    def forward(self, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        """(..., in) to (..., out)."""
        out = None if args or kwargs else _product(self, x, self.get_base_layer().weight.dtype)
        return super().forward(x, *args, **kwargs) if out is None else out  # type: ignore[no-any-return]


class LoraLinear4bit(Linear4bit):  # type: ignore[misc]
    """LoRA over an NF4 layer."""

    def forward(self, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        """(..., in) to (..., out)."""
        out = None if args or kwargs else _product(self, x, self.get_base_layer().compute_dtype)
        return super().forward(x, *args, **kwargs) if out is None else out  # type: ignore[no-any-return]


# By the kind of quantisation, because bitsandbytes' classes are kinds of nn.Linear.
LORA_LAYERS: dict[Quantization, dict[type[nn.Module], type[nn.Module]]] = {
    "nf4": {bnb.nn.Linear4bit: LoraLinear4bit},
    "none": {nn.Linear: LoraLinear},
    "int8": {},
}
