"""The level ``docker``: what an engine is told, what the image holds, and containers where an engine answers."""

import io
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Limits, Problem
from axiom.sandbox import container_image
from axiom.sandbox.container import run_arguments
from axiom.sandbox.container_engine import Engine, find_engine
from axiom.sandbox.container_image import image_files, write_archive
from axiom.verification import doctor
from axiom.verification.judge import Judge
from axiom.verification.verdict import Outcome
from tests.attacks.test_attacks import CORPUS, MERGE
from tests.levels import container_names, container_zygotes, needs_engine
from tests.test_judge_survives import family
from tests.test_verify import PROBLEMS, RIGHT, alive, descendants, write

ROOT = Path(__file__).resolve().parent.parent
ONE = Problem(id="t/one", entry_point="f", statement="x", tests=(CallTest((), expected=1),), limits=Limits(cpu_s=5.0))
DOCKER, PODMAN = Engine("/usr/bin/docker", is_podman=False), Engine("/usr/bin/podman", is_podman=True)


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    before = family()
    with Judge(workers=2, isolation="docker") as judge:
        yield judge
    assert family() <= before


# What the engine is told.


def told(engine: Engine, **more: Any) -> list[str]:
    settings = {"name": "n", "folder": Path("/f"), "preload": (), "program_bytes": 1 << 30}
    return run_arguments(engine, "axiom-judge:0", **(settings | more))


def pairs(arguments: list[str]) -> set[tuple[str, str]]:
    return set(itertools.pairwise(arguments))


@pytest.mark.parametrize("engine", [DOCKER, PODMAN])
def test_the_engine_is_told_to_build_every_wall(engine: Engine) -> None:
    arguments = told(engine)
    assert arguments[:2] == ["run", "--rm"]
    assert "--read-only" in arguments
    assert pairs(arguments) >= {
        ("--network", "none"), ("--ipc", "none"), ("--cap-drop", "ALL"), ("--security-opt", "no-new-privileges"),
        ("--user", "65534:65534"), ("--pull", "never"), ("--pids-limit", "1024"), ("--log-driver", "none"),
        ("--memory", str(1536 << 20)), ("--memory-swap", str(1536 << 20)), ("--cpu-shares", "110"),
        ("--tmpfs", "/dev/shm:ro,size=4k"), ("--tmpfs", "/sys:ro,size=4k"), ("--label", "axiom.judge=container"),
    }  # fmt: skip
    assert arguments.count("--mount") == 1
    assert ("--mount", "type=bind,source=/f,target=/judge,readonly") in pairs(arguments)
    assert not [word for word in arguments if "privileged" in word or "unconfined" in word]
    assert arguments[-8] == "axiom-judge:0"
    assert arguments[-1] == "/judge/control"


def test_only_podman_gets_its_own_options() -> None:
    own = set(told(PODMAN)) - set(told(DOCKER))
    assert "--read-only-tmpfs=false" in own
    assert "--ulimit" in own
    assert set(told(DOCKER)) <= set(told(PODMAN))


def test_packages_are_mounted_only_where_they_are_asked_for() -> None:
    mounts = [word for word in told(DOCKER, preload=("numpy",)) if word.startswith("type=bind")]
    package = next(f"{path}/numpy" for path in sys.path if os.path.isdir(f"{path}/numpy"))
    assert f"type=bind,source={package},target={package},readonly" in mounts
    assert not [word for word in mounts if "site-packages," in word or "pytest" in word]
    assert all(word.endswith(",readonly") for word in mounts)
    assert not [word for word in told(DOCKER) if "site-packages" in word]
    assert told(DOCKER, preload=("numpy",))[-2:] == ["/judge/control", "numpy"]


# The image.


def test_the_image_holds_this_interpreter_and_nothing_of_others() -> None:
    files = image_files()
    assert files[str(Path(sys.executable).resolve())[1:]] == Path(sys.executable).resolve()
    library = str(Path(os.__file__).parent)[1:]
    assert {f"{library}/os.py", f"{library}/encodings/utf_8.py"} <= files.keys()
    assert [name for name in files if "/libc.so" in name or "/libc.musl" in name]
    assert [name for name in files if name.rpartition("/")[2].startswith("ld-")]
    assert not [name for name in files if {"site-packages", "dist-packages", "test"} & {*name.split("/")[:-1]}]


def test_the_zygote_finds_its_part_of_axiom_in_the_image(tmp_path: Path) -> None:
    for name, file in image_files().items():
        if name.startswith("jail/"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(file.read_bytes())
    place = str(tmp_path / "jail")
    code = f"import sys; sys.path.insert(0, {place!r}); from axiom.sandbox import zygote; print(zygote.__file__)"
    # Without the folder of third-party packages, where an installed axiom would be found.
    done = subprocess.run([sys.executable, "-ISc", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.strip() == str(tmp_path / "jail/axiom/sandbox/zygote.py"), done.stderr


def test_nothing_in_the_image_can_be_written_or_gives_rights(tmp_path: Path) -> None:
    source, program = tmp_path / "m.py", tmp_path / "p"
    source.write_text("x = 1\n")
    program.write_text("p")
    source.chmod(0o666)
    program.chmod(0o6777)
    archive = io.BytesIO()
    write_archive(archive, {"lib/m.py": source, "bin/p": program})
    archive.seek(0)
    with tarfile.open(fileobj=archive) as tar:
        found = {entry.name: (entry.mode, entry.uid, entry.gid) for entry in tar}
    assert found["lib/m.py"] == (0o444, 0, 0)
    assert found["bin/p"] == (0o555, 0, 0)
    assert {"lib", "bin", "tmp", "judge", "proc", "dev"} <= found.keys()
    assert {mode for mode, _, _ in found.values()} == {0o444, 0o555}


def test_compiled_sources_come_along_and_stay_valid(tmp_path: Path) -> None:
    source = tmp_path / "m.py"
    source.write_text("x = 1\n")
    os.utime(source, (1_000_000_000, 1_000_000_000))
    compiled = tmp_path / "__pycache__" / f"m.{sys.implementation.cache_tag}.pyc"
    compiled.parent.mkdir()
    compiled.write_bytes(b"c")
    archive = io.BytesIO()
    write_archive(archive, {"lib/m.py": source})
    archive.seek(0)
    with tarfile.open(fileobj=archive) as tar:
        assert tar.getmember("lib/m.py").mtime == 1_000_000_000
        assert tar.getmember(f"lib/__pycache__/{compiled.name}").size == 1


def test_an_image_is_named_by_what_is_in_it(tmp_path: Path) -> None:
    source, other = tmp_path / "m.py", tmp_path / "n.py"
    source.write_text("x = 1\n")
    other.write_text("x = 1\n")
    os.utime(other, (1, 1))
    name = container_image._digest({"m.py": source})
    assert container_image._digest({"m.py": other}) == name
    assert container_image._digest({"n.py": other}) != name
    other.write_text("x = 2\n")
    assert container_image._digest({"m.py": other}) != name


# Containers.


@needs_engine
def test_the_doctor_tries_every_layer_in_a_container() -> None:
    assert re.fullmatch(r"yes, (Docker|Podman) \S+: all 11 layers hold", doctor._containers())


@needs_engine
def test_the_doctor_names_a_layer_that_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = doctor.Layer("fire", "def probe():\n    return True\n", Outcome.forbidden)
    monkeypatch.setattr(doctor, "LAYERS", (*doctor.LAYERS[:2], broken))
    assert doctor._containers() == "NO: fire"


@needs_engine
def test_where_a_header_leaves_the_outcome_open_docker_gives_what_namespaces_gives(judge: Judge) -> None:
    # What may run into a time limit depends on what else the machine does.
    settled = [attack for attack in CORPUS if len(attack.expect) > 1 and Outcome.time_limit not in attack.expect]
    assert len(settled) >= 40
    with Judge(workers=1, isolation="namespaces") as other:
        for attack in settled:
            assert judge.judge(MERGE, attack.source).outcome is other.judge(MERGE, attack.source).outcome, attack.name


@needs_engine
def test_a_program_in_a_container_sees_as_little_as_it_may(judge: Judge) -> None:
    program = (
        "import os\ndef f():\n"
        "    folders = ('/tmp', '/judge', '/dev/shm', '/dev/pts', '/dev/mqueue', '/home', '/usr/bin')\n"
        "    full = [path for path in folders if os.path.exists(path) and os.listdir(path)]\n"
        "    written = []\n"
        "    for folder, _, _ in os.walk('/'):\n"
        "        try:\n            os.mkdir(folder + '/axiom-x')\n            written.append(folder)\n"
        "        except OSError:\n            pass\n"
        "    status = open('/proc/self/status').read()\n"
        "    names = ('CapBnd', 'NoNewPrivs', 'Uid')\n"
        "    told = [line.split()[1] for line in status.splitlines() if line.startswith(names)]\n"
        "    return [full, written, told, os.uname().nodename]\n"
    )
    seen = Problem(
        id="t/seen", entry_point="f", statement="x", limits=Limits(cpu_s=20.0),
        tests=(CallTest((), expected=[[], [], ["65534", "0000000000000000", "1"], "jail"]),),
    )  # fmt: skip
    verdict = judge.judge(seen, program)
    assert verdict.passed, verdict


@needs_engine
@pytest.mark.parametrize("name", ["mem", "environ", "maps", "fd"])
def test_a_program_in_a_container_cannot_reach_the_zygote_through_proc(judge: Judge, name: str) -> None:
    program = (
        f"import os\ndef f():\n    os.listdir('/proc/1/fd') if {name == 'fd'} else open('/proc/1/{name}').read(1)\n"
    )
    verdict = judge.judge(ONE, program)
    assert verdict.outcome is Outcome.runtime_error
    assert "Permission denied" in verdict.message


@needs_engine
def test_a_program_with_more_memory_than_a_container_has_gets_a_larger_one(judge: Judge) -> None:
    large = Problem(
        id="t/large", entry_point="f", statement="x", tests=(CallTest((), expected=1400 << 20),),
        limits=Limits(cpu_s=20.0, memory_bytes=1700 << 20),
    )  # fmt: skip
    program = "def f():\n    return len(b'x' * (1400 << 20))\n"
    verdict = judge.judge(large, program)
    assert verdict.passed, verdict
    assert verdict.peak_bytes > 1400 << 20
    assert judge.judge(ONE, program).outcome is Outcome.memory_limit


@needs_engine
def test_the_engine_keeps_to_the_limits_of_the_whole_container(judge: Judge) -> None:
    engine, names = find_engine(), container_names(family())
    assert names
    said = engine.run("inspect", "--format", "{{json .HostConfig}}", min(names))
    limits = json.loads(said)
    assert limits["Memory"] >= 1536 << 20
    assert (limits["PidsLimit"], limits["ReadonlyRootfs"], limits["NetworkMode"]) == (1024, True, "none")
    assert not limits["Privileged"]


@needs_engine
def test_an_image_is_built_once(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container_image, "_build", lambda *_: pytest.fail("built again"))
    assert container_image.image(find_engine()).startswith("axiom-judge:")


@needs_engine
@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_command_leaves_no_container_and_the_same_command_goes_on(
    tmp_path: Path, kind: signal.Signals
) -> None:
    problems = write(tmp_path / "problems.jsonl", PROBLEMS)
    samples = write(tmp_path / "samples.jsonl", [{"task_id": "p/a", "solution": RIGHT}] * 400)
    out, folder = tmp_path / "v.jsonl", tmp_path / "tmp"
    folder.mkdir()
    line = [sys.executable, "-m", "axiom", "verify", problems, samples, "--out", str(out), "--isolation", "docker"]
    environment = os.environ | {"TMPDIR": str(folder)}
    running = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        await_(lambda: out.is_file() and out.stat().st_size > 2000)
        commands = descendants(running.pid)
        zygotes = container_zygotes(container_names(commands))
        assert zygotes
    finally:
        running.send_signal(kind)
        running.wait()
    assert out.read_bytes().count(b"\n") < 400
    mine = ("ps", "--all", "--quiet", "--filter", f"name=axiom-judge-{running.pid}-")
    await_(lambda: not any(map(alive, zygotes | commands)) and find_engine().run(*mine) == "")
    assert not list(folder.iterdir())
    assert subprocess.run(line, cwd=ROOT, capture_output=True, check=False).returncode == 0
    rows = [json.loads(row) for row in out.read_text().splitlines()]
    assert [row["sample_index"] for row in rows] == list(range(400))
    assert {row["isolation"] for row in rows} == {"docker"}


def await_(holds: Any) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
