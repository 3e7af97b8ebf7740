"""APPS (Hendrycks et al. 2021, arXiv 2105.09938; MIT): the hub's rows, or the same fields in a JSONL file.

``input_output`` with an ``fn_name`` is calls of a function, without one it is whole programs. Numbers are compared
exactly and printed lines apart from white space at their ends, which is stricter than the paper's evaluator. That one
gives each test 4 s on the clock; here a whole program has 4 s of CPU on each, and the calls of a function share them
(:meth:`axiom.problems.problem.Limits.over`).
"""

import json
from collections.abc import Mapping
from typing import Any

from axiom.problems.formats.starters import starter_of
from axiom.problems.hidden_tests import CallTest, HiddenTest, ProgramTest
from axiom.problems.problem import Limits, Problem

_DIFFICULTIES = {"introductory": "easy", "interview": "medium", "competition": "hard"}
_LIMITS_OF_A_TEST = Limits(cpu_s=4.0, wall_s=40.0, memory_bytes=512 * 1024**2)


def apps_problem(record: Mapping[str, Any]) -> Problem:
    """The problem of one record.

    Args:
        record: ``problem_id`` (or ``id``), ``question``, ``input_output`` and ``solutions`` (JSON in text),
            ``difficulty``, ``starter_code``.

    Raises:
        KeyError, TypeError, ValueError: if it is not such a record, or has no tests.
    """
    told = json.loads(record["input_output"]) if record["input_output"] else {}
    if not told.get("inputs"):
        raise ValueError("the record has no tests")
    name = str(told.get("fn_name") or "")
    solutions = json.loads(record["solutions"]) if record.get("solutions") else []
    if not all(isinstance(some, list) for some in (told["inputs"], told["outputs"], solutions)):
        raise TypeError("inputs, outputs and solutions have to be lists")
    pairs = list(zip(told["inputs"], told["outputs"], strict=True))
    starter = _starter(record.get("starter_code", ""), name)
    return Problem(
        id=f"apps/{record['problem_id'] if 'problem_id' in record else record['id']}",
        entry_point=name,
        statement=record["question"].strip(),
        starter=starter,
        tests=tuple(_call(*pair) if name else _program(*pair) for pair in pairs),
        limits=_LIMITS_OF_A_TEST.over(len(pairs), are_calls=bool(name)),
        difficulty=_DIFFICULTIES.get(record.get("difficulty", ""), ""),
        source="apps",
        reference=solutions[0] if solutions else "",
    )


def _starter(code: str, name: str) -> str:
    """The function's line, where the starter code holds one that stands by itself."""
    try:
        return starter_of(f"{code.rstrip()}\n    pass\n", name) if name and code else ""
    except SyntaxError:
        return ""


def _call(arguments: list[Any], outputs: Any) -> HiddenTest:
    expected = outputs[0] if isinstance(outputs, list) and len(outputs) == 1 else outputs
    return CallTest(args=tuple(arguments), expected=expected)


def _program(stdin: Any, stdout: Any) -> HiddenTest:
    return ProgramTest(stdin=_text(stdin), stdout=_text(stdout))


def _text(value: Any) -> str:
    """Some records hold a list of lines in the place of a text."""
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)
