"""Searches with all that they need at hand: engine, judge, sandbox, value function."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Literal, get_args

from axiom.errors import ConfigError
from axiom.generation.chat_template import encode_prompt
from axiom.generation.sampler import Sampler, SamplingParams
from axiom.policy.value_function import ValueFunction
from axiom.problems.problem import Problem
from axiom.prompts import PromptStyle, build_prompt
from axiom.search.choosers import Candidate
from axiom.search.drawing import Budget, Drawing, Solution
from axiom.search.scoring import Sampled, candidates_of, values_so_far
from axiom.search.searches import best_of_n, repair
from axiom.search.steps import Steps, run_steps
from axiom.search.value_beam import value_beam
from axiom.verification.judge import Judge, default_workers, make_sandbox

SearchName = Literal["best_of_n", "consensus", "value_beam", "repair"]
SEARCHES: tuple[SearchName, ...] = get_args(SearchName)
# Samples under way side by side: more than engines have rows for on a CPU, and enough for a GPU to be busy.
_SAMPLES_AT_ONCE = 256


def search_judge(isolation: str = "auto", *, workers: int | None = None) -> Judge:
    """A judge as searches want it: one that runs every public example.

    Args:
        isolation: of its sandbox.
        workers: programs run at a time; None takes half of the cores.

    Raises:
        SandboxError: for an unknown isolation.
    """
    return Judge(workers=workers or default_workers(), isolation=isolation, all_tests=True)


def needs_judge(search: SearchName, *, chooses: bool) -> bool:
    """Whether a search runs the public examples: to choose among its candidates, or to repair them."""
    return chooses or search == "repair"


class Searcher:
    """Solves problems; a context manager that ends its sandbox.

    Args:
        search: ``best_of_n``, ``consensus`` (the same, agreement first), ``value_beam`` or ``repair``.
        judge: of the public examples (:func:`search_judge`), open; the sandbox is of its isolation. None where nobody
            runs them (:func:`needs_judge`).
        sampler: draws; bound to its policy.
        tokenizer: of that policy.
        params: how samples are drawn.
        style: of the prompts.
        budget: of each problem.
        value: the value function; ``value_beam`` needs one.
        seed: of the samples.
        round_index: likewise; 0 outside of a run.
        chooses: whether one of the candidates is handed out. Where all of them are judged in any case, nothing is found
            out about them but what the search goes by.

    Raises:
        ConfigError: for a beam without a value function, or a missing judge.
    """

    def __init__(
        self,
        search: SearchName,
        *,
        judge: Judge | None,
        sampler: Sampler,
        tokenizer: Any,
        params: SamplingParams,
        style: PromptStyle,
        budget: Budget,
        value: ValueFunction | None = None,
        seed: int = 0,
        round_index: int = 0,
        chooses: bool = True,
    ) -> None:
        if search == "value_beam" and value is None:
            raise ConfigError("value_beam needs a value function")
        if judge is None and needs_judge(search, chooses=chooses):
            raise ConfigError(f"{search} needs a judge of the public examples")
        self._search, self._sampler, self._tokenizer = search, sampler, tokenizer
        self._params, self._style, self._budget = params, style, budget
        self._seed, self._round = seed, round_index
        self._value, self._chooses = value, chooses
        self._judge = judge if needs_judge(search, chooses=chooses) else None
        self._sandbox = make_sandbox(judge.isolation) if judge is not None and chooses else None

    def __enter__(self) -> "Searcher":
        return self

    def __exit__(self, *raised: Any) -> None:
        if self._sandbox is not None:
            self._sandbox.close()

    def solve(self, problem: Problem, *, on_candidates: Callable[[Solution], None] = lambda solution: None) -> Solution:
        """The best program for a problem, within the budget.

        Args:
            problem: what is asked; its hidden tests are not run.
            on_candidates: called with what is known after each group of samples.

        Raises:
            SamplingError: if the engine fails, or the budget does not hold one sample.
            ModelError: if the value function reads log-probabilities that the engine does not tell.
        """
        ((_, solution),) = run_steps([self._steps(problem, on_candidates)], self._sampler)
        return solution

    def solve_all(self, problems: Sequence[Problem]) -> Iterator[tuple[Problem, Solution]]:
        """The same for each of them, some at a time, as they are done.

        Args:
            problems: of different ids.

        Raises:
            SamplingError: likewise.
            ModelError: likewise.
        """
        at_once = max(_SAMPLES_AT_ONCE // self._budget.samples, 1)
        searches = (self._steps(problem, lambda solution: None) for problem in problems)
        for number, solution in run_steps(searches, self._sampler, at_once=at_once):
            yield problems[number], solution

    def _steps(self, problem: Problem, on_candidates: Callable[[Solution], None]) -> Steps[Solution]:
        prompt = encode_prompt(self._tokenizer, build_prompt(problem, style=self._style))

        def score(samples: Sequence[Sampled]) -> list[Candidate]:
            return candidates_of(
                problem,
                samples,
                judge=self._judge,
                sandbox=self._sandbox,
                value=self._value if self._chooses else None,
                prompt=prompt,
                seed=self._seed,
                workers=1 if self._judge is None else self._judge.workers,
            )

        drawing = Drawing(
            problem,
            params=self._params,
            score=score,
            budget=self._budget,
            consensus_first=self._search == "consensus",
            seed=self._seed,
            round_index=self._round,
            on_candidates=on_candidates,
        )
        if self._search == "value_beam":
            assert self._value is not None
            return value_beam(
                drawing,
                style=self._style,
                values=partial(values_so_far, self._value, prompt),
                decode=partial(self._tokenizer.decode, skip_special_tokens=True),
            )
        return (repair if self._search == "repair" else best_of_n)(drawing, style=self._style)
