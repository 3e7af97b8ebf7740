"""What one decoding step brings: where the rows are, which blocks are theirs, and who sees what.

Notation as in :mod:`axiom.generation.key_value_pool`: G groups, W rows in a group, A rows under way, N blocks, C
columns in a block, R query heads of a key-value head, P prompt tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from axiom.generation.attention_parts import HIDDEN
from axiom.generation.block_attention import COLUMNS, RowTable


@dataclass(slots=True)
class DecodeStep:
    """One token for each of A rows.

    Attributes:
        groups, places: (A,) where each row is: its group, and its number in it.
        lengths, counts: (A,) tokens of its prompt, and columns of its own, the new one among them.
        rows_by_place: (G W,) the row in each place; a place without one gets some row's query, and nobody looks at
            what comes of it.
        newest: (A,) the block that the new keys go to; their column in it is ``columns``.
        owners, starts: (N,) the row of each block, and the first of its columns that the block holds; a block of
            nobody's starts beyond all counts.
        used: N.
        prompt_length: of the longest prompt under way.
        last_position: the highest position of a new token in its text.
    """

    groups: torch.Tensor
    places: torch.Tensor
    lengths: torch.Tensor
    counts: torch.Tensor
    rows_by_place: torch.Tensor
    newest: torch.Tensor
    columns: torch.Tensor
    owners: torch.Tensor
    starts: torch.Tensor
    offsets: torch.Tensor
    blocks: torch.Tensor
    used: int
    prompt_length: int
    last_position: int
    _prompt_masks: dict[int | None, torch.Tensor] = field(default_factory=dict)
    _own_masks: dict[int | None, torch.Tensor] = field(default_factory=dict)
    _tables: dict[int | None, RowTable] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        places: Sequence[int],
        counts: Sequence[int],
        lengths: Sequence[int],
        blocks: Sequence[Sequence[int]],
        *,
        groups: int,
        width: int,
        device: torch.device,
    ) -> "DecodeStep":
        """Made from where the rows are.

        Args:
            places: (A,) the group's number times W, and the row's number in it.
            counts: (A,) columns of its own, the new one among them.
            lengths: (A,) tokens of its prompt.
            blocks: (A,) its blocks, in their order.
            groups, width: G and W.
            device: of the tensors.
        """
        # Two tensors to the device, whatever is derived there.
        of_row = torch.tensor([places, counts, lengths, [len(own) for own in blocks]], device=device)
        flat = torch.tensor([block for own in blocks for block in own], device=device)
        place, count, length, held = of_row
        rows = torch.arange(len(places), device=device)
        ends = held.cumsum(0)
        owner = torch.repeat_interleave(rows, held, output_size=len(flat))
        used = 1 + max(max(own) for own in blocks)
        owners = flat.new_zeros(used)
        starts = flat.new_full((used,), 1 << 30)
        owners[flat] = owner
        starts[flat] = (torch.arange(len(flat), device=device) - (ends - held)[owner]) * COLUMNS
        rows_by_place = flat.new_zeros(groups * width)
        rows_by_place[place] = rows
        return cls(
            groups=place // width,
            places=place % width,
            lengths=length,
            counts=count,
            rows_by_place=rows_by_place,
            newest=flat[ends - 1],
            columns=(count - 1) % COLUMNS,
            owners=owners,
            starts=starts,
            offsets=torch.cat([ends.new_zeros(1), ends]),
            blocks=flat,
            used=used,
            prompt_length=max(*lengths, 1),
            last_position=max(a + b for a, b in zip(lengths, counts, strict=True)) - 1,
        )

    def prompt_mask(self, whole: torch.Tensor, *, window: int | None, repeat: int) -> torch.Tensor:
        """(G, 1, 1 or W R, P) what hides the prompts' columns, added to scores.

        Args:
            whole: (G, 1, 1, P or more) what hides padding.
            window: a token sees this many, itself among them; None sees all.
            repeat: R.
        """
        window = self._that_hides(window)
        if window not in self._prompt_masks:
            mask = whole[..., : self.prompt_length]
            if window is not None:
                groups, width = len(whole), len(self.rows_by_place) // len(whole)
                first = self.groups.new_zeros(groups, width)
                first[self.groups, self.places] = self.lengths + self.counts - window
                columns = torch.arange(mask.shape[3], device=mask.device)
                gone = (columns < first[..., None]).repeat_interleave(repeat, dim=1)[:, None]
                mask = mask.masked_fill(gone, HIDDEN)
            self._prompt_masks[window] = mask
        return self._prompt_masks[window]

    def own_mask(self, *, window: int | None) -> torch.Tensor:
        """(N, 1, 1, C) float32, what hides the blocks' columns, added to scores."""
        window = self._that_hides(window)
        if window not in self._own_masks:
            column = self.starts[:, None] + torch.arange(COLUMNS, device=self.starts.device)
            count = self.counts[self.owners][:, None]
            hidden = column >= count
            if window is not None:
                hidden |= column < count - window
            self._own_masks[window] = (hidden * HIDDEN)[:, None, None]
        return self._own_masks[window]

    def table(self, *, window: int | None) -> RowTable:
        """The same for the CPU's kernel."""
        window = self._that_hides(window)
        if window not in self._tables:
            first = prompt_first = torch.zeros_like(self.counts)
            if window is not None:
                first = (self.counts - window).clamp(min=0)
                prompt_first = (self.lengths + self.counts - window).clamp(min=0)
            parts = (self.groups, self.lengths, prompt_first, self.counts, first, self.offsets, self.blocks)
            self._tables[window] = RowTable(*(part.int() for part in parts))
        return self._tables[window]

    def _that_hides(self, window: int | None) -> int | None:
        return None if window is None or self.last_position < window else window
