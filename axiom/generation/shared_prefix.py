"""Attention for Best-of-N: the samples of one prompt attend to a single copy of its keys and values.

Registered with Transformers' ``AttentionInterface``, so that any of its models runs with it unchanged. The
keys and values live here, not in a Transformers cache, whose growth by ``torch.cat`` costs more than the matrix
products of a small model.

Notation: G groups (a prompt each), W rows in a group (completions under way), S = G * W slots, A active slots,
H query heads, K key-value heads, D head width, P prompt tokens, T completion tokens.
"""

from typing import Any

import torch
from torch import nn
from transformers import AttentionInterface

from axiom.errors import SamplingError

IMPLEMENTATION = "axiom_shared_prefix"


class SharedPrefixState:
    """Keys and values of all groups and where each active row stands.

    Args:
        groups: G.
        width: W.
        max_prompt: longest prompt, in tokens.
        max_new: longest completion, in tokens.
    """

    def __init__(self, *, groups: int, width: int, max_prompt: int, max_new: int) -> None:
        self.groups, self.width = groups, width
        self.max_prompt, self.max_new = max_prompt, max_new
        self.prefix: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
        self.suffix: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
        self.prefilling: torch.Tensor | None = None
        self.slots = torch.empty(0, dtype=torch.long)
        self.columns = torch.empty(0, dtype=torch.long)
        self.mask = torch.empty(0)
        self.prompt_columns = self.suffix_columns = 0

    def begin_prefill(self, groups: torch.Tensor) -> None:
        """The next forward brings whole prompts for these groups: (B,) int64."""
        self.prefilling = groups

    def begin_step(
        self, *, slots: torch.Tensor, columns: torch.Tensor, prompt_lengths: torch.Tensor, dtype: torch.dtype
    ) -> None:
        """The next forward brings one token for each active slot.

        Args:
            slots: (A,) int64, ascending.
            columns: (A,) int64, where in its suffix each slot's token goes.
            prompt_lengths: (G,) int64, tokens of each group's prefix.
            dtype: of the attention scores.
        """
        device = prompt_lengths.device
        self.prefilling, self.slots, self.columns = None, slots, columns
        self.prompt_columns = int(prompt_lengths.max())
        self.suffix_columns = int(columns.max()) + 1
        filled = torch.full((self.groups * self.width,), 0, dtype=torch.long, device=device)
        filled[slots] = columns
        prompt = torch.arange(self.prompt_columns, device=device) < prompt_lengths[:, None]
        suffix = torch.arange(self.suffix_columns, device=device) <= filled[:, None]
        visible = torch.cat(
            [
                prompt[:, None].expand(-1, self.width, -1),
                suffix.view(self.groups, self.width, -1),
            ],
            dim=-1,
        )
        self.mask = torch.where(visible, 0.0, torch.finfo(dtype).min).to(dtype)[:, None, :, None]

    def keep(self, groups: torch.Tensor) -> None:
        """Drop all groups but these, (G',) int64, which are numbered anew in this order."""
        self.groups = len(groups)
        for layer, (keys, values) in self.prefix.items():
            self.prefix[layer] = keys[groups], values[groups]
            keys, values = self.suffix[layer]
            self.suffix[layer] = keys[groups], values[groups]

    def attend(
        self, layer: int, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float
    ) -> torch.Tensor:
        """One layer's attention; stores the new keys and values first.

        Args:
            layer: index of the layer.
            query: (A, H, 1, D), or (B, H, P, D) in a prefill.
            key, value: the same with K heads.
            scaling: factor on the scores.

        Returns:
            (A, 1, H, D) or (B, P, H, D).
        """
        if layer not in self.prefix:
            self._allocate(layer, key)
        if self.prefilling is not None:
            return self._prefill(layer, query, key, value, scaling)
        return self._step(layer, query, key, value, scaling)

    def _allocate(self, layer: int, key: torch.Tensor) -> None:
        heads, width = key.shape[1], key.shape[3]
        prefix = (2, self.groups, heads, self.max_prompt, width)
        suffix = (2, self.groups, heads, self.width, self.max_new, width)
        self.prefix[layer] = tuple(torch.zeros(prefix, dtype=key.dtype, device=key.device))  # type: ignore[assignment]
        self.suffix[layer] = tuple(torch.zeros(suffix, dtype=key.dtype, device=key.device))  # type: ignore[assignment]

    def _prefill(
        self, layer: int, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float
    ) -> torch.Tensor:
        length = key.shape[2]
        keys, values = self.prefix[layer]
        keys[self.prefilling, :, :length] = key
        values[self.prefilling, :, :length] = value
        out = nn.functional.scaled_dot_product_attention(
            query, key, value, is_causal=True, scale=scaling, enable_gqa=query.shape[1] != key.shape[1]
        )
        return out.transpose(1, 2)

    def _step(
        self, layer: int, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float
    ) -> torch.Tensor:
        active, heads, _, depth = query.shape
        kv_heads = key.shape[1]
        repeat = heads // kv_heads
        group, row = self.slots // self.width, self.slots % self.width
        suffix_keys, suffix_values = self.suffix[layer]
        suffix_keys[group, :, row, self.columns] = key[:, :, 0]
        suffix_values[group, :, row, self.columns] = value[:, :, 0]

        spread = query.new_zeros(self.groups * self.width, kv_heads, repeat, depth)
        spread[self.slots] = (query * scaling).view(active, kv_heads, repeat, depth)
        # (G, K, W, repeat, D): the rows of a group side by side, so that one product serves its prefix.
        spread = spread.view(self.groups, self.width, kv_heads, repeat, depth).transpose(1, 2).contiguous()
        prompt, suffix = self.prompt_columns, self.suffix_columns
        keys, values = (part[:, :, :prompt] for part in self.prefix[layer])
        own_keys, own_values = (part[:, :, :, :suffix] for part in (suffix_keys, suffix_values))

        shape = (self.groups, kv_heads, self.width, repeat)
        flat = (self.groups, kv_heads, self.width * repeat)
        on_prefix = torch.matmul(spread.view(*flat, depth), keys.transpose(-1, -2)).view(*shape, prompt)
        on_suffix = torch.matmul(spread, own_keys.transpose(-1, -2))
        scores = torch.cat([on_prefix, on_suffix], dim=-1) + self.mask
        weights = torch.softmax(scores, dim=-1, dtype=torch.float32).to(query.dtype)
        out = torch.matmul(weights[..., :prompt].reshape(*flat, prompt), values).view(*shape, depth)
        out = out + torch.matmul(weights[..., prompt:], own_values)
        return out.transpose(1, 2).reshape(-1, heads, depth)[self.slots][:, None]


def _attention(
    module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    shared_prefix: SharedPrefixState | None = None,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    if shared_prefix is None:
        raise SamplingError("this model's layers do not pass attention arguments on; the engine cannot serve it")
    if scaling is None:
        scaling = query.shape[-1] ** -0.5
    layer = module.layer_idx
    assert isinstance(layer, int)
    return shared_prefix.attend(layer, query, key, value, scaling), None


AttentionInterface.register(IMPLEMENTATION, _attention)
