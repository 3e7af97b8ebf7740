"""A question as a person puts it, a statement and calls with what they must return, made into a Problem."""

import ast
from collections.abc import Sequence
from typing import Any

from axiom.errors import ProblemError
from axiom.problems.hidden_tests import UNPARSABLE, CallTest
from axiom.problems.problem import Problem, problem_from_json, problem_to_json
from axiom.sandbox.values import encode

_FORM = "a call and what it returns, such as 'f(2) == 4'"
_NAMES = "abcdefghijklmnopqrstuvwxyz"


def problem_asked(statement: str, calls: Sequence[str], *, starter: str = "") -> Problem:
    """The Problem of a question; its calls are public examples, and nothing about it is hidden.

    Args:
        statement: what is asked.
        calls: such as ``f(2) == 4``, of one function, with plain values.
        starter: the function's first line; without one it is made from the first call.

    Raises:
        ProblemError: for a call that cannot be read, calls of several functions or of one that the starter does not
            define, or neither calls nor a starter.
    """
    read = [_call(text) for text in calls]
    names = list(dict.fromkeys(name for name, _ in read))
    if len(names) > 1:
        raise ProblemError(f"--tests: calls of {' and '.join(names)}; expected calls of one function")
    if not read and not starter:
        raise ProblemError(f"expected --tests, {_FORM}, or --starter, the function's first line")
    examples = tuple(test for _, test in read)
    if not starter:
        parameters = ", ".join((*_NAMES[: len(examples[0].args)], *examples[0].kwargs))
        starter = f"def {names[0]}({parameters}):"
    name = _defined(starter)
    if names and names != [name]:
        raise ProblemError(f"--starter {starter!r} defines {name}, and --tests call {names[0]}; expected one function")
    # A problem has at least one test, which says what kind it is; nobody runs those of a question.
    problem = Problem("asked", name, statement, examples or (CallTest(args=()),), starter=starter, examples=examples)
    return problem_from_json(problem_to_json(problem))


def _call(text: str) -> tuple[str, CallTest]:
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except UNPARSABLE as error:
        raise ProblemError(f"--tests {text!r}: expected {_FORM}") from error
    is_equation = isinstance(tree, ast.Compare) and len(tree.ops) == 1 and isinstance(tree.ops[0], ast.Eq)
    if not (is_equation and isinstance(tree.left, ast.Call) and isinstance(tree.left.func, ast.Name)):  # type: ignore[attr-defined]
        raise ProblemError(f"--tests {text!r}: expected {_FORM}")
    call: ast.Call = tree.left  # type: ignore[attr-defined]
    if any(word.arg is None for word in call.keywords):
        raise ProblemError(f"--tests {text!r}: expected keyword arguments one by one, such as b=2, and no **")
    args = tuple(_plain(argument, text) for argument in call.args)
    kwargs = {str(word.arg): _plain(word.value, text) for word in call.keywords}
    return call.func.id, CallTest(args=args, kwargs=kwargs, expected=_plain(tree.comparators[0], text))  # type: ignore[attr-defined]


def _plain(node: ast.expr, text: str) -> Any:
    try:
        value = ast.literal_eval(node)
        encode(value)
    except (ValueError, TypeError) as error:  # TypeError: {[1]}, whose list no set can hold
        raise ProblemError(f"--tests {text!r}: {ast.unparse(node)} is no plain value") from error
    return value


def _defined(starter: str) -> str:
    """The function that it leaves open; imports may stand before it."""
    try:
        made = ast.parse(starter.rstrip() + "\n    pass\n").body[-1]
    except UNPARSABLE as error:
        raise ProblemError(f"--starter {starter!r} is not the first line of a function") from error
    if not isinstance(made, ast.FunctionDef):
        raise ProblemError(f"--starter {starter!r} is not the first line of a function")
    return made.name
