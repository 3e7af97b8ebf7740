"""Every configuration below ``configs/``, by the command at its head, on weights and problems that are tiny."""

import os
import re
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import lightning as L
import pytest
import yaml
from lightning.pytorch.strategies import FSDPStrategy, ModelParallelStrategy

from axiom.__main__ import main
from axiom.cli import AxiomTrainer, learns_values
from axiom.errors import ConfigError
from axiom.problems.leaks import without_leaks
from axiom.problems.sources import load_problems
from axiom.rounds.store import RoundStore
from tests.generation.completions_server import Behaviour, CompletionsServer
from tests.levels import ENGINE_ANSWERS
from tests.runs import ROOT, command, environment, events, settings

CONFIGS = sorted(str(file.relative_to(ROOT)) for file in (ROOT / "configs").rglob("*.yaml"))
COMMAND = re.compile(r"^#.*\bRun: (?:srun )?python -m axiom (?P<words>.*)$", re.MULTILINE)

# What a machine without CUDA cannot do: the setting, what it stands on, what the test gives it, why.
NEEDS_CUDA = (
    ("trainer.accelerator", "gpu", "cpu", "no test needs a GPU"),
    ("model.optimizer", "paged_adamw_8bit", "adamw", "its pages are of CUDA's unified memory"),
)
# What a job of one task finds in its environment.
SLURM = {f"SLURM_{name}": "0" for name in ("NODEID", "PROCID", "LOCALID")} | {
    "SLURM_NTASKS": "1",
    "SLURM_JOB_ID": "42",
    "SLURM_JOB_NAME": "axiom",
    "SLURM_NODELIST": "127.0.0.1",
}
# How many processes a configuration is run in: their process group outlives a run, so theirs are not this test's.
PROCESSES = {"configs/overlays/ddp.yaml": 2, "configs/overlays/fsdp.yaml": 2, "configs/overlays/slurm.yaml": 1}
# What is not installed here, and what the run then says.
REFUSED = {"configs/overlays/vllm.yaml": "pip install vllm"} if find_spec("vllm") is None else {}
if not ENGINE_ANSWERS:
    REFUSED["configs/overlays/docker.yaml"] = "isolation 'docker'"
# Weights and problems so small that a step takes no time.
TINY = {
    "data.samples": 24,
    "data.validation_samples": 8,
    "data.test_samples": 8,
    "data.max_new_tokens": 30,
    "expert_iteration.rounds": 1,
    "expert_iteration.epochs_per_round": 1,
}


def words_of(file: str) -> list[str]:
    """The command that a configuration says it is run by, without ``python -m axiom``."""
    found = COMMAND.search((ROOT / file).read_text(encoding="utf-8"))
    assert found is not None, f"{file}: its head does not say 'Run: python -m axiom ...'"
    return found["words"].split()


def flat(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def content(file: str) -> dict[str, Any]:
    return dict(flat(yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))))


def stand_ins(file: str, run: Path, taught: tuple[Path, Path]) -> list[str]:
    """Words that make the command of a configuration small, and what it asks of CUDA something else."""
    model, problems = taught
    words = words_of(file)
    given = {key: value for word in words if word.endswith(".yaml") for key, value in content(word).items()}
    chosen: dict[str, Any] = {"trainer.default_root_dir": run}
    if learns_values(words):
        chosen["trainer.max_epochs"] = 1
    else:
        chosen |= {"model.base": model, "data.temperature": 1.0, "data.prompt_style": "complete", **TINY}
    if words[0] == "fit" and not learns_values(words):
        chosen |= {f"data.{name}_problems": problems for name in ("train", "validation", "test")}
        chosen["data.leaks"] = "allow"
    elif words[0] != "fit":
        chosen["data.test_limit"] = 2
    chosen |= {name: instead for name, value, instead, _ in NEEDS_CUDA if given.get(name) == value}
    if file in PROCESSES:
        chosen["trainer.devices"] = PROCESSES[file]
    return [*words, *(word for key, value in chosen.items() for word in (f"--{key}", str(value)))]


def has_stepped(file: str, run: Path) -> bool:
    """Whether a run has trained, or measured where it was asked to do that."""
    if words_of(file)[0] != "fit":
        return {"test/pass@1", "test/pass@8"} <= set(events(run).Tags()["scalars"])
    if learns_values(words_of(file)):
        return len(events(run).Scalars("value/loss")) > 0
    return len(events(run).Scalars("train/loss")) > 0 and RoundStore(run).newest() == 1


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory, taught: tuple[Path, Path]) -> Path:
    """A run of a round."""
    run = tmp_path_factory.mktemp("learned")
    small = ("--expert_iteration.rounds", "1", "--expert_iteration.epochs_per_round", "1")
    assert main(["fit", *settings(run, *taught, *small, samples=24)]) == 0
    return run


@pytest.mark.parametrize("file", CONFIGS)
def test_a_configuration_is_understood_and_its_head_says_how_it_is_run(
    file: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    head = (ROOT / file).read_text(encoding="utf-8").partition("\ntrainer:")[0].partition("\ndata:")[0]
    assert "# Needs: " in head
    words = words_of(file)
    assert file in words
    with pytest.raises(SystemExit) as stop:
        main([*words, "--print_config"])
    assert stop.value.code in (0, None)
    shown = dict(flat(yaml.safe_load(capsys.readouterr().out)))
    for name, value in content(file).items():
        if f"--{name}" not in words:
            found = shown.get(name, shown.get(f"{name}.class_path"))
            is_class = isinstance(value, str) and name.endswith(("class_path", "sampler"))
            assert (str(found).rpartition(".")[2] if is_class else found) == (
                value.rpartition(".")[2] if is_class else value
            ), name


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(file, marks=pytest.mark.slow) if file in PROCESSES else file
        for file in CONFIGS
        if file not in REFUSED
    ],
)
def test_a_configuration_takes_a_step_on_tiny_weights(
    file: str,
    tmp_path: Path,
    taught: tuple[Path, Path],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    words = stand_ins(file, tmp_path / "run", taught)
    if learns_values(words):
        words += ["--data.runs", str(request.getfixturevalue("learned")), "--data.leaks", "allow"]
    with CompletionsServer(taught[0], Behaviour()) as server:
        is_served = content(file).get("data.sampler.class_path") == "OpenAISampler"
        if is_served:
            words += ["--data.sampler.base_url", server.url, "--data.sampler.model", "tiny"]
        if file in PROCESSES:
            more = SLURM if "slurm" in file else {}
            done = subprocess.run(
                command(*words), env=environment() | more, capture_output=True, text=True, timeout=300, check=False
            )
            assert done.returncode == 0, done.stderr
        else:
            assert main(words) == 0
        assert bool(server.bodies) == is_served
    assert has_stepped(file, tmp_path / "run")


@pytest.mark.parametrize(("file", "message"), REFUSED.items())
def test_a_configuration_for_what_is_not_installed_says_what_to_install(
    file: str,
    message: str,
    tmp_path: Path,
    taught: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(stand_ins(file, tmp_path / "run", taught)) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "run" / "rounds").exists()


@pytest.mark.parametrize("file", [file for file in CONFIGS if "data.train_problems" in content(file)])
def test_the_problems_of_a_configuration_are_there_and_none_is_trained_and_measured_on(file: str) -> None:
    given = content(file)
    train = load_problems(given["data.train_problems"])
    held = [load_problems(given[f"data.{name}_problems"]) for name in ("validation", "test")]
    measured = [problem for problems in held for problem in problems]
    kept = without_leaks(train, measured, drop=given.get("data.leaks") == "drop")
    assert len(kept) > 0.98 * len(train)
    assert without_leaks(*held, drop=False, use="validation") == held[0]
    assert all(len(problems) > 30 for problems in held)


@pytest.mark.parametrize(
    "strategy",
    [
        "fsdp",
        "fsdp_cpu_offload",
        "deepspeed",
        "deepspeed_stage_3",
        "FSDPStrategy",
        '{"class_path": "FSDPStrategy"}',
        '{"class_path": "lightning.pytorch.strategies.ModelParallelStrategy"}',
        '{"class_path": "DeepSpeedStrategy", "init_args": {"stage": 3}}',
    ],
)
@pytest.mark.parametrize(
    ("file", "missing"), [("configs/quickstart.yaml", "model.base"), ("configs/value.yaml", "data.runs")]
)
def test_a_strategy_that_shards_the_policy_is_refused_before_anything_is_loaded(
    file: str,
    missing: str,
    strategy: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    run = tmp_path / "run"
    nowhere = (f"--{missing}", str(tmp_path / "missing.gguf"))
    given = ("--trainer.strategy", strategy, "--trainer.default_root_dir", str(run), *nowhere)
    assert main(["fit", "--config", file, *given]) == 2
    told = capsys.readouterr().err
    assert re.search(r"error: trainer.strategy \w+: it leaves each rank a part of the policy", told)
    assert "take --trainer.strategy ddp" in told
    assert "--model.shard_base true with it" in told
    assert not run.exists()


class Renamed(FSDPStrategy):
    """A strategy of a user's own."""


@pytest.mark.parametrize("strategy", [Renamed(), ModelParallelStrategy()])
def test_a_strategy_derived_from_one_that_shards_is_refused_too(strategy: Any, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"take --trainer\.strategy ddp"):
        AxiomTrainer(default_root_dir=str(tmp_path), strategy=strategy)


@pytest.mark.skipif(L.pytorch.accelerators.CUDAAccelerator.is_available(), reason="there is a GPU here")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("configs/coder_1.5b.yaml",), "No supported gpu backend found!; python -m axiom doctor shows"),
        (("configs/quickstart.yaml", "--trainer.strategy", "dpp"), "invalid strategy name: `strategy='dpp'`"),
        (("configs/quickstart.yaml", "--config", "configs/overlays/slurm.yaml"), "begin the command with srun"),
    ],
)
def test_hardware_that_is_not_there_is_told_in_one_line(
    words: tuple[str, ...],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    for name in [name for name in os.environ if name.startswith("SLURM")]:
        monkeypatch.delenv(name)
    assert main(["fit", "--config", *words, "--trainer.default_root_dir", str(tmp_path)]) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith("error: trainer")
    assert message in told
