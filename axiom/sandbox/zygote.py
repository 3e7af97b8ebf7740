"""Inside a jail: a warm interpreter that forks one child for each program and tells how it ended.

Started behind the walls that :mod:`axiom.sandbox.bubblewrap` or :mod:`axiom.sandbox.container` build, never imported by
the judge. A message of the control socket brings two descriptors, the next program's channel and where it prints: the
child before is killed and reaped, and the next is forked and waits for its program, so that neither costs the judge
time. The message ``kill`` only kills the running child, for a judge that may not signal this user's processes.

Covered: what a child inherits: no descriptor but its own, and no way to attach to this process (non-dumpable, and at
the level ``namespaces`` no /proc in the jail). Few modules are loaded here, because a fork costs by the mapping: with
all of the standard library's a child takes 1.7 ms to come and go, with these 0.8. Not covered: the walls of the jail.
Assumes: ``argv`` is the control descriptor, or the path of the socket where the judge listens, and then the names of
third-party modules to load.
"""

import contextlib
import gc
import importlib
import json
import math
import os
import random
import resource
import signal
import socket
import sys
from typing import Any

from axiom.sandbox import child, seccomp

_PR_SET_DUMPABLE = 4
_PLACEHOLDER_PID = 0x7E57C0DE
_CHANNEL = child.CHANNEL
_OPEN_FILES = 64
_MESSAGE_BYTES = 65536
_ENVIRONMENT = {"HOME", "PATH", "PYTHONHASHSEED"}  # without a home, looking for it asks a name service: a socket
_WARM = (
    "array", "bisect", "cmath", "collections.abc", "copy", "dataclasses", "datetime", "enum", "functools", "heapq",
    "itertools", "json", "math", "operator", "random", "re", "string", "typing",
)  # fmt: skip


def main() -> None:
    """Serve programs, one at a time, until the control socket closes."""
    control = _control(sys.argv[1])
    _print_to_a_pipe()
    refused = _preload(sys.argv[2:])
    sys.argv[:] = [""]
    for name in os.environ.keys() - _ENVIRONMENT:
        del os.environ[name]
    os.nice(10)
    installer = seccomp.Installer()
    installer.control(_PR_SET_DUMPABLE, 0)
    installer.install(seccomp.packed(seccomp.wide_filter()))
    template = seccomp.packed(seccomp.narrow_filter(pid=_PLACEHOLDER_PID))
    child.forget_own_modules()
    gc.collect()
    gc.freeze()
    control.send(json.dumps({"ready": True, "refused": refused}).encode())
    running = 0
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _MESSAGE_BYTES, 2)
        if not message:
            os._exit(0)
        if message == b"kill":
            _kill(running)
            continue
        if running:
            control.send(json.dumps(_end(running)).encode())
        running = os.fork()
        if running == 0:
            _run(descriptors, template, installer)
        for descriptor in descriptors:
            os.close(descriptor)


def _control(where: str) -> socket.socket:
    """The inherited descriptor, among the first ones however many the judge has open, as a child closes those.

    A container inherits none and connects to the judge.
    """
    if where.isdecimal():
        inherited = int(where)
        control = socket.socket(fileno=os.dup(inherited))
        os.close(inherited)
        return control
    control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    control.connect(where)
    return control


def _print_to_a_pipe() -> None:
    """Open ``sys.stdout`` anew where it cannot seek, like the children's, so that it can be wrapped again there."""
    os.dup2(2, 1)
    output = open(1, "w", encoding="utf-8", errors=sys.stdout.errors, closefd=False)  # noqa: SIM115 (until the end)
    sys.stdout = sys.__stdout__ = output  # type: ignore[misc]


def _kill(pid: int) -> None:
    if pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _end(pid: int) -> dict[str, Any]:
    """Kill and reap the running child; what the kernel says of it."""
    _kill(pid)
    _, status, used = os.wait4(pid, 0)
    return {
        "exit_code": os.waitstatus_to_exitcode(status),
        "cpu_s": used.ru_utime + used.ru_stime,
        "peak_bytes": used.ru_maxrss * 1024,
    }


def _run(descriptors: list[int], template: bytes, installer: seccomp.Installer) -> None:
    """In the child: keep the two descriptors, wait for the program, serve it; never returns."""
    try:
        channel, output = descriptors
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.dup2(channel, _CHANNEL + 1)
        os.dup2(_CHANNEL + 1, _CHANNEL)
        os.closerange(_CHANNEL + 1, 256)
        os.write(_CHANNEL, bytes(4))  # an empty frame, by which the judge learns this process's number
        os.setsid()
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, _CHANNEL)
        placeholder, pid = (number.to_bytes(4, sys.byteorder) for number in (_PLACEHOLDER_PID, os.getpid()))
        installer.install(template.replace(placeholder, pid))
        random.seed(0)
        _await_input(stream)
        child.serve(_CHANNEL, _limit)
    finally:
        os._exit(1)


def _await_input(stream: socket.socket) -> None:
    """The byte before a program, with which a script's standard input comes."""
    byte, descriptors, _, _ = socket.recv_fds(stream, 1, 1)
    stream.detach()
    if not byte:
        os._exit(0)
    for descriptor in descriptors:
        os.dup2(descriptor, 0)
        os.close(descriptor)


def _limit(limits: dict[str, Any]) -> None:
    # The stack may be grown by the program, as programs for judges do; the address space bounds it all the same.
    stack, stack_hard = 64 * 1024 * 1024, resource.getrlimit(resource.RLIMIT_STACK)[1]
    cpu = math.ceil(limits["cpu_s"]) + 1
    for kind, soft, hard in (
        (resource.RLIMIT_STACK, stack, stack_hard),
        (resource.RLIMIT_CPU, cpu, cpu),
        (resource.RLIMIT_AS, limits["address_space"], limits["address_space"] + child.REPORT_BYTES),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_MEMLOCK, 0, 0),
    ):
        with contextlib.suppress(ValueError):  # a hard limit below ours stands
            resource.setrlimit(kind, (soft, hard))


def _preload(third_party: list[str]) -> list[str]:
    """Load what programs use most; returns the third-party modules that this machine does not have."""
    for name in _WARM:
        importlib.import_module(name)
    refused = []
    for name in third_party:
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001 (whatever a package does on import; the judge reports it)
            refused.append(name)
    return refused
