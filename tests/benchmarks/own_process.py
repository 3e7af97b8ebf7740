"""One engine or trainer of a benchmark in a process of its own: what it said, and the most memory it took."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]


def measured(
    name: str, command: Sequence[str], *, first_key: str, environment: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Run a command and take the JSON object that it prints.

    Args:
        name: for the line that tells the result as soon as it is there; a whole benchmark takes long.
        command: to be run in the repository's root.
        first_key: of the object, by which its line is known.
        environment: added to this process's.

    Returns:
        the object with ``peak_bytes``, or ``{"reason": ...}`` with the last line of an error.
    """
    if not Path(command[0]).is_file():
        return {"reason": f"{command[0]} is not there"}
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        whole = os.environ | dict(environment or {})
        running = subprocess.Popen(command, stdout=out, stderr=errors, cwd=ROOT, env=whole)
        peak = 0
        while running.poll() is None:
            peak = max(peak, memory_bytes(running.pid))
            time.sleep(0.5)
        out.seek(0)
        errors.seek(0)
        lines = [line for line in out if line.startswith(f'{{"{first_key}"')]
        told = (errors.read().strip().splitlines() or ["it said nothing"])[-1]
    result: dict[str, Any] = json.loads(lines[-1]) | {"peak_bytes": peak} if lines else {"reason": told}
    print(f"{name}: {json.dumps(result)}", file=sys.stderr, flush=True)
    return result


def memory_bytes(pid: int) -> int:
    """Proportional memory of a process and all that come from it."""
    total = 0
    with contextlib.suppress(psutil.Error):
        whole = psutil.Process(pid)
        for process in (whole, *whole.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += process.memory_full_info().pss
    return total
