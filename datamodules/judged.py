"""Judged samples as what the value function eats."""

from collections.abc import Mapping, Sequence
from typing import Any

from axiom.generation.chat_template import encode_completion, encode_prompt
from axiom.learning.advantage import Reward, reward
from axiom.learning.packing import TokenizedExample
from axiom.learning.value import targets_of
from axiom.learning.value_examples import ValueExample
from axiom.problems.problem import Problem
from axiom.prompts import Prompt, PromptStyle, build_prompt
from axiom.rounds.store import JudgedSample


def value_examples(
    rows: Sequence[JudgedSample],
    problems: Mapping[str, Problem],
    *,
    tokenizer: Any,
    style: PromptStyle,
    labels: Reward = "binary",
    is_balanced: bool = True,
) -> list[ValueExample]:
    """Completions with their targets, in the order of the rows.

    Args:
        rows: judged samples.
        problems: theirs, by id.
        tokenizer: the policy's.
        style: of the prompts that they answer.
        labels: ``binary``, or the ``fraction`` of tests passed.
        is_balanced: as of :func:`axiom.learning.value.targets_of`.
    """
    targets = targets_of(
        [reward(row, kind=labels) for row in rows], [row.task_id for row in rows], is_balanced=is_balanced
    )
    prompts: dict[str, tuple[Prompt, tuple[int, ...]]] = {}
    made = []
    for row, target in zip(rows, targets, strict=True):
        if row.task_id not in prompts:
            built = build_prompt(problems[row.task_id], style=style)
            prompts[row.task_id] = built, tuple(encode_prompt(tokenizer, built))
        prompt, ids = prompts[row.task_id]
        tokens = TokenizedExample(ids, _drawn(row, prompt, tokenizer), sampled=tuple(row.log_probs))
        made.append(ValueExample(tokens, row.task_id, row.passed, target))
    return made


def _drawn(row: JudgedSample, prompt: Prompt, tokenizer: Any) -> tuple[int, ...]:
    """The very tokens that were drawn; where the engine did not tell them, those of the text and an end token.

    No state has the end token behind it, so that any will do.
    """
    if row.token_ids:
        return tuple(row.token_ids)
    return (*encode_completion(tokenizer, prompt, row.completion), tokenizer.eos_token_id)
