"""What a script reads: a file in memory, as if its standard input were redirected from one.

So that a program may ask for its size, seek in it and read any length. Sealed, because no file in a jail may be one
that a program has written.

Covered: text of any length; the file is gone with the last process that has it open. Not covered: half a surrogate
pair, which no program reads as text. Assumes: Linux.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator

_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


@contextlib.contextmanager
def standard_input(text: str | None) -> Iterator[int | None]:
    """The file's descriptor at its start, closed in the end; None for no text.

    Raises:
        OSError: if the machine has no descriptor to give.
    """
    if text is None:
        yield None
        return
    descriptor = os.memfd_create("stdin", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(text.encode(errors="surrogatepass"))
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)
