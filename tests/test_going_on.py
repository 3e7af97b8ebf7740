"""What a command finds of earlier ones, ended or killed, and goes on with."""

import json
import re
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from axiom.__main__ import main
from axiom.rounds.store import Manifest, RoundFolder, RoundStore
from callbacks.expert_iteration import ExpertIteration
from tests.report.runs_on_disk import sample, samples
from tests.runs import axiom, events, kill_once_there_are, settings, whole_lines


def test_fit_uses_what_collect_saved_as_it_is(tmp_path: Path, taught: tuple[Path, Path]) -> None:
    arguments = settings(tmp_path, *taught, "--expert_iteration.rounds", "1")
    done = axiom("collect", *arguments)
    assert done.returncode == 0, done.stderr
    assert "round 0: sampling train: 12 of 12, 1 of 1 problems" in done.stderr
    told = dict(re.findall(r"│ ([a-z@_/0-9]+) +│ +(.*?) │", done.stdout))
    rows = RoundStore(tmp_path).folder(0).read("train")
    passed = sum(row.passed for row in rows)
    assert (told["samples"], told["solved"], told["passed"]) == ("12", "1 of 1", str(passed))
    assert (told["accepted"], told["pass@1"]) == (f"{passed / 12:.1%}", f"{passed / 12:.1%}")
    assert told["tokens"] == str(sum(row.tokens for row in rows))
    assert {"pass@8", "tokens/s", "duplicates", "wrong_answer"} <= told.keys()
    assert not list((tmp_path / "rounds/000").glob("validation*"))
    kept = (tmp_path / "rounds/000/train-rank000.jsonl").read_bytes()
    fitted = axiom("fit", *arguments)
    assert fitted.returncode == 0, fitted.stderr
    assert "sampling train" not in fitted.stderr
    assert (tmp_path / "rounds/000/train-rank000.jsonl").read_bytes() == kept
    # The speed is known to collect alone, the rest is fit's.
    assert [event.step for event in events(tmp_path).Scalars("collect/tokens_per_s")] == [0]


def test_collect_goes_on_where_it_was_killed(tmp_path: Path, taught: tuple[Path, Path]) -> None:
    arguments = settings(tmp_path, *taught, "--data.sampler.rows", "4", samples=400)
    rows = tmp_path / "rounds/000/train-rank000.jsonl"
    kill_once_there_are(rows, "collect", *arguments)
    kept = whole_lines(rows)
    assert kept.count(b"\n") < 400
    again = axiom("collect", *arguments)
    assert again.returncode == 0, again.stderr
    assert rows.read_bytes().startswith(kept)
    assert len(RoundStore(tmp_path).folder(0).read("train")) == 400


@pytest.mark.parametrize(
    ("by", "code"),
    [
        (signal.SIGINT, 130),
        *(pytest.param(*one, marks=pytest.mark.slow) for one in ((signal.SIGKILL, -9), (signal.SIGTERM, 143))),
    ],
)
def test_an_end_while_the_next_round_is_sampled_loses_neither_the_epochs_nor_the_samples(
    tmp_path: Path, taught: tuple[Path, Path], by: signal.Signals, code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = settings(tmp_path, *taught, "--data.sampler.rows", "4", samples=400)
    rows = tmp_path / "rounds/001/train-rank000.jsonl"
    assert kill_once_there_are(rows, "fit", *arguments, by=by) == code
    kept = whole_lines(rows)
    assert kept.count(b"\n") < 400
    trained = max(event.step for event in events(tmp_path).Scalars("train/loss"))
    capfd.readouterr()
    assert main(["fit", *arguments]) == 0
    told = capfd.readouterr().err
    assert "round 1: training" in told
    assert "round 0: training" not in told
    assert rows.read_bytes().startswith(kept)
    assert len(RoundStore(tmp_path).folder(1).read("train")) == 400
    newest = max((tmp_path / "tensorboard").glob("events*"), key=lambda file: file.stat().st_mtime)
    found = EventAccumulator(str(newest))
    found.Reload()
    assert min(event.step for event in found.Scalars("train/loss")) == trained + 1


def test_what_the_judge_failed_on_is_judged_by_the_same_command_and_ends_no_run(
    tmp_path: Path, taught: tuple[Path, Path]
) -> None:
    arguments = settings(tmp_path, *taught, "--expert_iteration.rounds", "1")
    arguments += ("--data.validation_samples", "8", "--model.k", "[1,8]")
    assert axiom("fit", *arguments).returncode == 0
    folder = RoundStore(tmp_path).folder(1)
    rows = tmp_path / "rounds/001/validation-rank000.jsonl"
    judged = rows.read_text().splitlines()
    faulty = json.dumps(json.loads(judged[0]) | {"outcome": "internal_error", "passed": False})
    rows.write_text("".join(f"{line}\n" for line in (faulty, *judged[1:])))
    done = axiom("fit", *arguments)
    assert done.returncode == 0, done.stderr
    assert [row.outcome for row in folder.read("validation")].count("internal_error") == 0
    assert len(rows.read_text().splitlines()) == 9


def test_the_table_of_a_run_that_went_on_tells_of_earlier_rounds_what_was_measured(tmp_path: Path) -> None:
    store = RoundStore(tmp_path)
    for index, (n, c) in enumerate([(8, 2), (16, 8)]):
        store.folder(index).write_manifest(Manifest(round=index, base="m", adapter_hash="h", seed=0))
        store.folder(index).append("validation", samples({"a": (n, c)}))
    store.folder(0).append("train", [sample("t", 0, passed=False, outcome="internal_error")])
    data = Rounds(store)
    callback = ExpertIteration(rounds=1, k=(1, 16))
    callback.table = [{"round": 0, "of": "an earlier fit"}, {"round": 1}, {"round": 2}]
    callback._tabulate(data)
    assert callback.table == [{"round": 0, "of": "an earlier fit"}, {"round": 1, "val/pass@1": 0.5, "val/pass@16": 1.0}]
    callback.table = []
    callback._tabulate(data)
    first = {"round": 0, "val/pass@1": 0.25, "accepted": "0 of 0", "solved": "0 of 0", "examples": 0}
    assert callback.table == [first, {"round": 1, "val/pass@1": 0.5, "val/pass@16": 1.0}]
    assert data.round == 1


def test_every_rank_chooses_among_the_rounds_as_rank_0_sees_them(tmp_path: Path) -> None:
    store = RoundStore(tmp_path)
    store.folder(0).write_manifest(Manifest(round=0, base="m", adapter_hash="h", seed=0))
    store.folder(0).append("validation", samples({"a": (4, 1)}))  # round 1's are not in this machine's listing yet
    data = Rounds(store)
    data.samples, data.problems = {"validation": 4}, {"validation": ["a"]}
    own = SimpleNamespace(datamodule=data, strategy=SimpleNamespace(broadcast=lambda counts: counts))
    first = SimpleNamespace(
        datamodule=data, strategy=SimpleNamespace(broadcast=lambda counts: {**counts, 1: {"a": (4, 3)}})
    )
    callback: Any = ExpertIteration(rounds=1, k=(1,))
    assert (callback._best(own), callback._best(first)) == (0, 1)


class Rounds:
    """As much of a DataModule as the table is made of."""

    def __init__(self, store: RoundStore) -> None:
        self.store, self.round = store, 1
        self.samples: dict[str, int] = {}
        self.problems: dict[str, list[str]] = {}

    @property
    def folder(self) -> RoundFolder:
        return self.store.folder(self.round)

    def examples(self) -> list[Any]:
        return []
