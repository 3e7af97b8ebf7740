"""A search as steps: what it wants drawn, again and again, and what it comes to.

A search says what it wants and waits; whoever runs it asks the engine. So searches of many problems go on side by side,
and an engine gets the samples that all of them want at once.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

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
    live: dict[int, tuple[Steps[_T], Ask]] = {}
    has_more = True
    while has_more or live:
        while has_more and len(live) < at_once:
            if (begun := next(waiting, None)) is None:
                has_more = False
                break
            yield from _advanced(live, *begun, lambda search: next(search))
        for params in dict.fromkeys(ask.params for _, ask in live.values()):
            mine = {number: ask for number, (_, ask) in live.items() if ask.params == params}
            for number, error in _refused(mine, params, sampler).items():
                del mine[number]
                yield from _advanced(live, number, live[number][0], lambda search, why=error: search.throw(why))  # type: ignore[misc]
            drawn = _drawn(mine, params, sampler)
            for number in mine:
                samples = drawn[number]
                yield from _advanced(live, number, live[number][0], lambda search, own=samples: search.send(own))  # type: ignore[misc]


def _advanced(
    live: dict[int, tuple[Steps[_T], Ask]], number: int, search: Steps[_T], step: Callable[[Steps[_T]], Ask]
) -> Iterator[tuple[int, _T]]:
    """Have a search go on to what it wants next, or to its end, which is yielded."""
    try:
        live[number] = (search, step(search))
    except StopIteration as end:
        live.pop(number, None)
        yield number, end.value


def _refused(asks: dict[int, Ask], params: SamplingParams, sampler: Sampler) -> dict[int, SamplingError]:
    """Why the engine cannot do what some of the searches want."""
    found: dict[int, SamplingError] = {}
    for number, ask in asks.items():
        try:
            sampler.check(ask.requests, params)
        except SamplingError as error:
            found[number] = error
    return found


def _drawn(asks: dict[int, Ask], params: SamplingParams, sampler: Sampler) -> dict[int, list[Sample]]:
    """The samples of each search, in the order of their numbers."""
    owners = {request.key: number for number, ask in asks.items() for request in ask.requests}
    found: dict[int, list[Sample]] = {number: [] for number in asks}
    for sample in sampler.sample((request for ask in asks.values() for request in ask.requests), params):
        found[owners[sample.key]].append(sample)
    for samples in found.values():
        samples.sort(key=lambda sample: sample.index)
    return found
