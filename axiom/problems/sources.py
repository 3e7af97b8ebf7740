"""Naming problems: ``basics/train``, ``basics/validation``, ``basics/test``, ``humaneval`` or a JSONL file's path."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from axiom.errors import ProblemError
from axiom.problems.humaneval import load_humaneval
from axiom.problems.jsonl import read_problems
from axiom.problems.problem import Problem, problem_to_json

BASICS_SPLITS = ("train", "validation", "test")
_BASICS_FOLDER = Path(__file__).with_name("basics")


def load_problems(source: str, *, limit: int | None = None) -> list[Problem]:
    """The problems of a source, in its fixed order.

    Args:
        source: ``basics/<split>``, ``humaneval``, or the path of a JSONL file.
        limit: how many to keep, spread evenly over the source; None keeps all.

    Raises:
        ProblemError: for an unknown source, or a file that is missing or malformed.
    """
    name, _, split = source.partition("/")
    if name == "basics":
        if split not in BASICS_SPLITS:
            raise ProblemError(f"source '{source}': expected one of {', '.join(f'basics/{s}' for s in BASICS_SPLITS)}")
        problems = read_problems(_BASICS_FOLDER / f"{split}.jsonl")
    elif source == "humaneval":
        problems = load_humaneval()
    else:
        problems = read_problems(Path(source))
    if limit is None or limit >= len(problems):
        return problems
    if limit < 1:
        raise ProblemError(f"source '{source}': cannot keep {limit} problems; expected 1 or more")
    return [problems[index * len(problems) // limit] for index in range(limit)]


def problem_set_hash(problems: Sequence[Problem]) -> str:
    """A short hash of what is asked and tested; the same problems give the same hash in any order."""
    lines = sorted(json.dumps(problem_to_json(problem), sort_keys=True) for problem in problems)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
