"""The training model's attention: over a packed row tree by tree, and over any other call as Transformers masks it.

Registered with Transformers' ``AttentionInterface`` and set once, so a forward that a checkpoint repeats in the
backward meets the same arithmetic. A packed row brings :class:`TreeMasks` as an argument of the forward; its trees are
attended to one after the other, so nothing is spent on pairs of tokens of different trees. Windows, soft caps, sinks
and grouped queries are done here, since Transformers' own SDPA path leaves some of them out.

On the CPU attention is two products and a softmax while the scores are small: the backward of PyTorch's flash kernel
takes several times as long there. On CUDA, and where the scores would be large, it is PyTorch's fused attention.

Notation: B batch, T tokens, H query heads, K key-value heads, R = H / K, D head width, n tokens of a block.
"""

from typing import Any

import torch
from torch import nn
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, eager_mask

from axiom.learning.packing import PackedBatch
from axiom.policy.models import runs_on_attention_alone

IMPLEMENTATION = "axiom_tree_attention"
# Far below any score, yet finite in float16.
_HIDDEN = -30_000.0
# Keys. One core and nine heads, forward and backward: 6.7 ms against the kernel's 7.3 at 306, 33 against 29 at 600.
_PRODUCTS_UP_TO = 512
# On CUDA a few larger calls beat many small ones.
_JOINED_UP_TO = {"cuda": 2048}
# Where the one fused kernel that takes a mask takes no grouped queries.
_REPEATS_KEYS = {"cuda"}


class TreeMasks:
    """Who sees whom in a packed row, made once for all layers.

    Args:
        batch: on the model's device.
        dtype: of the attention's arithmetic.
    """

    def __init__(self, batch: PackedBatch, *, dtype: torch.dtype) -> None:
        self.dtype = dtype
        lengths, device = batch.tree_lengths, batch.input_ids.device
        self.lengths = _joined(lengths, up_to=_JOINED_UP_TO.get(device.type, 0))
        self._positions, self._branches = batch.position_ids[0], batch.branches
        self._trees = torch.repeat_interleave(torch.tensor(lengths)).to(device)
        self._masks: dict[int | None, list[torch.Tensor]] = {}

    def blocks(self, window: int | None) -> list[torch.Tensor]:
        """For each block of the row the (1, 1, n, n) mask to be added to its scores.

        Args:
            window: a token sees this many, itself among them; None sees all.
        """
        if window not in self._masks:
            parts = [part.split(self.lengths) for part in (self._trees, self._branches, self._positions)]  # type: ignore[no-untyped-call]
            self._masks[window] = [self._mask(*block, window=window) for block in zip(*parts, strict=True)]
        return self._masks[window]

    def _mask(
        self, trees: torch.Tensor, branches: torch.Tensor, positions: torch.Tensor, *, window: int | None
    ) -> torch.Tensor:
        seen = (trees[:, None] == trees) & ((branches == -1) | (branches[:, None] == branches))
        distance = positions[:, None] - positions
        seen &= distance >= 0
        if window is not None:
            seen &= distance < window
        return torch.zeros(seen.shape, dtype=self.dtype, device=seen.device).masked_fill_(~seen, _HIDDEN)[None, None]


def _joined(lengths: tuple[int, ...], *, up_to: int) -> list[int]:
    """Neighbouring trees as blocks of up to this many tokens; a longer tree stays alone."""
    blocks = [lengths[0]]
    for length in lengths[1:]:
        if blocks[-1] + length <= up_to:
            blocks[-1] += length
        else:
            blocks.append(length)
    return blocks


def use_tree_attention(model: Any) -> bool:
    """Have a causal LM attend as here from now on.

    Returns:
        False, and the model as it was, if it does not run on attention alone: it is then trained on one Example after
        the other.
    """
    if not runs_on_attention_alone(model):
        return False
    model.set_attn_implementation(IMPLEMENTATION)
    return True


def attend(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor | None,
    *,
    scaling: float,
    softcap: float = 0.0,
    sink: torch.Tensor | None = None,
    dropout: float = 0.0,
) -> torch.Tensor:
    """Attention under a mask.

    Args:
        query: (B, H, Q, D).
        key, value: (B, K, T, D).
        mask: (B or 1, 1, Q, T), added to the scores, or None.
        scaling: factor on the scores.
        softcap: scores are squeezed to this by tanh; 0 leaves them.
        sink: (H,) score of a key without a value (attention sinks, arXiv 2309.17453), or None.
        dropout: of the weights.

    Returns:
        (B, Q, H, D).
    """
    batch, heads, length, _ = query.shape
    kv_heads, keys = key.shape[1], key.shape[2]
    small = query.device.type == "cpu" and keys <= _PRODUCTS_UP_TO
    if not (small or softcap or sink is not None):
        mask = None if mask is None else mask.to(query.dtype)
        if mask is not None and query.device.type in _REPEATS_KEYS:
            key, value = (part.repeat_interleave(heads // part.shape[1], dim=1) for part in (key, value))
        out = nn.functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, dropout_p=dropout, scale=scaling, enable_gqa=heads != key.shape[1]
        )
        return out.transpose(1, 2)
    # In float32: large key biases make scores of hundreds, whose fractions bfloat16 drops (transformers#33317).
    with torch.autocast(query.device.type, enabled=False):
        grouped = query.float().reshape(batch, kv_heads, -1, query.shape[3]) * scaling
        scores = torch.matmul(grouped, key.float().transpose(2, 3)).view(batch, heads, length, keys)
    if softcap:
        scores = torch.tanh(scores / softcap) * softcap
    if mask is not None:
        scores.add_(mask)
    if sink is not None:
        scores = torch.cat([scores, sink.to(scores.dtype).view(1, heads, 1, 1).expand(batch, -1, length, 1)], dim=-1)
    weights = torch.softmax(scores, dim=-1)[..., :keys].to(value.dtype)
    weights = nn.functional.dropout(weights, p=dropout) if dropout else weights
    out = torch.matmul(weights.reshape(batch, kv_heads, -1, keys), value)
    return out.view(batch, heads, length, -1).transpose(1, 2)


def _attention(
    module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    softcap: float | None = None,
    sliding_window: int | None = None,
    s_aux: torch.Tensor | None = None,
    tree_masks: TreeMasks | None = None,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    options: dict[str, Any] = {
        "scaling": query.shape[-1] ** -0.5 if scaling is None else scaling,
        "softcap": softcap or 0.0,
        "sink": s_aux,
        "dropout": dropout,
    }
    if tree_masks is None:
        return attend(query, key, value, attention_mask, **options).contiguous(), None
    blocks = zip(
        *(part.split(tree_masks.lengths, dim=2) for part in (query, key, value)),  # type: ignore[no-untyped-call]
        tree_masks.blocks(sliding_window),
        strict=True,
    )
    return torch.cat([attend(*block, **options) for block in blocks], dim=1), None


AttentionInterface.register(IMPLEMENTATION, _attention)
AttentionMaskInterface.register(IMPLEMENTATION, eager_mask)
