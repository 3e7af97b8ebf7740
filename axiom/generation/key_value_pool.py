"""Keys and values for Best-of-N: a prompt's are kept once for all samples of it, a sample's own in small blocks.

Registered with Transformers' ``AttentionInterface``, so that any of its models runs with it unchanged. A group is a
prompt and the rows that answer it together; without the CPU's kernel their queries meet its keys in one product. What a
row adds goes into blocks of columns (PagedAttention, arXiv 2309.06180) that are preallocated, lent in the order of
their numbers and given back when the row ends, so attention reads about what is alive: no cache grows by ``torch.cat``,
no prompt is kept twice, and a short row does not pay for a long neighbour. The arithmetic is in
:mod:`axiom.generation.attention_parts`.

Notation: G groups, W rows in a group, A rows under way, N blocks in use, C columns in a block, P prompt tokens, H query
heads, K key-value heads, R = H / K, D head width.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from transformers import AttentionInterface

from axiom.errors import SamplingError
from axiom.generation.attention_parts import HIDDEN, causal, shared_part, with_own_blocks
from axiom.generation.block_attention import COLUMNS, attend_step, is_served
from axiom.generation.decode_step import DecodeStep
from axiom.generation.kept_prompts import KeptPrompt

IMPLEMENTATION = "axiom_key_value_pool"


@dataclass(slots=True)
class _Layer:
    """One layer's keys and values: of the prompts (G, K, P, D), and of the rows' own blocks (N, K, C, D)."""

    prompt: tuple[torch.Tensor, torch.Tensor]
    own: tuple[torch.Tensor, torch.Tensor]


class KeyValuePool:
    """Keys and values of all groups, who may see them, and what the next forward brings.

    Args:
        groups: G.
        width: W.
        dtype: of the model's arithmetic.
        device: of everything here.
    """

    def __init__(self, *, groups: int, width: int, dtype: torch.dtype, device: torch.device) -> None:
        self.groups, self.width, self.dtype, self.device = groups, width, dtype, device
        self._layers: dict[int, _Layer] = {}
        self._lengths = [0] * groups
        self._prompt_mask = torch.full((groups, 1, 1, 1), HIDDEN, dtype=dtype, device=device)
        self._blocks: dict[int, list[int]] = {}
        self._free: list[int] = []
        self._count = self._capacity = 0
        self._prefill: torch.Tensor | None = None
        self._known: torch.Tensor | None = None
        self._columns = 0
        self._step: DecodeStep | None = None

    def begin_prefill(
        self,
        groups: Sequence[int],
        lengths: Sequence[int],
        *,
        known: Sequence[tuple[KeptPrompt | None, int]],
        width: int,
    ) -> None:
        """The next forward brings the prompts of these groups, or what is not known of them.

        Args:
            groups: (B,) their numbers.
            lengths: (B,) tokens of each prompt.
            known: (B,) a prompt that was read before, and how many tokens the group's has in common with it.
            width: tokens of each that the forward brings, padding on the right among them.
        """
        counts = [count for _, count in known]
        self._columns = max(counts) + width
        longest = max(*lengths, self._columns)
        if longest > self._prompt_mask.shape[3]:
            self._prompt_mask = _enlarged(self._prompt_mask, 3, -(-longest // COLUMNS) * COLUMNS, HIDDEN)
        index = torch.tensor(groups, device=self.device)
        columns = torch.arange(self._prompt_mask.shape[3], device=self.device)
        beyond = columns >= torch.tensor(lengths, device=self.device)[:, None]
        self._prompt_mask[index] = (beyond * HIDDEN).to(self.dtype)[:, None, None]
        for group, length, (kept, count) in zip(groups, lengths, known, strict=True):
            self._lengths[group] = length
            for number, parts in () if kept is None else kept.layers.items():
                layer = self._layer(number, *(part[None] for part in parts))
                for own, part in zip(layer.prompt, parts, strict=True):
                    own[group, :, :count] = part[:, :count]
        self._prefill = index
        self._known = torch.tensor(counts, device=self.device) if any(counts) else None

    def kept(self, group: int, tokens: Sequence[int]) -> KeptPrompt:
        """A copy of the keys and values of a group's prompt, which is these tokens."""
        return KeptPrompt(
            tuple(tokens),
            {
                number: (
                    layer.prompt[0][group, :, : len(tokens)].clone(),
                    layer.prompt[1][group, :, : len(tokens)].clone(),
                )
                for number, layer in self._layers.items()
            },
        )

    def begin_step(self, places: Sequence[int], drawn: Sequence[int]) -> None:
        """The next forward brings one token for each row under way.

        Args:
            places: (A,) where the rows are: the group's number times W, and the row's number in it.
            drawn: (A,) how many columns of its own the row has.
        """
        self._prefill = None
        for place, count in zip(places, drawn, strict=True):
            if count % COLUMNS == 0:
                self._blocks.setdefault(place, []).append(self._lend())
        if self._count > 2 * sum(map(len, self._blocks.values())):
            self._close_gaps()
        self._step = DecodeStep.of(
            places,
            [count + 1 for count in drawn],
            [self._lengths[place // self.width] for place in places],
            [self._blocks[place] for place in places],
            groups=self.groups,
            width=self.width,
            device=self.device,
        )

    def _lend(self) -> int:
        """The free block of the lowest number, or a new one."""
        if self._free:
            return heapq.heappop(self._free)
        self._count += 1
        if self._count > self._capacity:
            self._capacity = max(self._count * 5 // 4, 8)
        return self._count - 1

    def _close_gaps(self) -> None:
        """Number the blocks in use anew, from 0; none is new, as blocks are made only where none is free."""
        index = torch.tensor([block for blocks in self._blocks.values() for block in blocks], device=self.device)
        numbers = iter(range(len(index)))
        self._blocks = {place: [next(numbers) for _ in blocks] for place, blocks in self._blocks.items()}
        for layer in self._layers.values():
            layer.own = (layer.own[0][index], layer.own[1][index])
        self._free, self._count, self._capacity = [], len(index), len(index)

    def end_row(self, place: int) -> None:
        """A row has ended: its blocks are free."""
        for block in self._blocks.pop(place, []):
            heapq.heappush(self._free, block)

    def keep(self, groups: Sequence[int]) -> None:
        """Drop all groups but these, which are numbered anew in this order, and their rows with them."""
        number = {group: new for new, group in enumerate(groups)}
        index = torch.tensor(groups, device=self.device)
        self._lengths = [self._lengths[group] for group in groups]
        self._prompt_mask = self._prompt_mask[index]
        for layer in self._layers.values():
            layer.prompt = (layer.prompt[0][index], layer.prompt[1][index])
        self._blocks = {
            number[place // self.width] * self.width + place % self.width: blocks
            for place, blocks in self._blocks.items()
        }
        self.groups = len(groups)

    def attend(
        self,
        index: int,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        *,
        scaling: float,
        softcap: float = 0.0,
        window: int | None = None,
        sink: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """One layer's attention; stores the new keys and values first.

        Args:
            index: of the layer.
            query: (A or more, H, 1, D), where what follows the rows under way is of no use and is not looked at; or (B,
                H, P, D) in a prefill of B prompts of up to P tokens.
            key, value: the same with K heads.
            scaling: factor on the scores.
            softcap: scores are squeezed to this by tanh; 0 leaves them.
            window: a token sees this many, itself among them; None sees all.
            sink: (H,) score of a key without a value, or None.

        Returns:
            (A or more, 1, H, D) or (B, P, H, D).
        """
        layer = self._layer(index, key, value)
        rows, heads, length, depth = query.shape
        kv_heads = key.shape[1]
        repeat = heads // kv_heads
        sink = None if sink is None else sink.view(kv_heads, repeat)
        options: dict[str, float] = {"scaling": scaling, "softcap": softcap}
        if self._prefill is not None:
            key, value = self._brought(layer, (key, value))
            out = causal(query, key, value, window=window, sink=sink, known=self._known, **options)
            return out.transpose(1, 2)
        step = self._step
        assert step is not None
        assert length == 1
        asked, rows = rows, len(step.groups)
        query, key, value = query[:rows], key[:rows], value[:rows]
        query = query.reshape(rows, kv_heads, repeat, depth)
        new = (key[:, :, 0], value[:, :, 0])
        if is_served(query, value):
            out = attend_step(query, new, layer.prompt, layer.own, step.table(window=window), sink=sink, **options)
        else:
            out = self._in_pytorch(step, query, new, layer, window=window, sink=sink, **options)
        return nn.functional.pad(out.view(rows, 1, heads, -1), (0, 0, 0, 0, 0, 0, 0, asked - rows))

    def _brought(self, layer: _Layer, new: tuple[torch.Tensor, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Store what a prefill brings; returns what its queries look at."""
        length, groups = new[0].shape[2], self._prefill
        assert groups is not None
        if self._known is None:
            for part, brought in zip(layer.prompt, new, strict=True):
                part[groups, :, :length] = brought
            return new
        columns = self._known[:, None] + torch.arange(length, device=self.device)
        for part, brought in zip(layer.prompt, new, strict=True):
            part[groups[:, None], :, columns] = brought.transpose(1, 2)
        return layer.prompt[0][groups, :, : self._columns], layer.prompt[1][groups, :, : self._columns]

    def _in_pytorch(
        self,
        step: DecodeStep,
        query: torch.Tensor,
        new: tuple[torch.Tensor, torch.Tensor],
        layer: _Layer,
        *,
        window: int | None,
        sink: torch.Tensor | None,
        **options: float,
    ) -> torch.Tensor:
        """What :func:`attend_step` does: the prompts' part for all places of a group together, then the rows' own."""
        _, kv_heads, repeat, depth = query.shape
        spread = query.index_select(0, step.rows_by_place).view(self.groups, self.width, kv_heads, repeat, depth)
        shared = shared_part(
            spread.transpose(1, 2).reshape(self.groups, kv_heads, self.width * repeat, depth),
            layer.prompt[0][:, :, : step.prompt_length],
            layer.prompt[1][:, :, : step.prompt_length],
            step.prompt_mask(self._prompt_mask, window=window, repeat=repeat),
            **options,
        )
        for part, brought in zip(layer.own, new, strict=True):
            part[step.newest, :, step.columns] = brought
        shape = (self.groups, kv_heads, self.width, repeat)
        of_rows = (
            shared[0].reshape(*shape, -1)[step.groups, :, step.places],
            shared[1].reshape(shape)[step.groups, :, step.places],
        )
        keys, values = layer.own[0][: step.used], layer.own[1][: step.used]
        mask = step.own_mask(window=window)
        return with_own_blocks(of_rows, query, keys, values, mask, step.owners, sink=sink, **options)

    def _layer(self, index: int, key: torch.Tensor, value: torch.Tensor) -> _Layer:
        """The layer's keys and values, with room for what the next forward brings."""
        parts = (key, value)
        if index not in self._layers:
            # Zeros, because a hidden column still meets a weight of 0.
            self._layers[index] = _Layer(
                *[
                    tuple(part.new_zeros(count, part.shape[1], columns, part.shape[3]) for part in parts)  # type: ignore[arg-type]
                    for count, columns in ((self.groups, 0), (0, COLUMNS))
                ]
            )
        layer = self._layers[index]
        for part in (0, 1):
            if layer.prompt[part].shape[2] < self._prompt_mask.shape[3]:
                layer.prompt = tuple(_enlarged(t, 2, self._prompt_mask.shape[3], 0.0) for t in layer.prompt)  # type: ignore[assignment]
            if len(layer.own[part]) < self._capacity:
                layer.own = tuple(_enlarged(t, 0, self._capacity, 0.0) for t in layer.own)  # type: ignore[assignment]
        return layer


def _enlarged(part: torch.Tensor, dim: int, size: int, value: float) -> torch.Tensor:
    shape = list(part.shape)
    shape[dim] = size
    larger = part.new_full(shape, value)
    larger.narrow(dim, 0, part.shape[dim]).copy_(part)
    return larger


def _attention(
    module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    softcap: float | None = None,
    sliding_window: int | None = None,
    s_aux: torch.Tensor | None = None,
    key_value_pool: KeyValuePool | None = None,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    if key_value_pool is None:
        raise SamplingError("this model's layers do not pass attention arguments on; the engine cannot serve it")
    if scaling is None:
        scaling = query.shape[-1] ** -0.5
    layer = module.layer_idx
    assert isinstance(layer, int)
    out = key_value_pool.attend(
        layer, query, key, value, scaling=scaling, softcap=softcap or 0.0, window=sliding_window, sink=s_aux
    )
    return out, None


AttentionInterface.register(IMPLEMENTATION, _attention)
