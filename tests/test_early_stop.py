"""The early stop: what is solved leaves its samples to what is not, and pass@k stays unbiased."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axiom.errors import SamplingError
from axiom.generation.sampler import Request, Sample, SamplingParams
from axiom.learning.curriculum import Curriculum
from axiom.problems.problem import Problem
from axiom.rounds.budget import Budget, Plan
from axiom.rounds.store import Manifest, Purpose, RoundFolder, RoundStore
from datamodules.planning import Planning
from tests.scripted import ONE, TWO, Recording, Scripted, keys, returning, run
from tests.test_store import row


def test_a_solved_problem_leaves_its_samples_to_one_that_is_not(folder: RoundFolder, judge: Recording) -> None:
    def write(key: str, index: int) -> str:
        return returning(f"{index} or 1" if key == "t/one" else "0")

    done = run(folder, Scripted(write, width=9), judge, {"t/one": 8, "t/two": 8}, enough=2, fixed=2)
    assert keys(folder) == [*(("t/one", index) for index in range(2)), *(("t/two", index) for index in range(14))]
    assert (done.done, done.total, done.problems_done) == (16, 16, 2)


def test_a_verdict_that_comes_between_two_samples_counts_for_the_next_request(
    folder: RoundFolder, judge: Recording
) -> None:
    calls = []

    class Waiting(Scripted):
        def sample(
            self,
            requests: Iterable[Request | None],
            params: SamplingParams,
            *,
            before_step: Callable[[], None] = lambda: None,
        ) -> Iterator[Sample]:
            def pulled() -> Iterator[Request | None]:
                for request in requests:
                    yield request
                    wait(judge.futures)

            calls.append(len(self.drawn))
            yield from super().sample(pulled(), params, before_step=before_step)

    sampler = Waiting(lambda key, index: returning(f"0 * {index}"))
    run(folder, sampler, judge, {"t/one": 30}, problems=[ONE], enough=1, fixed=16)
    # The sixteen are a batch for the judge, so a chunk of four follows at once; each of these is held back to its end.
    assert calls == [0, 20, 24, 28]
    assert len(keys(folder)) == 30


def test_a_round_ends_below_its_total_once_every_problem_has_enough(folder: RoundFolder, judge: Recording) -> None:
    def write(key: str, index: int) -> str:
        return returning(1 if key == "t/one" else 2, comment=str(index))

    assert run(folder, Scripted(write, width=9), judge, {"t/one": 30, "t/two": 30}, enough=1, fixed=3).total == 6
    assert Counter(key for key, _ in keys(folder)) == {"t/one": 3, "t/two": 3}


def test_one_program_in_two_spellings_is_not_two(folder: RoundFolder, judge: Recording) -> None:
    sampler = Scripted(lambda key, index: returning(1, comment=str(index)), width=9)
    run(folder, sampler, judge, {"t/one": 12}, problems=[ONE], enough=2, fixed=2)
    assert len(keys(folder)) == 12


def test_a_passing_program_that_training_cannot_use_does_not_count(folder: RoundFolder, judge: Recording) -> None:
    sampler = Scripted(lambda key, index: returning(1), finish_reason="length")
    run(folder, sampler, judge, {"t/one": 12}, problems=[ONE], enough=1, fixed=2)
    assert len(keys(folder)) == 12


@pytest.mark.parametrize("stops_after", [1, 3, 7, 13])
def test_an_interrupted_early_stop_goes_on_without_drawing_anything_twice(
    folder: RoundFolder, judge: Recording, stops_after: int
) -> None:
    def write(key: str, index: int) -> str:
        return returning(f"{index} or 1" if key == "t/one" else "0")

    failing = Scripted(write, stops_after=stops_after, failure=SamplingError("gone"), width=2)
    with pytest.raises(SamplingError, match="gone"):
        run(folder, failing, judge, {"t/one": 8, "t/two": 8}, enough=2, fixed=2)
    stored = set(keys(folder))
    assert stored == set(failing.drawn)
    again = Scripted(write, width=2)
    run(folder, again, judge, {"t/one": 8, "t/two": 8}, enough=2, fixed=2)
    assert not stored & set(again.drawn)
    assert keys(folder) == [*(("t/one", index) for index in range(2)), *(("t/two", index) for index in range(14))]


@given(
    wanted=st.lists(st.integers(0, 20), min_size=1, max_size=4),
    enough=st.integers(1, 3),
    fixed=st.integers(1, 6),
    data=st.data(),
)
def test_a_budget_gives_each_key_once_the_fixed_ones_always_and_never_more_than_planned(
    wanted: list[int], enough: int, fixed: int, data: st.DataObject
) -> None:
    plan = Plan({str(name): n for name, n in enumerate(wanted)}, enough_passing=enough, fixed=fixed)
    stored = [row(name, 1) for name in plan.samples if plan.samples[name] > 1 and data.draw(st.booleans())]
    budget = Budget(plan, list(plan.samples), stored)
    drawn = [made.key for made in stored]
    while not budget.finished:
        asked = [(name, index) for name, indices in given_by(budget) for index in indices]
        assert asked
        drawn += asked
        for name, index in asked:
            budget.judged(row(name, index, passed=data.draw(st.booleans()), solution=f"x = {index}"))
    assert len(drawn) == len(set(drawn)) <= sum(wanted)
    assert {(name, index) for name, n in plan.samples.items() for index in range(min(n, fixed))} <= set(drawn)
    assert (budget.unjudged, budget.unclaimed) == (0, 0)
    assert budget.problems_done == sum(n > 0 for n in wanted)


def given_by(budget: Budget) -> list[tuple[str, tuple[int, ...]]]:
    """All that a budget gives without a further verdict."""
    given = []
    for one in budget.next_samples():
        if one is None:
            break
        given.append(one)
    return given


def test_a_problem_gets_its_next_chunk_only_once_all_it_had_is_judged() -> None:
    budget = Budget(Plan({"a": 20, "b": 20}, enough_passing=1, fixed=2), ["a", "b"], [])
    assert given_by(budget) == [("a", (0, 1)), ("b", (0, 1))]
    for index in (0, 1):
        budget.judged(row("a", index, passed=False))
    assert given_by(budget) == [("a", tuple(range(2, 6)))]
    budget.judged(row("b", 0, passed=True))
    budget.judged(row("b", 1, passed=False))
    assert given_by(budget) == []
    assert (budget.problems_done, budget.unjudged, budget.unclaimed) == (1, 4, 32)


def begun(plan: Plan, **passing: tuple[str, ...]) -> list[str]:
    """Which problems go on, in their order, once the fixed samples are judged; these programs of them passed."""
    budget = Budget(plan, list(plan.samples), [])
    for name, indices in given_by(budget):
        programs = passing.get(name, ())
        for index in indices:
            passed = index < len(programs)
            budget.judged(row(name, index, passed=passed, solution=programs[index] if passed else "x = 0"))
    return [name for name, _ in given_by(budget)]


def test_the_next_chunk_goes_where_a_sample_is_likeliest_to_add_a_program() -> None:
    both = {"a": 20, "b": 20}
    # Of 8 samples 1 passed: mean 2/10. b has (1 + 0.2) / 5, a has 0.2 / 5.
    assert begun(Plan(both, enough_passing=2, fixed=4), b=("x = 1",)) == ["b", "a"]
    # The same program twice: nothing new is likely of b, however often it passes.
    assert begun(Plan(both, enough_passing=2, fixed=4), b=("x = 1", "x = 1")) == ["a", "b"]
    # Half of b's passes are of programs seen once; the mean is 7/10. b has 1/2 * (4 + 0.7) / 5, a has (2 + 0.7) / 5.
    some = {"a": ("x = 1", "x = 2"), "b": ("x = 1", "x = 1", "x = 2", "x = 3")}
    assert begun(Plan(both, enough_passing=5, fixed=4), **some) == ["a", "b"]
    # Six of eight in the round before are three of four; the mean is 4/10. a has 0.4 / 3, b has 3.4 / 7.
    assert begun(Plan(both, enough_passing=2, fixed=2, earlier={"b": (8, 6)})) == ["b", "a"]
    # What failed before as well is less likely: a has (1/10) / 7, b has (1/10) / 3.
    assert begun(Plan(both, enough_passing=2, fixed=2, earlier={"a": (8, 0)})) == ["b", "a"]
    # At a tie what lies furthest behind its own number.
    assert begun(Plan({"a": 20, "b": 60}, enough_passing=2, fixed=2)) == ["b", "a"]


def test_a_round_with_an_early_stop_knows_what_the_round_before_came_to(tmp_path: Path) -> None:
    problems: dict[Purpose, list[Problem]] = {"train": [ONE, TWO], "validation": [], "test": []}
    samples: dict[Purpose, int] = {"train": 12, "validation": 5, "test": 12}
    store = RoundStore(tmp_path)
    for index in (0, 1):
        rows = [row("t/one", number, passed=number < 2 + index) for number in range(4)]
        store.folder(index).write_manifest(Manifest(round=index, base="m", adapter_hash="h", seed=0))
        store.folder(index).append("train", rows, rank=0)
    planning = Planning(problems, samples, curriculum=Curriculum(), enough_passing=1, first_samples=3)
    assert planning.plan(store, 0, "train", k=(1, 8)).earlier == {}
    plan = planning.plan(store, 2, "train", k=(1, 8))
    assert (plan.earlier, plan.fixed) == ({"t/one": (4, 3)}, 3)


def test_pass_at_k_counts_the_fixed_samples_of_a_round_that_stops_early(tmp_path: Path) -> None:
    problems: dict[Purpose, list[Problem]] = {"train": [ONE, TWO], "validation": [ONE], "test": [ONE]}
    samples: dict[Purpose, int] = {"train": 12, "validation": 5, "test": 12}
    store, rows = RoundStore(tmp_path), [row(name, index) for name in ("t/one", "t/two") for index in range(20)]
    stopping = Planning(problems, samples, curriculum=Curriculum(), enough_passing=1)
    counted = stopping.before_stopping(rows, store, 0, k=(1, 8))
    assert [kept.key for kept in counted] == [(name, index) for name in ("t/one", "t/two") for index in range(8)]
    assert stopping.plan(store, 0, "train", k=(1, 50)).fixed_of("t/one") == 12
    assert stopping.plan(store, 0, "validation", k=(1,)) == Plan({"t/one": 5})
    whole = Planning(problems, samples, curriculum=Curriculum(), enough_passing=None)
    assert whole.before_stopping(rows, store, 0, k=(1, 8)) == rows
    assert whole.plan(store, 0, "train", k=(1, 8)).fixed_of("t/one") == 12
