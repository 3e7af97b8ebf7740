"""What choosers look at, found for the samples of one problem: values, public examples passed, behaviour.

Hidden tests are never run here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch

from axiom.generation.sampler import FinishReason
from axiom.learning.packing import TokenizedExample, pack
from axiom.policy.value_function import ValueFunction
from axiom.problems.problem import Problem
from axiom.prompts import shown_call, shown_result
from axiom.sandbox.protocol import Sandbox
from axiom.search.behaviour import behaviours, generated_inputs
from axiom.search.choosers import Candidate
from axiom.verification.judge import Judge

_COMPLETIONS_AT_A_TIME = 16
_ABOUT_A_TEST = re.compile(r"test (\d+): (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sampled:
    """A sample to be scored.

    Attributes:
        source: the program, or None where the answer has none.
        token_ids: of the completion, the end token included.
        log_probs: of each token under the policy; empty where the engine did not tell.
        text: the completion.
        finish_reason: ``stop``, or ``length`` where it was cut off.
        tokens: how many were drawn; None where ``token_ids`` has them all, as it has unless an engine tells none.
        seed: of its random stream; None where it was drawn from several, line by line.
    """

    source: str | None
    token_ids: tuple[int, ...]
    log_probs: tuple[float, ...] = ()
    text: str = ""
    finish_reason: FinishReason = "stop"
    tokens: int | None = None
    seed: int | None = None


class Drawn(Protocol):
    """What an engine drew."""

    @property
    def token_ids(self) -> tuple[int, ...]:
        """Of the completion, as far as it goes."""
        ...

    @property
    def log_probs(self) -> tuple[float, ...]:
        """Of each token under the policy; empty where the engine did not tell."""
        ...


def values_of(value: ValueFunction, prompt: Sequence[int], completions: Sequence[Drawn]) -> list[float]:
    """P(pass) of whole completions of one prompt.

    Args:
        value: the value function.
        prompt: token ids.
        completions: of at least one token each, the end token included.

    Raises:
        ModelError: if the value function reads log-probabilities, and there are none.
    """
    return _values(
        value, [TokenizedExample(tuple(prompt), one.token_ids, sampled=one.log_probs) for one in completions]
    )


def values_so_far(value: ValueFunction, prompt: Sequence[int], completions: Sequence[Drawn]) -> list[float]:
    """P(pass) of completions of one prompt that are not whole: what is read after their last token.

    Args:
        value: the value function.
        prompt: token ids.
        completions: as far as they go.

    Raises:
        ModelError: if the value function reads log-probabilities, and there are none.
    """
    # A state is told for each token that is to come; which one that would be, nobody reads.
    return _values(
        value,
        [TokenizedExample(tuple(prompt), (*one.token_ids, 0), sampled=(*one.log_probs, 0.0)) for one in completions],
    )


def _values(value: ValueFunction, completions: Sequence[TokenizedExample]) -> list[float]:
    """What is read before the last token of each."""
    found: list[float] = []
    for start in range(0, len(completions), _COMPLETIONS_AT_A_TIME):
        batch = pack(completions[start : start + _COMPLETIONS_AT_A_TIME])
        with torch.no_grad():
            logits = value.logits(batch.to(value.policy.device))
        last = batch.target_counts.cumsum(0) - 1
        found += logits[last.to(logits.device)].sigmoid().tolist()
    return found


@dataclass(frozen=True, slots=True)
class Tried:
    """A program on the public examples.

    Attributes:
        share: that it passes; None where the problem has none.
        feedback: what the first one that failed came to; empty where none did.
    """

    share: float | None = None
    feedback: str = ""


def tried_on_examples(problem: Problem, sources: Sequence[str | None], judge: Judge) -> list[Tried]:
    """What the public examples say of each program; nothing where the problem has none.

    Args:
        problem: its hidden tests are left alone.
        sources: the programs; None passes nothing.
        judge: one that runs all tests, so that shares are told.
    """
    if not problem.examples:
        return [Tried()] * len(sources)
    shown = replace(problem, tests=problem.examples, examples=())
    judged = {source: judge.submit(shown, source) for source in dict.fromkeys(sources)}
    verdicts = {source: future.result() for source, future in judged.items()}
    count = len(problem.examples)
    return [
        Tried(verdicts[source].passed_tests / count, _feedback(problem, verdicts[source].message)) for source in sources
    ]


def _feedback(problem: Problem, message: str) -> str:
    """A verdict's message with the example that it is about, which nobody hides."""
    found = _ABOUT_A_TEST.match(message)
    if found is None:
        return message
    example = problem.examples[int(found[1])]
    return f"{shown_call(problem.entry_point, example)} {found[2]}, expected {shown_result(example)}"


def candidates_of(
    problem: Problem,
    samples: Sequence[Sampled],
    *,
    judge: Judge | None = None,
    sandbox: Sandbox | None = None,
    value: ValueFunction | None = None,
    prompt: Sequence[int] = (),
    inputs: int = 16,
    seed: int = 0,
    workers: int = 1,
) -> list[Candidate]:
    """Everything that choosers may ask for, of what is at hand.

    Args:
        problem: what was asked.
        samples: of it.
        judge: runs the public examples; None leaves them out.
        sandbox: runs programs on generated inputs; None leaves behaviour out.
        value: None leaves values out.
        prompt: token ids that the value function reads before a completion.
        inputs: how many are generated.
        seed: of these.
        workers: programs run on them at a time.
    """
    sources = [sample.source for sample in samples]
    none: list[None] = [None] * len(samples)
    tried = [Tried()] * len(samples) if judge is None else tried_on_examples(problem, sources, judge)
    values = none if value is None else values_of(value, prompt, samples)
    acting: Sequence[str | None] = none
    if sandbox is not None:
        calls = generated_inputs(problem, count=inputs, seed=seed)
        acting = behaviours(problem, sources, calls, sandbox=sandbox, workers=workers)
    return [
        Candidate(
            source=sample.source,
            tokens=len(sample.token_ids) if sample.tokens is None else sample.tokens,
            log_prob=sum(sample.log_probs) / len(sample.log_probs) if sample.log_probs else None,
            value=of_value,
            examples=of_examples.share,
            behaviour=behaviour,
            feedback=of_examples.feedback,
            text=sample.text,
            finish_reason=sample.finish_reason,
            seed=sample.seed,
        )
        for sample, of_value, of_examples, behaviour in zip(samples, values, tried, acting, strict=True)
    ]
