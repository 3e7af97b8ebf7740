"""A search under way: the candidates so far, what they cost, and what the budget still holds.

A budget of tokens holds in any case: no more samples are begun than would fit it if each were as long as allowed. Works
with every engine; hidden tests are never run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from axiom.errors import SamplingError
from axiom.generation.sampler import FinishReason, Request, Sample, SamplingParams, sample_seed
from axiom.problems.problem import Problem
from axiom.programs import extract_program
from axiom.prompts import Prompt
from axiom.search.choosers import ByValue, Candidate, Chooser, Consensus, InTurn, LogProbability, PublicExamples, chosen
from axiom.search.scoring import Drawn, Sampled
from axiom.search.steps import Ask, Steps

Scorer = Callable[[Sequence[Sampled]], Sequence[Candidate]]


@dataclass(frozen=True, slots=True)
class Solution:
    """What a search has come to.

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


@dataclass(frozen=True, slots=True)
class Budget:
    """What a search may draw.

    Attributes:
        samples: at most so many.
        tokens: of all completions together; None leaves it to ``samples``.
    """

    samples: int
    tokens: int | None = None


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


class Drawing:
    """Asks for samples, scores them, and keeps count.

    Args:
        problem: what is asked.
        params: how samples are drawn.
        score: what is found out about some samples.
        budget: what may be drawn.
        consensus_first: choose by agreement before anything else.
        seed: of the samples.
        round_index: likewise.
        on_candidates: called with what is known after each group of samples.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        params: SamplingParams,
        score: Scorer,
        budget: Budget,
        consensus_first: bool = False,
        seed: int = 0,
        round_index: int = 0,
        on_candidates: Callable[[Solution], None] = lambda solution: None,
    ) -> None:
        self.problem, self._params, self._score = problem, params, score
        self._budget, self._consensus_first = budget, consensus_first
        self._seed, self._round = seed, round_index
        self._on_candidates = on_candidates
        self.candidates: list[Candidate] = []
        self._tokens = self._extensions = 0

    @property
    def room(self) -> int:
        """How many samples may be begun."""
        room = self._budget.samples - len(self.candidates)
        if self._budget.tokens is None:
            return room
        return min(room, (self._budget.tokens - self._tokens) // self._params.max_new_tokens)

    @property
    def params(self) -> SamplingParams:
        """How samples are drawn."""
        return self._params

    @property
    def samples(self) -> int:
        """At most so many candidates."""
        return self._budget.samples

    def tokens_for(self, rows: int) -> int:
        """How many tokens each of so many rows may draw: up to ``max_new_tokens``, and what the budget still holds."""
        if self._budget.tokens is None:
            return self._params.max_new_tokens
        return min(self._params.max_new_tokens, (self._budget.tokens - self._tokens) // rows)

    def draw(self, prompts: Sequence[Prompt], *, each: int) -> Steps[None]:
        """Draw and score so many samples of each prompt, as far as there is room."""
        first, requests = len(self.candidates), []
        last = first + min(len(prompts) * each, self.room)
        for number, prompt in enumerate(prompts):
            places = range(first + number * each, min(first + (number + 1) * each, last))
            seeds = tuple((place, self._seed_of(place)) for place in places)
            if seeds:
                requests.append(Request(f"{self.problem.id}#{number}", prompt, seeds, goes_on=True))
        openings = {request.key: request.prompt.opening for request in requests}
        drawn = yield from self._drawn(requests, self._params)
        whole = [self.sampled(openings[one.key], one.text, one, finish_reason=one.finish_reason) for one in drawn]
        self.add(
            [replace(sampled, tokens=one.tokens, seed=one.seed) for sampled, one in zip(whole, drawn, strict=True)]
        )

    def extend(
        self,
        prompt: Prompt,
        begun: Sequence[Sequence[int]],
        *,
        each: Sequence[int],
        max_new_tokens: Sequence[int],
        stop: str,
    ) -> Steps[list[list[Sample]]]:
        """Go on with completions that are begun, without a word about their worth.

        Args:
            prompt: whose completions they are.
            begun: token ids of each.
            each: how many continuations of each are drawn.
            max_new_tokens: of a continuation of each.
            stop: a text that ends one, beside the prompt's own.

        Returns:
            The continuations of each.
        """
        first, requests = self._extensions, []
        for number, (tokens, count, limit) in enumerate(zip(begun, each, max_new_tokens, strict=True)):
            seeds = tuple((place, self._seed_of(place)) for place in range(first, first + count))
            key = f"{self.problem.id}#{number}"
            requests.append(Request(key, prompt, seeds, tuple(tokens), goes_on=True, max_new_tokens=limit))
            first += count
        self._extensions = first
        drawn = yield from self._drawn(requests, replace(self._params, stop=(*self._params.stop, stop)))
        return [[sample for sample in drawn if sample.key == request.key] for request in requests]

    def add(self, samples: Sequence[Sampled]) -> None:
        """Score whole samples, and keep them as candidates."""
        if samples:
            self.candidates += self._score(samples)
            self._on_candidates(self.solution())

    def solution(self) -> Solution:
        """What it has come to.

        Raises:
            SamplingError: if nothing was drawn, because the budget does not hold one sample.
        """
        if not self.candidates:
            raise SamplingError(
                f"a budget of {self._budget.tokens} tokens holds no sample of up to {self._params.max_new_tokens}; "
                "raise it, or lower max_new_tokens"
            )
        chooser = by_what_is_known(self.candidates, consensus_first=self._consensus_first)
        return Solution(tuple(self.candidates), chosen(self.candidates, chooser), self._tokens)

    def _seed_of(self, place: int) -> int:
        return sample_seed(
            self._seed, purpose="solve", round_index=self._round, problem_id=self.problem.id, sample_index=place
        )

    def sampled(self, opening: str, text: str, drawn: Drawn, *, finish_reason: FinishReason) -> Sampled:
        """A whole completion and its tokens, as what is scored; the opening is what the prompt began it with."""
        problem = self.problem
        program = extract_program(opening + text, entry_point=problem.entry_point, starter=problem.starter)
        source = None if program is None else program.source
        return Sampled(source, drawn.token_ids, drawn.log_probs, text, finish_reason)

    def _drawn(self, requests: Sequence[Request], params: SamplingParams) -> Steps[Sequence[Sample]]:
        """Samples in the order of their numbers, counted."""
        drawn = yield Ask(tuple(requests), params)
        self._tokens += sum(sample.tokens for sample in drawn)
        return drawn
