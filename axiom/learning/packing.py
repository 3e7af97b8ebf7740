"""Examples of one training step as one row of tokens without padding, a prompt that several answer written once.

The row is made of trees: a prompt, then the completions of it, one branch each. A branch sees its prompt and itself;
its positions go on where the prompt's end. A completion's last token predicts nothing, so it is a target and no input.
The row is equal in mathematics to a batch with a row for each Example.

Notation: T tokens of the row, E completions, M targets, which are all completions' tokens.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import torch


@dataclass(frozen=True, slots=True)
class TokenizedExample:
    """A prompt and a completion of it as token ids, the end token included; neither is empty.

    Attributes:
        weight: of the completion in the loss.
        sampled: log-probability of each of the completion's tokens under the policy that drew it; empty where the
            objective does not ask for it.
    """

    prompt: tuple[int, ...]
    completion: tuple[int, ...]
    weight: float = 1.0
    sampled: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class PackedBatch:
    """The Examples of a step.

    Attributes:
        input_ids: (1, T) int64.
        position_ids: (1, T) int64, of each token in its own Example.
        branches: (T,) int64, the number of the Example that a token belongs to; -1 in a prompt.
        tree_lengths: tokens of each tree; their sum is T.
        sources: (M,) int64, where in the row the target is predicted; Example by Example in the order given.
        targets: (M,) int64, the tokens to be predicted.
        target_counts: (E,) int64, targets of each completion; their sum is M.
        weights: (E,) of the completions.
        sampled: (M,) log-probabilities under the policy that drew them; (0,) where nobody asks for them.
        share: factor on the step's mean loss, so that the batches of one optimizer step, accumulated or on other
            ranks, weigh by what they average over; 1 where the batch is the whole of it.
    """

    input_ids: torch.Tensor
    position_ids: torch.Tensor
    branches: torch.Tensor
    tree_lengths: tuple[int, ...]
    sources: torch.Tensor
    targets: torch.Tensor
    target_counts: torch.Tensor
    weights: torch.Tensor
    sampled: torch.Tensor
    share: float = 1.0

    def to(self, device: torch.device) -> "PackedBatch":
        """The same batch there; what Lightning calls to move it."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        moved: dict[str, Any] = {
            name: value.to(device) for name, value in values.items() if isinstance(value, torch.Tensor)
        }
        return replace(self, **moved)

    def padded(self, multiple: int) -> "PackedBatch":
        """With a tree of no use at the end, so that T is a multiple of this."""
        idle = -self.input_ids.shape[1] % multiple
        if not idle:
            return self
        more = torch.arange(idle, device=self.input_ids.device)
        return replace(
            self,
            input_ids=torch.cat([self.input_ids, torch.zeros_like(more)[None]], dim=1),
            position_ids=torch.cat([self.position_ids, more[None]], dim=1),
            branches=torch.cat([self.branches, torch.full_like(more, -1)]),
            tree_lengths=(*self.tree_lengths, idle),
        )

    def single(self) -> "Iterator[PackedBatch]":
        """Each Example as a batch of its own, for models that know no trees."""
        ends = torch.tensor(self.tree_lengths).cumsum(0).tolist()
        done = 0
        for number, count in enumerate(self.target_counts.tolist()):
            sources, targets = self.sources[done : done + count], self.targets[done : done + count]
            done += count
            first = int(sources[0])  # a prompt's last token
            start = max((end for end in ends if end <= first), default=0)
            path = torch.cat([torch.arange(start, first + 1, device=sources.device), sources[1:]])
            yield PackedBatch(
                input_ids=self.input_ids[:, path],
                position_ids=self.position_ids[:, path],
                branches=torch.where(self.branches[path] == number, 0, -1),
                tree_lengths=(len(path),),
                sources=torch.arange(len(path) - count, len(path), device=sources.device),
                targets=targets,
                target_counts=self.target_counts[number : number + 1],
                weights=self.weights[number : number + 1],
                sampled=self.sampled[done - count : done],
            )


def pack(examples: Sequence[TokenizedExample]) -> PackedBatch:
    """One row of these Examples; those of the same prompt share a tree.

    Args:
        examples: one or more.
    """
    by_prompt: dict[tuple[int, ...], list[int]] = {}
    for number, example in enumerate(examples):
        by_prompt.setdefault(example.prompt, []).append(number)
    tokens: list[int] = []
    positions: list[int] = []
    branches: list[int] = []
    lengths: list[int] = []
    sources: dict[int, list[int]] = {}
    for prompt, numbers in by_prompt.items():
        start, length = len(tokens), len(prompt)
        tokens += prompt
        positions += range(length)
        branches += [-1] * length
        last = len(tokens) - 1
        for number in numbers:
            inputs = examples[number].completion[:-1]
            sources[number] = [last, *range(len(tokens), len(tokens) + len(inputs))]
            tokens += inputs
            positions += range(length, length + len(inputs))
            branches += [number] * len(inputs)
        lengths.append(len(tokens) - start)
    return PackedBatch(
        input_ids=torch.tensor([tokens]),
        position_ids=torch.tensor([positions]),
        branches=torch.tensor(branches),
        tree_lengths=tuple(lengths),
        sources=torch.tensor([place for number in range(len(examples)) for place in sources[number]]),
        targets=torch.tensor([token for example in examples for token in example.completion]),
        target_counts=torch.tensor([len(example.completion) for example in examples]),
        weights=torch.tensor([example.weight for example in examples]),
        sampled=torch.tensor([log_prob for example in examples for log_prob in example.sampled]),
    )
