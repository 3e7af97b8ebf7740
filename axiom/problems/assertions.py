"""Assertions of the form ``assert f(literals) == literal``, made calls that the judge compares itself.

A call in the candidate's process and a comparison in the judge's take half the processes of a jail for the test code,
and give a share of tests passed. What does anything else stays code.
"""

import ast
from collections.abc import Sequence

from axiom.problems.hidden_tests import CallTest


def calls_of_assertions(statements: Sequence[ast.stmt], *, name: str) -> tuple[CallTest, ...]:
    """The calls that assertions make of one function; statements that say nothing are passed over.

    Args:
        statements: of a check's body, or of a module.
        name: the function that they call.

    Raises:
        ValueError: if one does anything but compare a call's result with a literal by ``==``.
    """
    return tuple(_call(node, name) for node in statements if not _says_nothing(node))


def _says_nothing(node: ast.stmt) -> bool:
    """``assert True``, ``pass`` and lone strings."""
    told = node.test if isinstance(node, ast.Assert) else node.value if isinstance(node, ast.Expr) else None
    return isinstance(node, ast.Pass) or (isinstance(told, ast.Constant) and bool(told.value))


def _call(node: ast.stmt, name: str) -> CallTest:
    if not isinstance(node, ast.Assert) or not isinstance(node.test, ast.Compare):
        raise ValueError("not an assertion that compares")
    left, operators, right = node.test.left, node.test.ops, node.test.comparators
    if not (isinstance(left, ast.Call) and isinstance(left.func, ast.Name) and left.func.id == name):
        raise ValueError(f"not a call of {name}")
    if len(operators) != 1 or not isinstance(operators[0], ast.Eq):
        raise ValueError("not compared by ==")
    if any(word.arg is None for word in left.keywords):
        raise ValueError("not literal arguments")
    return CallTest(
        args=tuple(ast.literal_eval(argument) for argument in left.args),
        kwargs={str(word.arg): ast.literal_eval(word.value) for word in left.keywords},
        expected=ast.literal_eval(right[0]),
    )
