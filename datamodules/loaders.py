"""What Lightning asks the DataModule for: batches of Examples to train on, and problems to evaluate."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch.utils.data import DataLoader, IterableDataset

from axiom.generation.chat_template import encode_prompt
from axiom.problems.problem import Problem
from axiom.prompts import PromptStyle, build_prompt
from axiom.rounds.store import JudgedSample
from datamodules.collation import TokenizedExample, collate


def tokenized_examples(
    rows: Sequence[JudgedSample], problems: Mapping[str, Problem], *, tokenizer: Any, style: PromptStyle
) -> list[TokenizedExample]:
    """Samples as prompt and completion tokens."""
    made = []
    for row in rows:
        prompt = encode_prompt(tokenizer, build_prompt(problems[row.task_id], style=style))
        completion = tokenizer(row.completion, add_special_tokens=False)["input_ids"]
        made.append(TokenizedExample(tuple(prompt), (*completion, tokenizer.eos_token_id)))
    return made


def example_loader(examples: list[TokenizedExample], *, batch_size: int, pad_token_id: int, seed: int) -> Any:
    """Shuffled, padded batches; the seed alone decides the order."""
    return DataLoader(
        examples,  # type: ignore[arg-type]  # a list is a map-style dataset
        batch_size=batch_size,
        shuffle=True,
        generator=torch.Generator().manual_seed(seed),
        collate_fn=lambda batch: collate(batch, pad_token_id=pad_token_id),
    )


def problem_loader(problems: list[Problem]) -> Any:
    """All problems as one batch."""
    return DataLoader(_OneBatch(problems), batch_size=None)


class _OneBatch(IterableDataset[list[Problem]]):
    """All problems of this rank at once, so that the sampler keeps its batch full; Lightning adds no sampler to it."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def __iter__(self) -> Iterator[list[Problem]]:
        yield self.problems
