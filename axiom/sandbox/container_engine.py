"""The engine that runs containers: found, asked whether it answers, and spoken to by its command line.

Docker where it is installed, else Podman; ``AXIOM_CONTAINER_ENGINE`` names one, or the path of one.

Covered: an engine that is missing, does not answer, may not be spoken to, or cannot limit what it runs: each is told
with what helps. Not covered: how an engine is set up; whoever may speak to Docker's daemon is as good as root.
Assumes: the engine runs on this machine.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from axiom.errors import SandboxError

ENGINE_VARIABLE = "AXIOM_CONTAINER_ENGINE"
_ENGINES = ("docker", "podman")
_ANSWER_S = 120.0
_UNIFIED_CONTROL_GROUPS = Path("/sys/fs/cgroup/cgroup.controllers")
_INSTALL = "install one (Debian, Ubuntu: sudo apt-get install docker.io, or podman), or choose isolation 'namespaces'"


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine's command.

    Attributes:
        path: of the command.
        is_podman: takes Podman's options; the command ``docker`` may be Podman's too.
    """

    path: str
    is_podman: bool

    @property
    def name(self) -> str:
        """What people call it."""
        return "Podman" if self.is_podman else "Docker"

    def command(self, *arguments: str) -> list[str]:
        """A command line of the engine's.

        Podman's own choice of runtime, crun, refuses control groups of which only a part is of version 2; runc takes
        them.
        """
        mixed = self.is_podman and not _UNIFIED_CONTROL_GROUPS.exists()
        return [self.path, *(("--runtime", "runc") if mixed and shutil.which("runc") else ()), *arguments]

    def run(self, *arguments: str, stdin: IO[bytes] | None = None) -> str:
        """What the engine answers to a command.

        Raises:
            SandboxError: if it fails, with its own words and what helps, or does not answer.
        """
        try:
            done = subprocess.run(
                self.command(*arguments),
                stdin=subprocess.DEVNULL if stdin is None else stdin,
                capture_output=True,
                timeout=_ANSWER_S,
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise SandboxError(
                f"{self.name} has not answered '{arguments[0]}' in {_ANSWER_S:g} s; restart it"
            ) from error
        except OSError as error:
            raise SandboxError(f"{self.path} does not run ({error}); {_INSTALL}") from error
        if done.returncode != 0:
            said = one_line(done.stderr) or f"code {done.returncode}"
            raise SandboxError(f"isolation 'docker': {self.name} says '{said}'. {self.remedy(said)}")
        return done.stdout.decode(errors="replace").strip()

    def check(self) -> str:
        """The version of what runs the containers.

        Raises:
            SandboxError: if it does not answer, or cannot limit a container's memory and processes.
        """
        if self.is_podman:
            version = self.run("version", "--format", "{{.Version}}")
            given = self.run(
                "info", "--format", "{{.Host.Security.Rootless}} {{.Host.CgroupsVersion}} {{.Host.CgroupControllers}}"
            )
            limits = "memory" in given and "pids" in given and not given.startswith("true v1")
        else:
            version = self.run("version", "--format", "{{.Server.Version}}")
            given = self.run("info", "--format", "{{.MemoryLimit}} {{.PidsLimit}}")
            limits = given == "true true"
        if not limits:
            raise SandboxError(
                f"isolation 'docker': {self.name} cannot limit memory and processes here ({given}); run it as root, "
                "or where control groups are of version 2, or choose isolation 'namespaces'"
            )
        return version

    def remedy(self, said: str) -> str:
        """What helps against an error that the engine reports in these words."""
        words = said.lower()
        if "permission denied" in words and ".sock" in words:
            return "Join its group: sudo usermod -aG docker $USER, then log in again; its members are as good as root"
        if "cannot connect" in words or "is the docker daemon running" in words or "connection refused" in words:
            other = f", or choose Podman: {ENGINE_VARIABLE}=podman" if shutil.which("podman") else ""
            return (
                f"Start it: sudo systemctl start docker, or as root: dockerd{other}; or choose isolation 'namespaces'"
            )
        return f"Look at: {self.path} info. Or choose isolation 'namespaces'"


def one_line(said: bytes) -> str:
    """What a command printed, as one line."""
    return " ".join(said.decode(errors="replace").split())


def find_engine() -> Engine:
    """The engine that the user names, or the first that is installed; it may not run.

    Raises:
        SandboxError: if there is none.
    """
    named = os.environ.get(ENGINE_VARIABLE)
    for command in (named,) if named else _ENGINES:
        path = shutil.which(command)
        if path is not None:
            return Engine(path, is_podman=_is_podman(path))
    if named:
        raise SandboxError(f"{ENGINE_VARIABLE} is '{named}', which is no command here; {_INSTALL}")
    raise SandboxError(f"isolation 'docker' needs Docker or Podman, and neither is installed; {_INSTALL}")


def _is_podman(path: str) -> bool:
    """By the command's own words: distributions have a ``docker`` that calls Podman."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, timeout=_ANSWER_S, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"podman" in said.lower()
