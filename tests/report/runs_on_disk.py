"""Runs on disk as a fit leaves them, without a fit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from axiom.rounds.store import JudgedSample, Manifest, Purpose, RoundFolder, RoundStore
from tests.test_store import row

VERSIONS = {"torch": "2.13.0", "peft": "0.21.2"}


def sample(problem: str, index: int, *, passed: bool, outcome: str = "", **more: Any) -> JudgedSample:
    """A judged sample; its program is one of its own unless named."""
    told = (
        {"completion": f"\n    return {index}", "cpu_s": 0.5, "sampler": "transformers"}
        | ({"outcome": outcome} if outcome else {})
        | more
    )
    made = row(problem, index, passed=passed, solution=f"def f():\n    return {index}", tokens=10 + index)
    return replace(made, **told)


def samples(counts: Mapping[str, tuple[int, int]]) -> list[JudgedSample]:
    """For each problem so many samples, of which the first so many pass."""
    return [sample(name, index, passed=index < c) for name, (n, c) in counts.items() for index in range(n)]


def write_run(
    run: Path,
    rounds: Sequence[Mapping[Purpose, Mapping[str, tuple[int, int]]]],
    *,
    seed: int = 0,
    config: str = "",
    **manifest: Any,
) -> Path:
    """A run whose rounds have these (samples, passed) by purpose and problem."""
    for index, by_purpose in enumerate(rounds):
        folder = RoundStore(run).folder(index)
        about = {"base": "tiny", "versions": VERSIONS, "sampling": {"prompt_style": "complete"}} | manifest
        folder.write_manifest(Manifest(round=index, adapter_hash=f"hash{index}", seed=seed, **about))
        for purpose, counts in by_purpose.items():
            folder.append(purpose, samples(counts))
    if config:
        (run / "tensorboard").mkdir(exist_ok=True)
        (run / "tensorboard" / "config.yaml").write_text(config)
    return run


def write_evaluation(
    run: Path, name: str, adapter_hash: str, counts: Mapping[str, tuple[int, int]], **manifest: Any
) -> None:
    """What ``test`` keeps beside a run."""
    folder = RoundFolder(run / "evaluations" / f"{adapter_hash}-{name}")
    about = {"round": 0, "base": "tiny", "seed": 0} | manifest
    folder.write_manifest(Manifest(adapter_hash=adapter_hash, **about))
    folder.append("test", samples(counts))


def write_scalars(run: Path, scalars: Mapping[str, Mapping[int, float]]) -> Path:
    """An event file with these values by name and step; returns it."""
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(run / "tensorboard")) as writer:
        for name, values in scalars.items():
            for step, value in values.items():
                writer.add_scalar(name, value, step)
    return max((run / "tensorboard").glob("*tfevents*"), key=lambda file: file.stat().st_mtime_ns)
