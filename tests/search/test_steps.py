"""Searches side by side: who is drawn for together, when the next is taken up, whose samples are whose."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import pytest

from axiom.errors import SamplingError
from axiom.generation.sampler import Request, Sample, SamplingParams
from axiom.prompts import Prompt
from axiom.search.steps import Ask, Steps, run_steps

SHORT, LONG = SamplingParams(max_new_tokens=4), SamplingParams(max_new_tokens=8)


class Echo:
    """Says whose sample it is, the last first; remembers who was asked for in each call."""

    name, on_policy = "echo", True

    def __init__(self) -> None:
        self.calls: list[tuple[list[str], int]] = []

    def check(self, requests: Sequence[Request], params: SamplingParams) -> None:
        if any(request.key == "too long" for request in requests):
            raise SamplingError("it does not fit")

    def sample(
        self, requests: Iterable[Request], params: SamplingParams, *, before_step: Callable[[], None] = lambda: None
    ) -> Iterator[Sample]:
        asked = list(requests)
        self.calls.append(([one.key for one in asked], params.max_new_tokens))
        for request in reversed(asked):
            for index, seed in reversed(request.seeds):
                yield Sample(request.key, index, f"{request.key}{index}", (), (), 1, "stop", seed, self.name)


def search(name: str, ways: Sequence[SamplingParams]) -> Steps[str]:
    """Wants two samples a step, and comes to all that it was given."""
    heard = []
    for step, params in enumerate(ways):
        drawn = yield Ask((Request(name, Prompt(()), ((2 * step, 0), (2 * step + 1, 0))),), params)
        heard += [sample.text for sample in drawn]
    return " ".join(heard)


def run(searches: Sequence[Steps[str]], *, at_once: int) -> tuple[list[tuple[int, str]], list[tuple[list[str], int]]]:
    engine = Echo()
    return list(run_steps(searches, engine, at_once=at_once)), engine.calls  # type: ignore[arg-type]


def test_searches_that_ask_alike_are_drawn_for_in_one_call_and_get_their_own_samples_in_order() -> None:
    found, calls = run([search("a", [SHORT, SHORT]), search("b", [SHORT])], at_once=2)
    assert calls == [(["a", "b"], 4), (["a"], 4)]
    assert found == [(1, "b0 b1"), (0, "a0 a1 a2 a3")]


def test_searches_that_ask_in_different_ways_are_drawn_for_apart() -> None:
    found, calls = run([search("a", [SHORT]), search("b", [LONG]), search("c", [SHORT])], at_once=3)
    assert calls == [(["a", "c"], 4), (["b"], 8)]
    assert sorted(found) == [(0, "a0 a1"), (1, "b0 b1"), (2, "c0 c1")]


def test_a_search_is_taken_up_once_there_is_room_for_it() -> None:
    begun = []

    def noted(name: str) -> Steps[str]:
        begun.append(name)
        return (yield from search(name, [SHORT] * (2 if name == "a" else 1)))

    found, calls = run([noted("a"), noted("b"), noted("c")], at_once=2)
    assert calls == [(["a", "b"], 4), (["a", "c"], 4)]
    assert begun == ["a", "b", "c"]
    assert [number for number, _ in found] == [1, 0, 2]


def test_a_search_that_wants_nothing_ends_at_once_and_one_alone_is_drawn_for_alone() -> None:
    found, calls = run([search("a", []), search("b", [SHORT])], at_once=1)
    assert found == [(0, ""), (1, "b0 b1")]
    assert calls == [(["b"], 4)]
    assert run([], at_once=4) == ([], [])


def test_what_the_engine_refuses_is_told_to_its_search_alone() -> None:
    def undaunted() -> Steps[str]:
        try:
            yield from search("too long", [SHORT])
        except SamplingError:
            return (yield from search("short", [SHORT]))
        raise AssertionError("it was drawn")

    found, calls = run([search("a", [SHORT, SHORT]), undaunted()], at_once=2)
    assert calls == [(["a"], 4), (["a", "short"], 4)]
    assert dict(found) == {0: "a0 a1 a2 a3", 1: "short0 short1"}
    with pytest.raises(SamplingError, match="it does not fit"):
        run([search("too long", [SHORT])], at_once=1)
