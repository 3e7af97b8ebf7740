"""How a round follows another: which adapter it trains, at which rate, and when there is no further one."""

import itertools
import json
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from axiom.__main__ import main
from axiom.learning.objectives import SFT, Step
from axiom.policy.policy import read_adapter
from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Problem, problem_to_json
from axiom.rounds.store import RoundStore
from modules import finite_steps
from tests.runs import ONE, axiom, events, settings

NINE = replace(ONE, id="t/nine", tests=(CallTest(args=(), expected=9),))  # what no round of this model solves


def few(run: Path, taught: tuple[Path, Path], rounds: int, *more: str) -> list[str]:
    count = ("--expert_iteration.rounds", str(rounds), "--expert_iteration.epochs_per_round", "3")
    return ["fit", *settings(run, *taught), *count, *more]


def validated_on(problem: Problem, folder: Path) -> tuple[str, str]:
    file = folder / "validation.jsonl"
    file.write_text(json.dumps(problem_to_json(problem)) + "\n")
    return "--data.validation_problems", str(file)


def hashes(run: Path) -> list[str]:
    store = RoundStore(run)
    return [store.folder(index).read_manifest().adapter_hash for index in range((store.newest() or 0) + 1)]


@pytest.mark.parametrize(
    ("restart_from", "source", "measured"),
    [
        ("previous", 1, ONE),
        ("base", 0, ONE),
        ("best", 0, NINE),  # the earliest of equals
        ("previous", 1, NINE),
    ],
)
def test_a_round_trains_the_adapter_that_it_is_told_to(
    restart_from: str, source: int, measured: Problem, taught: tuple[Path, Path], tmp_path: Path
) -> None:
    # Round 1 trains at a rate of 0, so its model is what it began with.
    still = ("--model.learning_rate_decay", "0", "--expert_iteration.restart_from", restart_from)
    run = tmp_path / "run"
    done = axiom(*few(run, taught, 2, *still, *validated_on(measured, tmp_path)))
    assert done.returncode == 0, done.stderr
    found = hashes(run)
    assert found[0] != found[1]
    assert found[2] == found[source]


@pytest.mark.slow
def test_an_averaged_round_has_the_mean_of_the_adapters_that_were_trained(
    taught: tuple[Path, Path], tmp_path: Path
) -> None:
    """Also where the run was stopped in between: training goes on from the last one, not from the mean."""
    averaged, whole, parts = ("--expert_iteration.average_rounds", "true"), tmp_path / "whole", tmp_path / "parts"
    for run, rounds in ((whole, 3), (parts, 2), (parts, 3)):
        done = axiom(*few(run, taught, rounds, *averaged))
        assert done.returncode == 0, done.stderr
    store = RoundStore(whole)
    second, third = (read_adapter(store.folder(index).adapter) for index in (2, 3))
    state = torch.load(whole / "checkpoints" / "last.ckpt", map_location="cpu", weights_only=True)["state_dict"]
    for name, tensor in third.items():
        torch.testing.assert_close(tensor, second[name] * 2 / 3 + state[f"adapter.{name}"] / 3)
    assert any(not torch.allclose(third[name], state[f"adapter.{name}"]) for name in third)
    assert hashes(parts) == hashes(whole)


def test_training_ends_when_patience_does_and_the_finished_run_stays_so(
    taught: tuple[Path, Path], tmp_path: Path
) -> None:
    arguments = few(
        tmp_path / "run", taught, 5, *validated_on(NINE, tmp_path), "--expert_iteration.choice.patience", "1"
    )
    for _ in range(2):
        done = axiom(*arguments)
        assert done.returncode == 0, done.stderr
        assert "test pass@1: model 0" in done.stdout
        assert len(hashes(tmp_path / "run")) == 2


@pytest.mark.slow
def test_a_round_whose_evaluation_was_killed_counts_for_patience_once_it_is_whole(
    taught: tuple[Path, Path], tmp_path: Path
) -> None:
    done = axiom(*few(tmp_path, taught, 1))
    assert done.returncode == 0, done.stderr
    first, second = (tmp_path / f"rounds/00{index}/validation-rank000.jsonl" for index in (0, 1))
    first.write_text(first.read_text().replace('"passed": true', '"passed": false'))
    failed = [line for line in second.read_text().splitlines() if '"passed": false' in line]
    assert 0 < len(failed) < 16
    second.write_text("\n".join(failed) + "\n")
    done = axiom(*few(tmp_path, taught, 2, "--expert_iteration.choice.patience", "1"))
    assert done.returncode == 0, done.stderr
    assert len(hashes(tmp_path)) == 3


@pytest.mark.slow
def test_another_rate_and_decay_hold_from_where_a_run_goes_on(taught: tuple[Path, Path], tmp_path: Path) -> None:
    for rounds, rate, decay in ((1, "5e-4", "0.1"), (2, "1e-4", "0.2")):
        more = ("--model.learning_rate", rate, "--model.weight_decay", decay)
        done = axiom(*few(tmp_path, taught, rounds, *more))
        assert done.returncode == 0, done.stderr
    rates = [event.value * 1e4 for event in events(tmp_path).Scalars("train/learning_rate")]
    assert rates == pytest.approx([5, 5, 5, 1, 1, 1])
    checkpoint = torch.load(tmp_path / "checkpoints" / "last.ckpt", weights_only=True)
    assert [group["weight_decay"] for group in checkpoint["optimizer_states"][0]["param_groups"]] == [0.2]


@pytest.mark.slow
def test_fewer_rounds_than_were_trained_are_refused_and_patience_ends_a_run_where_it_is(
    taught: tuple[Path, Path], tmp_path: Path
) -> None:
    unsolved = validated_on(NINE, tmp_path)
    run = tmp_path / "run"
    done = axiom(*few(run, taught, 2, *unsolved))
    assert done.returncode == 0, done.stderr
    fewer = axiom(*few(run, taught, 1, *unsolved))
    assert fewer.returncode == 2
    assert fewer.stderr.splitlines()[-1].startswith(
        "error: expert_iteration.rounds 1 are 3 epochs, and the run was trained for 6; give 2 rounds or more"
    )
    (run / "rounds/002/manifest.json").unlink()  # as where a kill came before the last round, or in the one before
    ended = axiom(*few(run, taught, 2, *unsolved, "--expert_iteration.choice.patience", "1"))
    assert ended.returncode == 0, ended.stderr
    assert "test pass@1: model 0" in ended.stdout
    assert len(hashes(run)) == 3
    assert events(run).Scalars("final/rounds")[-1].value == 2


def test_a_round_that_is_trained_is_not_cut_into_others(taught: tuple[Path, Path], tmp_path: Path) -> None:
    done = axiom(*few(tmp_path, taught, 1))
    assert done.returncode == 0, done.stderr
    shutil.rmtree(tmp_path / "rounds/001")  # as in the middle of round 0, had it more epochs
    fewer = axiom(*few(tmp_path, taught, 3, "--expert_iteration.epochs_per_round", "2"))
    assert fewer.returncode == 2
    assert fewer.stderr.splitlines()[-1] == (
        "error: expert_iteration.epochs_per_round 2: round 0 is the newest, and the checkpoint was saved after 3 "
        "epochs; give what the run was trained with"
    )


@pytest.mark.slow
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


class NotFinite:
    """SFT's loss, but for the steps that are chosen."""

    def __init__(self, chosen: Callable[[int], bool]) -> None:
        self._chosen, self._loss, self._steps = chosen, SFT.loss, itertools.count()

    def __call__(self, step: Step) -> torch.Tensor:
        return self._loss(SFT(), step) * (math.nan if self._chosen(next(self._steps)) else 1.0)


def test_a_step_whose_gradient_is_not_finite_changes_nothing_and_is_told_once_a_round(
    taught: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(SFT, "loss", NotFinite(lambda step: step % 2 == 1))
    monkeypatch.setattr(finite_steps, "_UP_TO", 2)
    assert main(few(tmp_path, taught, 2, "--trainer.accumulate_grad_batches", "1")) == 0
    told = [text.partition(":")[0] for text in caplog.messages if "the gradient is not finite" in text]
    assert told == ["round 0, step 1", "round 1, step 3"]
    state = torch.load(tmp_path / "checkpoints" / "last.ckpt", map_location="cpu", weights_only=True)
    assert all(tensor.isfinite().all() for tensor in state["state_dict"].values())
    assert {int(moments["step"]) for moments in state["optimizer_states"][0]["state"].values()} == {3}
    assert len(set(hashes(tmp_path))) == 3


def test_gradients_that_stay_not_finite_end_the_run_with_what_to_do(
    taught: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(SFT, "loss", NotFinite(lambda step: True))
    monkeypatch.setattr(finite_steps, "_UP_TO", 2)
    assert main(few(tmp_path, taught, 2)) == 2
    told = capfd.readouterr().err.splitlines()[-1]
    assert told.startswith("error: no gradient of the last 2 steps was finite; take a lower --model.learning_rate")
