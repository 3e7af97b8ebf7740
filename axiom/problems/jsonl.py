"""Reading problem files: one JSON object a line, plain or gzip."""

import gzip
import json
from pathlib import Path

from axiom.errors import ProblemError
from axiom.problems.problem import Problem, problem_from_json


def read_problems(path: Path) -> list[Problem]:
    """Read every problem of a JSONL file, in its order; blank lines are passed over.

    Args:
        path: the file; one that ends in ``.gz`` is unpacked on the way.

    Raises:
        ProblemError: naming the file and line, when the file is missing, empty or malformed, or an id stands twice.
    """
    if not path.is_file():
        raise ProblemError(f"problem file {path} not found; give the path of a JSONL file, or 'basics'")
    problems: list[Problem] = []
    first_line: dict[str, int] = {}
    for number, line in enumerate(_read_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            problem = problem_from_json(json.loads(line))
        except json.JSONDecodeError as error:
            raise ProblemError(f"{path}:{number}: not a JSON object: {error}") from error
        except ProblemError as error:
            raise ProblemError(f"{path}:{number}: {error}") from error
        if problem.id in first_line:
            raise ProblemError(f"{path}:{number}: id '{problem.id}' stands on line {first_line[problem.id]} already")
        first_line[problem.id] = number
        problems.append(problem)
    if not problems:
        raise ProblemError(f"{path}: holds no problem; expected one JSON object a line")
    return problems


def _read_text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ProblemError(f"{path}: cannot be read as UTF-8 text: {error}") from error
