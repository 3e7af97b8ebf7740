"""Collecting: programs judged once, bounded overlap, the division of processors."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from axiom.errors import SamplingError
from axiom.generation.sampler import Request, Sample, SampledPolicy, Sampler, SamplingParams
from axiom.problems.problem import Problem
from axiom.rounds.budget import Plan
from axiom.rounds.collect import collect
from axiom.rounds.processors import Processors
from axiom.rounds.progress import CollectProgress
from axiom.rounds.store import Purpose, RoundFolder
from axiom.verification.judge import Judge, available_cores, default_workers
from datamodules.collector import Collector
from tests.scripted import ONE, ROUND, TWO, Recording, Scripted, keys, problem, returning, run


def test_a_program_is_judged_once_and_its_later_samples_take_the_verdict(folder: RoundFolder, judge: Recording) -> None:
    texts = [returning(number) for number in (1, 1, 2, 1, 2, 1, 3)]
    done = run(folder, Scripted(lambda key, index: texts[index]), judge, {"t/one": 5, "t/two": 1})
    assert Counter(problem_id for problem_id, _ in judge.given) == {"t/one": 2, "t/two": 1}
    assert (done.drawn, done.duplicates, done.passed, done.waiting) == (6, 3, 3, 0)
    judge.given.clear()
    done = run(folder, Scripted(lambda key, index: texts[index]), judge, {"t/one": 7, "t/two": 1})
    assert [source.splitlines()[-1] for _, source in judge.given] == ["    return 3"]
    assert (done.drawn, done.duplicates, done.done) == (2, 1, 8)
    outcomes = [(stored.sample_index, stored.outcome) for stored in folder.read("train") if stored.task_id == "t/one"]
    passed = {0, 1, 3, 5}
    assert outcomes == [(index, "passed" if index in passed else "wrong_answer") for index in range(7)]


def test_a_fault_of_the_judge_is_never_shared(folder: RoundFolder, judge: Recording) -> None:
    judge.faults = 1
    done = run(folder, Scripted(lambda key, index: returning(1)), judge, {"t/one": 3})
    assert [stored.outcome for stored in folder.read("train")] == ["internal_error", "passed", "passed"]
    assert (len(judge.given), done.duplicates) == (2, 1)


def test_a_stored_fault_of_the_judge_is_not_taken_for_a_verdict(folder: RoundFolder, judge: Recording) -> None:
    judge.faults = 1
    run(folder, Scripted(lambda key, index: returning(1)), judge, {"t/one": 1})
    assert [stored.outcome for stored in folder.read("train")] == ["internal_error"]
    run(folder, Scripted(lambda key, index: returning(1)), judge, {"t/one": 2})
    assert [stored.outcome for stored in folder.read("train")] == ["passed", "passed"]
    assert keys(folder) == [("t/one", 0), ("t/one", 1)]


def test_a_sample_without_a_program_is_neither_judged_nor_a_duplicate(folder: RoundFolder, judge: Recording) -> None:
    direct = Scripted(lambda key, index: "no code here")
    plan = Plan({"t/one": 2})
    done = collect(folder, [ONE], plan=plan, sampler=direct, judge=judge, **vars(ROUND) | {"style": "direct"})
    assert [stored.outcome for stored in folder.read("train")] == ["no_program", "no_program"]
    assert (judge.given, done.duplicates) == ([], 0)


def test_programs_are_held_back_until_a_batch_of_sixteen_is_there(folder: RoundFolder, judge: Recording) -> None:
    sampler, released = Scripted(lambda key, index: returning(index)), []
    sampler.before_draw = lambda drawn: released.append(len(judge.given))
    run(folder, sampler, judge, {"t/one": 40})
    assert released == [16 * (drawn // 16) for drawn in range(40)]
    assert len(judge.given) == len(keys(folder)) == 40


@pytest.mark.parametrize(("cores", "least", "most"), [(8, 32, 64), (None, 65, 200)])
def test_no_more_than_sixty_four_samples_wait_for_a_verdict_but_beside_an_accelerator(
    folder: RoundFolder, judge: Recording, cores: int | None, least: int, most: int
) -> None:
    sampler, waiting = Scripted(lambda key, index: returning(index)), []

    def count(drawn: int) -> None:
        held_back = drawn - len(judge.given)
        waiting.append(held_back + judge.without_verdict)

    sampler.before_draw = count
    seen: list[int] = []
    run(folder, sampler, judge, {"t/one": 200}, cores=cores, on_progress=lambda progress: seen.append(progress.waiting))
    assert least <= max(waiting) < most
    assert max(seen) <= most
    assert len(keys(folder)) == 200


def test_what_the_engine_refuses_is_told_before_anything_is_drawn(folder: RoundFolder, judge: Recording) -> None:
    sampler = Scripted(lambda key, index: returning(1))
    with pytest.raises(SamplingError, match="'t/long': too long"):
        run(folder, sampler, judge, {"t/one": 2, "t/long": 2}, problems=[ONE, problem("t/long")])
    assert sampler.drawn == []
    run(folder, sampler, judge, {"t/one": 2}, problems=[ONE, problem("t/long")])


def test_an_engine_that_fails_loses_nothing_that_it_drew(folder: RoundFolder, judge: Recording) -> None:
    failing = Scripted(lambda key, index: returning(index), stops_after=5, failure=SamplingError("server gone"))
    with pytest.raises(SamplingError, match="server gone"):
        run(folder, failing, judge, {"t/one": 8})
    assert keys(folder) == [("t/one", index) for index in range(5)]
    whole = Scripted(lambda key, index: returning(index))
    run(folder, whole, judge, {"t/one": 8})
    assert whole.drawn == [("t/one", index) for index in (5, 6, 7)]


def test_an_engine_that_ends_early_without_a_word_is_told_of(folder: RoundFolder, judge: Recording) -> None:
    with pytest.raises(SamplingError, match="scripted ended without 3 of the samples asked of it"):
        run(folder, Scripted(lambda key, index: returning(1), stops_after=5), judge, {"t/one": 8})
    assert len(keys(folder)) == 5


@pytest.mark.parametrize(("cores", "expected"), [(2, {1, 2}), (1, {1})])
def test_threads_and_busy_workers_never_exceed_the_cores(
    folder: RoundFolder, judge: Recording, cores: int, expected: set[int]
) -> None:
    before, seen = torch.get_num_threads(), []
    slow = "\n    for number in range(300_000):\n        pass\n    return {}\n```"

    class Watched(Scripted):
        def sample(
            self, requests: Iterable[Request], params: SamplingParams, *, before_step: Callable[[], None] = lambda: None
        ) -> Iterator[Sample]:
            def watched() -> None:
                before_step()
                seen.append((torch.get_num_threads(), min(judge.without_verdict, judge.workers)))

            yield from super().sample(requests, params, before_step=watched)

    torch.set_num_threads(2)
    try:
        run(folder, Watched(lambda key, index: slow.format(index)), judge, {"t/one": 50}, cores=cores)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert len(seen) == 50
    assert all(threads + busy <= cores for threads, busy in seen)
    assert {threads for threads, _ in seen} == expected


def test_a_step_waits_for_the_judge_as_long_as_a_narrower_step_would_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, waits = iter([0.0, 0.3, 0.3]), []
    judging = SimpleNamespace(busy=0, wait=lambda **how: waits.append(how))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        with Processors(judging, cores=3) as processors:  # type: ignore[arg-type]
            processors.before_step()
            judging.busy = 1
            processors.before_step()
            # A step of 0.3 s on three threads takes 0.45 s on two.
            assert [(how["for_all"], pytest.approx(0.15)) for how in waits] == [(True, waits[0]["timeout_s"])]
            assert torch.get_num_threads() == 2
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def test_workers_are_half_of_the_cores_and_at_least_one() -> None:
    assert default_workers() == max(1, available_cores() // 2)
    assert [default_workers(cores=cores) for cores in (1, 2, 5, 64)] == [1, 1, 2, 32]


@pytest.mark.parametrize("isolation", ["auto", "process"])
def test_programs_run_at_a_lower_priority(isolation: str) -> None:
    lower = min(os.nice(0) + 10, 19)
    with Judge(workers=1, isolation=isolation) as judge:
        judge.submit(ONE, "import time\ntime.sleep(15)\n")
        deadline = time.monotonic() + 10
        while not any(niceness(pid) >= lower for pid in descendants(os.getpid())):
            assert time.monotonic() < deadline


def descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = [int(word) for word in task.read_text().split()]
        except OSError:
            continue
        for child in found:
            yield child
            yield from descendants(child)


def niceness(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[16])
    except OSError:
        return 0


def a_collector(sampler: Sampler) -> Collector:
    params = SamplingParams(0.5, 0.9, 40, 0.1, 64, ("END",))
    return Collector(sampler=sampler, params=params, style="direct", seed=3, isolation="process", judge_workers=None)


def test_a_manifest_holds_every_sampling_parameter() -> None:
    sampling = a_collector(Scripted(lambda key, index: "")).sampling
    assert {field.name for field in fields(SamplingParams)} | {"prompt_style", "prompt_version"} == sampling.keys()
    assert [sampling[name] for name in ("temperature", "top_p", "top_k", "min_p", "max_new_tokens", "stop")] == [
        0.5,
        0.9,
        40,
        0.1,
        64,
        ["END"],
    ]


def test_an_engine_gets_each_adapter_once_and_every_purpose_is_checked_before_the_first_sample(tmp_path: Path) -> None:
    calls: list[object] = []

    class Told(Scripted):
        def use(self, policy: SampledPolicy, *, workspace: Path) -> None:
            calls.append((policy.adapter_hash(), workspace))

        def check(self, requests: Sequence[Request], params: SamplingParams) -> None:
            calls.append([request.key for request in requests])

    collector = a_collector(Told(lambda key, index: ""))
    problems: dict[Purpose, list[Problem]] = {"train": [ONE, TWO]}

    def prepare(adapter: str) -> None:
        policy: Any = SimpleNamespace(adapter_hash=lambda: adapter)
        collector.prepare(policy, workspace=tmp_path, problems=problems, round_index=0)

    for adapter in ("first", "first", "second"):
        prepare(adapter)
    problems["validation"] = [TWO]
    prepare("second")
    collector.close()
    prepare("second")
    used = [("first", tmp_path), ["t/one", "t/two"], ("second", tmp_path), ["t/two"], ("second", tmp_path)]
    assert calls == used


def test_progress_tells_speed_and_what_is_left() -> None:
    progress = CollectProgress(
        round=2,
        purpose="train",
        done=17,
        total=40,
        passed=1,
        problems_done=2,
        problems=3,
        waiting=4,
        duplicates=5,
        drawn=12,
        tokens=140,
        elapsed_s=4.0,
    )
    assert (progress.tokens_per_s, progress.samples_per_s) == (35.0, 3.0)
    assert progress.left_s == pytest.approx(23 * 4.0 / 12)
