"""The command line on a tiny model, as tests run it."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout

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


def axiom(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, env=environment()
    )


def environment() -> dict[str, str]:
    return os.environ | {"OMP_NUM_THREADS": "1"}


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


def kill_once_there_are(rows: Path, arguments: list[str], *, by: signal.Signals = signal.SIGKILL) -> int:
    """Run a command, and end it in the middle of its samples; returns its exit code."""
    running = subprocess.Popen(
        arguments, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
    )
    try:
        deadline = time.monotonic() + 240
        while not rows.is_file() or rows.stat().st_size < 20_000:
            assert running.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        running.send_signal(by)
        code = running.wait(timeout=120)
    return code


def whole_lines(rows: Path) -> bytes:
    kept = rows.read_bytes()
    return kept[: kept.rindex(b"\n") + 1]
