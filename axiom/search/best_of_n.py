"""Best-of-N at inference time: draw samples within a budget of tokens, look at each, and hand out the best one.

The budget holds in any case: no more samples are begun than would fit it if each were as long as allowed. Works with
every engine; hidden tests are never run.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from axiom.errors import SamplingError
from axiom.generation.sampler import Request, Sample, Sampler, SamplingParams, sample_seed
from axiom.problems.problem import Problem
from axiom.programs import extract_program
from axiom.prompts import PromptStyle, build_prompt
from axiom.search.choosers import ByValue, Candidate, Chooser, Consensus, InTurn, LogProbability, PublicExamples, chosen
from axiom.search.scoring import Sampled

_TOGETHER = 16
Score = Callable[[Sequence[Sampled]], Sequence[Candidate]]


@dataclass(frozen=True, slots=True)
class Solution:
    """What a search came to.

    Attributes:
        candidates: all of them, in the order in which they were drawn.
        place: of the one that is handed out.
        tokens: that were drawn.
    """

    candidates: tuple[Candidate, ...]
    place: int
    tokens: int

    @property
    def best(self) -> Candidate:
        """The one that is handed out; without a program where none has one."""
        return self.candidates[self.place]


def by_what_is_known(candidates: Sequence[Candidate], *, consensus_first: bool = False) -> Chooser:
    """Public examples, then value, consensus and log-probability: those of which the candidates have any.

    Args:
        candidates: at least one.
        consensus_first: put agreement before the others.
    """
    choosers: list[Chooser] = [LogProbability()]
    if any(one.behaviour is not None for one in candidates):
        choosers.insert(0, Consensus())
    if any(one.value is not None for one in candidates):
        choosers.insert(0, ByValue())
    if any(one.examples is not None for one in candidates):
        choosers.insert(0, PublicExamples())
    if consensus_first:
        choosers.insert(0, Consensus())
    return InTurn(choosers)


def best_of_n(
    problem: Problem,
    *,
    sampler: Sampler,
    params: SamplingParams,
    style: PromptStyle,
    score: Score,
    samples: int,
    budget_tokens: int | None = None,
    consensus_first: bool = False,
    seed: int = 0,
    on_candidates: Callable[[Solution], None] = lambda solution: None,
) -> Solution:
    """Draw, score and choose.

    Args:
        problem: what is asked.
        sampler: draws; bound to its policy.
        params: how.
        style: of the prompt.
        score: what is found out about some samples.
        samples: at most so many.
        budget_tokens: of all completions together; None leaves it to ``samples``.
        consensus_first: choose by agreement before anything else.
        seed: of the samples.
        on_candidates: called with what is known after each group of samples.

    Raises:
        SamplingError: if the engine fails, or the budget does not hold one sample.
    """
    prompt = build_prompt(problem, style=style)
    found: list[Candidate] = []
    spent = begun = 0
    solution: Solution | None = None
    while begun < samples:
        room = samples if budget_tokens is None else (budget_tokens - spent) // params.max_new_tokens
        count = min(samples - begun, _TOGETHER, room)
        if count < 1:
            break
        seeds = tuple(
            (i, sample_seed(seed, purpose="solve", round_index=0, problem_id=problem.id, sample_index=i))
            for i in range(begun, begun + count)
        )
        drawn = sorted(sampler.sample([Request(problem.id, prompt, seeds)], params), key=lambda sample: sample.index)
        begun, spent = begun + count, spent + sum(sample.tokens for sample in drawn)
        found += score(list(_sampled(problem, prompt.opening, drawn)))
        chooser = by_what_is_known(found, consensus_first=consensus_first)
        solution = Solution(tuple(found), chosen(found, chooser), spent)
        on_candidates(solution)
    if solution is None:
        raise SamplingError(
            f"a budget of {budget_tokens} tokens holds no sample of up to {params.max_new_tokens}; raise it, or lower "
            "max_new_tokens"
        )
    return solution


def _sampled(problem: Problem, opening: str, drawn: Sequence[Sample]) -> Iterator[Sampled]:
    for sample in drawn:
        program = extract_program(opening + sample.text, entry_point=problem.entry_point, starter=problem.starter)
        yield Sampled(None if program is None else program.source, sample.token_ids, sample.log_probs)
