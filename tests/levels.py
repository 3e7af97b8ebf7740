"""The levels of isolation that tests run at; ``docker`` skips where no engine answers and nobody has named one."""

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from axiom.errors import SandboxError
from axiom.sandbox.container_engine import ENGINE_VARIABLE, find_engine


def _missing() -> str:
    """Why there is no engine; empty where one answers."""
    try:
        find_engine().check()
    except SandboxError as error:
        return str(error)
    return ""


_WHY = "" if os.environ.get(ENGINE_VARIABLE) else _missing()
ENGINE_ANSWERS = not _WHY
needs_engine = pytest.mark.skipif(bool(_WHY), reason=_WHY)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="signals to a container's processes need root")
DOCKER = pytest.param("docker", marks=needs_engine)
JAILS = ["namespaces", DOCKER]
LEVELS = [*JAILS, "process"]


def container_names(pids: Iterable[int]) -> set[str]:
    """The containers that these processes, an engine's commands, have been told to run."""
    names = set()
    for pid in pids:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if "--name" in words[:-1]:
            names.add(words[words.index("--name") + 1])
    return names


def container_zygotes(names: set[str]) -> set[int]:
    """The first processes of those containers that run, as this machine numbers them."""
    engine, found = find_engine(), set()
    for name in names:
        try:
            found.add(int(engine.run("inspect", "--format", "{{.State.Pid}}", name)))
        except SandboxError:  # not there yet, or not any more
            continue
    return found - {0}
