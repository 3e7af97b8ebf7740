"""The expressions that the package writes in the place of literals, evaluated without running any of its code.

Literals, arithmetic, comprehensions over ranges, a few functions, nodes from lists: a closed set, each result bounded.
Whatever else stands there is a :class:`NotCarriedError`.
"""

import ast
import copy
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from axiom.sandbox.values import BinaryTree, LinkedList

_MOST_ITEMS = 300_000
_MOST_BITS = 4096
_OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv, ast.Div: operator.truediv, ast.Pow: operator.pow, ast.LShift: operator.lshift,
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
    ast.In: lambda item, items: item in items, ast.NotIn: lambda item, items: item not in items,
}  # fmt: skip
_SIGNS: dict[type[ast.AST], Callable[[Any], Any]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_, ast.Invert: operator.invert,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "set": set, "list": list, "tuple": tuple, "range": range, "float": float, "str": str, "int": int, "chr": chr,
    "sorted": sorted, "len": len, "sum": sum, "min": min, "max": max, "abs": abs, "frozenset": frozenset, "dict": dict,
    "reversed": reversed, "zip": zip, "enumerate": enumerate, "ord": ord, "bool": bool,
}  # fmt: skip


class NotCarriedError(Exception):
    """Why a problem of the package is left out."""


def value_of(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """The value of an expression.

    Args:
        node: what stands there.
        names: values of names.

    Raises:
        NotCarriedError: if it is of no kind known here, or too large.
    """
    try:
        value = _Evaluation(names).of(node)
    except NotCarriedError:
        raise
    except Exception as error:
        raise NotCarriedError(f"its test data cannot be evaluated: {type(error).__name__}") from error
    return value


def tree_of(values: Any) -> BinaryTree | None:
    """A binary tree from its values level by level, as its nodes would give them; None for an empty one.

    Values that have no parent are dropped, as the package does.
    """
    kept: list[Any] = []
    places = 1
    for value in values or ():
        if not places:
            break
        kept.append(value)
        places += -1 if value is None else 1
    while kept and kept[-1] is None:
        kept.pop()
    return BinaryTree(tuple(kept)) if kept else None


def list_of(values: Any) -> LinkedList | None:
    """A linked list from its values; None for an empty one."""
    return LinkedList(tuple(values)) if values else None


class _Evaluation:
    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = dict(names)

    def of(self, node: ast.expr) -> Any:
        kind = getattr(self, f"_{type(node).__name__.lower()}", None)
        if kind is None:
            raise NotCarriedError(f"its test data holds a {type(node).__name__}")
        return _bounded(kind(node))

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _name(self, node: ast.Name) -> Any:
        if node.id not in self._names:
            raise NotCarriedError(f"its test uses the name {node.id}")
        return self._names[node.id]

    def _list(self, node: ast.List) -> Any:
        return self._items(node)

    def _tuple(self, node: ast.Tuple) -> Any:
        return tuple(self._items(node))

    def _set(self, node: ast.Set) -> Any:
        return set(self._items(node))

    def _items(self, node: "ast.List | ast.Tuple | ast.Set") -> list[Any]:
        items: list[Any] = []
        for item in node.elts:
            items += self.of(item.value) if isinstance(item, ast.Starred) else [self.of(item)]
        return items

    def _dict(self, node: ast.Dict) -> Any:
        if any(key is None for key in node.keys):
            raise NotCarriedError("its test data unpacks a dictionary")
        return {self.of(k): self.of(v) for k, v in zip(node.keys, node.values, strict=True) if k is not None}

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        return _SIGNS[type(node.op)](self.of(node.operand))

    def _binop(self, node: ast.BinOp) -> Any:
        left, right = self.of(node.left), self.of(node.right)
        if isinstance(node.op, (ast.Pow, ast.LShift)) and not (isinstance(right, int) and 0 <= right <= _MOST_BITS):
            raise NotCarriedError("its test data holds a power out of bounds")
        for one, other in ((left, right), (right, left)):
            if isinstance(node.op, ast.Mult) and isinstance(one, int) and isinstance(other, (str, list, tuple)):
                _check_size(one * len(other))
        return _OPERATORS[type(node.op)](left, right)

    def _compare(self, node: ast.Compare) -> Any:
        if len(node.ops) != 1:
            raise NotCarriedError("its test chains comparisons")
        return _OPERATORS[type(node.ops[0])](self.of(node.left), self.of(node.comparators[0]))

    def _boolop(self, node: ast.BoolOp) -> Any:
        for item in node.values:
            value = self.of(item)
            if bool(value) is isinstance(node.op, ast.Or):
                break
        return value

    def _ifexp(self, node: ast.IfExp) -> Any:
        return self.of(node.body if self.of(node.test) else node.orelse)

    def _subscript(self, node: ast.Subscript) -> Any:
        if isinstance(node.slice, ast.Slice):
            parts = [None if part is None else self.of(part) for part in _parts(node.slice)]
            return self.of(node.value)[slice(*parts)]
        return self.of(node.value)[self.of(node.slice)]

    def _listcomp(self, node: ast.ListComp) -> Any:
        return list(self._each(node.elt, node.generators))

    def _setcomp(self, node: ast.SetComp) -> Any:
        return set(self._each(node.elt, node.generators))

    def _generatorexp(self, node: ast.GeneratorExp) -> Any:
        return list(self._each(node.elt, node.generators))

    def _each(self, element: ast.expr, generators: list[ast.comprehension]) -> Iterator[Any]:
        if not generators:
            yield self.of(element)
            return
        first, rest = generators[0], generators[1:]
        for item in self.of(first.iter):
            self._bind(first.target, item)
            if all(self.of(condition) for condition in first.ifs):
                yield from self._each(element, rest)

    def _bind(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            self._names[target.id] = value
        elif isinstance(target, ast.Tuple):
            for part, item in zip(target.elts, value, strict=True):
                self._bind(part, item)

    def _call(self, node: ast.Call) -> Any:
        if node.keywords and not (isinstance(node.func, ast.Name) and node.func.id in ("sorted", "zip")):
            raise NotCarriedError("its test data calls with keywords")
        args = [self.of(argument) for argument in node.args]
        if isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
            if node.func.id == "range":
                _check_size(len(range(*args)))
            if any(word.arg not in ("reverse", "strict") for word in node.keywords):
                raise NotCarriedError("its test data sorts by a key")
            return _FUNCTIONS[node.func.id](*args, **{str(word.arg): self.of(word.value) for word in node.keywords})
        return self._method(node, args)

    def _method(self, node: ast.Call, args: list[Any]) -> Any:
        """``x.copy()``, ``copy.deepcopy(x)``, ``"".join(x)``, and nodes from lists."""
        function = ast.unparse(node.func)
        if function in ("TreeNode.from_list", "TreeNode[int].from_list", "TreeNode[str].from_list"):
            return tree_of(args[0])
        if function in ("ListNode.from_list", "ListNode[int].from_list", "ListNode[str].from_list"):
            return list_of(args[0])
        if function in ("copy.deepcopy", "deepcopy", "copy.copy"):
            return copy.deepcopy(args[0])
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("copy", "join", "split"):
            return getattr(self.of(node.func.value), node.func.attr)(*args)
        raise NotCarriedError(f"its test calls {function}")


def _parts(node: ast.Slice) -> tuple[ast.expr | None, ast.expr | None, ast.expr | None]:
    return node.lower, node.upper, node.step


def _bounded(value: Any) -> Any:
    if isinstance(value, (str, list, tuple, set, dict)):
        _check_size(len(value))
    elif isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise NotCarriedError("its test data holds a number out of bounds")
    return value


def _check_size(items: int) -> None:
    if items > _MOST_ITEMS:
        raise NotCarriedError(f"its test data holds more than {_MOST_ITEMS} items")
