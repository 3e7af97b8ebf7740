"""The image of the containers: this interpreter, its standard library and their shared libraries; from no registry.

Named by a hash of what is in it, so it is built once for each interpreter and each state of axiom's part; compiled
sources and the loader's index follow from the rest and do not count. What nothing inside needs stays out: Python's own
tests, its headers and static libraries, every third-party package.

Covered: nothing in it is writable, belongs to anyone but root, or has a set-user bit. Not covered: images of earlier
states, which stay in the engine until someone removes them: ``docker rmi $(docker images -q axiom-judge)``. Assumes:
``ldd``, and that the files do not change while they are read.
"""

import contextlib
import fcntl
import hashlib
import logging
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from axiom.errors import SandboxError
from axiom.sandbox.container_engine import Engine
from axiom.sandbox.jail import JAILED_AXIOM

REPOSITORY = "axiom-judge"
LABEL = "axiom.judge"
FOLDERS = ("tmp", "dev", "proc", "sys", "etc", "judge")
_LEFT_OUT = {"site-packages", "dist-packages", "test", "__pycache__"}
_UNWINDER = "libgcc_s.so.1"  # which the C library loads by itself when a thread ends early
_INDEX = "etc/ld.so.cache"
_LIBRARY = re.compile(r"(?:=>\s+)?(/\S+)\s+\(0x")
_LOCALE = Path("/usr/lib/locale/C.utf8")

_logger = logging.getLogger(__name__)


def image(engine: Engine) -> str:
    """The image's name; built first where the engine has it not.

    Raises:
        SandboxError: if the engine does not take it, or the interpreter's files cannot be read.
    """
    try:
        files = image_files()
        name = f"{REPOSITORY}:{_digest(files)}"
        with _one_at_a_time():
            # Podman names images of its own machine localhost/NAME.
            known = engine.run("images", "--format", "{{.Repository}}:{{.Tag}}", REPOSITORY).split()
            if not {name, f"localhost/{name}"} & {*known}:
                _build(engine, name, files)
    except OSError as error:
        raise SandboxError(f"isolation 'docker': no image can be built ({error}); check the disk and TMPDIR") from error
    return name


def image_files() -> dict[str, Path]:
    """What is in the image: where a file lies there, without the first slash, and where it lies here."""
    interpreter = Path(sys.executable).resolve()
    files = {str(interpreter)[1:]: interpreter}
    for scheme in ("stdlib", "platstdlib"):
        folder = Path(sysconfig.get_path(scheme, vars={"base": sys.base_prefix, "platbase": sys.base_prefix}))
        files |= {str(file)[1:]: file for file in _within(folder)}
    binaries = [file for file in files.values() if file == interpreter or ".so" in file.suffixes]
    files |= {str(library)[1:]: library for library in _shared_libraries(binaries)}
    files |= {str(file)[1:]: file for file in _within(_LOCALE)}
    for source, target in JAILED_AXIOM:
        inner = [source] if source.is_file() else sorted(source.glob("*.py"))
        files |= {target[1:] + str(file).removeprefix(str(source)): file for file in inner}
    return files


def _within(folder: Path) -> Iterator[Path]:
    """The files below a folder of the interpreter's."""
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT and not name.startswith("config-"))
        yield from (Path(at, name) for name in sorted(names) if os.path.isfile(os.path.join(at, name)))


def _shared_libraries(binaries: list[Path]) -> set[Path]:
    """What the loader would load for the binaries, and the loader."""
    try:
        said = subprocess.run(["ldd", *map(str, binaries)], capture_output=True, text=True, check=False).stdout
    except FileNotFoundError as error:
        raise SandboxError("isolation 'docker' needs the command ldd to build its image; install libc-bin") from error
    found = {Path(match[1]) for line in said.splitlines() if (match := _LIBRARY.search(line))}
    return found | {unwinder for library in found if (unwinder := library.with_name(_UNWINDER)).is_file()}


def _digest(files: dict[str, Path]) -> str:
    """A name for exactly these files with these contents."""
    total = hashlib.sha256()
    for name, file in sorted(files.items()):
        total.update(f"{name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()[:16]


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Processes of one machine build one after the other: the second finds what the first has built."""
    folder = os.open(Path(__file__).parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _build(engine: Engine, name: str, files: dict[str, Path]) -> None:
    _logger.info("building the judge's image %s from %s", name, sys.executable)
    with tempfile.TemporaryFile() as archive:
        write_archive(archive, files)
        archive.seek(0)
        engine.run("import", "--change", f"LABEL {LABEL}=image", "-", name, stdin=archive)


def write_archive(archive: IO[bytes], files: dict[str, Path]) -> None:
    """Write the image's file system as a tar file, with what this interpreter has compiled of its sources."""
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.GNU_FORMAT) as tar:
        derived = {_compiled(name): Path(_compiled(str(file))) for name, file in files.items()}
        derived[_INDEX] = Path("/", _INDEX)
        kept = files | {name: file for name, file in derived.items() if file.is_file()}
        parents = {str(parent) for name in kept for parent in Path(name).parents} | set(FOLDERS)
        for folder in sorted(parents - {"."}):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o555
            tar.addfile(entry)
        for name, file in kept.items():
            entry = tarfile.TarInfo(name)
            with file.open("rb") as content:
                found = os.fstat(content.fileno())
                entry.size, entry.mtime = found.st_size, int(found.st_mtime)
                entry.mode = 0o555 if found.st_mode & 0o111 else 0o444
                tar.addfile(entry, content)


def _compiled(name: str) -> str:
    """Where the interpreter keeps what it has compiled of a source."""
    path = Path(name)
    return str(path.parent / "__pycache__" / f"{path.stem}.{sys.implementation.cache_tag}.pyc")
