"""The round store: torn lines, repeated rows, other runs' folders."""

import errno
import resource
from dataclasses import replace
from pathlib import Path

import pytest

from axiom.errors import RoundStoreError
from axiom.rounds.store import JudgedSample, Manifest, RoundFolder, RoundStore, no_room


def row(
    task: str = "a/b", index: int = 0, *, passed: bool = True, solution: str = "x = 1", tokens: int = 3
) -> JudgedSample:
    return JudgedSample(
        task_id=task,
        sample_index=index,
        completion=solution,
        solution=solution,
        outcome="passed" if passed else "wrong_answer",
        passed=passed,
        passed_tests=int(passed),
        total_tests=1,
        cpu_s=0.1,
        wall_s=0.2,
        peak_bytes=1,
        message="",
        tokens=tokens,
        token_ids=(3, 4),
        log_probs=(-0.5, -0.25),
        finish_reason="stop",
        seed=1,
        sampler="test",
    )


MANIFEST = Manifest(
    round=0,
    base="m",
    adapter_hash="h",
    seed=0,
    policy={"quantization": "nf4", "lora_alpha": 32.0},
    loop={"epochs_per_round": 12},
    problems={"train": "1"},
    sampling={"n": 2},
)


def folder(tmp_path: Path) -> RoundFolder:
    made = RoundStore(tmp_path).folder(0)
    made.write_manifest(MANIFEST)
    return made


def test_rows_come_back_ordered_once_and_from_every_rank(tmp_path: Path) -> None:
    store = folder(tmp_path)
    store.append("train", [row(index=1), row(index=0)], rank=0)
    store.append("train", [row(index=1), row("a/c")], rank=1)
    assert [r.key for r in store.read("train")] == [("a/b", 0), ("a/b", 1), ("a/c", 0)]
    assert store.read("validation") == []


def test_values_come_with_the_train_rows_that_have_one_and_never_stand_in_them(tmp_path: Path) -> None:
    store = folder(tmp_path)
    rows = [row(index=0), row(index=1)]
    store.append("train", [replace(rows[0], value=0.1), rows[1]])
    store.append("validation", rows)
    assert not store.has_values()
    assert [r.value for r in store.read("train")] == [None, None]
    store.write_values({rows[1].key: 0.75, ("gone", 3): 0.5})
    assert store.has_values()
    assert [r.value for r in store.read("train")] == [None, 0.75]
    assert [r.value for r in store.read("validation")] == [None, None]
    assert "value" not in (store.path / "train-rank000.jsonl").read_text()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "a/b"), "a/b: No space left on device"),
        (OSError(errno.EFBIG, "File too large"), "File too large"),
        (RuntimeError("I/O error: No space left on device (os error 28)"), "No space left on device"),
        (OSError(errno.EACCES, "Permission denied", "a/b"), None),
        (RuntimeError("out of memory"), None),
    ],
)
def test_a_full_disk_is_known_however_it_is_told(error: Exception, reason: str | None) -> None:
    assert no_room(error) == reason


def test_a_torn_last_line_is_dropped_and_the_next_append_starts_a_new_one(tmp_path: Path) -> None:
    store = folder(tmp_path)
    store.append("train", [row(index=0), row(index=1)])
    file = store.path / "train-rank000.jsonl"
    file.write_bytes(file.read_bytes()[:-25])
    assert [r.sample_index for r in store.read("train")] == [0]
    store.append("train", [row(index=1), row(index=2)])
    assert [r.sample_index for r in store.read("train")] == [0, 1, 2]


def test_a_search_whose_rows_are_not_all_there_is_none_until_it_is_made_again(tmp_path: Path) -> None:
    store = folder(tmp_path)
    store.append("search", [row(index=index) for index in range(3)])
    store.append("search", [row("a/c", index) for index in range(3)])
    file = store.path / "search-rank000.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    for kept in range(4, 6):
        for torn in (b"", lines[kept][:-25]):
            file.write_bytes(b"".join(lines[:kept]) + torn)
            assert [r.key for r in store.read("search")] == [("a/b", 0), ("a/b", 1), ("a/b", 2)]
    store.append("search", [row("a/c", index) for index in range(3)], rank=1)
    assert [r.key for r in store.read("search")] == [(name, index) for name in ("a/b", "a/c") for index in range(3)]


def test_rows_that_have_no_room_leave_the_file_as_it_was(tmp_path: Path) -> None:
    store = folder(tmp_path)
    store.append("train", [row(index=0)])
    before = (store.path / "train-rank000.jsonl").read_bytes()
    room, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, most))
    try:
        with pytest.raises(OSError, match="File too large"):
            store.append("train", [row(index=index, solution="x" * 9_000) for index in range(1, 4)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
    assert (store.path / "train-rank000.jsonl").read_bytes() == before
    store.append("train", [row(index=1)])
    assert [r.key for r in store.read("train")] == [("a/b", 0), ("a/b", 1)]


def test_the_newest_round_is_the_last_with_a_manifest(tmp_path: Path) -> None:
    store = RoundStore(tmp_path)
    assert store.newest() is None
    folder(tmp_path)
    store.folder(1).adapter.mkdir(parents=True)
    assert store.newest() == 0
    assert store.folder(0).read_manifest() == MANIFEST


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"base": "other"}, "base"),
        ({"seed": 1}, "seed"),
        ({"problems": {"train": "2"}}, r"problems\.train"),
        ({"sampling": {"n": 3}}, r"sampling\.n"),
        ({"enough_passing": 2}, "enough_passing"),
        ({"on_policy": False}, "on_policy"),
        ({"policy": {"quantization": "none", "lora_alpha": 32.0}}, "quantization"),
        ({"policy": {"quantization": "nf4", "lora_alpha": 1.0}}, "lora_alpha"),
    ],
)
def test_a_folder_of_another_run_is_refused_with_the_difference(
    tmp_path: Path, change: dict[str, object], named: str
) -> None:
    folder(tmp_path)
    with pytest.raises(RoundStoreError, match=f"belongs to another run.*{named}: .* != "):
        RoundStore(tmp_path).check(replace(MANIFEST, **change))  # type: ignore[arg-type]
    RoundStore(tmp_path).check(replace(MANIFEST, adapter_hash="later", sampler="another engine"))


def test_a_run_is_told_by_its_newest_round_and_what_a_manifest_does_not_tell_is_no_difference(tmp_path: Path) -> None:
    store = RoundStore(tmp_path)
    store.folder(0).write_manifest(replace(MANIFEST, policy={}, loop={}))
    store.check(MANIFEST)
    store.folder(1).write_manifest(replace(MANIFEST, round=1))
    store.check(MANIFEST)
    with pytest.raises(RoundStoreError, match=r"epochs_per_round: 12 != 4"):
        store.check(replace(MANIFEST, loop={"epochs_per_round": 4}))
    with pytest.raises(RoundStoreError, match=r"lora_alpha: 32\.0 != 1\.0\); give what it began with"):
        store.check(replace(MANIFEST, policy={"lora_alpha": 1.0}))


def test_runs_of_different_loops_may_begin_with_the_same_round_0(tmp_path: Path) -> None:
    folder(tmp_path)
    RoundStore(tmp_path).check(replace(MANIFEST, loop={"epochs_per_round": 4}))


def test_an_unreadable_manifest_names_its_file(tmp_path: Path) -> None:
    store = folder(tmp_path)
    (store.path / "manifest.json").write_text("{")
    with pytest.raises(RoundStoreError, match=r"manifest\.json cannot be read"):
        store.read_manifest()
