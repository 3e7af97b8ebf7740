"""What a run stands: a second process in its folder, and a disk without room."""

import errno
import fcntl
import os
import resource
import subprocess
from pathlib import Path

import pytest
import torch

from axiom.__main__ import main
from axiom.errors import RoundStoreError
from axiom.rounds.lock import locked
from axiom.rounds.store import RoundStore
from modules.policy_module import PolicyModule
from tests.runs import ROOT, command, environment, settings, whole_lines

_BYTES = 150_000


def little_room() -> None:
    """Files of this process may not grow beyond this, as on a disk that is nearly full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (_BYTES, resource.RLIM_INFINITY))


@pytest.mark.slow
def test_a_disk_without_room_is_told_in_one_line_and_nothing_stored_is_lost(
    tmp_path: Path, taught: tuple[Path, Path]
) -> None:
    arguments = settings(tmp_path, *taught, "--expert_iteration.rounds", "1", samples=500)
    full = subprocess.run(
        command("collect", *arguments),
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=little_room,
    )
    assert full.returncode == 2, full.stderr
    assert full.stderr.splitlines()[-1] == (
        "error: File too large; free some, and the same command goes on from what is stored"
    )
    assert "Traceback" not in full.stderr
    rows = tmp_path / "rounds/000/train-rank000.jsonl"
    kept = whole_lines(rows)
    assert 0 < kept.count(b"\n") < 500
    assert main(["collect", *arguments]) == 0
    assert rows.read_bytes().startswith(kept)
    assert len(RoundStore(tmp_path).folder(0).read("train")) == 500


_MEMORY = "out of memory; lower data.batch_size (trainer.accumulate_grad_batches makes up for it), or set"
_LOST = "this rank has lost the others ({}); the first error above says why; the same command goes on from"
_GLOO = "[/pytorch/third_party/gloo/gloo/transport/tcp/pair.cc:538] Connection closed by peer [::1]:99"
_NCCL = "NCCL communicator was aborted on rank 0."


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."), _MEMORY),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory"), _MEMORY),
        (RuntimeError(_GLOO), _LOST.format(_GLOO)),
        (torch.distributed.DistBackendError(f"{_NCCL}\nframe #0"), _LOST.format(_NCCL)),
    ],
)
def test_training_without_memory_or_without_another_rank_ends_in_one_line(
    tmp_path: Path,
    taught: tuple[Path, Path],
    error: Exception,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def failing(*given: object) -> None:
        raise error

    monkeypatch.setattr(PolicyModule, "training_step", failing)
    assert main(["fit", *settings(tmp_path, *taught)]) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith(f"error: {message}")
    assert ("model.gradient_checkpointing true" in told) == (message == _MEMORY)


def test_a_folder_in_which_another_process_works_is_refused_until_it_ends(
    tmp_path: Path, taught: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    holding = f"from axiom.rounds.lock import locked; from pathlib import Path; held = locked(Path({str(tmp_path)!r}))"
    with subprocess.Popen(
        [*command()[:1], "-c", f"{holding}; print('held', flush=True); input()"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert main(["collect", *settings(tmp_path, *taught)]) == 2
        told = capsys.readouterr().err.splitlines()[-1]
        assert told.startswith(f"error: {tmp_path}: process {other.pid} on ")
        assert told.endswith("is at work in it; wait for that, or choose another trainer.default_root_dir")
        other.kill()
    assert main(["collect", *settings(tmp_path, *taught)]) == 0


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_told_and_worked_on(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*given: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "lockf", refused)
    locked(tmp_path).close()
    assert caplog.messages == [
        f"{tmp_path} cannot be locked ({os.strerror(number)}); see to it that no other run works in it"
    ]
    assert (tmp_path / ".lock").read_text().startswith(f"process {os.getpid()} on ")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RoundStoreError, match="file/run cannot be written"):
        locked(tmp_path / "file" / "run")
