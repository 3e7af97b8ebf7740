"""CodeContests (Li et al. 2022, arXiv 2203.07814; CC-BY-4.0): the hub's rows, or the same fields in a JSONL file.

All three lists of tests are hidden. A record's time limit is for one test and was set for compiled languages: Python
gets five times as much, and at least 2 s.
"""

from collections.abc import Mapping
from typing import Any

from axiom.problems.hidden_tests import ProgramTest
from axiom.problems.problem import WALL_TO_CPU, Limits, Problem

_PYTHON_TO_COMPILED = 5.0
_LEAST_CPU_S, _LEAST_BYTES = 2.0, 256 * 1024**2
_PYTHON3 = 3
_LISTS = ("public_tests", "private_tests", "generated_tests")


def code_contests_problem(record: Mapping[str, Any]) -> Problem:
    """The problem of one record.

    Args:
        record: ``name``, ``description``, ``public_tests``, ``private_tests``, ``generated_tests`` (``input`` and
            ``output``, each a list), ``solutions`` (``language`` and ``solution``), ``time_limit``,
            ``memory_limit_bytes``, ``cf_tags``.

    Raises:
        KeyError, TypeError, ValueError: if it is not such a record, or has no tests.
    """
    pairs = [pair for name in _LISTS for pair in _pairs(record.get(name) or {})]
    if not pairs:
        raise ValueError("the record has no tests")
    cpu_s = max(_LEAST_CPU_S, _PYTHON_TO_COMPILED * _seconds(record.get("time_limit")))
    memory_bytes = max(_LEAST_BYTES, int(record.get("memory_limit_bytes") or 0))
    return Problem(
        id=f"code_contests/{record['name']}",
        entry_point="",
        statement=record["description"].strip(),
        tests=tuple(ProgramTest(stdin=stdin, stdout=stdout) for stdin, stdout in pairs),
        limits=Limits(cpu_s, WALL_TO_CPU * cpu_s, memory_bytes).over(len(pairs), are_calls=False),
        tags=tuple(tag for tag in record.get("cf_tags") or [] if tag),
        source="code_contests",
        reference=_python(record.get("solutions") or {}),
    )


def _pairs(tests: Mapping[str, Any]) -> list[tuple[str, str]]:
    inputs, outputs = tests.get("input", []), tests.get("output", [])
    if isinstance(inputs, str) or isinstance(outputs, str):
        raise TypeError("input and output have to be lists")
    return list(zip(inputs, outputs, strict=True))


def _seconds(limit: Any) -> float:
    return 0.0 if not limit else float(limit.get("seconds", 0)) + float(limit.get("nanos", 0)) / 1e9


def _python(solutions: Mapping[str, Any]) -> str:
    """The first right solution in Python 3; empty where there is none."""
    both = zip(solutions.get("language", []), solutions.get("solution", []), strict=True)
    return next((source for language, source in both if language in (_PYTHON3, "PYTHON3")), "")
