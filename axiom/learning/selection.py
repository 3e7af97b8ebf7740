"""Which samples become Examples: pure functions on judged samples."""

import ast
from collections import defaultdict
from collections.abc import Sequence

from axiom.rounds.store import JudgedSample


def normalized_program(source: str) -> str:
    """A program without comments, layout and quotes: two spellings of one syntax tree give one text."""
    try:
        return ast.unparse(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source


def trainable_program(row: JudgedSample) -> str | None:
    """The normalised program of a sample that passed and ended by itself; None for any other."""
    if not row.passed or row.solution is None or row.finish_reason != "stop":
        return None
    return normalized_program(row.solution)


def select_passing(rows: Sequence[JudgedSample], *, max_per_problem: int) -> list[JudgedSample]:
    """Passing samples that ended by themselves, each program once, shortest completions first.

    Args:
        rows: judged samples of a round.
        max_per_problem: so that easy problems do not crowd out hard ones.
    """
    by_problem: dict[str, dict[str, JudgedSample]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: (row.task_id, row.tokens, row.sample_index)):
        programs, program = by_problem[row.task_id], trainable_program(row)
        if program is not None and len(programs) < max_per_problem:
            programs.setdefault(program, row)
    return [row for programs in by_problem.values() for row in programs.values()]
