"""What searches that choose what to draw are worth: value beam and repair, run as ``solve`` runs them.

Each is repeated with other seeds until it has had as many samples of a problem as the choosers chose among, or as often
as asked; its pass rate is the mean over repetitions, by hidden tests that it never saw. It is held against the choosers
at the same number of samples; the tokens that it took stand beside it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from axiom.generation.sampler import SamplingParams
from axiom.generation.transformers_sampler import TransformersSampler
from axiom.policy.policy import Policy
from axiom.policy.value_function import ValueFunction
from axiom.problems.problem import Problem
from axiom.prompts import PromptStyle
from axiom.search.drawing import Budget
from axiom.search.searcher import Searcher, SearchName, search_judge
from axiom.verification.judge import Judge, available_cores


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to at a budget.

    Attributes:
        passed: of each problem, the share of repetitions whose program passed its hidden tests.
        tokens: mean of a repetition.
    """

    passed: dict[str, float]
    tokens: float


def searched(
    search: str,
    problems: Sequence[Problem],
    *,
    policy: Policy,
    value: ValueFunction | None,
    params: SamplingParams,
    style: PromptStyle,
    samples: int,
    repeats: int,
    seed: int,
) -> Found:
    """Run a search on every problem.

    Args:
        search: its name.
        problems: with hidden tests.
        policy: with its adapter.
        value: the value function, or None.
        params, style: how samples are drawn.
        samples: the budget.
        repeats: with other seeds.
        seed: of the first.
    """
    sampler = TransformersSampler()
    sampler.use(policy, workspace=Path())
    passed: dict[str, list[bool]] = defaultdict(list)
    tokens = 0
    with Judge(workers=available_cores()) as judge, search_judge() as by_examples:
        for repeat in range(repeats):
            with Searcher(
                cast(SearchName, search),
                judge=by_examples,
                sampler=sampler,
                tokenizer=policy.tokenizer,
                params=params,
                style=style,
                budget=Budget(samples),
                value=value,
                seed=1000 * seed + repeat,
            ) as searcher:
                for problem, solution in searcher.solve_all(problems):
                    tokens += solution.tokens
                    passed[problem.id].append(judge.submit(problem, solution.best.source).result().passed)
    return Found({name: sum(those) / len(those) for name, those in passed.items()}, tokens / (repeats * len(problems)))
