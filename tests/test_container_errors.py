"""The level ``docker`` where no engine works: each way in which it fails is told in one line, with what helps."""

import sys
from functools import partial
from pathlib import Path

import pytest

from axiom.__main__ import main
from axiom.errors import SandboxError
from axiom.sandbox import container_engine, container_image
from axiom.sandbox.container import ContainerSandbox
from axiom.sandbox.container_engine import ENGINE_VARIABLE, Engine, find_engine
from axiom.verification import doctor
from axiom.verification.judge import make_sandbox
from tests.test_verify import PROBLEMS, SAMPLES, write

DOCKER, PODMAN = Engine("/usr/bin/docker", is_podman=False), Engine("/usr/bin/podman", is_podman=True)
# What a working engine says to axiom's questions.
ANSWERS = "case $1 in version) echo 9.9;; info) echo true true;; images) ;; *) cat >/dev/null;; esac"


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH but the shell's; nobody has named an engine."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "cat", "rm", "sleep", "ldd", "bash"):
        (folder / name).symlink_to(f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv(ENGINE_VARIABLE, raising=False)
    return folder


def command(folder: Path, name: str, script: str) -> Path:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(("unified", "runtime"), [(False, ["--runtime", "runc"]), (True, [])])
def test_podman_takes_runc_where_control_groups_are_mixed(
    commands: Path, monkeypatch: pytest.MonkeyPatch, unified: bool, runtime: list[str]
) -> None:
    command(commands, "runc", "")
    monkeypatch.setattr(container_engine, "_UNIFIED_CONTROL_GROUPS", commands if unified else commands / "none")
    assert PODMAN.command("info") == ["/usr/bin/podman", *runtime, "info"]
    assert DOCKER.command("info") == ["/usr/bin/docker", "info"]


def test_podman_is_left_its_runtime_where_there_is_no_runc(commands: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container_engine, "_UNIFIED_CONTROL_GROUPS", commands / "none")
    assert PODMAN.command("info") == ["/usr/bin/podman", "info"]


_SOCKET = "unix:///var/run/docker.sock"


@pytest.mark.parametrize(
    ("scripts", "named", "words"),
    [
        ({}, None, ["needs Docker or Podman, and neither is installed", "apt-get install docker.io, or podman"]),
        ({}, "nerdctl", ["AXIOM_CONTAINER_ENGINE is 'nerdctl', which is no command here"]),
        (
            {"docker": f"echo 'Cannot connect to the Docker daemon at {_SOCKET}. Is it running?' >&2; exit 1"},
            None,
            ["Docker says 'Cannot connect", "sudo systemctl start docker", "isolation 'namespaces'"],
        ),
        (
            {"docker": "echo 'Cannot connect to the Docker daemon' >&2; exit 1", "podman": "echo podman"},
            None,
            ["or choose Podman: AXIOM_CONTAINER_ENGINE=podman"],
        ),
        (
            {"docker": f"echo 'permission denied while trying to connect to {_SOCKET}' >&2; exit 1"},
            None,
            ["permission denied", "sudo usermod -aG docker $USER"],
        ),
        ({"docker": "exit 3"}, None, ["Docker says 'code 3'", "docker info"]),
        (
            {"docker": "case $1 in version) echo 9;; info) echo false true;; esac"},
            None,
            ["Docker cannot limit memory and processes here (false true)", "control groups are of version 2"],
        ),
        (
            {"podman": "case $1$3 in --version) echo podman 5;; info) echo true v1 [];; *) case $3 in info) "
             "echo 'true v1 [memory pids]';; esac; echo 'true v1 [memory pids]';; esac"},
            None,
            ["Podman cannot limit memory and processes here (true v1"],
        ),
        (
            {"docker": f"case $1 in import) echo no space left >&2; exit 1;; esac; {ANSWERS}"},
            None,
            ["Docker says 'no space left'", "docker info"],
        ),
        (
            {"docker": f"case $1 in run) echo no cgroups >&2; exit 125;; esac; {ANSWERS}"},
            None,
            ["no jail came up (no cgroups)", "needs Docker on the judge's own machine"],
        ),
    ],
    ids=["none", "named", "stopped", "other", "group", "broken", "limits", "rootless", "import", "run"],
)  # fmt: skip
def test_without_a_working_engine_one_line_says_what_is_missing(
    commands: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    scripts: dict[str, str], named: str | None, words: list[str],
) -> None:  # fmt: skip
    for name, script in scripts.items():
        command(commands, name, script)
    if named:
        monkeypatch.setenv(ENGINE_VARIABLE, named)
    files = write(tmp_path / "problems.jsonl", PROBLEMS), write(tmp_path / "samples.jsonl", SAMPLES)
    assert main(["verify", *files, "--isolation", "docker"]) == 2
    said = capsys.readouterr().err
    assert len([line for line in said.splitlines() if not line.startswith("building the judge's image ")]) == 1
    assert all(word in said for word in words), said
    assert not (tmp_path / "samples.verdicts.jsonl").exists()


def test_an_engine_that_hangs_is_told_of(commands: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(str(command(commands, "docker", "sleep 60")), is_podman=False)
    monkeypatch.setattr(container_engine, "_ANSWER_S", 0.1)
    with pytest.raises(SandboxError, match=r"Docker has not answered 'version' in 0\.1 s; restart it"):
        engine.check()


def test_an_engine_that_is_no_program_is_told_of(commands: Path) -> None:
    file = command(commands, "docker", "")
    file.write_bytes(b"\x7fELF")
    with pytest.raises(SandboxError, match="docker does not run"):
        Engine(str(file), is_podman=False).check()
    assert not find_engine().is_podman


def test_an_image_that_cannot_be_written_is_told_of(commands: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command(commands, "docker", ANSWERS)
    monkeypatch.setattr(container_image.tempfile, "TemporaryFile", partial(open, "/dev/full", "wb"))
    with pytest.raises(SandboxError, match="no image can be built"):
        ContainerSandbox()


def test_a_machine_without_ldd_is_told_of(commands: Path) -> None:
    command(commands, "docker", ANSWERS)
    (commands / "ldd").unlink()
    with pytest.raises(SandboxError, match="needs the command ldd"):
        ContainerSandbox()


def test_docker_comes_first_and_a_docker_that_is_podman_is_known(
    commands: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    podman = command(commands, "podman", "echo podman version 5")
    assert find_engine() == Engine(str(podman), is_podman=True)
    docker = command(commands, "docker", "echo Docker version 28")
    assert find_engine() == Engine(str(docker), is_podman=False)
    monkeypatch.setenv(ENGINE_VARIABLE, "podman")
    assert find_engine() == Engine(str(podman), is_podman=True)
    monkeypatch.delenv(ENGINE_VARIABLE)
    command(commands, "docker", "echo podman version 5")
    assert find_engine() == Engine(str(docker), is_podman=True)


@pytest.mark.parametrize("level", ["namespaces", "docker"])
def test_another_system_is_sent_to_plain_processes(level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxError, match=f"isolation '{level}' needs Linux, this is darwin; use 'process'"):
        make_sandbox(level)


def test_the_doctor_says_that_an_engine_is_missing_and_not_needed(commands: Path) -> None:
    assert doctor._containers().startswith("not here; not needed. isolation 'docker' needs Docker or Podman")
