"""The program's side of the wire: loads one program, answers calls.

Runs in a fresh interpreter that limits itself (:mod:`axiom.sandbox.process`) or in a fork of a jail's zygote
(:mod:`axiom.sandbox.zygote`); never imported by the judge. Frames are four bytes of length, most significant first,
and that much JSON, on one inherited descriptor.

Covered: everything here is in the candidate's reach, so nothing here is worth reaching: no expected value
ever arrives. Not covered: honesty; the other side believes no reply beyond its value. Assumes: ``argv`` is
the descriptor, then CPU seconds, wall seconds and bytes of memory.
"""

import atexit
import builtins
import contextlib
import gc
import io
import json
import math
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial, wraps
from types import ModuleType
from typing import Any

from axiom.sandbox import nodes, views
from axiom.sandbox.values import UnknownTypeError, decode, encode

MODULE_NAME = "solution"
_RECURSION_LIMIT = 3000
_OPEN_FILES = 32
CHANNEL = 3
_STACK_BYTES = 64 * 1024 * 1024
REPORT_BYTES = 16 * 1024 * 1024
_MESSAGE_CHARS, _TEXT_CHARS = 200, 2000
_ORPHAN_GRACE_S = 10.0
_STREAMS = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}


def main() -> None:
    """Serve one session, until the channel closes."""
    inherited, cpu_s, wall_s, memory_bytes = int(sys.argv[1]), *map(float, sys.argv[2:5])
    channel = _at_one_place(inherited)
    sys.argv[:] = [""]
    os.environ.pop("MALLOC_ARENA_MAX", None)  # the C library has read it
    forget_own_modules()
    sys.dont_write_bytecode = True
    _limit(cpu_s=cpu_s, wall_s=wall_s, memory_bytes=int(memory_bytes))
    random.seed(0)
    _send(channel, {"ready": time.process_time()})
    serve(channel)


def forget_own_modules() -> None:
    """A program that imports axiom finds nothing."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "axiom"]:
        del sys.modules[name]


def _at_one_place(inherited: int) -> int:
    """The channel where every program has it, however many descriptors the judge has open."""
    if inherited != CHANNEL:
        os.dup2(inherited, CHANNEL, inheritable=False)
        os.close(inherited)
    return CHANNEL


def serve(channel: int, limit: Callable[[Any], None] | None = None) -> None:
    """Load one program and answer calls until the channel closes, which ends the process.

    Args:
        channel: descriptor of the frames.
        limit: told the request's ``limits`` before the program is compiled.
    """
    sys.setrecursionlimit(_RECURSION_LIMIT)
    vars(builtins).update(exit=sys.exit, quit=sys.exit)  # which site would define
    request = _receive(channel)
    if limit is not None:
        limit(request["limits"])
    if request["is_script"]:
        reply = _run_script(request["source"], request["prelude"])
        target = None
    else:
        reply, target = _load(request["source"], request["entry_point"], request["prelude"])
    _send(channel, reply)
    made: list[Any] = []
    while True:
        request = _receive(channel)
        if target is None:
            continue
        if "done" in request:
            _send(channel, {"done": request["done"]})
            continue
        if "check" in request:
            proxy = sys.modules[MODULE_NAME].__dict__[request["check"]] = _Proxy(channel)
            _send(channel, _called(partial(target(), proxy)))
        else:
            _send(channel, _call(target, request, made))


class _Proxy:
    """Stands for a candidate that runs elsewhere: a call goes out and its result comes in through the channel."""

    def __init__(self, channel: int) -> None:
        self._channel = channel

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            call = {"args": encode(list(args)), "kwargs": encode(dict(kwargs))}
            request: dict[str, Any] = {"call": call}
        except UnknownTypeError as error:  # the check's own fault, and its end
            request = {"refused": _described(error)}
        _send(self._channel, request)
        reply = _receive(self._channel)
        if "returned" in reply:
            return views.shown(decode(reply["returned"]))
        raise _rebuilt(reply["raised"], reply["text"])


def _rebuilt(names: list[str], text: str) -> BaseException:
    """A candidate's exception, of the nearest of its classes that checking code knows.

    Iteration's ends are RuntimeErrors, as in a generator (PEP 479): map, zip and their kind would stop at them.
    """
    known = vars(builtins) | vars(sys.modules[MODULE_NAME])
    kinds = (known.get(name) for name in names)
    kind = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseException)), RuntimeError)
    if issubclass(kind, (StopIteration, StopAsyncIteration)):
        return RuntimeError(text)
    try:
        return kind(text)
    except Exception:  # noqa: BLE001 (it wants other arguments, or raises in their place)
        return kind.__new__(kind, text)


def _limit(*, cpu_s: float, wall_s: float, memory_bytes: int) -> None:
    """Bound this process; the judge's own clock comes first, these hold if the judge is gone."""
    os.nice(10)
    with open("/proc/self/statm", encoding="ascii") as statm:
        present = int(statm.read().split()[0]) * resource.getpagesize()
    cpu = math.ceil(cpu_s + time.process_time()) + 1
    _, stack_hard = resource.getrlimit(resource.RLIMIT_STACK)
    stack = _STACK_BYTES if stack_hard == resource.RLIM_INFINITY else min(_STACK_BYTES, stack_hard)
    resource.setrlimit(resource.RLIMIT_STACK, (stack, stack_hard))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    address_space = present + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space + REPORT_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.setitimer(signal.ITIMER_REAL, wall_s + _ORPHAN_GRACE_S)


def _compiled(source: str) -> tuple[Any, dict[str, Any] | None]:
    try:
        return compile(source.removeprefix("\ufeff"), "<solution>", "exec", dont_inherit=True), None
    except MemoryError as error:
        return None, _raised(error)
    except Exception as error:  # noqa: BLE001 (null bytes, too deep nesting: none of it compiles)
        return None, {"syntax": _described(error)}


def _run_script(source: str, prelude: str) -> dict[str, Any]:
    """Run a program as ``python solution.py < stdin`` runs it, to the interpreter's end; the reply."""
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 (open as long as the program runs)
    io.open = builtins.open = _that_knows_streams(open)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    code, failure = _compiled(source)
    if failure is not None:
        return failure
    module = sys.modules["__main__"] = _module("__main__")
    try:
        exec(prelude, module.__dict__)
        exec(code, module.__dict__)
    except SystemExit as error:
        if error.code not in (None, 0):
            return _raised(error)
    except BaseException as error:  # noqa: BLE001 (whatever it raises is data here)
        return _raised(error)
    del module, sys.modules["__main__"]
    try:
        _finalize()
    except BaseException as error:  # noqa: BLE001 (the program may have put its own objects there)
        return _raised(error)
    return {"loaded": True}


def _that_knows_streams(plain: Callable[..., Any]) -> Callable[..., Any]:
    """``open`` that takes the standard streams by name: a jail without /proc has nothing to link them to, and a
    container's links lead to what its user may not open anew.
    """

    @wraps(plain)
    def opened(file: Any, *args: Any, **kwargs: Any) -> Any:
        name = os.fspath(file) if isinstance(file, os.PathLike) else file
        number = _STREAMS.get(name) if isinstance(name, str) else None
        return plain(file if number is None else os.dup(number), *args, **kwargs)

    return opened


def _module(name: str) -> ModuleType:
    module = ModuleType(name)
    module.__file__ = f"{MODULE_NAME}.py"
    return module


def _finalize() -> None:
    """Do what an interpreter does at its end (``Py_FinalizeEx``) once nobody else holds the program's module."""
    if "threading" in sys.modules:
        sys.modules["threading"]._shutdown()  # waits for threads that are no daemons
    atexit._run_exitfuncs()
    if sys.stdout is not None and not getattr(sys.stdout, "closed", False):
        sys.stdout.flush()
    _flush_files()
    gc.collect()  # objects may print as they go
    _flush_files()


def _flush_files() -> None:
    """Write what is left in every open file: the collector would close some before what writes through them."""
    files = [file for file in gc.get_objects() if type(file) in (io.TextIOWrapper, io.BufferedWriter)]
    for file in (sys.__stdout__, *files):
        with contextlib.suppress(Exception):  # closed, or taken apart
            file.flush()


def _load(
    source: str, entry_point: str, prelude: str
) -> tuple[dict[str, Any], Callable[[], Callable[..., Any]] | None]:
    """The reply to a program, and what makes the function to call for each test."""
    code, failure = _compiled(source)
    if failure is not None:
        return failure, None
    module = sys.modules[MODULE_NAME] = _module(MODULE_NAME)
    nodes.predefine(module.__dict__)
    try:
        exec(prelude, module.__dict__)
        module.__dict__.pop(entry_point, None)  # the program has to define it
        exec(code, module.__dict__)
        target = _target(module.__dict__, entry_point)
    except BaseException as error:  # noqa: BLE001 (SystemExit too is data here)
        failure = _raised(error)
    else:
        return {"loaded": True}, target
    return failure, None


def _target(namespace: dict[str, Any], entry_point: str) -> Callable[[], Callable[..., Any]]:
    function = namespace.get(entry_point)
    if callable(function):
        return lambda: function
    solution = namespace.get("Solution")
    if isinstance(solution, type) and hasattr(solution, entry_point):
        return lambda: getattr(solution(), entry_point)  # type: ignore[no-any-return]
    raise NameError(f"the program defines no function {entry_point!r}")


def _call(make: Callable[[], Any], request: dict[str, Any], made: list[Any]) -> dict[str, Any]:
    """Call the entry point, or a method of the object that it made; the reply."""
    args: list[Any] = []

    def call() -> Any:
        namespace = sys.modules[MODULE_NAME].__dict__ if MODULE_NAME in sys.modules else {}
        args.extend(nodes.built(decode(value), namespace) for value in request["args"])
        kwargs = {name: nodes.built(decode(value), namespace) for name, value in request["kwargs"].items()}
        if "method" in request:
            return getattr(made[0], request["method"])(*args, **kwargs)
        if "makes" not in request:
            return make()(*args, **kwargs)
        made.clear()
        made.append(make()(*args, **kwargs))
        return None

    reply = _called(call, as_list="as_list" in request, as_view="as_view" in request)
    if "args_after" in request and "returned" in reply:
        after = _called(lambda: args)
        return {**reply, "args": after["returned"]} if "returned" in after else after
    return reply


def _called(call: Callable[[], Any], *, as_list: bool = False, as_view: bool = False) -> dict[str, Any]:
    try:
        value = call()
        if as_list and (isinstance(value, Iterator) or type(value) in views.OF_DICTIONARIES):
            value = list(value)
        if as_view:
            value = views.viewed(value)
    except UnknownTypeError as error:
        return {"refused": _described(error)}
    except BaseException as error:  # noqa: BLE001 (SystemExit too is data here)
        return _raised(error)
    try:
        return {"returned": encode(nodes.taken_apart(value))}
    except MemoryError as error:
        return _raised(error)
    except BaseException as error:  # noqa: BLE001 (a method of the candidate's class may raise anything)
        return {"refused": _described(error)}


def _raised(error: BaseException) -> dict[str, Any]:
    if isinstance(error, MemoryError):
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))  # the report itself needs room
    kinds = [str(kind.__name__) for kind in type(error).__mro__]
    return {"raised": kinds[0], "kinds": kinds[1:], "message": _described(error), "text": _text(error)}


def _text(error: BaseException) -> str:
    """What makes such an exception again: its one argument, else its text."""
    try:
        text = error.args[0] if len(error.args) == 1 and isinstance(error.args[0], str) else str(error)
        return str.__str__(text)[:_TEXT_CHARS]
    except BaseException:  # noqa: BLE001 (the candidate's own __str__)
        return ""


def _described(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:_MESSAGE_CHARS]
    except BaseException:  # noqa: BLE001 (the candidate's own __str__)
        return "an exception without a readable text"


def _send(channel: int, reply: dict[str, Any]) -> None:
    try:
        body = json.dumps(reply).encode()
    except MemoryError as error:
        body = json.dumps(_raised(error)).encode()
    view = memoryview(len(body).to_bytes(4, "big") + body)
    while view:
        view = view[os.write(channel, view) :]


def _receive(channel: int) -> Any:
    return json.loads(_exactly(channel, int.from_bytes(_exactly(channel, 4), "big")))


def _exactly(channel: int, size: int) -> bytes:
    parts = []
    while size:
        part = os.read(channel, min(size, 1 << 20))
        if not part:
            os._exit(0)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
