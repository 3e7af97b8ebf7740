"""The levels of isolation that tests run at; ``docker`` skips where no engine answers and nobody has named one."""

import os

import pytest

from axiom.errors import SandboxError
from axiom.sandbox.container_engine import ENGINE_VARIABLE, find_engine


def _missing() -> str:
    """Why there is no engine; empty where one answers."""
    try:
        find_engine().version()
    except SandboxError as error:
        return str(error)
    return ""


_WHY = "" if os.environ.get(ENGINE_VARIABLE) else _missing()
needs_engine = pytest.mark.skipif(bool(_WHY), reason=_WHY)
DOCKER = pytest.param("docker", marks=needs_engine)
JAILS = ["namespaces", DOCKER]
LEVELS = [*JAILS, "process"]
