"""Attention in two parts: over a prompt that several rows share, and over the blocks that belong to one row each.

The split of FlashAttention (arXiv 2205.14135) and Flash-Decoding (2023): softmax over all keys is the average of the
softmaxes over parts of them, each weighed by the exponential of its log-sum-exponent. On the CPU the shared part is one
call of PyTorch's own flash kernel; for the blocks that kernel runs a small product for each head of each block, and two
batched products over all of them take two thirds of its time.

Notation: G groups, Q queries of a group, P prompt tokens, A rows, N blocks, C columns of a block, K key-value heads, R
query heads of each, D head width.
"""

import math

import torch
from torch import nn

# Far below any score, yet finite: what is hidden altogether gets an average, and a weight of 0 beside anything else.
HIDDEN = -30_000.0
_LOG2_E = math.log2(math.e)


def shared_part(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor,
    *,
    scaling: float,
    softcap: float = 0.0,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attention of each group's queries over its prompt.

    Args:
        query: (G, K, Q, D).
        key, value: (G, K, P, D).
        mask: (G, 1, 1 or Q, P) added to the scores, 0 or ``HIDDEN``, of the query's type.
        scaling: factor on the scores.
        softcap: scores are squeezed to this by tanh; 0 leaves them.

    Returns:
        (G, K, Q, D) of the query's type, and the (G, K, Q) float32 log-sum-exponents of the scores.
    """
    if query.device.type == "cpu" and not softcap and query.shape[-1] == value.shape[-1]:
        out, log_sum = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
            query, key, value, 0.0, False, attn_mask=mask, scale=scaling
        )
        return out, log_sum
    query, scaling = _scaled(query, scaling)
    scores = _product(query.flatten(0, 1), key.flatten(0, 1).transpose(1, 2), scaling)
    scores = capped(scores.view(*query.shape[:3], -1), softcap) + mask
    log_sum = torch.logsumexp(scores, dim=-1)
    return torch.matmul((scores - log_sum[..., None]).exp().to(value.dtype), value), log_sum


def with_own_blocks(
    shared: tuple[torch.Tensor, torch.Tensor],
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor,
    owners: torch.Tensor,
    *,
    scaling: float,
    softcap: float = 0.0,
    sink: torch.Tensor | None = None,
) -> torch.Tensor:
    """Attention of each row over the part that :func:`shared_part` gave and its own blocks together.

    Args:
        shared: of each row, (A, K, R, D) and (A, K, R).
        query: (A, K, R, D).
        key, value: (N, K, C, D).
        mask: (N, 1, 1, C) float32 added to the scores, 0 or ``HIDDEN``.
        owners: (N,) int64, the row that each block belongs to.
        scaling, softcap: as in :func:`shared_part`.
        sink: (K, R) score of a key without a value (attention sinks, arXiv 2309.17453), or None.

    Returns:
        (A, K, R, D) of the query's type.
    """
    (shared_out, shared_sum), (blocks, kv_heads, columns, _) = shared, key.shape
    # Keys on the left: they are read where they lie, and only the small queries change their layout.
    small, scaling = _scaled(query, scaling)
    across = small.index_select(0, owners).flatten(0, 1).transpose(1, 2)
    scores = _product(key.flatten(0, 1), across, scaling).view(blocks, kv_heads, columns, -1).transpose(2, 3)
    scores = capped(scores, softcap).add_(mask)
    highest = scores.amax(dim=-1)
    highest = shared_sum.scatter_reduce(0, owners[:, None, None].expand_as(highest), highest, "amax")
    # Not exp: what is hidden underflows, and MKL's exp takes twenty times as long there.
    weights = torch.exp2(scores.sub_(highest[owners][..., None]).mul_(_LOG2_E))
    shared_weight = (shared_sum - highest).exp_()
    total = shared_weight.index_add(0, owners, weights.sum(dim=-1))
    if sink is not None:
        total += (sink.float() - highest).exp_()
    own = torch.bmm(weights.to(value.dtype).flatten(0, 1), value.flatten(0, 1)).float()
    out = shared_out.float() * shared_weight[..., None]
    out.index_add_(0, owners, own.view(blocks, kv_heads, -1, value.shape[3]))
    return out.div_(total[..., None]).to(query.dtype)


def causal(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    *,
    scaling: float,
    softcap: float,
    window: int | None,
    sink: torch.Tensor | None,
    known: torch.Tensor | None = None,
) -> torch.Tensor:
    """A prompt's attention to itself: (B, H, L, D); what stands in padding is of no use and is not looked at.

    Args:
        query: (B, H, L, D).
        key, value: (B, K, P, D), of the whole prompts; P is L where nothing is known.
        scaling, softcap, sink: as in :func:`with_own_blocks`.
        window: a token sees this many, itself among them; None sees all.
        known: (B,) tokens of each prompt before the first that has a query; None stands for none of any.
    """
    batch, heads, length, _ = query.shape
    kv_heads = key.shape[1]
    if known is None and not softcap and sink is None and (window is None or length <= window):
        return nn.functional.scaled_dot_product_attention(
            query, key, value, is_causal=True, scale=scaling, enable_gqa=heads != kv_heads
        )
    own = torch.arange(length, device=query.device).expand(batch, -1) + (0 if known is None else known[:, None])
    column = torch.arange(key.shape[2], device=query.device)
    hidden = column > own[..., None]
    if window is not None:
        hidden |= column <= own[..., None] - window
    mask = (hidden * HIDDEN).to(query.dtype)[:, None]
    repeat = heads // kv_heads
    key, value = key.repeat_interleave(repeat, dim=1), value.repeat_interleave(repeat, dim=1)
    out, log_sum = shared_part(query, key, value, mask, scaling=scaling, softcap=softcap)
    if sink is not None:
        out = out * torch.sigmoid(log_sum - sink.view(1, heads, 1)).to(out.dtype)[..., None]
    return out


def _scaled(query: torch.Tensor, scaling: float) -> tuple[torch.Tensor, float]:
    """The query with the factor in it, and what is left of the factor: a shorter type than float32 would round it."""
    return (query * scaling, 1.0) if query.dtype == torch.float32 else (query, scaling)


def _product(left: torch.Tensor, right: torch.Tensor, scaling: float) -> torch.Tensor:
    """Float32 scores from float32 sums: large key biases make scores of hundreds, whose fractions bfloat16 drops
    (transformers#33317).

    Args:
        left: (N, M, D).
        right: (N, D, T).
        scaling: factor on the scores, but of float32's, which :func:`_scaled` has given it already.

    Returns:
        (N, M, T).
    """
    if left.dtype == torch.float32:
        return torch.bmm(left, right).float()  # autocast may have shortened it
    if left.device.type == "cuda":
        return torch.bmm(left, right, out_dtype=torch.float32).mul_(scaling)
    with torch.autocast(left.device.type, enabled=False):
        return torch.bmm(left.float(), right.float()).mul_(scaling)


def capped(scores: torch.Tensor, softcap: float) -> torch.Tensor:
    """Scores squeezed to ``softcap`` by tanh; 0 leaves them."""
    return torch.tanh(scores / softcap).mul_(softcap) if softcap else scores
