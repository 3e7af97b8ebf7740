"""Where an export goes: a new folder, whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axiom.errors import ConfigError
from axiom.report.contents import ADAPTER_FILES
from axiom.rounds.store import RoundFolder


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to write in that becomes the target at the end: whole, or not at all.

    Raises:
        ConfigError: if the target is not empty, or cannot be written.
    """
    if target.is_file() or (target.is_dir() and any(target.iterdir())):
        raise ConfigError(f"--to {target} is not empty; name a new folder, or empty this one")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
            made = Path(scratch) / "new"
            made.mkdir()
            yield made
            _open_to_readers(made)
            os.replace(made, target)  # an empty folder gives way
    except OSError as error:
        raise ConfigError(f"--to {target} cannot be written: {error}") from error


def copy_adapter(folder: RoundFolder, target: Path) -> None:
    """Copy what PEFT reads of a round's adapter.

    Args:
        folder: from :func:`adapter_of`.
        target: a folder that is there.
    """
    for name in ADAPTER_FILES:
        shutil.copyfile(folder.adapter / name, target / name)


def _open_to_readers(folder: Path) -> None:
    """Give files the mode that the user's umask asks for: safetensors writes weights for its owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    for file in folder.rglob("*"):
        if file.is_file():
            file.chmod(0o666 & ~mask)
