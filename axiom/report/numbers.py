"""A run as it stands on disk, in frozen figures: what reports are made of.

Read are the store (``rounds/``), evaluations, the TensorBoard log with the configuration beside it, and nothing else;
a run under way, a torn last line and a missing log give the figures that are there.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from axiom.errors import RoundStoreError
from axiom.report.config_file import budgets, compared, read_config, round_choice
from axiom.report.event_log import Point, RoundTime, merged, read_event_logs, round_times
from axiom.rounds.choice import Counts, best_round
from axiom.rounds.store import JudgedSample, Manifest, Purpose, RoundFolder, RoundStore, counts_by_problem

PURPOSES: tuple[Purpose, ...] = ("train", "validation", "test", "search")
_DEFAULT_K = (1, 8)


@dataclass(frozen=True, slots=True)
class Measured:
    """Judged samples of one purpose, summed up.

    Attributes:
        counts: (samples, samples that passed) of each problem; the judge's own faults are left out.
        outcomes: samples by outcome, these included.
        samples: how many there are.
        tokens: of all their completions.
        programs: distinct programs in them.
        judge_cpu_s: processor seconds of these programs; each is judged once.
    """

    counts: Counts
    outcomes: Mapping[str, int]
    samples: int
    tokens: int
    programs: int
    judge_cpu_s: float

    @property
    def passed(self) -> int:
        """Samples that passed."""
        return self.outcomes.get("passed", 0)

    @property
    def solved(self) -> int:
        """Problems with a sample that passed."""
        return sum(passed > 0 for _, passed in self.counts.values())


@dataclass(frozen=True, slots=True)
class RoundNumbers:
    """A round.

    Attributes:
        index: its number.
        manifest: how it was made.
        of: its samples by purpose; a purpose without any is not in it.
        time: what it took; None where no log says.
        examples: what the model was trained on after it; None likewise.
        tokens_per_s: speed of collecting its train samples, judging included; None likewise.
    """

    index: int
    manifest: Manifest
    of: Mapping[Purpose, Measured]
    time: RoundTime | None = None
    examples: int | None = None
    tokens_per_s: float | None = None

    @property
    def sampling_s(self) -> float | None:
        """Seconds of collecting the train samples, by the logged speed; None where there is none."""
        train = self.of.get("train")
        return train.tokens / self.tokens_per_s if train and self.tokens_per_s else None


@dataclass(frozen=True, slots=True)
class Alike:
    """What evaluations of several runs have in common.

    Attributes:
        purpose: ``validation`` or ``test``.
        problems: their ids.
        changed: as of the evaluations.
    """

    purpose: Purpose
    problems: frozenset[str]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What ``validate`` or ``test`` kept beside the run.

    Attributes:
        purpose: ``validation`` or ``test``.
        adapter_hash: of the adapter that was evaluated.
        asked: hash of the problems, the base and the sampling parameters; evaluations that share it are comparable.
        round: the run's round with that adapter; None where it is none of them.
        measured: the samples.
        changed: what the policy was evaluated under and sampled with where the rounds had something else, such as
            ``quantization none`` or ``max_new_tokens 160``.
    """

    purpose: Purpose
    adapter_hash: str
    asked: str
    round: int | None
    measured: Measured
    changed: tuple[str, ...] = ()

    @property
    def alike(self) -> Alike:
        """What runs that differ in the seed alone share where they evaluated the same."""
        return Alike(self.purpose, frozenset(self.measured.counts), self.changed)


@dataclass(frozen=True, slots=True)
class RunNumbers:
    """A run.

    Attributes:
        path: its folder.
        rounds: oldest first.
        evaluations: ordered by what was asked, then by round.
        curves: what TensorBoard has, by name.
        k: budgets of pass@k.
        chosen: the round with the best validation pass@1; None before the first evaluation.
        config_text: LightningCLI's configuration as it stands on disk; empty where there is none.
        settings: the same by dotted name, without seeds and places, which differ between seeds of one thing.
    """

    path: Path
    rounds: tuple[RoundNumbers, ...]
    evaluations: tuple[Evaluation, ...]
    curves: Mapping[str, tuple[Point, ...]]
    k: tuple[int, ...]
    chosen: int | None
    config_text: str
    settings: Mapping[str, str]

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.resolve().name

    @property
    def last(self) -> int | None:
        """The newest round that was evaluated on validation; None before the first."""
        return max(self.counts("validation"), default=None)

    @property
    def manifest(self) -> Manifest | None:
        """Of the first round."""
        return self.rounds[0].manifest if self.rounds else None

    def policy_setting(self, name: Literal["quantization", "dtype"]) -> str | None:
        """What the adapters were trained under: as the manifest has it, or else the configuration; None if neither."""
        known = self.manifest.policy.get(name) if self.manifest is not None else None
        return known or self.settings.get(f"model.{name}")

    def counts(self, purpose: Purpose) -> dict[int, Counts]:
        """(samples, passed) of each problem, by round, of the rounds that have any."""
        return {round_.index: round_.of[purpose].counts for round_ in self.rounds if purpose in round_.of}


def first_of(one: Evaluation, others: Sequence[Evaluation]) -> Evaluation | None:
    """Round 0's evaluation that was asked the same; None where there is no other one."""
    for other in others:
        if other.round == 0 and other is not one and (other.asked, other.purpose) == (one.asked, one.purpose):
            return other
    return None


def measured(rows: Sequence[JudgedSample]) -> Measured:
    """Sum up judged samples."""
    cpu_s = {(row.task_id, row.solution): row.cpu_s for row in rows if row.solution is not None}
    return Measured(
        counts=counts_by_problem(rows),
        outcomes=dict(Counter(row.outcome for row in rows)),
        samples=len(rows),
        tokens=sum(row.tokens for row in rows),
        programs=len(cpu_s),
        judge_cpu_s=sum(cpu_s.values()),
    )


def read_run(path: Path) -> RunNumbers:
    """The figures of a run.

    Args:
        path: the run's folder, ``trainer.default_root_dir``.

    Raises:
        RoundStoreError: if the folder holds no run, or a manifest cannot be read.
    """
    store = RoundStore(path)
    newest = store.newest()
    folders = [] if newest is None else [store.folder(index) for index in range(newest + 1)]
    manifests = {
        i: folder.read_manifest() for i, folder in enumerate(folders) if (folder.path / "manifest.json").exists()
    }
    evaluations = _evaluations(path, manifests)
    if not manifests and not evaluations:
        raise RoundStoreError(
            f"{path} is no run: expected a folder with rounds/000/manifest.json, the trainer.default_root_dir of a fit"
        )
    logs = read_event_logs(path / "tensorboard")
    curves, times = merged(logs), round_times(logs)
    rounds = [_round(store.folder(i), manifests[i], i, curves, times.get(i)) for i in manifests]
    text, settings = read_config(path)
    validation = {one.index: one.of["validation"].counts for one in rounds if "validation" in one.of}
    k = budgets(settings) or _DEFAULT_K
    return RunNumbers(
        path=path,
        rounds=tuple(rounds),
        evaluations=evaluations,
        curves=curves,
        k=k,
        chosen=best_round(validation, k=max(k), choice=round_choice(settings)),
        config_text=text,
        settings=compared(settings),
    )


def _round(
    folder: RoundFolder, manifest: Manifest, index: int, curves: Mapping[str, tuple[Point, ...]], time: RoundTime | None
) -> RoundNumbers:
    logged = {name: point.value for name, points in curves.items() for point in points if point.step == index}
    examples = logged.get("collect/examples")
    return RoundNumbers(
        index,
        manifest,
        of=_by_purpose(folder),
        time=time,
        examples=None if examples is None else int(examples),
        tokens_per_s=logged.get("collect/tokens_per_s"),
    )


def _by_purpose(folder: RoundFolder) -> dict[Purpose, Measured]:
    return {purpose: measured(rows) for purpose in PURPOSES if (rows := folder.read(purpose))}


def _evaluations(run: Path, rounds: Mapping[int, Manifest]) -> tuple[Evaluation, ...]:
    found, by_adapter = [], {manifest.adapter_hash: index for index, manifest in rounds.items()}
    usual = _sampled_with(rounds[max(rounds)]) if rounds else {}
    for file in sorted((run / "evaluations").glob("*/manifest.json")):
        folder = RoundFolder(file.parent)
        manifest, asked = folder.read_manifest(), file.parent.name.rpartition("-")[2]
        adapter, own = manifest.adapter_hash, _sampled_with(manifest)
        changed = tuple(f"{name} {own[name]}" for name in own if own[name] != usual.get(name, own[name]))
        for purpose, figures in _by_purpose(folder).items():
            found.append(Evaluation(purpose, adapter, asked, by_adapter.get(adapter), figures, changed))
    return tuple(sorted(found, key=lambda one: (one.asked, one.purpose, one.round is None, one.round or 0)))


def _sampled_with(manifest: Manifest) -> dict[str, Any]:
    return {**manifest.policy, **manifest.sampling}
