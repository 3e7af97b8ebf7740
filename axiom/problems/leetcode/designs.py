"""Design problems: a driver's loop over operations, read off as calls of a class's methods."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from axiom.problems.hidden_tests import ClassTest
from axiom.problems.leetcode.expressions import NotCarriedError, value_of
from axiom.problems.leetcode.harness import Function


@dataclass(frozen=True, slots=True)
class Step:
    """What a driver does for one operation.

    Attributes:
        method: of the class; empty for making it.
        args: expressions of its arguments.
        is_kept: whether the result is compared.
    """

    method: str
    args: tuple[ast.expr, ...]
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver's loop.

    Attributes:
        steps: by operation.
        operations: name of the list that it goes over.
        bound: names that the loop binds, with what they stand for: ``operation``, ``index`` or another list's name.
    """

    steps: Mapping[str, Step]
    operations: str
    bound: Mapping[str, str]


def driver_of(run: Function) -> Driver | None:
    """The driver that a run is; None where it is no loop over operations.

    Raises:
        NotCarriedError: if its loop does anything but choose a call by the operation.
    """
    loops = [statement for statement in run.body if isinstance(statement, ast.For)]
    if not loops or not run.names:
        return None
    if len(loops) != 1 or loops[0].orelse:
        raise NotCarriedError("its driver has several loops")
    loop = loops[0]
    bound, operations = _bound(loop)
    operation = next((name for name, what in bound.items() if what == "operation"), "")
    if not operation:
        return None
    steps: dict[str, Step] = {}
    for statement in loop.body:
        _read_branch(statement, operation, steps)
    if not any(not step.method for step in steps.values()):
        raise NotCarriedError("its driver makes its object outside the loop")
    return Driver(steps, operations, bound)


def _bound(loop: ast.For) -> tuple[dict[str, str], str]:
    """What the loop's names stand for, and the list of operations."""
    source = loop.iter
    if not isinstance(source, ast.Call) or not isinstance(source.func, ast.Name):
        return {}, ""
    lists = [argument.id for argument in source.args if isinstance(argument, ast.Name)]
    targets = [each.id for each in ast.walk(loop.target) if isinstance(each, ast.Name)]
    if source.func.id == "enumerate" and len(lists) == 1 and len(targets) == 2:
        return {targets[0]: "index", targets[1]: "operation"}, lists[0]
    if source.func.id == "zip" and len(lists) == len(targets) >= 2:
        others = dict(zip(targets[1:], lists[1:], strict=True))
        return {targets[0]: "operation", **others}, lists[0]
    return {}, ""


def _read_branch(statement: ast.stmt, operation: str, steps: dict[str, Step]) -> None:
    if isinstance(statement, (ast.Assert, ast.Pass)):
        return
    if not isinstance(statement, ast.If):
        raise NotCarriedError("its driver does more than choose by the operation")
    for name in _operations_of(statement.test, operation):
        steps[name] = _step(statement.body)
    for other in statement.orelse:
        if isinstance(other, ast.Raise):
            continue
        _read_branch(other, operation, steps)


def _operations_of(test: ast.expr, operation: str) -> list[str]:
    """The operations that a condition is true for; what it asks of the object besides is always so."""
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    for part in parts:
        if isinstance(part, ast.Compare) and ast.unparse(part.left) == operation and len(part.ops) == 1:
            told = part.comparators[0]
            if isinstance(part.ops[0], ast.Eq) and isinstance(told, ast.Constant):
                return [str(told.value)]
            if isinstance(part.ops[0], ast.In) and isinstance(told, (ast.Tuple, ast.List, ast.Set)):
                return [str(value_of(each, {})) for each in told.elts]
    raise NotCarriedError("its driver chooses by something else than the operation")


def _step(body: Sequence[ast.stmt]) -> Step:
    """The call that a branch makes, and whether its result is kept."""
    calls: list[tuple[ast.Call, bool]] = []
    for statement in body:
        if isinstance(statement, (ast.Assert, ast.Pass)):
            continue
        call, is_kept = _call_of(statement)
        if call is not None:
            calls.append((call, is_kept))
    if len(calls) != 1:
        raise NotCarriedError("its driver makes no call, or several, for one operation")
    call, is_kept = calls[0]
    if call.keywords:
        raise NotCarriedError("its driver calls by keywords")
    made = isinstance(call.func, ast.Name)
    return Step("" if made else call.func.attr, tuple(call.args), is_kept)  # type: ignore[attr-defined]


def _call_of(statement: ast.stmt) -> tuple[ast.Call | None, bool]:
    """The call of the solution in a statement; ``results.append(None)`` holds none."""
    value: ast.expr | None = None
    if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr)):
        value = statement.value
    if not isinstance(value, ast.Call):
        raise NotCarriedError(f"its driver has a {type(statement).__name__}")
    if isinstance(value.func, ast.Name):
        if value.func.id != "solution_class":
            raise NotCarriedError(f"its driver calls {value.func.id}")
        return value, False
    if not isinstance(value.func, ast.Attribute):
        raise NotCarriedError("its driver calls what is no method")
    if value.func.attr == "append" and isinstance(statement, ast.Expr) and "result" in ast.unparse(value.func.value):
        (told,) = value.args
        if isinstance(told, ast.Constant):
            return None, False
        if isinstance(told, ast.Call) and isinstance(told.func, ast.Attribute):
            return told, True
        raise NotCarriedError("its driver works on the results")
    if isinstance(statement, ast.Expr):
        return value, False
    raise NotCarriedError("its driver keeps results by names")


def class_test(driver: Driver, values: Mapping[str, Any], expected: Any, *, class_name: str) -> ClassTest:
    """The judge's test of one case.

    Args:
        driver: the loop.
        values: of the run's parameters.
        expected: the list of results.
        class_name: of the solution.

    Raises:
        NotCarriedError: if the case does not fit the driver.
    """
    operations = values[driver.operations]
    if not isinstance(expected, (list, tuple)) or len(expected) != len(operations) or not operations:
        raise NotCarriedError("its cases have other numbers of operations and results")
    methods, arguments = [], []
    for index, operation in enumerate(operations):
        step = driver.steps.get(operation)
        if step is None:
            raise NotCarriedError(f"its driver does not know the operation {operation}")
        if (not step.method) is not (index == 0):
            raise NotCarriedError("its cases make the object later than first, or twice")
        if not step.is_kept and index and expected[index] is not None:
            raise NotCarriedError("its cases expect what its driver does not keep")
        names = dict(values) | {
            name: operation if what == "operation" else index if what == "index" else values[what][index]
            for name, what in driver.bound.items()
        }
        methods.append(step.method or class_name)
        arguments.append(tuple(value_of(argument, names) for argument in _spread(step.args, names)))
    return ClassTest(tuple(methods), tuple(arguments), tuple(expected))


def _spread(args: Sequence[ast.expr], names: Mapping[str, Any]) -> list[ast.expr]:
    """Arguments with ``*inputs[i]`` as one expression for each of its items."""
    spread: list[ast.expr] = []
    for argument in args:
        if isinstance(argument, ast.Starred):
            count = len(value_of(argument.value, names))
            spread += [ast.Subscript(argument.value, ast.Constant(place), ast.Load()) for place in range(count)]
        else:
            spread.append(argument)
    return spread
