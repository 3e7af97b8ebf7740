"""What an engine is asked: the prompt of a problem, and the seed of each sample."""

from collections.abc import Iterable, Mapping

from axiom.generation.sampler import Request, Sample, sample_seed
from axiom.problems.problem import Problem
from axiom.prompts import PromptStyle, build_prompt
from axiom.rounds.store import Purpose


class Asking:
    """Requests of one purpose of one round.

    Args:
        problems: by id.
        style: of the prompts.
        purpose: part of the seeds.
        run_seed: the run's seed.
        round_index: the round's number.
    """

    def __init__(
        self, problems: Mapping[str, Problem], *, style: PromptStyle, purpose: Purpose, run_seed: int, round_index: int
    ) -> None:
        self._prompts = {name: build_prompt(problem, style=style) for name, problem in problems.items()}
        self._purpose, self._run_seed, self._round = purpose, run_seed, round_index

    def request(self, problem_id: str, indices: Iterable[int]) -> Request:
        """The request for these samples of a problem."""
        seeds = tuple((index, self._seed(problem_id, index)) for index in indices)
        return Request(problem_id, self._prompts[problem_id], seeds)

    def answer(self, sample: Sample) -> str:
        """The whole answer: what the prompt already began, and the completion."""
        return self._prompts[sample.key].opening + sample.text

    def _seed(self, problem_id: str, index: int) -> int:
        return sample_seed(
            self._run_seed,
            purpose=self._purpose,
            round_index=self._round,
            problem_id=problem_id,
            sample_index=index,
        )
