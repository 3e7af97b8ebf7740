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


def select_passing(rows: Sequence[JudgedSample], *, max_per_problem: int) -> list[JudgedSample]:
    """Passing samples that ended by themselves, each program once, shortest completions first.

    Args:
        rows: judged samples of a round.
        max_per_problem: so that easy problems do not crowd out hard ones.
    """
    by_problem: dict[str, dict[str, JudgedSample]] = defaultdict(dict)
    ended = (row for row in rows if row.passed and row.solution is not None and row.finish_reason == "stop")
    for row in sorted(ended, key=lambda row: (row.task_id, row.tokens, row.sample_index)):
        programs = by_problem[row.task_id]
        if len(programs) < max_per_problem:
            programs.setdefault(normalized_program(row.solution or ""), row)
    return [row for programs in by_problem.values() for row in programs.values()]
