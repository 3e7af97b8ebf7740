"""A round's best samples and its near misses, as Markdown for TensorBoard.

Programs, messages and calls stand in indented blocks, which nothing that they hold can end; prose is escaped.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence

from axiom.problems.hidden_tests import CallTest, hidden_test_to_json
from axiom.problems.problem import Problem
from axiom.prompts import shown_call, shown_result
from axiom.rounds.choice import Counts
from axiom.rounds.store import JudgedSample, counts_by_problem

_LONGEST = 600
_FAILED_TEST = re.compile(r"test (\d+): ")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|])")
_NO_BACKSLASH = str.maketrans({character: f"&#{ord(character)};" for character in "&<>~="})


def best_samples(rows: Sequence[JudgedSample], solved_before: Collection[str], *, most: int) -> list[JudgedSample]:
    """The shortest passing program of some problems: of those never solved before first, then of the hardest.

    Args:
        rows: a round's.
        solved_before: problems that an earlier round solved.
        most: how many.
    """
    counts = counts_by_problem(rows)
    shortest: dict[str, JudgedSample] = {}
    for row in rows:
        known = shortest.get(row.task_id)
        if row.passed and (known is None or len(row.solution or "") < len(known.solution or "")):
            shortest[row.task_id] = row
    return sorted(shortest.values(), key=lambda row: (row.task_id in solved_before, _rate(counts, row), row.task_id))[
        :most
    ]


def near_misses(rows: Sequence[JudgedSample], *, most: int) -> list[JudgedSample]:
    """The failing program of some problems that passed the largest share of their tests, one of each problem.

    Where judging stops at the first failing test, these are the tests before it. Among equals the problems that the
    round solved least come first.
    """
    counts = counts_by_problem(rows)
    nearest: dict[str, JudgedSample] = {}
    for row in rows:
        is_candidate = not row.passed and row.solution is not None and row.outcome != "internal_error"
        if is_candidate and (row.task_id not in nearest or _share(row) > _share(nearest[row.task_id])):
            nearest[row.task_id] = row
    return sorted(nearest.values(), key=lambda row: (-_share(row), _rate(counts, row), row.task_id))[:most]


def solved_problems(history: Sequence[Counts]) -> set[str]:
    """Problems that any of these rounds solved."""
    return {name for counts in history for name, (_, passed) in counts.items() if passed}


def samples_markdown(
    chosen: Sequence[JudgedSample],
    rows: Sequence[JudgedSample],
    problems: Mapping[str, Problem],
    *,
    solved_before: Collection[str] = (),
) -> str:
    """Samples one below the other: problem, program, verdict and, of one that failed, the call that it failed in.

    Args:
        chosen: those that are told.
        rows: all of the round, for how many of a problem's samples passed.
        problems: by id; of one that is missing the statement is left out.
        solved_before: problems that an earlier round solved.
    """
    counts = counts_by_problem(rows)
    parts = []
    for row in chosen:
        n, passed = counts[row.task_id]
        first = ", solved for the first time" if row.passed and row.task_id not in solved_before else ""
        problem = problems.get(row.task_id)
        parts += [
            f"### {escaped(row.task_id)}",
            f"{passed} of {n} samples passed{first}",
            *([prose(problem.statement)] if problem is not None else []),
            indented(row.solution or row.completion),
            f"**{escaped(row.outcome)}**, {row.passed_tests} of {row.total_tests} tests passed",
        ]
        if said := "\n".join(part for part in (row.message, failing_call(problem, row.message)) if part):
            parts.append(indented(said))
    return "\n\n".join(parts)


def failing_call(problem: Problem | None, message: str) -> str:
    """The hidden test that a verdict's message names, as a person writes it; empty where it names none.

    Args:
        problem: has the test.
        message: of the verdict, ``test 3: returned 7``.
    """
    found = _FAILED_TEST.match(message)
    if problem is None or found is None or int(found[1]) >= len(problem.tests):
        return ""
    test = problem.tests[int(found[1])]
    if isinstance(test, CallTest) and test.expected_args is None:
        return _cut(f"{shown_call(problem.entry_point, test)}\nexpected: {shown_result(test)}")
    return _cut(json.dumps(hidden_test_to_json(test), ensure_ascii=False))


def indented(text: str) -> str:
    """A block of code in Markdown, line by line as it is."""
    return "\n".join("    " + line for line in text.splitlines())


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _MARKDOWN.sub(r"\\\1", text).translate(_NO_BACKSLASH)


def prose(text: str) -> str:
    """Lines of text as Markdown shows them, one below the other; empty ones are left out."""
    return "  \n".join(escaped(line.strip()) for line in text.strip().splitlines() if line.strip())


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"


def _share(row: JudgedSample) -> float:
    return row.passed_tests / row.total_tests if row.total_tests else 0.0


def _rate(counts: Counts, row: JudgedSample) -> float:
    n, passed = counts[row.task_id]
    return passed / n
