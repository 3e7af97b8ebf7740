"""The value function by the command line: a run of the tiny model, then what its verdicts teach."""

import itertools
import json
import math
import shutil
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file

from axiom.__main__ import main
from axiom.configuration import learns_values
from axiom.errors import ConfigError
from axiom.generation.chat_template import encode_prompt
from axiom.learning.packing import PackedBatch, TokenizedExample, pack
from axiom.learning.value import Target
from axiom.learning.value_examples import ValueExample, value_rows
from axiom.learning.value_figures import reliability
from axiom.policy.policy import Policy
from axiom.policy.value_function import ValueFunction, load_value_function
from axiom.prompts import build_prompt
from axiom.report.numbers import read_run
from axiom.report.value_numbers import read_value
from axiom.rounds.store import JudgedSample, RoundStore
from axiom.search.scoring import values_of
from datamodules import value_along
from datamodules.verdicts import ValueLoader, VerdictsDataModule
from modules import value_module
from tests.generation.completions_server import Behaviour, CompletionsServer
from tests.runs import ONE, axiom, events, never_logged, refusal, settings

VALUE = ("fit", "--config", "configs/value.yaml")

# AUROC over a handful of programs, of which another processor's arithmetic draws others: one pair of them is a tenth.
GOOD = 0.75


@pytest.fixture(scope="module")
def run(taught: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round of a model that is right one time in three."""
    model, problems = taught
    folder = tmp_path_factory.mktemp("run")
    more = ("--expert_iteration.rounds", "1", "--expert_iteration.epochs_per_round", "1")
    done = axiom("fit", *settings(folder, model, problems, *more))
    assert done.returncode == 0, done.stderr
    return folder


def fitted(run: Path, out: Path, *more: str) -> str:
    places = ("--data.runs", str(run), "--data.leaks", "allow", "--trainer.default_root_dir", str(out))
    done = axiom(*VALUE, *places, "--model.learning_rate", "0.01", "--model.warmup_steps", "1", *more)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("how", "has_adapter"),
    [
        (("--model.trains_adapter", "true"), True),
        (("--model.trains_adapter", "false"), False),
        (("--model.kind", "likelihood", "--model.learning_rate", "0.001"), True),
    ],
)
def test_it_learns_to_tell_right_programs_from_wrong_ones(
    run: Path, tmp_path: Path, how: tuple[str, ...], has_adapter: bool
) -> None:
    more = ("--trainer.max_epochs", "30", *how)
    told = fitted(run, tmp_path, *more, "--model.head_learning_rate", "0.03")
    assert told.count("AUROC of the value by share of the tokens, on 1 problems that it never saw") == 1
    assert [line.partition(":")[0] for line in told.splitlines() if "calibration error " in line][:30] == [
        f"epoch {index}" for index in range(30)
    ]
    assert float(told.partition("the best value function, AUROC ")[2].partition(":")[0]) > GOOD
    scores = [json.loads(line) for line in (tmp_path / "value_scores.jsonl").read_text().splitlines()]
    chosen = read_run(run).chosen
    assert chosen is not None
    rows = RoundStore(run).folder(chosen).read("validation")
    assert {(one["task_id"], one["passed"]) for one in scores} == {(row.task_id, row.passed) for row in rows}
    values = {one["passed"]: one["values"]["1.0"] for one in scores}
    assert values[True] > values[False]
    assert (tmp_path / "value" / "adapter").is_dir() is has_adapter


def test_a_step_whose_gradient_is_not_finite_leaves_the_value_function_as_it_is(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sound, steps = value_module.value_loss, itertools.count()

    def unsound(*arguments: torch.Tensor) -> torch.Tensor:
        return sound(*arguments) * (math.nan if next(steps) == 1 else 1.0)

    monkeypatch.setattr(value_module, "value_loss", unsound)
    places = ("--data.runs", str(run), "--data.leaks", "allow", "--trainer.default_root_dir", str(tmp_path))
    assert main([*VALUE, *places, "--trainer.max_epochs", "4", "--data.batch_size", "64"]) == 0
    assert [text for text in caplog.messages if "the gradient is not finite; the step is left out" in text]
    (head,) = (tmp_path / "value").glob("*.safetensors")
    assert all(tensor.isfinite().all() for tensor in load_file(head).values())


def test_the_folder_that_it_leaves_scores_programs_without_lightning(run: Path, tmp_path: Path) -> None:
    fitted(run, tmp_path, "--trainer.max_epochs", "20", "--model.head_learning_rate", "0.03")
    tags = events(tmp_path).Tags()["scalars"]
    assert {"value/loss", "value/auroc@1.0", "value/auroc@0.5", "value/auroc_log_prob"} <= set(tags)
    assert never_logged(tmp_path) == []
    by_share = [(point.step, point.value) for point in events(tmp_path).Scalars("value_by_share/auroc")]
    assert [step for step, _ in by_share] == [25, 50, 75, 100]
    assert by_share[-1][1] > GOOD
    reliable = {point.step: point.value for point in events(tmp_path).Scalars("value_reliability/passed")}
    bins = reliability(read_value(tmp_path).whole)
    assert reliable == {round(100 * one.value): pytest.approx(one.passed) for one in bins}
    base = RoundStore(run).folder(0).read_manifest().base
    policy = Policy(base=base, quantization="none", dtype="float32")
    value = load_value_function(tmp_path / "value", policy)
    rows = {row.passed: row for row in RoundStore(run).folder(0).read("validation")}
    prompt = tuple(encode_prompt(policy.tokenizer, build_prompt(ONE, style="complete")))
    with torch.no_grad():
        found = {
            passed: value.logits(pack([TokenizedExample(prompt, row.token_ids, sampled=row.log_probs)]))[-1]
            for passed, row in rows.items()
        }
    assert found[True] > found[False]


@pytest.mark.parametrize("index", [0, 1])
def test_it_is_measured_on_what_its_own_policy_drew(run: Path, tmp_path: Path, index: int) -> None:
    fitted(run, tmp_path, "--trainer.max_epochs", "1", "--data.round", str(index))
    scores = [json.loads(line) for line in (tmp_path / "value_scores.jsonl").read_text().splitlines()]
    drawn = {sum(row.log_probs) / len(row.log_probs) for row in RoundStore(run).folder(index).read("validation")}
    other = {sum(row.log_probs) / len(row.log_probs) for row in RoundStore(run).folder(1 - index).read("validation")}
    assert not drawn <= other
    assert scores
    assert {one["log_prob"] for one in scores} <= drawn


@pytest.mark.parametrize(("count", "ranks"), [(5, 3), (4, 4), (7, 2), (20, 2), (1, 1)])
def test_every_rank_measures_some_completions_and_all_ranks_each_of_them_once(
    run: Path, count: int, ranks: int
) -> None:
    data = VerdictsDataModule(runs=str(run), batch_size=8)
    data.examples["validation"] = validation_completions(count)
    seen = [one for rank in range(ranks) for one in measured_by(data, rank, ranks)]
    assert sorted(one.tokens.completion for one in seen) == [(place,) for place in range(count)]
    assert all(measured_by(data, rank, ranks) for rank in range(ranks))
    assert max(len(batch.examples) for batch in loader_of(data, 0, ranks)) <= 8


def test_fewer_completions_than_ranks_are_refused_and_none_are_not(run: Path) -> None:
    data = VerdictsDataModule(runs=str(run))
    data.examples["validation"] = validation_completions(2)
    with pytest.raises(ConfigError, match="2 validation completions are too few for 3 ranks; take fewer by"):
        loader_of(data, 0, 3)
    data.examples["validation"] = []
    assert len(loader_of(data, 0, 3)) == 0


def validation_completions(count: int) -> list[ValueExample]:
    return [
        ValueExample(TokenizedExample((1,), (place,), sampled=(-1.0,)), "p", bool(place % 2), Target(1.0, 0.0))
        for place in range(count)
    ]


def loader_of(data: VerdictsDataModule, rank: int, ranks: int) -> ValueLoader:
    data.trainer = SimpleNamespace(global_rank=rank, world_size=ranks)  # type: ignore[assignment]
    loader: ValueLoader = data.val_dataloader()
    return loader


def measured_by(data: VerdictsDataModule, rank: int, ranks: int) -> list[ValueExample]:
    return [one for batch in loader_of(data, rank, ranks) for one in batch.examples]


def test_two_ranks_measure_a_single_batch_of_completions_once(run: Path, tmp_path: Path) -> None:
    large = ("--trainer.max_epochs", "1", "--data.batch_size", "64")
    fitted(run, tmp_path / "one", *large)
    fitted(run, tmp_path / "two", *large, "--trainer.devices", "2", "--trainer.strategy", "ddp")
    drawn = [
        sorted(json.loads(line)["log_prob"] for line in (tmp_path / name / "value_scores.jsonl").open())
        for name in ("one", "two")
    ]
    assert drawn[0] == drawn[1]


def test_a_head_alone_has_each_completion_read_once_however_many_epochs(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    original = ValueFunction.known

    def counting(self: ValueFunction, batch: PackedBatch) -> torch.Tensor:
        read.append(len(batch.target_counts))
        return original(self, batch)

    monkeypatch.setattr(ValueFunction, "known", counting)
    places = ("--data.runs", str(run), "--data.leaks", "allow", "--trainer.default_root_dir", str(tmp_path))
    places += ("--trainer.max_epochs", "5")
    assert main([*VALUE, *places, "--model.head_learning_rate", "0.03"]) == 0
    once = sum(read)
    read.clear()
    monkeypatch.setattr(value_module, "_MOST_KEPT_BYTES", 0)
    assert main([*VALUE, *places, "--model.head_learning_rate", "0.03"]) == 0
    assert sum(read) == 5 * once


@pytest.mark.slow
def test_a_value_function_is_learned_in_each_round_and_chooses_what_is_trained_on(
    taught: tuple[Path, Path], tmp_path: Path
) -> None:
    model, problems = taught
    more = ("--data.value.learn", "true", "--data.selection.prefer", "value", "--data.value.learning_rate", "0.03")
    fit = ("fit", *settings(tmp_path, model, problems, *more, "--expert_iteration.rounds", "2"))
    done = axiom(*fit)
    assert done.returncode == 0, done.stderr
    store = RoundStore(tmp_path)
    for index in (0, 1):
        rows = store.folder(index).read("train")
        values = {row.passed: row.value for row in rows}
        assert None not in values.values()
        policy = Policy(base=str(model), quantization="none", dtype="float32", adapter=store.folder(index).adapter)
        value = load_value_function(store.folder(index).value, policy)
        prompt = tuple(encode_prompt(policy.tokenizer, build_prompt(ONE, style="complete")))
        found = values_of(value, prompt, rows)
        assert found == pytest.approx([row.value for row in rows], abs=1e-4)
    assert values[True] > values[False]
    # In round 0 no validation sample is there yet.
    (auroc,) = events(tmp_path).Scalars("value/auroc@1.0")
    assert auroc.step == 1
    assert auroc.value > GOOD
    before = (store.folder(1).path / "values.jsonl").stat().st_mtime_ns
    assert axiom(*fit).returncode == 0
    assert (store.folder(1).path / "values.jsonl").stat().st_mtime_ns == before


def test_a_rounds_value_is_measured_on_what_the_round_drew(
    taught: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[JudgedSample]] = []

    def recording(rows: Iterable[JudgedSample], *, max_per_problem: int) -> list[JudgedSample]:
        asked.append(list(rows))
        return value_rows(asked[-1], max_per_problem=max_per_problem)

    monkeypatch.setattr(value_along, "value_rows", recording)
    more = ("--data.value.learn", "true", "--expert_iteration.rounds", "2", "--expert_iteration.epochs_per_round", "1")
    more += ("--model.learning_rate", "0.0001")  # so that round 1's model is about as good as the taught one
    assert main(["fit", *settings(tmp_path, *taught, *more)]) == 0
    store = RoundStore(tmp_path)
    train, validation = ([store.folder(index).read(purpose) for index in (0, 1)] for purpose in ("train", "validation"))
    expected = [train[0], [], train[0] + train[1], validation[1]]  # in round 0 no validation sample is there yet
    assert [[row.log_probs for row in rows] for rows in asked] == [[row.log_probs for row in rows] for rows in expected]


def test_a_round_that_gets_more_samples_gets_their_values(taught: tuple[Path, Path], tmp_path: Path) -> None:
    more = ("--data.value.learn", "true", "--data.selection.prefer", "value", "--expert_iteration.rounds", "1")
    more += ("--expert_iteration.epochs_per_round", "1")
    for command, samples in (("collect", 12), ("fit", 24)):
        done = axiom(command, *settings(tmp_path, *taught, *more, samples=samples))
        assert done.returncode == 0, done.stderr
    rows = RoundStore(tmp_path).folder(0).read("train")
    assert len(rows) == 24
    assert all(row.value is not None for row in rows)


def test_an_engine_that_tells_no_log_probabilities_leaves_the_value_to_states_alone(
    taught: tuple[Path, Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with CompletionsServer(taught[0], Behaviour()) as server:
        sampler = "--data.sampler"
        more = [sampler, "OpenAISampler", f"{sampler}.base_url", server.url, f"{sampler}.model", "tiny"]
        more += [f"{sampler}.logprobs", "false"]
        more += ["--data.value.learn", "true", "--data.selection.prefer", "value", "--expert_iteration.rounds", "1"]
        assert main(["collect", *settings(tmp_path, *taught, *more)]) == 0
    folder = RoundStore(tmp_path).folder(0)
    assert json.loads((folder.value / "value_head.json").read_text())["reads_confidence"] is False
    rows = folder.read("train")
    assert not any(row.log_probs for row in rows)
    assert all(row.value is not None for row in rows)
    assert "round 0: the engine told no log-probabilities; the value function does without them" in caplog.messages


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--data.value.learn", "true", "--model.shard_base", "true", "--data.sampler", "VLLMSampler"),
            "data.value.learn true: a value function needs the whole base, of which model.shard_base leaves each rank",
        ),
        (("--data.selection.prefer", "value"), "data.selection.prefer value: needs a value function"),
        (
            ("--model.objective", "Distill", "--model.objective.value_weight", "0.1"),
            "model.objective.value_weight: needs a value function; set data.value.learn true",
        ),
        (("--data.value.epochs", "0"), "data.value: hidden 0 must be 0 or more"),
    ],
)
def test_a_choice_by_value_without_a_value_function_and_a_value_without_a_base_are_refused(
    taught: tuple[Path, Path],
    tmp_path: Path,
    arguments: tuple[str, ...],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert message in refusal(capsys, "fit", *settings(tmp_path, *taught, *arguments))
    assert not (tmp_path / "rounds").exists()


@pytest.mark.parametrize("told", [{"log_probs": []}, {"token_ids": [], "log_probs": [-1.0]}])
def test_samples_without_log_probabilities_need_a_head_that_does_not_read_them(
    run: Path, tmp_path: Path, told: dict[str, list[float]], capsys: pytest.CaptureFixture[str]
) -> None:
    silent = tmp_path / "silent"
    shutil.copytree(run, silent)
    for file in silent.glob("rounds/*/*.jsonl"):
        rows = [json.loads(line) | told for line in file.read_text().splitlines()]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    places = ("--data.runs", str(silent), "--data.leaks", "allow", "--trainer.default_root_dir", str(tmp_path / "out"))
    said = refusal(capsys, *VALUE, *places)
    assert "lack a log-probability of each token, as their engine told none" in said
    assert said.endswith("set model.reads_confidence false")
    assert refusal(capsys, *VALUE, *places, "--model.kind", "likelihood").endswith("false and model.kind head")
    assert main([*VALUE, *places, "--model.reads_confidence", "false"]) == 0


def test_what_is_no_run_or_has_nothing_to_learn_from_is_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refusal(capsys, *VALUE, "--data.runs", str(tmp_path)).startswith(f"error: {tmp_path} is no run")
    assert "test does not know data.runs; fit learns" in refusal(capsys, "test", *VALUE[1:], "--data.runs", str(run))
    few = ("--data.runs", str(run), "--data.max_per_problem", "1")
    assert "max_per_problem 1 must be 2 or more" in refusal(capsys, *VALUE, *few)
    out = ("--trainer.default_root_dir", str(tmp_path / "out"))
    assert "--round 7" in refusal(capsys, *VALUE, "--data.runs", str(run), "--data.round", "7", *out)
    shutil.copytree(run / "rounds", tmp_path / "bare" / "rounds")
    told = refusal(capsys, *VALUE, "--data.runs", str(run), *out)
    assert "trained and measured on: t/one and t/one (the same id)" in told
    told = refusal(capsys, *VALUE, "--data.runs", str(run), "--data.leaks", "drop", *out)
    assert "every train problem is measured on: t/one" in told
    told = refusal(capsys, *VALUE, "--data.runs", str(tmp_path / "bare"))
    assert "bare keeps no configuration; name a run of fit" in told


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["fit", "--config", "configs/value.yaml"], True),
        (["fit", "--config=configs/value.yaml"], True),
        (["fit", "--data.runs", "runs/one"], True),
        (["fit", "--config", "configs/quickstart.yaml", "--data.samples", "8"], False),
        (["fit", "--config"], False),
    ],
)
def test_a_command_line_that_names_runs_is_the_value_function_s(arguments: list[str], expected: bool) -> None:
    assert learns_values(arguments) is expected
