"""Rounds on disk: ``<run>/rounds/000/`` with a manifest, the adapter that samples, and rows of judged samples.

Rows are JSON lines, appended and synced in small groups, one file for each purpose and rank; a torn last line is
dropped by the reader and a row that stands twice counts once. A search's rows are one group, that of its first sample
the last in it: where it is missing, a crash came in between, and the reader drops the others as well. The manifest is
written before the first sample and changes hands by rename.
"""

import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from axiom.errors import RoundStoreError

# ``search`` has what searches found beside the train samples (``data.search``).
Purpose = Literal["train", "validation", "test", "search"]


@dataclass(frozen=True, slots=True)
class JudgedSample:
    """A sample with its program and verdict: one row of the store.

    Attributes:
        task_id: the problem's id.
        sample_index: number within the problem.
        completion: the model's text.
        solution: the program taken from it, or None.
        outcome: value of :class:`axiom.verification.verdict.Outcome`.
        passed: whether every hidden test passed.
        passed_tests, total_tests: observed by the judge.
        cpu_s, wall_s, peak_bytes: measured by the judge.
        message: what went wrong, for a person.
        tokens: length of the completion in tokens, the end token included.
        token_ids: the completion's tokens; empty where the engine does not tell.
        log_probs: of each of them under the policy that sampled at temperature 1, in nats; likewise.
        finish_reason: ``stop`` or ``length``.
        seed: of the sample's random stream; the run's where a search drew it from several, line by line.
        sampler: the engine.
        value: P(pass) by the round's value function, which is kept apart; None where there is none.
    """

    task_id: str
    sample_index: int
    completion: str
    solution: str | None
    outcome: str
    passed: bool
    passed_tests: int
    total_tests: int
    cpu_s: float
    wall_s: float
    peak_bytes: int
    message: str
    tokens: int
    token_ids: tuple[int, ...]
    log_probs: tuple[float, ...]
    finish_reason: str
    seed: int
    sampler: str
    value: float | None = None

    @property
    def key(self) -> tuple[str, int]:
        """What the row is filed under."""
        return self.task_id, self.sample_index


@dataclass(frozen=True, slots=True)
class Manifest:
    """How a round was made; what must agree for a run to go on.

    Attributes:
        round: its number.
        base: the base model's name.
        adapter_hash: of the adapter that samples.
        seed: the run's.
        policy: what the adapter's weights are a policy under: quantisation, dtype, LoRA rank, alpha and kind of scale.
        loop: how rounds follow one another: ``epochs_per_round`` and ``average_rounds``.
        problems: hash of each problem set, by purpose.
        sampling: sampling parameters and prompt version.
        enough_passing: distinct passing programs after which a problem gets no more samples; None for no such rule.
        on_policy: whether the engine draws from the policy with its adapter, or from the base alone.
        sampler: the engine that the round began with; rows name their own, and a run may go on with another.
        isolation: of the sandbox.
        versions: of the packages that matter.
    """

    round: int
    base: str
    adapter_hash: str
    seed: int
    policy: dict[str, Any] = field(default_factory=dict)
    loop: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    sampling: dict[str, Any] = field(default_factory=dict)
    enough_passing: int | None = None
    on_policy: bool = True
    sampler: str = ""
    isolation: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    def differences(self, other: "Manifest") -> list[str]:
        """What keeps the two from belonging to one run, as ``field: this != other``.

        Of policy and loop, what one of them does not tell is no difference; and any loop may begin with one round 0.
        """
        names = ("base", "seed", "enough_passing", "on_policy")
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in names}
        for name in ("problems", "sampling"):
            mine, its = getattr(self, name), getattr(other, name)
            pairs |= {f"{name}.{key}": (mine.get(key), its.get(key)) for key in sorted(mine.keys() | its.keys())}
        for mine, its in ((self.policy, other.policy), (self.loop if self.round else {}, other.loop)):
            pairs |= {name: (mine[name], its[name]) for name in mine if name in its}
        return [f"{name}: {mine} != {its}" for name, (mine, its) in pairs.items() if mine != its]


def counts_by_problem(rows: Iterable[JudgedSample]) -> dict[str, tuple[int, int]]:
    """(samples, samples that passed) of each problem; the judge's own faults count neither way."""
    counts: dict[str, tuple[int, int]] = {}
    for row in rows:
        if row.outcome != "internal_error":
            n, c = counts.get(row.task_id, (0, 0))
            counts[row.task_id] = (n + 1, c + row.passed)
    return counts


class RoundFolder:
    """One round's folder.

    Args:
        path: ``<run>/rounds/NNN``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def adapter(self) -> Path:
        """The PEFT folder of the adapter that samples."""
        return self.path / "adapter"

    def read_manifest(self) -> Manifest:
        """The manifest.

        Raises:
            RoundStoreError: if it is missing or unreadable.
        """
        file = self.path / "manifest.json"
        try:
            return Manifest(**json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise RoundStoreError(f"{file} cannot be read: {error}; choose another run folder") from error

    def write_manifest(self, manifest: Manifest) -> None:
        """Write the manifest in one step: after a crash it is there whole or not at all."""
        self.path.mkdir(parents=True, exist_ok=True)
        _replace(self.path / "manifest.json", json.dumps(asdict(manifest), indent=2))

    def append(self, purpose: Purpose, rows: Iterable[JudgedSample], *, rank: int = 0) -> None:
        """Append rows and sync them to disk; a torn line left by a crash is ended first.

        Args:
            purpose: the file; of ``search`` come all rows of a problem at once.
            rows: without their values.
            rank: likewise.

        Raises:
            OSError: if they have no room; the file is as it was then.
        """
        if purpose == "search":
            rows = sorted(rows, key=lambda row: -row.sample_index)
        lines = b"".join(map(_line, rows))
        with (self.path / f"{purpose}-rank{rank:03d}.jsonl").open("ab+", buffering=0) as handle:
            length = handle.seek(0, os.SEEK_END)
            if length:
                handle.seek(-1, os.SEEK_END)
                lines = (b"" if handle.read(1) == b"\n" else b"\n") + lines
            try:
                while lines:
                    lines = lines[handle.write(lines) :]
                os.fsync(handle.fileno())
            except OSError:
                handle.truncate(length)
                raise

    def read(self, purpose: Purpose) -> list[JudgedSample]:
        """All whole rows of all ranks, each key once, by problem and index; a verdict before a judge's fault.

        Of searches, the whole ones.
        """
        rows: dict[tuple[str, int], JudgedSample] = {}
        for file in sorted(self.path.glob(f"{purpose}-rank*.jsonl")):
            for row in _whole_rows(file):
                if row.key not in rows or rows[row.key].outcome == "internal_error":
                    rows[row.key] = row
        if purpose == "search":
            rows = {key: row for key, row in rows.items() if (row.task_id, 0) in rows}
        values = self._values() if purpose == "train" else {}
        return [replace(rows[key], value=values[key]) if key in values else rows[key] for key in sorted(rows)]

    def read_learned(self) -> list[JudgedSample]:
        """What is learned from: the train samples, and beside them what searches found."""
        return [*self.read("train"), *self.read("search")]

    def has_values(self) -> bool:
        """Whether the round's value function has told its samples' values."""
        return self._value_file.is_file()

    def write_values(self, values: Mapping[tuple[str, int], float]) -> None:
        """Keep the values of train samples, by problem and index, in one step."""
        lines = [
            json.dumps({"task_id": name, "sample_index": index, "value": value})
            for (name, index), value in values.items()
        ]
        _replace(self._value_file, "".join(line + "\n" for line in lines))

    @property
    def value(self) -> Path:
        """The folder of the round's value function."""
        return self.path / "value"

    @property
    def _value_file(self) -> Path:
        return self.path / "values.jsonl"

    def _values(self) -> dict[tuple[str, int], float]:
        if not self.has_values():
            return {}
        rows = map(json.loads, self._value_file.read_text(encoding="utf-8").splitlines())
        return {(row["task_id"], row["sample_index"]): row["value"] for row in rows}


def no_room(error: BaseException) -> str | None:
    """What a full disk, or a quota, has to do with an error, for a person; None where it has nothing.

    Libraries below tell it in their own ways: an ``OSError``, or its words in an error of their own.
    """
    codes = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if isinstance(error, OSError) and error.errno in codes:
        return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
    said = [words for code in codes if (words := os.strerror(code)) in str(error)]
    return said[0] if said else None


def _replace(file: Path, text: str) -> None:
    """Write a file in one step: after a crash it is there whole or as it was."""
    part = file.with_name(file.name + ".part")
    with part.open("w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    part.rename(file)


def _line(row: JudgedSample) -> bytes:
    kept = asdict(row)
    del kept["value"]
    return json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _whole_rows(file: Path) -> Iterator[JudgedSample]:
    with file.open("rb") as handle:
        for line in handle:
            try:
                yield JudgedSample(**json.loads(line))
            except (ValueError, TypeError):
                continue  # torn by a crash; its sample is drawn again


class RoundStore:
    """The rounds of a run.

    Args:
        run: the run's folder.
    """

    def __init__(self, run: Path) -> None:
        self.run = run

    def folder(self, index: int) -> RoundFolder:
        """The folder of a round, whether it exists or not."""
        return RoundFolder(self.run / "rounds" / f"{index:03d}")

    def newest(self) -> int | None:
        """Number of the newest round that has a manifest; None before the first."""
        names = [path.parent.name for path in (self.run / "rounds").glob("*/manifest.json")]
        return max((int(name) for name in names if name.isdigit()), default=None)

    def check(self, manifest: Manifest) -> None:
        """Refuse to go on with a run that began with other settings.

        Raises:
            RoundStoreError: with the difference.
        """
        newest = self.newest()
        if newest is None:
            return
        found = self.folder(newest).read_manifest().differences(manifest)
        if found:
            raise RoundStoreError(
                f"{self.run} belongs to another run ({'; '.join(found)}); give what it began with, on the left, or "
                "choose another trainer.default_root_dir (--fresh true makes sure that it is empty)"
            )
