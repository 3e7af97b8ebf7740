"""What Lightning asks the DataModule for: batches of Examples to train on, and problems to evaluate."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import torch
from torch.utils.data import DataLoader, IterableDataset

from axiom.errors import ConfigError
from axiom.generation.chat_template import encode_completion, encode_prompt, turn_end
from axiom.generation.stops import end_token_ids
from axiom.learning.examples import Choice, Example
from axiom.learning.objectives import Average
from axiom.learning.packing import PackedBatch, TokenizedExample, pack
from axiom.policy.policy import Policy
from axiom.problems.problem import Problem
from axiom.prompts import Prompt, PromptStyle, build_prompt

_T = TypeVar("_T")
_Item = TypeVar("_Item")
Together = tuple[TokenizedExample, ...]  # one Example: a completion, or a pair of the same prompt


def tokenized(
    examples: Sequence[Example], problems: Mapping[str, Problem], *, policy: Policy, style: PromptStyle, as_drawn: bool
) -> list[Together]:
    """Examples as tokens.

    Args:
        examples: chosen samples; those of one Example stay together.
        problems: by id.
        policy: whose tokenizer and end tokens are taken.
        style: of the prompts.
        as_drawn: take the very tokens that were drawn, with their log-probabilities; otherwise the text up to where it
            was stopped and an end token: the one that was drawn, or where none was, that of a turn.

    Raises:
        ConfigError: if the tokens are wanted and the engine did not tell them.
    """
    made, end_tokens = [], end_token_ids(policy.model, policy.tokenizer)
    for example in examples:
        prompt = build_prompt(problems[example[0].row.task_id], style=style)
        made.append(
            tuple(_tokens(choice, prompt, policy.tokenizer, end_tokens, as_drawn=as_drawn) for choice in example)
        )
    return made


def _tokens(
    choice: Choice, prompt: Prompt, tokenizer: Any, end_tokens: frozenset[int], *, as_drawn: bool
) -> TokenizedExample:
    row, ids = choice.row, tuple(encode_prompt(tokenizer, prompt))
    if not as_drawn:
        completion = encode_completion(tokenizer, prompt, row.completion, drawn=row.token_ids)
        is_told = bool(row.token_ids) and row.token_ids[-1] in end_tokens
        end = row.token_ids[-1] if is_told else turn_end(tokenizer, end_tokens)
        return TokenizedExample(ids, (*completion, end), choice.weight)
    if not row.token_ids or len(row.log_probs) != len(row.token_ids):
        raise ConfigError(
            f"model.objective learns from drawn tokens and their log-probabilities, which '{row.sampler}' did not tell "
            f"for {row.task_id}; use data.sampler TransformersSampler or VLLMSampler, or model.objective SFT, Distill "
            "or DPO"
        )
    return TokenizedExample(ids, row.token_ids, choice.weight, row.log_probs)


@dataclass(frozen=True, slots=True)
class Composition:
    """How Examples are put together to batches.

    Attributes:
        batch_size: Examples in a batch; one may have fewer.
        share_prompts: whether Examples of one prompt stay next to each other.
    """

    batch_size: int
    share_prompts: bool


class ExampleLoader:
    """One packed batch a step; Lightning takes it as it is and adds no sampler.

    Args:
        batches: of this rank.
        shares: of each, its factor on the mean loss.
    """

    def __init__(self, batches: Sequence[Sequence[Together]], shares: Sequence[float]) -> None:
        self._batches, self._shares = batches, shares

    def __len__(self) -> int:
        return len(self._batches)

    def __iter__(self) -> Iterator[PackedBatch]:
        for batch, share in zip(self._batches, self._shares, strict=True):
            yield replace(pack([one for together in batch for one in together]), share=share)


def example_loader(
    examples: Sequence[Together],
    composition: Composition,
    *,
    seed: int,
    rank: int,
    world_size: int,
    accumulated: int = 1,
    averages_over: Average = "targets",
) -> ExampleLoader:
    """A rank's share of an epoch's batches; every rank takes as many steps.

    Args:
        examples: of all ranks, one or more, in the same order on each.
        composition: how they are put together.
        seed: of the epoch; it alone decides who goes with whom, and the order.
        rank, world_size: whose share it is.
        accumulated: batches of a rank that make one optimizer step.
        averages_over: what the loss of a batch is a mean over.
    """
    generator = torch.Generator().manual_seed(seed)
    batches = composed(examples, composition, prompt_of=lambda example: example[0].prompt, generator=generator)
    batches = even(batches, world_size=world_size)
    weights = shares(batches, together=accumulated * world_size, averages_over=averages_over)
    return ExampleLoader(batches[rank::world_size], weights[rank::world_size])


def composed(
    examples: Sequence[_T],
    composition: Composition,
    *,
    prompt_of: Callable[[_T], tuple[int, ...]],
    generator: torch.Generator,
) -> list[list[_T]]:
    """Shuffled batches of shuffled Examples, each Example in one of them."""

    def shuffled(items: Sequence[_Item]) -> list[_Item]:
        return [items[place] for place in torch.randperm(len(items), generator=generator).tolist()]

    order = shuffled(examples)
    if composition.share_prompts:
        by_prompt: dict[tuple[int, ...], list[_T]] = {}
        for example in order:
            by_prompt.setdefault(prompt_of(example), []).append(example)
        order = [example for prompt in shuffled(list(by_prompt)) for example in by_prompt[prompt]]
    size = composition.batch_size
    return shuffled([order[start : start + size] for start in range(0, len(order), size)])


def even(batches: Sequence[list[_T]], *, world_size: int) -> list[list[_T]]:
    """Batches whose number is a multiple of the world size.

    The largest are halved until it is; where none has two Examples, the first ones are repeated.
    """
    made = list(batches)
    while len(made) % world_size:
        place = max(range(len(made)), key=lambda number: len(made[number]))
        largest, half = made[place], len(made[place]) // 2
        if half == 0:
            made += [made[number % len(made)] for number in range(world_size - len(made) % world_size)]
        else:
            made[place : place + 1] = [largest[:half], largest[half:]]
    return made


def shares(batches: Sequence[Sequence[Any]], *, together: int, averages_over: Average) -> list[float]:
    """Factors on the batches' mean losses that make an optimizer step's gradient that of one large batch.

    Args:
        batches: of all ranks, in turn; of :data:`Together` where targets are counted.
        together: how many make one optimizer step. Lightning divides each one's gradient by this number, also where an
            epoch's last step has fewer.
        averages_over: what a batch's loss is a mean over.
    """
    found = []
    for start in range(0, len(batches), together):
        sizes = [_size(batch, averages_over) for batch in batches[start : start + together]]
        found += [size * together / max(sum(sizes), 1) for size in sizes]
    return found


def _size(batch: Sequence[Together], averages_over: Average) -> int:
    if averages_over == "examples":
        return len(batch)
    return sum(len(one.completion) for example in batch for one in example if one.weight)


def problem_loader(problems: list[Problem]) -> Any:
    """All problems as one batch."""
    return DataLoader(_OneBatch(problems), batch_size=None)


class _OneBatch(IterableDataset[list[Problem]]):
    """All problems of this rank at once, so that the sampler keeps its batch full; Lightning adds no sampler to it."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def __iter__(self) -> Iterator[list[Problem]]:
        yield self.problems
