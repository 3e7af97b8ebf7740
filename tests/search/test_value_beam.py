"""The beam over an engine that writes a digit a line: who goes on, what is drawn, what it costs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import pytest

from axiom.errors import SamplingError
from axiom.generation.sampler import Request, Sample, SamplingParams
from axiom.search.choosers import Candidate
from axiom.search.drawing import Budget, Drawing, Solution
from axiom.search.question import problem_asked
from axiom.search.scoring import Sampled
from axiom.search.steps import run_steps
from axiom.search.value_beam import Partial, value_beam

PROBLEM = problem_asked("Return twice n.", ["twice(2) == 4"])
LINES = 3


def decode(tokens: Sequence[int]) -> str:
    return "".join(map(chr, tokens))


class DigitWriter:
    """Row number R writes the line ``R % 10``, two tokens; the third line ends with the block."""

    name, on_policy = "digits", True

    def __init__(self) -> None:
        self.steps: list[list[tuple[str, int]]] = []
        self.limits: list[int] = []
        self.seeds: list[int] = []

    def check(self, requests: Sequence[Request], params: SamplingParams) -> None:
        """Whatever is asked can be done."""

    def sample(
        self, requests: Iterable[Request], params: SamplingParams, *, before_step: Callable[[], None] = lambda: None
    ) -> Iterator[Sample]:
        asked = list(requests)
        assert all(one.goes_on for one in asked)
        self.steps.append([(decode(one.begun), len(one.seeds)) for one in asked])
        self.limits += {one.limited(params).max_new_tokens for one in asked}
        for request in reversed(asked):
            is_last = decode(request.begun).count("\n") == LINES - 1
            for index, seed in request.seeds:
                self.seeds.append(seed)
                text = f"{index % 10}" + ("```" if is_last else "\n")
                ids = tuple(map(ord, text))
                yield Sample(request.key, index, text, ids, (-1.0,) * len(ids), len(ids), "stop", seed, self.name)


def beam(under_way: Drawing, engine: DigitWriter, *, beams: int | None = None) -> Solution:
    """What a beam comes to."""
    steps = value_beam(under_way, style="complete", values=totals, decode=decode, beams=beams)
    ((_, solution),) = run_steps([steps], engine)  # type: ignore[arg-type]
    return solution


def drawing(
    *,
    samples: int,
    budget: int | None = None,
    max_new_tokens: int = 50,
    stop: tuple[str, ...] = (),
) -> Drawing:
    def score(some: Sequence[Sampled]) -> list[Candidate]:
        assert all(len(one.log_probs) == len(one.token_ids) for one in some)
        return [Candidate(decode(one.token_ids), len(one.token_ids), value=total(one.token_ids)) for one in some]

    params = SamplingParams(max_new_tokens=max_new_tokens, stop=stop)
    return Drawing(PROBLEM, params=params, score=score, budget=Budget(samples, budget))


def total(tokens: Sequence[int]) -> float:
    return sum(int(letter) for letter in decode(tokens) if letter.isdigit()) / 100


def totals(some: Sequence[Partial]) -> list[float]:
    assert all(len(one.log_probs) == len(one.token_ids) for one in some)
    return [total(one.token_ids) for one in some]


def test_the_best_beginnings_are_gone_on_with_by_as_many_rows_as_there_are_samples() -> None:
    engine = DigitWriter()
    solution = beam(drawing(samples=9), engine)
    # Rows 0 to 8 write their numbers and the best three go on; rows 9 to 17 write 9, 0, 1 after 8, and so on.
    assert engine.steps == [
        [("", 9)],
        [("8\n", 3), ("7\n", 3), ("6\n", 3)],
        [("8\n9\n", 3), ("6\n7\n", 3), ("6\n6\n", 3)],
    ]
    # Rows 18 to 26 write 8, 9, 0 after the first of these.
    assert solution.best.source == "8\n9\n9```"
    assert len(solution.candidates) == 9
    assert solution.tokens == 2 * 9 + 2 * 9 + 4 * 9
    assert len(set(engine.seeds)) == 27


def test_a_beginning_that_is_drawn_twice_goes_on_once() -> None:
    engine = DigitWriter()
    beam(drawing(samples=16), engine, beams=12)
    # Rows 10 to 15 write what rows 0 to 5 wrote, so there are ten beginnings; their order is that of their writing.
    assert [begun for begun, _ in engine.steps[1]] == [f"{digit}\n" for digit in range(10)]
    assert [rows for _, rows in engine.steps[1]] == [2] * 6 + [1] * 4


def test_tokens_are_never_more_than_the_budget_nor_a_program_longer_than_allowed() -> None:
    engine = DigitWriter()
    solution = beam(drawing(samples=4, budget=30), engine)
    # 30 tokens hold seven a row; 8 are drawn, and 22 hold five; 14 hold three: not the last line, which costs 16.
    assert engine.limits == [7, 5, 3]
    engine = DigitWriter()
    beam(drawing(samples=4, max_new_tokens=5), engine)
    assert engine.limits == [5, 3, 1]
    assert solution.candidates


def test_a_long_program_takes_nothing_of_a_short_one_s_length() -> None:
    class Uneven(DigitWriter):
        """Row 0 begins with a line of forty tokens; all others write as the digits do."""

        def sample(
            self, requests: Iterable[Request], params: SamplingParams, *, before_step: Callable[[], None] = lambda: None
        ) -> Iterator[Sample]:
            for request in (asked := list(requests)):
                self.limits += [request.limited(params).max_new_tokens]
            for sample in DigitWriter().sample(asked, params):
                if self.limits == [50] and sample.index == 0:
                    text = "9" * 39 + "\n"
                    ids = tuple(map(ord, text))
                    sample = replace(sample, text=text, token_ids=ids, log_probs=(-1.0,) * 40, tokens=40)
                yield sample

    engine = Uneven()
    solution = beam(drawing(samples=4), engine)
    assert engine.limits == [50, 10, 48, 8, 8]
    assert all(one.source.endswith("```") for one in solution.candidates if one.source)


def test_a_program_whose_last_line_leaves_no_token_is_handed_out_as_cut_off() -> None:
    solution = beam(drawing(samples=4, max_new_tokens=4), DigitWriter())
    assert sorted({one.tokens for one in solution.candidates}) == [4]
    assert len(solution.candidates) == 4


def test_what_a_budget_cuts_off_is_handed_out_as_it_is_and_one_without_a_token_for_each_row_is_refused() -> None:
    solution = beam(drawing(samples=4, budget=9), DigitWriter())
    assert solution.best.source == "3\n"
    with pytest.raises(SamplingError, match="a budget of 3 tokens holds no sample"):
        beam(drawing(samples=4, budget=3), DigitWriter())


def test_an_engine_that_tells_no_tokens_is_refused() -> None:
    class Silent(DigitWriter):
        def sample(
            self, requests: Iterable[Request], params: SamplingParams, *, before_step: Callable[[], None] = lambda: None
        ) -> Iterator[Sample]:
            for sample in super().sample(requests, params):
                yield replace(sample, token_ids=(), log_probs=())

    with pytest.raises(SamplingError, match="goes on with tokens, and the engine 'digits' tells none"):
        beam(drawing(samples=4), Silent())


def test_a_stop_text_that_a_line_break_is_in_the_middle_of_ends_a_program() -> None:
    engine = DigitWriter()
    solution = beam(drawing(samples=4, stop=("3\n5",)), engine)
    assert "3\n5\n" in [one.source for one in solution.candidates]
    assert all("3\n5\n" not in begun for step in engine.steps for begun, _ in step)
