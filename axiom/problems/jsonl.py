"""Reading problem files: one JSON object a line, plain or gzip."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from axiom.errors import ProblemError
from axiom.problems.problem import Problem, problem_from_json


def read_problems(path: Path, *, skipped: list[str] | None = None) -> list[Problem]:
    """Read every problem of a JSONL file, in its order; blank lines are passed over.

    Args:
        path: the file; one that ends in ``.gz`` is unpacked on the way.
        skipped: where malformed problems are noted, each with its line, and passed over; None makes them errors.

    Raises:
        ProblemError: naming the file and line, when the file is missing, empty or malformed, or an id stands twice.
    """
    if not path.is_file():
        raise ProblemError(f"problem file {path} not found; give a JSONL file, basics/train, or humaneval")
    problems: list[Problem] = []
    first_line: dict[str, int] = {}
    for number, record in json_lines(path, skipped=skipped):
        try:
            problem = problem_from_json(record)
            if problem.id in first_line:
                raise ProblemError(f"id '{problem.id}' stands on line {first_line[problem.id]} already")
        except ProblemError as error:
            if skipped is None:
                raise ProblemError(f"{path}:{number}: {error}") from error
            skipped.append(f"{path}:{number}: {error}")
            continue
        first_line[problem.id] = number
        problems.append(problem)
    if not problems:
        raise ProblemError(f"{path}: holds no problem; expected one JSON object a line")
    return problems


def json_lines(path: Path, *, skipped: list[str] | None = None) -> Iterator[tuple[int, Any]]:
    """The values of a JSONL file with their line numbers, one at a time; blank lines are passed over.

    Args:
        path: the file; one that ends in ``.gz`` is unpacked on the way.
        skipped: where lines that are not JSON are noted and passed over; None makes them errors.

    Raises:
        ProblemError: naming the file and line, when a line is not JSON or the file cannot be read.
    """
    unpack: Any = gzip.open if path.suffix == ".gz" else open
    number = 0
    try:
        with unpack(path, "rt", encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    try:
                        value = json.loads(line)
                    except (ValueError, RecursionError) as error:
                        told = f"{path}:{number}: not a JSON object: {error}"
                        if skipped is None:
                            raise ProblemError(told) from error
                        skipped.append(told)
                        continue
                    yield number, value
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ProblemError(f"{path}: cannot be read as UTF-8 text after line {number}: {error}") from error
