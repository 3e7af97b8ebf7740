"""Examples to padded batches; the loss falls on completion tokens only."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True)
class TokenizedExample:
    """A prompt and its verified completion as token ids, the end token included."""

    prompt: tuple[int, ...]
    completion: tuple[int, ...]


def collate(examples: Sequence[TokenizedExample], *, pad_token_id: int) -> dict[str, torch.Tensor]:
    """Pad on the right to the longest example.

    Returns:
        ``input_ids`` (B, T) int64, ``attention_mask`` (B, T) int64 with 1 at tokens, ``target_mask`` (B, T) bool
        with True at completion tokens.
    """
    longest = max(len(example.prompt) + len(example.completion) for example in examples)
    input_ids = torch.full((len(examples), longest), pad_token_id, dtype=torch.long)
    attention_mask = torch.zeros(len(examples), longest, dtype=torch.long)
    target_mask = torch.zeros(len(examples), longest, dtype=torch.bool)
    for row, example in enumerate(examples):
        start, end = len(example.prompt), len(example.prompt) + len(example.completion)
        input_ids[row, :end] = torch.tensor(example.prompt + example.completion)
        attention_mask[row, :end] = 1
        target_mask[row, start:end] = True
    return {"input_ids": input_ids, "attention_mask": attention_mask, "target_mask": target_mask}
