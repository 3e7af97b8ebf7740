"""How a round follows another: which adapter it trains, at which rate, and when there is no further one."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import problem_to_json
from axiom.rounds.store import RoundStore
from tests.runs import ANSWERS, ONE, axiom, events, settings
from tests.tiny import save_taught_model

NINE = replace(ONE, id="t/nine", tests=(CallTest(args=(), expected=9),))  # what no round of this model solves


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("taught")
    problems = folder / "problems.jsonl"
    problems.write_text(json.dumps(problem_to_json(ONE)) + "\n")
    (folder / "nine.jsonl").write_text(json.dumps(problem_to_json(NINE)) + "\n")
    return save_taught_model(folder / "model", ONE, ANSWERS), problems


def few(run: Path, taught: tuple[Path, Path], rounds: int, *more: str) -> list[str]:
    count = ("--expert_iteration.rounds", str(rounds), "--expert_iteration.epochs_per_round", "3")
    return ["fit", *settings(run, *taught), *count, *more]


def hashes(run: Path) -> list[str]:
    store = RoundStore(run)
    return [store.folder(index).read_manifest().adapter_hash for index in range((store.newest() or 0) + 1)]


@pytest.mark.parametrize(
    ("restart_from", "source", "measured"),
    [
        ("previous", 1, "problems.jsonl"),
        ("base", 0, "problems.jsonl"),
        ("best", 0, "nine.jsonl"),  # the earliest of equals
        ("previous", 1, "nine.jsonl"),
    ],
)
def test_a_round_trains_the_adapter_that_it_is_told_to(
    restart_from: str, source: int, measured: str, taught: tuple[Path, Path], tmp_path: Path
) -> None:
    # Round 1 trains at a rate of 0, so its model is what it began with.
    still = ("--model.learning_rate_decay", "0", "--expert_iteration.restart_from", restart_from)
    run = tmp_path / "run"
    done = axiom(*few(run, taught, 2, *still, "--data.validation_problems", str(taught[1].parent / measured)))
    assert done.returncode == 0, done.stderr
    found = hashes(run)
    assert found[0] != found[1]
    assert found[2] == found[source]


def test_training_ends_when_patience_does_and_the_finished_run_stays_so(
    taught: tuple[Path, Path], tmp_path: Path
) -> None:
    nine = ("--data.validation_problems", str(taught[1].parent / "nine.jsonl"))
    arguments = few(tmp_path / "run", taught, 5, *nine, "--expert_iteration.choice.patience", "1")
    for _ in range(2):
        done = axiom(*arguments)
        assert done.returncode == 0, done.stderr
        assert "test pass@1: model 0" in done.stdout
        assert len(hashes(tmp_path / "run")) == 2


def test_the_rate_decays_by_round_and_warms_up_again_with_a_fresh_optimizer(
    taught: tuple[Path, Path], tmp_path: Path
) -> None:
    for restart_from, expected in (("base", [2.5, 5, 5, 1.25, 2.5, 2.5]), ("previous", [2.5, 5, 5, 2.5, 2.5, 2.5])):
        run = tmp_path / restart_from
        more = ("--model.learning_rate_decay", "0.5", "--model.warmup_steps", "2", "--model.learning_rate", "5e-4")
        done = axiom(*few(run, taught, 2, *more, "--expert_iteration.restart_from", restart_from))
        assert done.returncode == 0, done.stderr
        rates = [event.value * 1e4 for event in events(run).Scalars("train/learning_rate")]
        assert rates == pytest.approx(expected)
