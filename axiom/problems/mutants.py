"""Mutants: programs that differ from a right one in one place, to see whether tests are strong enough to tell.

The operators are those of mutation testing (DeMillo et al. 1978; Jia and Harman 2011), on Python's syntax tree.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_SWAPS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.FloorDiv,), ast.FloorDiv: (ast.Mult, ast.Div),
    ast.Div: (ast.Mult, ast.FloorDiv), ast.Mod: (ast.Mult,), ast.Pow: (ast.Mult,), ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,), ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,), ast.BitXor: (ast.BitOr,),
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.And: (ast.Or,), ast.Or: (ast.And,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "lstrip": "rstrip", "rstrip": "lstrip",
          "upper": "lower", "lower": "upper", "startswith": "endswith", "endswith": "startswith",
          "append": "extend", "ceil": "floor", "floor": "ceil", "popleft": "pop"}  # fmt: skip

Change = tuple[str, Callable[[ast.AST], None]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program changed in one place.

    Attributes:
        source: of the changed program.
        what: the change, after the line and column that it is at.
    """

    source: str
    what: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a program, in reading order; none equals the program's own tree.

    Args:
        source: a program.

    Raises:
        SyntaxError: if it does not parse.
    """
    tree = ast.parse(source)
    itself = ast.unparse(tree)
    for index, node in enumerate(_reading_order(tree)):
        for variant, (what, _) in enumerate(_changes(node)):
            changed = copy.deepcopy(tree)
            target = _reading_order(changed)[index]
            _changes(target)[variant][1](target)
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text != itself:
                place = f"{getattr(node, 'lineno', 0)}:{getattr(node, 'col_offset', 0)}"
                yield Mutant(text, f"{place} {what}")


def _reading_order(tree: ast.AST) -> list[ast.AST]:
    """Nodes with a place, sorted by it; annotations and docstrings, which change nothing, left out."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if (annotation := getattr(node, name, None)) is not None:
                skipped |= {id(each) for each in ast.walk(annotation)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped |= {id(node), id(node.value)}
    placed = [node for node in ast.walk(tree) if hasattr(node, "lineno") and id(node) not in skipped]
    return sorted(placed, key=lambda node: (node.lineno, node.col_offset))  # type: ignore[attr-defined]


def _changes(node: ast.AST) -> list[Change]:
    """The ways to change one node; each is applied to a copy of it."""
    if isinstance(node, (ast.BinOp, ast.AugAssign, ast.BoolOp)):
        return [_operator(node.op, kind) for kind in _SWAPS.get(type(node.op), ())]
    if isinstance(node, ast.Compare):
        return [
            _comparison(node.ops[place], kind, place)
            for place in range(len(node.ops))
            for kind in _SWAPS.get(type(node.ops[place]), ())
        ]
    if isinstance(node, ast.Constant):
        return _constant(node.value)
    if isinstance(node, (ast.If, ast.While, ast.IfExp)):
        return [("condition turned round", _negate)]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        return [("sign or not removed", _plain)]
    if isinstance(node, ast.Return) and node.value is not None:
        return [("returns None", _set("value", ast.Constant(None)))]
    if isinstance(node, (ast.Break, ast.Continue)):
        return [(f"{type(node).__name__.lower()} swapped", _swap_loop_end)]
    return _named(node)


def _operator(old: ast.AST, kind: type[ast.AST]) -> Change:
    return f"{type(old).__name__} made {kind.__name__}", _set("op", kind())


def _comparison(old: ast.AST, kind: type[ast.AST], place: int) -> Change:
    def change(node: ast.AST) -> None:
        node.ops[place] = kind()  # type: ignore[attr-defined]

    return f"{type(old).__name__} made {kind.__name__}", change


def _constant(value: object) -> list[Change]:
    if isinstance(value, bool):
        return [(f"{value} made {not value}", _set("value", not value))]
    if isinstance(value, int):
        return [(f"{value} made {other}", _set("value", other)) for other in (value + 1, value - 1)]
    if isinstance(value, float):
        return [(f"{value} made {value + 1}", _set("value", value + 1.0))]
    if isinstance(value, str):
        return [(f"{value!r} made {value + '#'!r}", _set("value", value + "#"))]
    return []


def _named(node: ast.AST) -> list[Change]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in _NAMES:
        return [(f"{node.id} made {_NAMES[node.id]}", _set("id", _NAMES[node.id]))]
    if isinstance(node, ast.Attribute) and node.attr in _NAMES:
        return [(f"{node.attr} made {_NAMES[node.attr]}", _set("attr", _NAMES[node.attr]))]
    return []


def _set(name: str, value: object) -> Callable[[ast.AST], None]:
    return lambda node: setattr(node, name, value)


def _negate(node: ast.AST) -> None:
    node.test = ast.UnaryOp(ast.Not(), node.test)  # type: ignore[attr-defined]


def _plain(node: ast.AST) -> None:
    """``-x`` becomes ``+x``, and ``not x`` becomes ``not (not x)``."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node.op = ast.UAdd()
    elif isinstance(node, ast.UnaryOp):
        node.operand = ast.UnaryOp(ast.Not(), node.operand)


def _swap_loop_end(node: ast.AST) -> None:
    node.__class__ = ast.Continue if isinstance(node, ast.Break) else ast.Break  # type: ignore[assignment]
