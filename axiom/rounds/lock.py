"""One process at a time samples and trains in a run's folder."""

import errno
import fcntl
import logging
import os
import socket
from pathlib import Path
from typing import IO

from axiom.errors import RoundStoreError

log = logging.getLogger(__name__)
_FILE = ".lock"
_HELD = (errno.EAGAIN, errno.EACCES)


def locked(run: Path) -> IO[str]:
    """Take the lock of a run's folder.

    The kernel lets go of it when the process ends, however it does; children that it forks do not hold it. On a file
    system without locks, as clusters have, a warning takes its place.

    Args:
        run: the folder; made where it is missing.

    Returns:
        The lock, which lasts until it is closed.

    Raises:
        RoundStoreError: if another process has it, or the folder cannot be written.
    """
    file = run / _FILE
    try:
        run.mkdir(parents=True, exist_ok=True)
        opened = file.open("a+", encoding="utf-8")
    except OSError as error:
        raise RoundStoreError(
            f"{run} cannot be written: {error.strerror}; choose another trainer.default_root_dir"
        ) from error
    try:
        fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            opened.seek(0)
            holder = opened.read().strip() or "another process"
            opened.close()
            raise RoundStoreError(
                f"{run}: {holder} is at work in it; wait for that, or choose another trainer.default_root_dir"
            ) from error
        log.warning("%s cannot be locked (%s); see to it that no other run works in it", run, error.strerror)
    opened.truncate(0)
    opened.write(f"process {os.getpid()} on {socket.gethostname()}")
    opened.flush()
    return opened
