"""``python -m axiom report RUN [RUN ...]``: tables in the terminal and one HTML page, from what is on disk."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from axiom.errors import ConfigError
from axiom.report.numbers import read_run
from axiom.report.page import page
from axiom.report.terminal import tell
from axiom.report.value_numbers import is_value_fit, read_search, read_value

_FILE = "report.html"
_PAGES = (".html", ".htm")


def main(arguments: list[str]) -> int:
    """Read the runs, print the tables and write the page; returns the exit code.

    Raises:
        RoundStoreError: if a folder is no run, or what it holds cannot be read.
        ConfigError: if the page cannot be written.
    """
    parser = argparse.ArgumentParser(prog="python -m axiom report", description=__doc__)
    parser.add_argument("runs", nargs="+", metavar="RUN", help="folder of a run, or of a value function's fit")
    parser.add_argument(
        "--out",
        metavar="PLACE",
        help=f"a folder, or a file that ends in .html (default: {_FILE} in the run, or here of several)",
    )
    chosen = parser.parse_args(arguments)
    paths = list({Path(name).resolve(): Path(name) for name in chosen.runs}.values())  # each counts once
    values = [read_value(path) for path in paths if is_value_fit(path)]
    runs = [read_run(path) for path in paths if not is_value_fit(path)]
    searches = {run.path: found for run in runs if (found := read_search(run.path)) is not None}
    file = _place(chosen.out, paths)
    _write(file, page(runs, values=values, searches=searches))
    console = Console()
    tell(console, runs, values=values, searches=searches)
    console.print(f"page: {file}", soft_wrap=True, highlight=False, markup=False)
    return 0


def _place(out: str | None, runs: Sequence[Path]) -> Path:
    if out is None:
        return (runs[0] if len(runs) == 1 else Path()) / _FILE
    return Path(out) if out.lower().endswith(_PAGES) else Path(out) / _FILE


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f".{file.name}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise ConfigError(
            f"the page cannot be written to {file}: {error.strerror}; name another place by --out"
        ) from error
