"""An engine whose completions are written down, and the real judge, which notes what it is given."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

from axiom.errors import SamplingError
from axiom.generation.sampler import Request, Sample, SampledPolicy, Sampler, SamplingParams
from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Problem
from axiom.rounds.budget import Plan
from axiom.rounds.collect import collect
from axiom.rounds.progress import CollectProgress
from axiom.rounds.store import RoundFolder
from axiom.rounds.work import Together
from axiom.verification.judge import Judge
from axiom.verification.verdict import Outcome, Verdict


def problem(name: str, expected: int = 1) -> Problem:
    return Problem(
        id=name,
        entry_point="one",
        statement="Return 1.",
        tests=(CallTest(args=(), expected=expected),),
        starter="def one() -> int:",
    )


ONE, TWO = problem("t/one"), problem("t/two", expected=2)
ROUND = SimpleNamespace(purpose="train", params=SamplingParams(), style="complete", run_seed=0, round_index=0)


def returning(number: int | str, comment: str = "") -> str:
    return f"\n    return {number}  # {comment}\n```" if comment else f"\n    return {number}\n```"


class Scripted(Sampler):
    """An engine whose completions are written down.

    Args:
        write: the completion of a problem's sample.
        stops_after: samples after which it fails with ``failure``, or ends where that is None.
        width: requests pulled at a time, as an engine with room for so many does.
    """

    name, on_policy = "scripted", True

    def __init__(
        self,
        write: Callable[[str, int], str],
        *,
        stops_after: int | None = None,
        failure: BaseException | None = None,
        width: int = 1,
        finish_reason: str = "stop",
    ) -> None:
        self.write, self.stops_after, self.failure, self.width = write, stops_after, failure, width
        self.finish_reason = finish_reason
        self.drawn: list[tuple[str, int]] = []
        self.before_draw: Callable[[int], None] = lambda drawn: None

    def use(self, policy: SampledPolicy, *, workspace: Path) -> None:
        """Nothing to draw from."""

    def check(self, requests: Sequence[Request], params: SamplingParams) -> None:
        """Refuse a problem by its name."""
        for request in requests:
            if request.key == "t/long":
                raise SamplingError("'t/long': too long")

    def sample(
        self,
        requests: Iterable[Request | None],
        params: SamplingParams,
        *,
        before_step: Callable[[], None] = lambda: None,
    ) -> Iterator[Sample]:
        """What is written down."""
        following = iter(requests)
        while pulled := self._pulled(following):
            for request in pulled:
                for index, seed in request.seeds:
                    if len(self.drawn) == self.stops_after:
                        if self.failure is not None:
                            raise self.failure
                        return
                    self.before_draw(len(self.drawn))
                    before_step()
                    self.drawn.append((request.key, index))
                    text, reason = self.write(request.key, index), self.finish_reason
                    yield Sample(request.key, index, text, (), (), 10, reason, seed, self.name)  # type: ignore[arg-type]

    def _pulled(self, following: Iterator[Request | None]) -> list[Request]:
        pulled: list[Request] = []
        while len(pulled) < self.width and (request := next(following, None)) is not None:
            pulled.append(request)
        return pulled

    def close(self) -> None:
        """Nothing to give back."""


class Recording(Judge):
    """The real judge, which notes what it is given."""

    faults = 0

    def __enter__(self) -> "Recording":
        super().__enter__()
        self.given: list[tuple[str, str]] = []
        self.futures: list[Future[Verdict]] = []
        return self

    def submit(self, problem: Problem, source: str | None) -> "Future[Verdict]":
        future = super().submit(problem, source)
        if source is not None and hasattr(self, "given"):
            self.given.append((problem.id, source))
            if self.faults:
                self.faults -= 1
                future = Future()
                future.set_result(Verdict(Outcome.internal_error, 0, 1, message="the judge's own"))
            self.futures.append(future)
        return future

    @property
    def without_verdict(self) -> int:
        return sum(not future.done() for future in self.futures)


def run(
    folder: RoundFolder,
    sampler: Sampler,
    judge: Judge,
    samples: Mapping[str, int],
    *,
    problems: Sequence[Problem] = (ONE, TWO),
    enough: int | None = None,
    fixed: int = 1,
    cores: int | None = None,
    rank: int = 0,
    together: Together | None = None,
    on_progress: Callable[[CollectProgress], None] = lambda progress: None,
) -> CollectProgress:
    plan = Plan(samples, enough_passing=enough, fixed=fixed)
    return collect(
        folder,
        problems,
        plan=plan,
        sampler=sampler,
        judge=judge,
        cores=cores,
        rank=rank,
        together=together,
        on_progress=on_progress,
        **vars(ROUND),
    )


def keys(folder: RoundFolder) -> list[tuple[str, int]]:
    return [stored.key for stored in folder.read("train")]
