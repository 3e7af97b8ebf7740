"""The whole loop on a tiny model that can solve a problem now and then: rounds, resume, kills, ranks, mistakes."""

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from axiom.__main__ import main
from axiom.rounds.store import RoundFolder, RoundStore
from datamodules.best_of_n import BestOfNDataModule
from modules.policy_module import PolicyModule
from tests.runs import ROOT, axiom, events, settings


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, taught: tuple[Path, Path]) -> tuple[Path, str]:
    """A run of two rounds from which several tests read, and what it printed."""
    run = tmp_path_factory.mktemp("loop") / "run"
    done = axiom("fit", *settings(run, *taught))
    assert done.returncode == 0, done.stderr
    return run, done.stdout


def pass_at_1(run: Path, index: int) -> float:
    rows = RoundStore(run).folder(index).read("validation")
    assert len(rows) == 16
    return sum(row.passed for row in rows) / len(rows)


def test_model_n_plus_1_beats_model_n(finished: tuple[Path, str]) -> None:
    run, printed = finished
    assert RoundStore(run).newest() == 2
    assert pass_at_1(run, 0) + 0.25 < pass_at_1(run, 2)
    assert pass_at_1(run, 0) <= pass_at_1(run, 1)
    assert "test pass@1: model 0" in printed
    assert "Expert iteration" in printed
    assert len({RoundStore(run).folder(index).read_manifest().adapter_hash for index in range(3)}) == 3


def test_tensorboard_shows_every_round_with_model_0_and_the_loss_by_step(finished: tuple[Path, str]) -> None:
    run, _ = finished
    scalars = events(run)
    shown = scalars.Scalars("val/pass@1")
    assert [event.step for event in shown] == [0, 1, 2]
    assert [event.value for event in shown] == pytest.approx([pass_at_1(run, index) for index in range(3)])
    assert [event.step for event in scalars.Scalars("collect/acceptance")] == [0, 1]
    told = {name: scalars.Scalars(f"collect/{name}")[0].value for name in ("tokens_per_sample", "surprisal")}
    drawn = RoundStore(run).folder(0).read("train")
    log_probs = [log_prob for row in drawn for log_prob in row.log_probs]
    assert told["tokens_per_sample"] == pytest.approx(len(log_probs) / len(drawn))
    assert told["surprisal"] == pytest.approx(-sum(log_probs) / len(log_probs), rel=1e-5)
    assert all(event.value > 0 for event in scalars.Scalars("collect/tokens_per_s"))
    losses = scalars.Scalars("train/loss")
    assert len(losses) >= 8
    assert losses[-1].value < losses[0].value
    named = {"val/pass@8", "collect/pass@1", "collect/pass@8", "outcomes/passed", "collect/samples_per_s"}
    assert named <= set(scalars.Tags()["scalars"])
    # Three answers in twelve samples: at least nine are duplicates.
    assert all(0.5 <= event.value < 1 for event in scalars.Scalars("collect/duplicates"))
    assert any("samples" in tag for tag in scalars.Tags()["tensors"])
    assert [event.value for event in scalars.Scalars("curriculum/sometimes")] == [1.0, 1.0]


def test_the_adapter_of_a_round_loads_with_peft_alone(finished: tuple[Path, str], taught: tuple[Path, Path]) -> None:
    base = AutoModelForCausalLM.from_pretrained(taught[0])
    adapted = PeftModel.from_pretrained(base, str(finished[0] / "rounds/002/adapter"))
    assert any("lora" in name for name, _ in adapted.named_parameters())


def test_a_checkpoint_holds_the_adapter_and_never_the_base(finished: tuple[Path, str]) -> None:
    checkpoint = torch.load(finished[0] / "checkpoints" / "last.ckpt", weights_only=False)
    state = checkpoint["state_dict"]
    assert state
    assert all(name.startswith("adapter.") and "lora" in name for name in state)
    adapter = finished[0] / "rounds/002/adapter/adapter_model.safetensors"
    # The adapter, AdamW's two moments of it, and the loop's own state.
    assert (finished[0] / "checkpoints" / "last.ckpt").stat().st_size < 4 * adapter.stat().st_size + 100_000


def test_a_finished_run_prints_its_result_again_and_a_changed_one_is_refused(
    finished: tuple[Path, str], taught: tuple[Path, Path]
) -> None:
    run, printed = finished
    kept = (run / "tensorboard" / "config.yaml").read_bytes()
    again = axiom("fit", *settings(run, *taught, "--model.learning_rate", "0.5"))
    assert again.returncode == 0, again.stderr
    assert again.stdout.splitlines()[1:] == printed.rpartition("Expert iteration")[2].splitlines()[1:]
    assert (run / "tensorboard" / "config.yaml").read_bytes() == kept
    assert again.stderr.splitlines()[0] == (
        f"{taught[0]} (none, float32, LoRA of rank 16) on cpu; problems: 1 train, 1 validation, 1 test; "
        "isolation: namespaces"
    )
    other = axiom("fit", *settings(run, *taught, "--data.seed", "5"))
    assert other.returncode == 2
    assert "belongs to another run (seed: 0 != 5)" in other.stderr
    fresh = axiom("fit", *settings(run, *taught, "--fresh", "true"))
    assert fresh.returncode == 2
    assert "is not empty" in fresh.stderr


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        (("--model.lora_alpha", "1"), "lora_alpha: 32.0 != 1.0"),
        (("--model.lora_rank", "4"), "lora_rank: 16 != 4"),
        (("--model.quantization", "nf4"), "quantization: none != nf4"),
        (("--model.dtype", "bfloat16"), "dtype: float32 != bfloat16"),
        (("--expert_iteration.epochs_per_round", "5"), "epochs_per_round: 25 != 5"),
        (("--expert_iteration.average_rounds", "true"), "average_rounds: False != True"),
    ],
)
def test_a_run_goes_on_under_no_other_policy_or_loop_than_it_began_with(
    finished: tuple[Path, str],
    taught: tuple[Path, Path],
    changed: tuple[str, str],
    difference: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main(["fit", *settings(finished[0], *taught, *changed)]) == 2
    assert f"belongs to another run ({difference}); give what it began with" in capfd.readouterr().err


@pytest.mark.slow
def test_an_evaluation_never_reads_the_samples_of_another_policy(
    finished: tuple[Path, str], taught: tuple[Path, Path], tmp_path: Path
) -> None:
    adapter = tmp_path / "adapter"
    shutil.copytree(finished[0] / "rounds/002/adapter", adapter)
    asked = settings(tmp_path / "run", *taught, "--model.adapter", str(adapter))
    config = json.loads((adapter / "adapter_config.json").read_text())
    for more, alpha in (((), 32), (("--model.quantization", "nf4"), 32), (("--model.dtype", "bfloat16"), 32), ((), 1)):
        (adapter / "adapter_config.json").write_text(json.dumps(config | {"lora_alpha": alpha}))
        done = axiom("test", *asked, *more)
        assert done.returncode == 0, done.stderr
    folders = [RoundFolder(path) for path in (tmp_path / "run" / "evaluations").iterdir()]
    assert [len(folder.read("test")) for folder in folders] == [16] * 4
    told = [tuple(folder.read_manifest().policy.values()) for folder in folders]
    assert sorted(told) == [
        ("nf4", "float32", 16, 32.0, False),
        ("none", "bfloat16", 16, 32.0, False),
        ("none", "float32", 16, 1.0, False),
        ("none", "float32", 16, 32.0, False),
    ]


def test_any_adapter_is_evaluated_on_any_problem_file_and_predict_writes_samples(
    finished: tuple[Path, str], taught: tuple[Path, Path], tmp_path: Path
) -> None:
    adapter = str(finished[0] / "rounds/002/adapter")
    two = tmp_path / "two.jsonl"
    never = json.loads(taught[1].read_text()) | {"id": "t/two", "tests": [{"args": [], "expected": 7}]}
    two.write_text(taught[1].read_text() + json.dumps(never) + "\n")
    both = ("--data.test_problems", str(two))
    tested = axiom("test", *settings(tmp_path, *taught, "--model.adapter", adapter, *both))
    assert tested.returncode == 0, tested.stderr
    told = tested.stdout.splitlines()
    assert len(told) == 2
    found = re.fullmatch(r"test pass@1: (\S+)% \(95% interval 0.0 to (\S+), 2 problems x 16 samples\)", told[0])
    assert found is not None
    assert float(found[2]) == pytest.approx(2 * float(found[1]), abs=0.11)  # one of them is never solved
    assert told[1].startswith("test pass@8: ")
    written = axiom("predict", *settings(tmp_path, *taught, "--model.adapter", adapter))
    assert written.returncode == 0, written.stderr
    rows = [json.loads(line) for line in (tmp_path / "predictions.jsonl").read_text().splitlines()]
    assert [(row["task_id"], row["sample_index"]) for row in rows] == [("t/one", index) for index in range(16)]
    assert sum(row["passed"] for row in rows) > 6
    assert all(row["solution"].startswith("def one() -> int:") for row in rows)
    assert not (tmp_path / "tensorboard" / "config.yaml").exists()  # it is fit's, wherever that ran


def test_predict_writes_of_each_problem_the_program_that_its_examples_choose(
    finished: tuple[Path, str], taught: tuple[Path, Path], tmp_path: Path
) -> None:
    """The hidden tests want 1 and 2: what passes them is not what the examples choose, where these want 3."""
    one = json.loads(taught[1].read_text())
    misled = one | {"id": "t/misled", "examples": [{"args": [], "expected": 3}]}
    problems, out = tmp_path / "problems.jsonl", tmp_path / "chosen.jsonl"
    problems.write_text("".join(json.dumps(problem) + "\n" for problem in (one, misled)))
    asked = ("--predictions.choose", "true", "--predictions.file", str(out), "--data.test_problems", str(problems))
    done = axiom("predict", *settings(tmp_path / "run", *taught, *asked))
    assert done.returncode == 0, done.stderr
    rows = {row["task_id"]: row for row in map(json.loads, out.read_text().splitlines())}
    assert rows["t/misled"]["solution"].rstrip().endswith("return 3")
    assert not rows["t/misled"]["passed"]
    assert rows["t/one"]["solution"].strip()
    passed = sum(row["passed"] for row in rows.values())
    assert done.stdout == f"2 programs, one of each problem, {passed} passed: {out}\n"


def test_a_report_tells_what_fit_told_with_times_and_the_configuration(
    finished: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, printed = finished
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["report", str(run), "--out", str(tmp_path)]) == 0
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    for k in ("1", "8"):
        fitted = re.search(rf"test pass@{k}: model 0 (\S+), model (\d) (\S+), change (\S+) points", printed)
        assert fitted is not None
        before, chosen, after, change = fitted.groups()
        (row,) = (line for line in told if line[:2] == ["test", f"pass@{k}"] and "chosen" in line)
        assert row[2] == f"{chosen},"
        assert {before, after, change} <= set(row)
    page = (tmp_path / "report.html").read_text()
    assert "learning_rate: 0.01" in page
    assert "round 0: training" in page


def test_collect_begins_the_next_round_with_the_adapter_that_training_left(
    tmp_path: Path, finished: tuple[Path, str], taught: tuple[Path, Path]
) -> None:
    run = tmp_path / "run"
    shutil.copytree(finished[0], run)
    trained = RoundStore(run).folder(2).read_manifest().adapter_hash
    too_far = axiom("collect", *settings(run, *taught), "--round", "3")
    assert too_far.returncode == 2
    assert "--round 3 begins after 75 epochs of training, and" in too_far.stderr
    assert "last.ckpt was saved after 50; let fit finish round 2" in too_far.stderr
    shutil.rmtree(run / "rounds/002")
    (run / "checkpoints/last.ckpt").rename(run / "kept.ckpt")
    without = axiom("collect", *settings(run, *taught), "--round", "2")
    assert without.returncode == 2
    assert "last.ckpt not found: let fit finish round 1" in without.stderr
    # What fit saved of its configuration is collect's as well.
    saved = ("--config", str(run / "tensorboard/config.yaml"), "--trainer.default_root_dir", str(run))
    done = axiom("collect", *saved, "--round", "2", "--ckpt_path", str(run / "kept.ckpt"))
    assert done.returncode == 0, done.stderr
    assert RoundStore(run).folder(2).read_manifest().adapter_hash == trained
    assert len(RoundStore(run).folder(2).read("train")) == 12


@pytest.mark.parametrize("lost", ["rounds/002", "rounds/002/validation-rank000.jsonl", "tensorboard"])
def test_a_kill_after_the_last_epoch_does_not_lose_the_last_model(
    tmp_path: Path, finished: tuple[Path, str], taught: tuple[Path, Path], lost: str, capfd: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    shutil.copytree(finished[0], run)
    whole = {purpose: RoundStore(run).folder(2).read(purpose) for purpose in ("validation", "test")}
    trained = RoundStore(run).folder(2).read_manifest().adapter_hash
    for file in (run / lost, *run.glob("rounds/*/test*")):
        shutil.rmtree(file) if file.is_dir() else file.unlink(missing_ok=True)
    assert main(["fit", *settings(run, *taught)]) == 0
    told = finished[1].splitlines()[-1]
    assert told.startswith("test pass@8: model 0 ")
    assert told in capfd.readouterr().out
    assert [event.step for event in events(run).Scalars("val/pass@1")][-1] == 2
    newest = RoundStore(run).folder(2)
    assert newest.read_manifest().adapter_hash == trained
    for purpose, rows in whole.items():
        assert [(row.key, row.completion) for row in newest.read(purpose)] == [(r.key, r.completion) for r in rows]


def test_the_policy_is_back_on_its_device_before_the_test_problems_are_sampled(
    tmp_path: Path, finished: tuple[Path, str], taught: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lightning moves it to the CPU at the end of training."""
    run, order = tmp_path / "run", list[str]()
    shutil.copytree(finished[0], run)
    for cls, name in ((PolicyModule, "cpu"), (PolicyModule, "to"), (BestOfNDataModule, "collect")):
        monkeypatch.setattr(cls, name, noted(order, name, getattr(cls, name)))
    assert main(["fit", *settings(run, *taught)]) == 0
    assert order[-5:] == ["cpu", "to", "collect", "collect", "collect"]


def noted(order: list[str], name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*given: Any) -> Any:
        order.append(name)
        return method(*given)

    return call


def test_an_early_stop_gives_the_samples_to_what_is_unsolved_and_leaves_pass_at_k_alone(
    tmp_path: Path, taught: tuple[Path, Path]
) -> None:
    model, problems = taught
    two = problems.with_name("unsolved.jsonl")
    hopeless = json.loads(problems.read_text()) | {"id": "t/hopeless", "tests": [{"args": [], "expected": 99}]}
    two.write_text(problems.read_text() + json.dumps(hopeless) + "\n")
    done = axiom("collect", *settings(tmp_path, model, two, "--data.enough_passing", "1", samples=20))
    assert done.returncode == 0, done.stderr
    rows = RoundStore(tmp_path).folder(0).read("train")
    counts = Counter(row.task_id for row in rows)
    assert counts["t/one"] + counts["t/hopeless"] == len(rows) == 40
    assert counts["t/one"] < 20 < counts["t/hopeless"]
    first = [row.passed for row in rows if row.task_id == "t/one" and row.sample_index < 8]
    expected = sum(first) / 8 / 2
    assert [event.value for event in events(tmp_path).Scalars("collect/pass@1")] == pytest.approx([expected])


def test_two_ranks_draw_the_samples_that_one_draws(tmp_path: Path, taught: tuple[Path, Path]) -> None:
    model, problems = taught
    two = problems.with_name("two.jsonl")
    twin = json.loads(problems.read_text()) | {"id": "t/two"}
    two.write_text(problems.read_text() + json.dumps(twin) + "\n")
    drawn = []
    for ranks in ("1", "2"):
        more = ("--trainer.devices", ranks, "--trainer.strategy", "ddp" if ranks == "2" else "auto")
        done = axiom("fit", *settings(tmp_path / ranks, model, two, "--expert_iteration.rounds", "1", *more))
        assert done.returncode == 0, done.stderr
        first = RoundStore(tmp_path / ranks).folder(0)
        drawn.append({p: {r.key: r.completion for r in first.read(p)} for p in ("train", "validation", "test")})
    assert drawn[0] == drawn[1]
    assert len(drawn[0]["train"]) == 24
    assert len(list((tmp_path / "2/rounds/000").glob("train-rank*.jsonl"))) == 2


@pytest.mark.slow
def test_the_curriculum_moves_samples_from_what_is_never_solved(tmp_path: Path, taught: tuple[Path, Path]) -> None:
    model, problems = taught
    two = problems.with_name("hopeless.jsonl")
    hopeless = json.loads(problems.read_text()) | {"id": "t/hopeless", "tests": [{"args": [], "expected": 99}]}
    two.write_text(problems.read_text() + json.dumps(hopeless) + "\n")
    more = ("--data.curriculum.unsolved", "0")
    done = axiom("fit", *settings(tmp_path, model, two, *more))
    assert done.returncode == 0, done.stderr
    drawn = [Counter(row.task_id for row in RoundStore(tmp_path).folder(index).read("train")) for index in (0, 1)]
    assert drawn == [{"t/one": 12, "t/hopeless": 12}, {"t/one": 24}]
    assert [event.value for event in events(tmp_path).Scalars("curriculum/unsolved")] == [1.0, 1.0]


def test_a_round_without_a_passing_sample_says_what_to_do_and_goes_on_with_more(
    tmp_path: Path, taught: tuple[Path, Path]
) -> None:
    """The first sample of this problem fails."""
    few = ("--expert_iteration.rounds", "1", "--expert_iteration.epochs_per_round", "1")
    done = axiom("fit", *settings(tmp_path, *taught, *few, samples=1))
    assert done.returncode == 2
    assert (
        "round 0: none of 1 samples passed; give more samples (the same command with a larger --data.sa" in done.stderr
    )
    assert "Traceback" not in done.stderr
    (kept,) = RoundStore(tmp_path).folder(0).read("train")
    done = axiom("fit", *settings(tmp_path, *taught, *few, samples=12))
    assert done.returncode == 0, done.stderr
    rows = RoundStore(tmp_path).folder(0).read("train")
    assert kept in rows
    assert len(rows) == 12


def test_quiet_shows_results_alone(tmp_path: Path, taught: tuple[Path, Path]) -> None:
    few = ("--expert_iteration.rounds", "1", "--expert_iteration.epochs_per_round", "1", "--quiet")
    done = axiom("fit", *settings(tmp_path, *taught, *few))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Expert iteration" in done.stdout
    assert "change" in done.stdout.splitlines()[-1]


def test_help_names_the_subcommands_without_loading_torch() -> None:
    probe = "import sys; from axiom.__main__ import main; main(['--help']); assert 'torch' not in sys.modules"
    result = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert {"fit", "collect", "verify"} <= set(result.stdout.split())
