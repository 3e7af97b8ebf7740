"""The command line on a tiny model, as tests run it."""

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout

from axiom.__main__ import main
from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Problem

ROOT = Path(__file__).resolve().parent.parent
ONE = Problem(
    id="t/one",
    entry_point="one",
    statement="Return 1.",
    tests=(CallTest(args=(), expected=1),),
    starter="def one() -> int:",
)
ANSWERS = [f"\n    return {number}\n```" for number in (1, 2, 3)]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "axiom", *arguments]


class Begun:
    """A command under way in a fork of a warm interpreter; one at a time.

    Attributes:
        pid: its process.
    """

    def __init__(self, arguments: Sequence[str], folder: Path) -> None:
        self._files = [folder / "stdout", folder / "stderr"]
        self._warm = _warm()
        assert self._warm.stdin is not None
        job = {"arguments": arguments, "stdout": str(self._files[0]), "stderr": str(self._files[1])}
        self._warm.stdin.write(json.dumps(job) + "\n")
        self.pid = _answer(self._warm)

    def has_ended(self, *, within_s: float = 0.0) -> bool:
        return bool(select.select([self._warm.stdout], [], [], within_s)[0])

    def result(self, *, within_s: float = 300.0) -> "subprocess.CompletedProcess[str]":
        """Its exit code and what it wrote, once it has ended.

        Raises:
            subprocess.TimeoutExpired: if it has not; it is killed then.
        """
        in_time = self.has_ended(within_s=within_s)
        if not in_time:
            os.kill(self.pid, signal.SIGKILL)
        code = _answer(self._warm)
        texts = [file.read_text(encoding="utf-8") for file in self._files]
        if not in_time:
            raise subprocess.TimeoutExpired("axiom", within_s, *texts)
        return subprocess.CompletedProcess("axiom", code, *texts)


def axiom(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command, and wait for its end."""
    with tempfile.TemporaryDirectory() as folder:
        return Begun(arguments, Path(folder)).result()


def axiom_anew(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in a process of its own, as CUDA wants it."""
    return subprocess.run(
        command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, env=environment()
    )


@cache
def _warm() -> "subprocess.Popen[str]":
    """The interpreter that forks; it ends when this process has closed its standard input."""
    warm = subprocess.Popen(
        [sys.executable, "-m", "tests.warm"],
        cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
    )  # fmt: skip
    _answer(warm)
    return warm


def _answer(warm: "subprocess.Popen[str]") -> int:
    assert warm.stdout is not None
    read = b""
    while not read.endswith(b"\n"):  # unbuffered, so that select sees what is not read yet
        one = os.read(warm.stdout.fileno(), 1)
        assert one, "the interpreter that forks has ended"
        read += one
    return int(read)


def environment() -> dict[str, str]:
    return os.environ | {"OMP_NUM_THREADS": "1"}


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that is refused says, in this process: a new one takes seconds to begin."""
    assert main([*arguments]) == 2
    told = capsys.readouterr().err
    assert "Traceback" not in told
    return told.splitlines()[-1]


def settings(run: Path, model: Path, problems: Path, *more: str, samples: int = 12) -> list[str]:
    chosen: dict[str, Any] = {
        "trainer.default_root_dir": run,
        "trainer.accelerator": "cpu",
        "model.base": model,
        "model.quantization": "none",
        "model.dtype": "float32",
        "model.learning_rate": 0.01,
        "model.k": "[1,8]",
        "data.train_problems": problems,
        "data.validation_problems": problems,
        "data.test_problems": problems,
        "data.leaks": "allow",
        "data.samples": samples,
        "data.validation_samples": 16,
        "data.test_samples": 16,
        "data.temperature": 1.0,
        "data.max_new_tokens": 30,
        "data.prompt_style": "complete",
        "data.batch_size": 1,
        "expert_iteration.epochs_per_round": 25,
        "model.warmup_steps": 1,
    }
    return [*(word for key, value in chosen.items() for word in (f"--{key}", str(value))), *more]


def events(run: Path) -> EventAccumulator:
    found = EventAccumulator(str(run / "tensorboard"))
    found.Reload()
    return found


def layout(run: Path) -> Any:
    """What the run's TensorBoard shows together, as its own message."""
    (written,) = events(run).Tensors("custom_scalars__config__")[-1].tensor_proto.string_val
    return Layout.FromString(written)


def never_logged(run: Path) -> list[str]:
    """The names and patterns of the run's layout that show no scalar of it."""
    logged = events(run).Tags()["scalars"]
    charts = [chart for category in layout(run).category for chart in category.chart]
    patterns = [pattern for chart in charts for pattern in chart.multiline.tag]
    named = [name for chart in charts for one in chart.margin.series for name in (one.value, one.lower, one.upper)]
    assert patterns
    missing = [pattern for pattern in patterns if not any(re.match(pattern, name) for name in logged)]
    return missing + [name for name in named if name not in logged]


def kill_once_there_are(rows: Path, *arguments: str, by: signal.Signals = signal.SIGKILL) -> int:
    """Run a command, and end it in the middle of its samples; returns its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        running = Begun(arguments, Path(folder))
        try:
            deadline = time.monotonic() + 240
            while not rows.is_file() or rows.stat().st_size < 20_000:
                assert not running.has_ended()
                assert time.monotonic() < deadline
                time.sleep(0.02)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(running.pid, by)
            code = running.result(within_s=120).returncode
        return code


def whole_lines(rows: Path) -> bytes:
    kept = rows.read_bytes()
    return kept[: kept.rindex(b"\n") + 1]
