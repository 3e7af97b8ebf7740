"""Search in the loop: what a round's samples have not solved is searched for, and what is found is learned."""

import json
from dataclasses import replace
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from axiom.__main__ import main
from axiom.errors import ConfigError
from axiom.generation.sampler import SamplingParams, sample_seed
from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import problem_to_json
from axiom.rounds.store import RoundStore
from axiom.search import searcher
from axiom.search.choosers import Candidate
from axiom.search.drawing import Budget
from axiom.search.searcher import Searcher, SearchName
from axiom.verification.judge import Judge
from callbacks.expert_iteration import ExpertIteration
from datamodules.round_search import completion_of, unsolved
from tests.runs import ONE, axiom, events, layout, refusal, settings
from tests.scripted import TWO, Scripted
from tests.test_store import row as judged

SEED = ("--data.seed", "0")  # whose one sample fails
SEARCHES = ("repair", "value_beam", "best_of_n")


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    """The taught model's problem with a public example, for a repair to speak of."""
    file = tmp_path / "problems.jsonl"
    file.write_text(json.dumps(problem_to_json(replace(ONE, examples=(CallTest(args=(), expected=1),)))) + "\n")
    return file


@pytest.mark.parametrize("name", SEARCHES)
def test_what_a_search_finds_is_learned_and_not_searched_for_again(
    taught: tuple[Path, Path], problems: Path, tmp_path: Path, name: str
) -> None:
    run = tmp_path / "run"
    more = ("--data.search.name", name, "--data.search.samples", "12", "--data.value.learn", "true", *SEED)
    more += ("--model.k", "[1]", "--expert_iteration.rounds", "1", "--expert_iteration.epochs_per_round", "2")
    fit = ("fit", *settings(run, taught[0], problems, *more, samples=1))
    done = axiom(*fit)
    assert done.returncode == 0, done.stderr
    folder = RoundStore(run).folder(0)
    (sample,), found = folder.read("train"), folder.read("search")
    assert not sample.passed
    assert [row.sample_index for row in found] == list(range(len(found)))
    assert any(row.passed for row in found)
    told = {(row.passed, (row.solution or "").rstrip().endswith("return 1")) for row in found}
    assert told == {(True, True), (False, False)}
    assert not any(row.token_ids or row.log_probs for row in found)
    assert all(row.tokens > 0 for row in found)
    of_samples = [
        sample_seed(0, purpose="solve", round_index=0, problem_id=ONE.id, sample_index=place)
        for place in range(len(found))
    ]
    assert [row.seed for row in found] == ([0] * len(found) if name == "value_beam" else of_samples)
    # One distinct program passes; the round's own sample did not.
    assert " 0 of 1 │ 0 of 1 │    1 of 1 │        1 " in done.stdout
    (solved,) = events(run).Scalars("search/solved")
    assert (solved.step, solved.value) == (0, 1.0)
    shown = [tag for category in layout(run).category for chart in category.chart for tag in chart.multiline.tag]
    assert "search/solved$" in shown
    before = folder.path.stat().st_mtime_ns, (folder.path / "search-rank000.jsonl").stat().st_mtime_ns
    again = axiom(*fit)
    assert again.returncode == 0, again.stderr
    assert before == (folder.path.stat().st_mtime_ns, (folder.path / "search-rank000.jsonl").stat().st_mtime_ns)


def test_a_search_that_was_stopped_goes_on_with_the_problems_that_are_missing(
    taught: tuple[Path, Path], tmp_path: Path
) -> None:
    run, problems = tmp_path / "run", tmp_path / "problems.jsonl"
    names = [f"t/{number}" for number in range(12)]
    problems.write_text("".join(json.dumps(problem_to_json(replace(ONE, id=name))) + "\n" for name in names))
    more = ("--data.search.name", "best_of_n", "--data.search.samples", "4", "--model.k", "[1]")
    collect = ("collect", *settings(run, taught[0], problems, *more, samples=1))
    done = axiom(*collect)
    assert done.returncode == 0, done.stderr
    folder, file = RoundStore(run).folder(0), run / "rounds" / "000" / "search-rank000.jsonl"
    whole, train = folder.read("search"), folder.read("train")
    wanted = {row.task_id for row in train if not row.passed}
    assert len(wanted) > 2
    solved = {row.task_id for row in whole if row.passed}
    assert f"{len(solved)} of {len(wanted)}" in next(line for line in done.stdout.splitlines() if "by search" in line)
    assert {row.task_id for row in whole} == wanted
    by_problem = groupby(file.read_text().splitlines(keepends=True), key=lambda line: json.loads(line)["task_id"])
    done_with, unjudged, torn = ("".join(lines) for _, lines in islice(by_problem, 3))
    failed = [json.loads(line) | {"outcome": "internal_error", "passed": False} for line in unjudged.splitlines()]
    begun = done_with + "".join(json.dumps(line) + "\n" for line in failed) + torn[: -len(torn) // 3]
    file.write_text(begun)
    assert axiom(*collect).returncode == 0
    assert file.read_text().startswith(begun)
    added = {json.loads(line)["task_id"] for line in file.read_text()[len(begun) :].splitlines() if line}
    assert added == wanted - {json.loads(done_with.splitlines()[0])["task_id"]}
    assert [(row.outcome, row.passed) for row in folder.read("search")] == [(row.outcome, row.passed) for row in whole]
    assert [(row.key, row.completion) for row in folder.read("search")] == [(row.key, row.completion) for row in whole]
    assert folder.read("train") == train


@pytest.mark.parametrize("name", ["repair", "best_of_n"])
def test_a_search_has_the_workers_of_the_rounds_judge_and_opens_nothing_that_nobody_asks(
    taught: tuple[Path, Path], problems: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[str, int]] = []

    def noted(self: Judge, *, workers: int = 1, all_tests: bool = False, **settings: Any) -> None:
        opened.append(("examples" if all_tests else "hidden tests", workers))
        judge_init(self, workers=workers, all_tests=all_tests, **settings)

    def refused(isolation: str) -> None:
        raise AssertionError("a sandbox was opened to choose in, where nothing is chosen")

    judge_init = Judge.__init__
    monkeypatch.setattr(Judge, "__init__", noted)
    monkeypatch.setattr(searcher, "make_sandbox", refused)
    more = ("--data.search.name", name, "--data.search.samples", "2", "--data.judge_workers", "3", *SEED)
    more += ("--model.k", "[1]")
    assert main(["collect", *settings(tmp_path / "run", taught[0], problems, *more, samples=1)]) == 0
    assert opened == [("hidden tests", 3)] + [("examples", 3)] * (name == "repair")


@pytest.mark.parametrize(("search", "chooses"), [("best_of_n", True), ("repair", False)])
def test_a_choice_or_a_repair_without_a_judge_of_the_examples_is_refused(search: SearchName, chooses: bool) -> None:
    with pytest.raises(ConfigError, match=f"{search} needs a judge of the public examples"):
        Searcher(
            search,
            judge=None,
            sampler=Scripted(lambda key, index: ""),
            tokenizer=None,
            params=SamplingParams(),
            style="complete",
            budget=Budget(1),
            chooses=chooses,
        )


def test_what_a_sample_solved_or_nobody_sampled_is_not_searched_for() -> None:
    rows = [judged("t/one", 0, passed=False), judged("t/two", 0, passed=False), judged("t/two", 1)]
    assert unsolved(rows, [ONE, TWO, replace(ONE, id="t/three")]) == [ONE]
    assert unsolved([replace(rows[0], outcome="internal_error")], [ONE]) == []


def test_a_found_program_answers_the_problems_own_prompt() -> None:
    spoken = Candidate("def f():\n    return 1\n", 9, text="You are right. ```python\ndef f():\n    return 1\n```")
    assert completion_of(spoken, "direct") == "```python\ndef f():\n    return 1\n```"
    assert completion_of(replace(spoken, text="\n    return 1\n```"), "complete") == "\n    return 1\n```"
    assert completion_of(replace(spoken, source=None, text="No."), "direct") == "No."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--data.search.name", "value_beam"), "data.search.name value_beam: needs a value function"),
        (
            ("--data.search.name", "repair", "--data.prompt_style", "chain_of_thought"),
            "data.search.name repair: its reasoning speaks of the program that it repairs",
        ),
        (
            ("--data.search.name", "best_of_n", "--model.objective", "PolicyGradient"),
            "data.search.name best_of_n: what a search finds is no sample of the policy, and PolicyGradient learns",
        ),
        (("--data.search.samples", "0"), "data.search.samples: expected 1 or more, got 0"),
    ],
)
def test_a_search_that_cannot_be_or_not_be_learned_is_refused(
    taught: tuple[Path, Path],
    tmp_path: Path,
    arguments: tuple[str, ...],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert message in refusal(capsys, "fit", *settings(tmp_path, *taught, *arguments))


def test_the_loops_table_has_room_in_80_columns_beside_what_a_search_solved() -> None:
    callback = ExpertIteration(rounds=1, k=(1, 8))
    row = {"round": 0, "val/pass@1": 0.136, "val/pass@8": 0.345, "accepted": "1234 of 2152", "solved": "195 of 269"}
    callback.table = [row | {"by search": "135 of 174", "examples": 2152}]
    with (console := Console(width=80)).capture() as told:
        console.print(callback._as_table())
    assert "…" not in told.get()
    assert all(name in told.get() for name in ("pass@1", "pass@8", "1234 of 2152", "by search"))
