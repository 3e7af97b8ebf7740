"""Which third-party packages a jail shows: those of the modules to preload and what they require, and no other.

This interpreter's other packages may hold what no program may read: benchmarks with their hidden tests and solutions
are packages too, and so is axiom.

Covered: distributions that say which files are theirs, as pip and its kin install them. Not covered: what a package
that is asked for holds itself. Assumes: the paths of :data:`sys.path`.
"""

import contextlib
import functools
import importlib.metadata
import re
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path

_FOLDERS = ("site-packages", "dist-packages")
_NAME = re.compile(r"[\w.-]+")


def site_packages() -> list[str]:
    """Where this interpreter's third-party packages are."""
    return [path for path in sys.path if path.endswith("site-packages")]


def package_folders(libraries: Iterable[str]) -> list[str]:
    """Folders of third-party packages below those of libraries, whichever interpreter they belong to."""
    return [str(found) for path in libraries for name in _FOLDERS for found in sorted(Path(path).glob(f"*/{name}"))]


@functools.cache
def package_files(preload: tuple[str, ...]) -> tuple[str, ...]:
    """The files and folders of these modules' distributions and of all that those require, extras left out.

    A module that no distribution has installed is its own file or folder; one that is nowhere has none.
    """
    found: set[Path] = set()
    seen: set[str] = set()
    waiting: list[Distribution] = []
    for module in {name.partition(".")[0] for name in preload}:
        distributions = _distributions_of(module)
        waiting += distributions
        if not distributions:
            found |= {Path(path, name) for path in site_packages() for name in (module, f"{module}.py")}
    while waiting:
        distribution = waiting.pop()
        if (name := distribution.metadata["Name"]) in seen:
            continue
        seen.add(name)
        found |= _roots(distribution)
        for requirement in distribution.requires or ():
            wanted, condition = _NAME.match(requirement), requirement.partition(";")[2]
            if wanted and "extra" not in condition:
                with contextlib.suppress(PackageNotFoundError):  # for another machine, or another Python
                    waiting.append(importlib.metadata.distribution(wanted[0]))
    return tuple(sorted(str(path) for path in found if path.exists()))


def _distributions_of(module: str) -> list[Distribution]:
    """Who has installed a module: asked by its own name first, because to ask them all takes a second."""
    with contextlib.suppress(PackageNotFoundError):
        same_name = importlib.metadata.distribution(module)
        if any(file.parts[0] in (module, f"{module}.py") for file in same_name.files or ()):
            return [same_name]
    names = importlib.metadata.packages_distributions().get(module, [])
    return [importlib.metadata.distribution(name) for name in set(names)]


def _roots(distribution: Distribution) -> set[Path]:
    """A distribution's packages, whole, and its other files; folders that are no package may be shared with others."""
    files = [file.parts for file in distribution.files or () if not {"..", "/"} & {*file.parts}]
    packages = {parts[:-1] for parts in files if parts[-1] == "__init__.py"}
    roots = {next((parts[:n] for n in range(1, len(parts)) if parts[:n] in packages), parts) for parts in files}
    return {Path(str(distribution.locate_file("/".join(parts)))) for parts in roots}
