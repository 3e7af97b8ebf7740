"""Searches over a scripted engine: budgets, groups, who is chosen, and what is fed back."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from axiom.errors import SamplingError
from axiom.generation.sampler import Request, Sample, SamplingParams, sample_seed
from axiom.prompts import Prompt
from axiom.search.choosers import Candidate, chosen
from axiom.search.drawing import Budget, Drawing, Scorer, Solution, by_what_is_known
from axiom.search.question import problem_asked
from axiom.search.scoring import Sampled, candidates_of
from axiom.search.searches import best_of_n, repair
from axiom.search.steps import Steps, run_steps

PROBLEM = problem_asked("Return twice n.", ["twice(2) == 4"])


class Scripted:
    """Answers with ``return <index>``, ten tokens each, to as many messages as its context has room for.

    Remembers how many were asked for at a time.
    """

    name, on_policy = "scripted", True

    def __init__(self, *, context: int = 0) -> None:
        self.context = context
        self.asked: list[int] = []
        self.seen: list[int] = []
        self.prompts: list[Prompt] = []

    def check(self, requests: Sequence[Request], params: SamplingParams) -> None:
        if self.context and any(len(request.prompt.messages) > self.context for request in requests):
            raise SamplingError("it does not fit")

    def sample(
        self, requests: Iterable[Request], params: SamplingParams, *, before_step: Callable[[], None] = lambda: None
    ) -> Iterator[Sample]:
        for request in requests:
            self.asked.append(len(request.seeds))
            self.prompts.append(request.prompt)
            for index, seed in reversed(request.seeds):  # they finish in any order
                text = f"\n    return {index}\n```"
                yield Sample(request.key, index, text, (1,) * 10, (-1.0,) * 10, 10, "stop", seed, self.name)


def by_length(samples: Sequence[Sampled]) -> list[Candidate]:
    """A value that grows with the number in the program."""
    return [
        Candidate(one.source, len(one.token_ids), value=int((one.source or "0").split()[-1]) / 100) for one in samples
    ]


def drawing(sampler: Scripted, *, samples: int, budget: int | None = None, score: Scorer = by_length) -> Drawing:
    return Drawing(
        PROBLEM,
        params=SamplingParams(max_new_tokens=20),
        score=score,
        budget=Budget(samples, budget),
        on_candidates=lambda solution: sampler.seen.append(len(solution.candidates)),
    )


def result(steps: Steps[Solution], sampler: Scripted) -> Solution:
    """What a search comes to."""
    ((_, solution),) = run_steps([steps], sampler)  # type: ignore[arg-type]
    return solution


def search(sampler: Scripted, *, samples: int, budget: int | None = None) -> tuple[Solution, list[int]]:
    steps = best_of_n(drawing(sampler, samples=samples, budget=budget), style="complete")
    return result(steps, sampler), sampler.seen


def test_all_samples_are_drawn_in_groups_and_the_best_is_handed_out() -> None:
    sampler = Scripted()
    solution, seen = search(sampler, samples=40)
    assert sampler.asked == [16, 16, 8]
    assert seen == [16, 32, 40]
    assert (solution.place, solution.tokens) == (39, 400)
    assert solution.best.source is not None
    assert solution.best.source.endswith("return 39")


def test_a_budget_of_tokens_holds_and_what_short_samples_leave_is_used() -> None:
    sampler = Scripted()
    solution, _ = search(sampler, samples=100, budget=100)
    # 100 tokens hold five of up to 20; these took 50, which hold two; 30 hold one; 20 one; 10 none.
    assert sampler.asked == [5, 2, 1, 1]
    assert solution.tokens == 90


def test_candidates_know_their_length_and_stream_where_an_engine_tells_no_tokens() -> None:
    class Silent(Scripted):
        def sample(self, *given: Any, **more: Any) -> Iterator[Sample]:
            for one in super().sample(*given, **more):
                yield replace(one, token_ids=(), log_probs=(), tokens=one.index + 3)

    sampler = Silent()
    under_way = drawing(sampler, samples=18, score=lambda samples: candidates_of(PROBLEM, samples))
    solution = result(best_of_n(under_way, style="complete"), sampler)
    assert [one.tokens for one in solution.candidates] == list(range(3, 21))
    seeds = [
        sample_seed(0, purpose="solve", round_index=0, problem_id=PROBLEM.id, sample_index=index) for index in range(18)
    ]
    assert [one.seed for one in solution.candidates] == seeds


def test_a_budget_below_one_sample_is_refused() -> None:
    with pytest.raises(SamplingError, match="a budget of 19 tokens holds no sample of up to 20"):
        search(Scripted(), samples=4, budget=19)


def test_what_decides_is_what_is_known_of_the_candidates() -> None:
    plain = [Candidate("a", 1, log_prob=-2.0), Candidate("b", 1, log_prob=-1.0)]
    assert chosen(plain, by_what_is_known(plain)) == 1
    tried = [
        Candidate("a", 1, log_prob=-1.0, value=0.9, examples=0.5, behaviour="x"),
        Candidate("b", 1, log_prob=-2.0, value=0.3, examples=1.0, behaviour="x"),
        Candidate("c", 1, log_prob=-3.0, value=0.5, examples=1.0, behaviour="y"),
    ]
    assert chosen(tried, by_what_is_known(tried)) == 2
    assert chosen(tried, by_what_is_known(tried, consensus_first=True)) == 1


def tried(samples: Sequence[Sampled], *, right: str) -> list[Candidate]:
    """Whoever returns this number passes; the others are told what came of it."""
    return [
        Candidate(one.source, 10, examples=1.0, feedback="")
        if (one.source or "").endswith(right)
        else Candidate(one.source, 10, examples=0.0, feedback=f"twice(2) returned {(one.source or '').split()[-1]}")
        for one in samples
    ]


def test_repair_feeds_back_the_programs_that_fail_and_what_they_came_to_until_one_passes() -> None:
    sampler = Scripted()
    under_way = drawing(sampler, samples=24, score=lambda samples: tried(samples, right="return 15"))
    solution = result(repair(under_way, style="complete", turns=3, programs=2), sampler)
    # Half at once; then two programs, the newest first, with a third of what is left each turn.
    assert sampler.asked == [12, 2, 2]
    assert len(solution.candidates) == 16
    assert solution.place == 15
    question, answer, back = sampler.prompts[1].messages
    assert (question.role, answer.role, back.role) == ("user", "assistant", "user")
    assert "return 11" in answer.content
    assert "twice(2) returned 11" in back.content
    assert sampler.prompts[1].opening == sampler.prompts[0].opening


def test_repair_spends_the_whole_budget_where_nothing_passes_and_nothing_where_one_does() -> None:
    never, at_once = Scripted(), Scripted()
    result(repair(drawing(never, samples=24, score=lambda samples: tried(samples, right="?")), style="complete"), never)
    assert sum(never.asked) == 24
    soon = drawing(at_once, samples=24, score=lambda samples: tried(samples, right="return 3"))
    result(repair(soon, style="complete"), at_once)
    assert at_once.asked == [12]


def test_repair_hands_out_what_it_has_where_a_prompt_with_a_program_in_it_no_longer_fits() -> None:
    sampler = Scripted(context=1)
    solution = result(
        repair(drawing(sampler, samples=24, score=lambda samples: tried(samples, right="?")), style="complete"), sampler
    )
    assert sampler.asked == [12]
    assert len(solution.candidates) == 12
