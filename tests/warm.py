"""An interpreter that has imported what axiom needs and forks for each command, which spares tests the seconds of it.

Run by :mod:`tests.runs`: ``python -m tests.warm``. A job is a line of JSON on standard input, and two lines on standard
output answer it: the number of the child, then its exit code. No thread may run here, so nothing is computed here.
"""

import json
import os
import signal
import sys
import threading

import axiom.cli
import axiom.search.command
from axiom.__main__ import main


def run(arguments: list[str], stdout: str, stderr: str) -> int:
    """In the child: what ``python -m axiom`` does, its streams in files."""
    for descriptor, file in ((1, stdout), (2, stderr)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has its background jobs ignore it
    sys.modules["__main__"] = sys.modules["axiom.__main__"]  # what Lightning starts a rank's process with
    sys.argv = [axiom.cli.__file__.replace("cli.py", "__main__.py"), *arguments]
    try:
        return main()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:  # noqa: BLE001 (as an interpreter ends, which runs this function's part)
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def tell(answer: int) -> None:
    sys.stdout.write(f"{answer}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    assert threading.active_count() == 1
    tell(os.getpid())
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                code = run(**json.loads(line))
            finally:
                os._exit(code)
        tell(pid)
        tell(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
