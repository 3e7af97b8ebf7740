"""Keys and values of prompts that were read, for prompts that go on with them.

A search writes a program in steps, and each step's prompts are the last one's with a line more: what they share is
copied, and only the rest is read (the prefix caching of vLLM and SGLang, arXiv 2312.07104, without a tree: a search has
a few programs under way). What a step's own rows wrote is read once more, as it lies in blocks that are given back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

# A prefill of which anything is known goes by a mask, so a few tokens in common, as all prompts have, are not worth it.
_FEWEST = 16


@dataclass(frozen=True, slots=True)
class KeptPrompt:
    """One prompt that was read.

    Attributes:
        tokens: P of them.
        layers: keys and values (K, P, D) of each layer, by its number.
    """

    tokens: tuple[int, ...]
    layers: dict[int, tuple[torch.Tensor, torch.Tensor]]


class KeptPrompts:
    """Prompts that the last call and this one read, under the model as it is now."""

    def __init__(self) -> None:
        self._kept: list[KeptPrompt] = []
        self._earlier = 0

    def add(self, prompt: KeptPrompt) -> None:
        """Keep it until the end of the next call."""
        self._kept.append(prompt)

    def let_go(self) -> None:
        """A call has ended: what it did not read is given up."""
        del self._kept[: self._earlier]
        self._earlier = len(self._kept)

    def longest(self, prompt: Sequence[int]) -> tuple[KeptPrompt | None, int]:
        """The kept prompt that has most of this one's beginning, and how many tokens of it; none where it is little."""
        found: tuple[KeptPrompt | None, int] = (None, 0)
        for one in self._kept:
            count = _in_common(one.tokens, prompt)
            if count > max(found[1], _FEWEST - 1):
                found = (one, count)
        return found

    def clear(self) -> None:
        """Keep none."""
        self._kept.clear()
        self._earlier = 0


def _in_common(one: Sequence[int], other: Sequence[int]) -> int:
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return place
    return min(len(one), len(other))
