"""A search as steps: what it wants drawn, again and again, and what it comes to.

A search says what it wants and waits; whoever runs it asks the engine. So searches of many problems go on side by side,
and an engine gets the samples that all of them want at once.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from axiom.errors import SamplingError
from axiom.generation.sampler import Request, Sample, Sampler, SamplingParams

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Ask:
    """What a search wants drawn before it goes on.

    Attributes:
        requests: at least one, of keys that no search beside it has.
        params: how.
    """

    requests: tuple[Request, ...]
    params: SamplingParams


Steps = Generator[Ask, Sequence[Sample], _T]


def run_steps(steps: Iterable[Steps[_T]], sampler: Sampler, *, at_once: int = 1) -> Iterator[tuple[int, _T]]:
    """Run searches to their ends.

    Those that want samples in the same way are drawn for in one call. A sample is the same whatever is drawn beside it,
    as far as the engine's arithmetic is.

    Args:
        steps: the searches, each taken up once there is room.
        sampler: draws; bound to its policy.
        at_once: searches side by side.

    Yields:
        the number of a search and what it has come to, as they end.

    Raises:
        SamplingError: if the engine fails. What it refuses beforehand, a prompt that does not fit for one, is told to
            the search, which may go on otherwise or raise it.
    """
    waiting = enumerate(steps)
    live: dict[int, _Search[_T]] = {}
    while live := live | {number: _Search(one) for number, one in islice(waiting, at_once - len(live))}:
        for params in dict.fromkeys(search.wants.params for search in live.values() if search.wants):
            _draw([one for one in live.values() if one.wants and one.wants.params == params], params, sampler)
        for number in [number for number, search in live.items() if search.wants is None]:
            yield number, live.pop(number).result


class _Search(Generic[_T]):
    """A search under way.

    Attributes:
        wants: what it waits for; None where it has ended.
        result: what it has come to then.
    """

    result: _T

    def __init__(self, steps: Steps[_T]) -> None:
        self._steps = steps
        self.wants: Ask | None = None
        self._go_on(lambda: next(steps))

    def give(self, samples: Sequence[Sample]) -> None:
        """Have it go on with what it wanted."""
        self._go_on(lambda: self._steps.send(samples))

    def refuse(self, error: SamplingError) -> None:
        """Tell it why it does not get that."""
        self._go_on(lambda: self._steps.throw(error))

    def _go_on(self, step: Callable[[], Ask]) -> None:
        try:
            self.wants = step()
        except StopIteration as end:
            self.wants, self.result = None, end.value


def _draw(searches: Sequence[_Search[_T]], params: SamplingParams, sampler: Sampler) -> None:
    """Give each of these searches what it wants, in the order of the samples' numbers, or the engine's refusal."""
    found: dict[int, list[Sample]] = {}
    owners: dict[str, int] = {}
    requests: list[Request] = []
    for place, search in enumerate(searches):
        assert search.wants is not None
        try:
            sampler.check(search.wants.requests, params)
        except SamplingError as error:
            search.refuse(error)
            continue
        found[place] = []
        owners |= {request.key: place for request in search.wants.requests}
        requests += search.wants.requests
    for sample in sampler.sample(requests, params) if requests else ():
        found[owners[sample.key]].append(sample)
    for place, samples in found.items():
        searches[place].give(sorted(samples, key=lambda sample: sample.index))
