"""Each program in a fresh fork inside a container, under the same system-call filter as a jail of namespaces.

The level ``docker``: an engine that is installed anyway, Docker or Podman, builds the walls around the same zygote. A
container inherits no descriptor, so its zygote connects to a socket in a mounted folder that only this user, and who is
inside, can reach; the folder is gone before the first program runs. Over it travel the same descriptors and messages.

Covered: what :mod:`axiom.sandbox.namespaces` covers, by a read-only file system, no network, no capability, user 65534,
no new privileges, the engine's own system-call filter below axiom's, and limits of memory and processes for the whole
container; the zygote ends, and its container with it, when the judge's end of the socket closes, also by ``kill -9``.

Not covered: /proc is there, because engines cannot leave it out: a program sees the machine's figures and the mount
table, its own files in it belong to root; so are the engine's ``/etc/hosts``, ``hostname`` and ``resolv.conf``. Faults
of the kernel and of the engine. Assumes: an engine on this machine, in the same process-number space or one below, and
files that the engine may mount (SELinux may forbid it).
"""

import contextlib
import os
import resource
import secrets
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from axiom.errors import SandboxError
from axiom.problems.problem import Limits
from axiom.sandbox.container_engine import Engine, find_engine
from axiom.sandbox.container_image import LABEL, image
from axiom.sandbox.jail import Jail, environment, hung_up, library_folders, zygote_command
from axiom.sandbox.packages import package_files, package_folders
from axiom.sandbox.pool import JailSandbox

_FOLDER = "/judge"
_SOCKET = "control"
_START_S = 60.0
_BETWEEN_LOOKS_S = 0.05
_END_S = 5.0
_LEAST_PROGRAM_BYTES = 1 << 30
_ZYGOTE_BYTES = 512 << 20
# The engine's command outlives a judge that is killed while a container starts, and so must who removes the folder.
_WAITER = '"$@"; rm -rf "$0"'
_TASKS = 1024
_SHARES = 110  # what nice 10 weighs, which inside a control group of its own weighs nothing against others
_OPEN_FILES, _PROCESSES = 1024, 16384  # of the containers' user, in all containers together
# Empty and read-only, where engines put terminals, queues, shared memory and the machine's devices.
_EMPTIED = ("/dev/pts", "/dev/mqueue", "/dev/shm", "/sys")


class ContainerSandbox(JailSandbox):
    """The level ``docker``: jails that an engine for containers builds.

    Args:
        preload: third-party modules that programs may import; what they require is there too.

    Raises:
        SandboxError: if no engine answers, or it does not take the image or run a container.
    """

    isolation = "docker"

    def __init__(self, *, preload: Sequence[str] = ()) -> None:
        super().__init__(preload=preload)
        self._engine = find_engine()
        self._engine.check()
        self._image = image(self._engine)
        self._idle.append(self._new_jail(Limits()))

    def _new_jail(self, limits: Limits) -> Jail:
        program_bytes = max(limits.memory_bytes, _LEAST_PROGRAM_BYTES)
        return Container(self._engine, self._image, preload=self._preload, program_bytes=program_bytes)


class Container(Jail):
    """A jail that an engine builds; the engine's command stays until the container is removed.

    Args:
        engine: which.
        image: the image's name.
        preload: third-party modules that programs may import.
        program_bytes: the largest memory limit of a program that fits.

    Raises:
        SandboxError: if the container does not come up, with the engine's own words, or has no such module.
    """

    def __init__(self, engine: Engine, image: str, *, preload: Sequence[str], program_bytes: int) -> None:
        self._engine, self._program_bytes = engine, program_bytes
        self._name = f"axiom-judge-{os.getpid()}-{secrets.token_hex(4)}"
        self.remedy = (
            f"isolation 'docker' needs {engine.name} on the judge's own machine (not through DOCKER_HOST, not from "
            f"inside another container), with control groups for memory and processes. Look at: {engine.path} info"
        )
        with _listening() as (folder, listener):
            arguments = run_arguments(
                engine, image, name=self._name, folder=folder, preload=preload, program_bytes=program_bytes
            )
            process = subprocess.Popen(
                ["/bin/sh", "-c", _WAITER, str(folder.parent), *engine.command(*arguments)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            control = _connected(listener, process)
            if control is None:
                self._control, self._process = listener, process
                with process.stderr or contextlib.nullcontext():
                    raise self._failure()
        super().__init__(control, process)

    def fits(self, limits: Limits) -> bool:
        """Whether the container's own limit leaves the program all that its limits allow."""
        return limits.memory_bytes <= self._program_bytes

    @property
    def alive(self) -> bool:
        """Whether programs can be run; the zygote ends before the engine's command does."""
        return super().alive and not hung_up(self._control)

    def kill(self) -> None:
        """Have the zygote end, and the container with it, from any thread."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)

    def kill_child(self, pid: int) -> None:
        """Have the zygote kill the running program: its user's processes are not the judge's to signal."""
        with contextlib.suppress(OSError):
            self._control.send(b"kill", socket.MSG_DONTWAIT)

    def _end_process(self) -> None:
        """Wait until the engine has removed the container, whose zygote ends with the socket; else have it removed."""
        self.kill()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            for command in (("kill",), ("rm", "--force")):  # the second for one that never began
                with contextlib.suppress(SandboxError):
                    self._engine.run(*command, self._name)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def run_arguments(
    engine: Engine, image: str, *, name: str, folder: Path, preload: Sequence[str], program_bytes: int
) -> list[str]:
    """What the engine is told: how to run one container.

    Args:
        engine: which.
        image: the image's name.
        name: the container's.
        folder: where the judge's socket is.
        preload: third-party modules that programs may import.
        program_bytes: the largest memory limit of a program that fits.
    """
    memory_bytes = str(program_bytes + _ZYGOTE_BYTES)
    arguments = [
        "run", "--rm", "--pull", "never", "--name", name, "--label", f"{LABEL}=container", "--attach", "stderr",
        "--log-driver", "none", "--network", "none", "--ipc", "none", "--read-only", "--cap-drop", "ALL",
        "--security-opt", "no-new-privileges", "--user", "65534:65534", "--hostname", "jail", "--workdir", "/tmp",
        "--memory", memory_bytes, "--memory-swap", memory_bytes, "--pids-limit", str(_TASKS),
        "--cpu-shares", str(_SHARES),
    ]  # fmt: skip
    if engine.is_podman:
        # Else it adds writable folders and a list of users, and asks for more than this user may have.
        arguments += ["--read-only-tmpfs=false", "--passwd=false"]
        for limit, kind, wanted in (
            ("nofile", resource.RLIMIT_NOFILE, _OPEN_FILES),
            ("nproc", resource.RLIMIT_NPROC, _PROCESSES),
        ):
            hard = resource.getrlimit(kind)[1]
            given = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            arguments += ["--ulimit", f"{limit}={given}:{given}"]
    libraries = [*filter(os.path.exists, library_folders())] if preload else []
    for emptied in _EMPTIED:
        arguments += ["--tmpfs", f"{emptied}:ro,size=4k"]
    for hidden in package_folders(libraries):
        # Podman would copy into it what was there.
        arguments += ["--tmpfs", f"{hidden}:ro,size=4k{',notmpcopyup' if engine.is_podman else ''}"]
    seen = [*libraries, *package_files(tuple(preload))]
    for source, target in ((str(folder), _FOLDER), *zip(seen, seen, strict=True)):
        arguments += ["--mount", f"type=bind,source={source},target={target},readonly"]
    for variable, value in environment(preload).items():
        arguments += ["--env", f"{variable}={value}"]
    return [*arguments, image, *zygote_command(f"{_FOLDER}/{_SOCKET}", preload)]


@contextlib.contextmanager
def _listening() -> Iterator[tuple[Path, socket.socket]]:
    """A socket that waits for one zygote, and the folder to mount, which lies in one that is this user's alone."""
    outer = Path(tempfile.mkdtemp(prefix="axiom-"))
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        folder = outer / "judge"
        folder.mkdir()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        listener.bind(str(folder / _SOCKET))
        listener.listen(1)
        folder.chmod(0o755)
        (folder / _SOCKET).chmod(0o666)
        yield folder, listener
    finally:
        listener.close()
        shutil.rmtree(outer, ignore_errors=True)


def _connected(listener: socket.socket, process: "subprocess.Popen[bytes]") -> socket.socket | None:
    """The zygote's connection; None where the engine's command ends without, or it takes too long."""
    deadline = time.monotonic() + _START_S
    while not select.select([listener], [], [], _BETWEEN_LOOKS_S)[0]:
        if process.poll() is not None or time.monotonic() > deadline:
            return None
    control, _ = listener.accept()
    control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return control
