"""Search within a round: what no sample solved is searched for, and what is found is learned as the problem's answer.

A search spends more on a problem than a sample does: it looks at what public examples say of its own programs, or goes
on with the lines whose value is highest. A program that it finds so, and that passes the hidden tests, answers the
problem's own prompt; learned as such, what took the model a search takes it one sample the next time (expert iteration,
arXiv 1705.08439). pass@k, acceptance and the curriculum count the round's samples alone, as before.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from axiom.errors import ConfigError
from axiom.generation.sampler import Sample
from axiom.learning.objectives import Objective
from axiom.policy.policy import Policy
from axiom.policy.value_function import load_value_function
from axiom.problems.problem import Problem
from axiom.prompts import FENCE, PromptStyle
from axiom.rounds.judging import Judged, judged_sample
from axiom.rounds.progress import CollectProgress
from axiom.rounds.store import JudgedSample, Purpose, RoundFolder, counts_by_problem
from axiom.search.choosers import Candidate
from axiom.search.drawing import Budget, Solution
from axiom.search.searcher import Searcher, SearchName, needs_judge, search_judge
from axiom.verification.judge import Judge
from datamodules.collector import Collector
from datamodules.value_along import ValueAlong


@dataclass(frozen=True)  # without slots: jsonargparse reads a default's __dict__
class RoundSearch:
    """Whether the problems that none of a round's samples solved are searched for, and how.

    Attributes:
        name: ``repair`` shows the model what its programs did on the public examples; ``value_beam`` goes on with the
            lines whose value is highest (``data.value.learn``); ``best_of_n`` draws more samples. None does not search.
        samples: of each problem.

    Raises:
        ConfigError: for a number that cannot be.
    """

    name: Literal["repair", "value_beam", "best_of_n"] | None = None
    samples: int = 16

    def __post_init__(self) -> None:
        if self.samples < 1:
            raise ConfigError(f"data.search.samples: expected 1 or more, got {self.samples}")

    def check(self, *, value: ValueAlong, objective: Objective, style: PromptStyle) -> None:
        """Refuse what cannot be searched for, or not be learned.

        Raises:
            ConfigError: naming the setting.
        """
        if self.name is None:
            return
        if self.name == "value_beam" and not value.learn:
            raise ConfigError("data.search.name value_beam: needs a value function; set data.value.learn true")
        if objective.needs_tokens:
            raise ConfigError(
                f"data.search.name {self.name}: what a search finds is no sample of the policy, and "
                f"{type(objective).__name__} learns from these alone; leave it out, or take model.objective SFT, "
                "Distill or DPO"
            )
        if self.name == "repair" and style == "chain_of_thought":
            raise ConfigError(
                "data.search.name repair: its reasoning speaks of the program that it repairs, and answers no other "
                "prompt; take data.prompt_style direct or complete, or another search"
            )


def search_round(
    collector: Collector,
    folder: RoundFolder,
    problems: Mapping[Purpose, Sequence[Problem]],
    *,
    how: RoundSearch,
    policy: Policy,
    workspace: Path,
    round_index: int,
) -> dict[str, float]:
    """Search for what the round's train samples have not solved; what has been searched for already is left alone.

    Every rank calls this, and searches for its share.

    Args:
        collector: has the engine, and the ranks.
        folder: the round, its train samples collected.
        problems: by purpose, those that will be sampled in this run.
        how: the search.
        policy: what is drawn from, with the round's adapter.
        workspace: the engine's folder.
        round_index: the round's number.

    Returns:
        Figures by their names in TensorBoard; none where there was nothing to search for.

    Raises:
        SamplingError: if the engine fails for good.
        RankLostError: if another rank ends meanwhile.
    """
    assert how.name is not None
    samples, found = collector.alike(lambda: (folder.read("train"), folder.read("search")))
    wanted = unsolved(samples, problems["train"])
    searched = counts_by_problem(found)  # where the judge failed at every candidate, nothing is known yet
    missing = [problem for problem in wanted if problem.id not in searched]
    if missing:
        mine = collector.share_of(missing)
        collector.prepare(policy, workspace=workspace, problems=problems, round_index=round_index)
        value = load_value_function(folder.value, policy) if how.name == "value_beam" else None
        with (
            _judge_of_examples(how.name, collector) as by_examples,
            Searcher(
                how.name,
                judge=by_examples,
                sampler=collector.sampler,
                tokenizer=policy.tokenizer,
                params=collector.params,
                style=collector.style,
                budget=Budget(how.samples),
                value=value,
                seed=collector.seed,
                round_index=round_index,
                chooses=False,
            ) as searcher,
        ):
            progress = _Progress(mine, how.samples, round_index)
            collector.report(progress.now)
            for problem, solution in searcher.solve_all(mine):
                rows = _rows(problem, solution, collector)
                folder.append("search", rows, rank=collector.rank)
                collector.report(progress.after(rows, solution))
        collector.wait_for_all()
    ids = {problem.id for problem in wanted}
    return _figures([row for row in folder.read("search") if row.task_id in ids])


def _judge_of_examples(name: SearchName, collector: Collector) -> AbstractContextManager[Judge | None]:
    """With as many workers as the judge of the hidden tests, which is idle meanwhile; none where nobody asks it."""
    if needs_judge(name, chooses=False):
        return search_judge(collector.isolation, workers=collector.judge.workers)
    return nullcontext()


def unsolved(rows: Sequence[JudgedSample], problems: Sequence[Problem]) -> list[Problem]:
    """The problems that were sampled and have no sample that passed, in their order.

    Args:
        rows: of a round.
        problems: that may be among them.
    """
    counts = counts_by_problem(rows)
    return [problem for problem in problems if counts.get(problem.id, (0, 0))[0] and not counts[problem.id][1]]


def completion_of(candidate: Candidate, style: PromptStyle) -> str:
    """What a candidate says to the problem's own prompt.

    An answer to a repair's prompt may speak to it; where code alone is asked for, it is the program in its block.
    """
    if style == "direct" and candidate.source is not None:
        return f"{FENCE}python\n{candidate.source.strip()}\n{FENCE}"
    return candidate.text


def _rows(problem: Problem, solution: Solution, collector: Collector) -> list[JudgedSample]:
    """A search's candidates with their verdicts; a program that was found twice is judged once."""
    futures = {one.source: collector.judge.submit(problem, one.source) for one in solution.candidates}
    return [
        judged_sample(Judged(_sample(problem, place, one, collector), one.source, futures[one.source].result()))
        for place, one in enumerate(solution.candidates)
    ]


def _sample(problem: Problem, place: int, candidate: Candidate, collector: Collector) -> Sample:
    """A candidate as an answer to the problem's own prompt, of which neither tokens nor log-probabilities are known."""
    return Sample(
        key=problem.id,
        index=place,
        text=completion_of(candidate, collector.style),
        token_ids=(),
        log_probs=(),
        tokens=candidate.tokens,
        finish_reason=candidate.finish_reason,
        seed=collector.seed if candidate.seed is None else candidate.seed,
        sampler=collector.sampler.name,
    )


class _Progress:
    """How far a rank's searches are."""

    def __init__(self, problems: Sequence[Problem], samples: int, round_index: int) -> None:
        self._began = time.monotonic()
        self._problems, self._samples, self._round = len(problems), samples, round_index
        self._done = self._passed = self._rows = self._tokens = 0

    @property
    def now(self) -> CollectProgress:
        return CollectProgress(
            round=self._round,
            purpose="search",
            done=self._rows,
            total=self._rows + self._samples * (self._problems - self._done),
            passed=self._passed,
            problems_done=self._done,
            problems=self._problems,
            waiting=0,
            duplicates=0,
            drawn=self._rows,
            tokens=self._tokens,
            elapsed_s=time.monotonic() - self._began,
        )

    def after(self, rows: Sequence[JudgedSample], solution: Solution) -> CollectProgress:
        self._done += 1
        self._rows += len(rows)
        self._passed += sum(row.passed for row in rows)
        self._tokens += solution.tokens
        return self.now


def _figures(rows: Sequence[JudgedSample]) -> dict[str, float]:
    counts = counts_by_problem(rows)
    if not counts:
        return {}
    return {
        "search/problems": float(len(counts)),
        "search/solved": sum(passed > 0 for _, passed in counts.values()) / len(counts),
        "search/acceptance": sum(row.passed for row in rows) / len(rows),
    }
