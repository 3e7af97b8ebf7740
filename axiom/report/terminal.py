"""A report in the terminal: the page's tables, fitted to its width."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from types import MappingProxyType

import rich.table
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape

from axiom.report.comparison import Group, grouped
from axiom.report.numbers import RunNumbers
from axiom.report.tables import (
    Table,
    changes_table,
    collected_table,
    evaluations_table,
    rounds_table,
    runs_tables,
    spent_table,
)
from axiom.report.value_numbers import SearchNumbers, ValueNumbers
from axiom.report.value_sections import search_table, value_table

_BETWEEN_COLUMNS = 3
NOTHING: Mapping[Path, SearchNumbers] = MappingProxyType({})


def tell(
    console: Console,
    runs: Sequence[RunNumbers],
    *,
    values: Sequence[ValueNumbers] = (),
    searches: Mapping[Path, SearchNumbers] = NOTHING,
) -> None:
    """Print what one run came to, or several side by side, and what value functions and searches came to."""
    if len(runs) == 1:
        _tell_one(console, runs[0])
    elif runs:
        _compare(console, runs)
    for run in runs:
        if run.path in searches:
            _print(console, search_table(searches[run.path]), about=run.name if len(runs) > 1 else "")
    for one in values:
        _print(console, value_table(one))


def _tell_one(console: Console, run: RunNumbers) -> None:
    changes = changes_table(Group(run.name, (run,)))
    for table in (rounds_table(run), changes, evaluations_table(run), collected_table(run), spent_table(run)):
        _print(console, table)


def _compare(console: Console, runs: Sequence[RunNumbers]) -> None:
    groups = grouped(runs)
    for table in runs_tables(groups):
        _print(console, table)
    for group in groups:
        if len(group.runs) > 1:
            _print(console, changes_table(group), about=f"mean of {len(group.runs)} runs, {group.name}")


def _print(console: Console, table: Table, *, about: str = "") -> None:
    if not table.rows:
        return
    title = escape(f"{table.title}: {about}" if about else table.title)
    shown = rich.table.Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    rows = table.rows
    if _width(table) > console.width:  # intervals go below their figures
        rows = tuple(tuple(cell.replace(" (", "\n(") for cell in row) for row in rows)
    if _narrowest(table) > console.width:  # not even that leaves room for all of them
        rows = tuple(tuple(cell.partition(" (")[0] for cell in row) for row in table.rows)
    for number, name in enumerate(table.columns):
        cells = [row[number] for row in rows]
        has_intervals = any("(" in cell for cell in cells)
        if has_intervals:  # their lines are never broken, so the column's head is
            widest = max(len(line) for cell in (*name.split(), *cells) for line in cell.split("\n"))
            name = fill(name, widest, break_long_words=False, break_on_hyphens=False)
        else:
            widest = min(24, max((len(word) for cell in (name, *cells) for word in cell.split()), default=1))
        shown.add_column(escape(name), justify="right" if number else "left", min_width=widest, no_wrap=has_intervals)
    for number, row in enumerate(rows):
        shown.add_row(*map(escape, row), style="bold" if number in table.marked else None)
    console.print(shown)


def _narrowest(table: Table) -> int:
    """Columns of characters that it takes with words broken between lines, and each interval below its figure."""
    widths = []
    for name, *cells in zip(table.columns, *table.rows, strict=True):
        has_intervals = any(" (" in cell for cell in cells)
        lines = [cell.replace(" (", "\n(").split("\n") if has_intervals else cell.split() for cell in cells]
        parts = [part for line in lines for part in line]
        widths.append(max(len(part) for part in (*name.split(), *parts, "")))
    return sum(width + _BETWEEN_COLUMNS for width in widths)


def _width(table: Table) -> int:
    """Columns of characters that the table takes with every cell on one line."""
    columns = zip(table.columns, *table.rows, strict=True)
    return sum(max(len(cell) for cell in column) + _BETWEEN_COLUMNS for column in columns)
