"""When a returned value counts as the expected one.

Both sides are decoded plain data (``axiom.sandbox.values``), so no method of a candidate's class can run
here. The rules follow Python's ``==`` and relax it only where a test asks for it. Sets and keys are compared as sorted
texts: a candidate's are never hashed.
"""

import json
import math
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from axiom.problems.hidden_tests import Compare
from axiom.sandbox.values import BinaryTree, LinkedList, UnhashedDict, UnhashedSet, encode

RELATIVE_TOLERANCE = 1e-6
ABSOLUTE_TOLERANCE = 1e-9
_LONGER = 16  # 1.0000000000000002 is longer than 1 by less
_SETS = (set, frozenset, UnhashedSet)
_DICTS = (dict, UnhashedDict)


def matches(actual: object, expected: object, compare: Compare) -> bool:
    """Whether ``actual`` is an acceptable result where ``expected`` was expected.

    Args:
        actual: decoded result of the candidate.
        expected: decoded expected value.
        compare: ``exact``: Python's ``==``, except that nan matches nan wherever it stands. ``float``: numbers within
            1e-6 relative or 1e-9 absolute, in any nesting of lists, tuples and dictionaries. ``unordered``: the same
            items in any order. ``unordered_nested``: the same, with the items of inner lists in any order too; either
            is ``exact`` where no list is expected. ``lines``: the same lines of text, trailing white space apart.
    """
    return _RULES[compare](actual, expected)


def most_bytes(expected: object) -> int:
    """How long the JSON of a result can be that is acceptable by any rule, white space of lines apart."""
    return _LONGER * len(json.dumps(encode(expected)))


def _exact(actual: Any, expected: Any) -> bool:
    return bool(actual == expected) or _equal(actual, expected)


def _equal(actual: Any, expected: Any) -> bool:
    if isinstance(expected, (list, tuple)):
        same_kind = type(actual) is type(expected) and len(actual) == len(expected)
        return same_kind and all(map(_equal, actual, expected))
    if isinstance(expected, (LinkedList, BinaryTree)):
        return type(actual) is type(expected) and _equal(actual.values, expected.values)
    if isinstance(expected, dict):
        return _same_entries(actual, expected, _equal)
    if isinstance(expected, float) and math.isnan(expected):
        return isinstance(actual, float) and math.isnan(actual)
    if isinstance(expected, _SETS):
        return isinstance(actual, _SETS) and len(actual) == len(expected) and _order_key(actual) == _order_key(expected)
    return bool(actual == expected)


def _same_entries(actual: Any, expected: Any, same: Callable[[Any, Any], bool]) -> bool:
    """Whether both dictionaries have the same keys, with values that are the same by a rule."""
    if not isinstance(actual, _DICTS) or len(actual) != len(expected):
        return False
    found, wanted = (
        sorted(((_order_key(key), item) for key, item in one.items()), key=itemgetter(0)) for one in (actual, expected)
    )
    return all(f[0] == w[0] and same(f[1], w[1]) for f, w in zip(found, wanted, strict=True))


def _float(actual: Any, expected: Any) -> bool:
    if isinstance(expected, (int, float)) and not isinstance(expected, bool):
        if not isinstance(actual, (int, float)) or isinstance(actual, bool):
            return False
        return _close(actual, expected)
    if isinstance(expected, complex):
        is_number = isinstance(actual, (int, float, complex)) and not isinstance(actual, bool)
        return is_number and all(map(_close, _parts(actual), _parts(expected)))
    if isinstance(expected, (list, tuple)):
        if not isinstance(actual, (list, tuple)) or len(actual) != len(expected):
            return False
        return all(_float(a, e) for a, e in zip(actual, expected, strict=True))
    if isinstance(expected, dict):
        return _same_entries(actual, expected, _float)
    return _exact(actual, expected)


def _parts(number: complex) -> tuple[float, float]:
    return number.real, number.imag


def _close(actual: float, expected: float) -> bool:
    if isinstance(expected, float) and math.isnan(expected):
        return isinstance(actual, float) and math.isnan(actual)
    try:
        return math.isclose(actual, expected, rel_tol=RELATIVE_TOLERANCE, abs_tol=ABSOLUTE_TOLERANCE)
    except OverflowError:  # an integer too large for a float
        return actual == expected


def _unordered(actual: Any, expected: Any) -> bool:
    if not isinstance(expected, (list, tuple)):
        return _exact(actual, expected)
    return _same_length(actual, expected) and sorted(map(_order_key, actual)) == sorted(map(_order_key, expected))


def _unordered_nested(actual: Any, expected: Any) -> bool:
    if not isinstance(expected, (list, tuple)):
        return _exact(actual, expected)
    return _same_length(actual, expected) and _sorted_deep(actual) == _sorted_deep(expected)


def _lines(actual: Any, expected: Any) -> bool:
    if not isinstance(actual, str) or not isinstance(expected, str):
        return _exact(actual, expected)
    return _stripped(actual) == _stripped(expected)


def _same_length(actual: Any, expected: Any) -> bool:
    return isinstance(actual, (list, tuple)) and len(actual) == len(expected)


def _order_key(value: Any) -> str:
    """A total order over plain data under which equal numbers fall together (1, 1.0 and True)."""
    if isinstance(value, (bool, float)) and math.isfinite(value) and value == int(value):
        value = int(value)
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__}({','.join(map(_order_key, value))})"
    if isinstance(value, (LinkedList, BinaryTree)):
        return f"{type(value).__name__}({','.join(map(_order_key, value.values))})"
    if isinstance(value, _SETS):
        return f"set({','.join(sorted(map(_order_key, value)))})"
    if isinstance(value, _DICTS):
        return f"dict({','.join(sorted(f'{_order_key(k)}:{_order_key(v)}' for k, v in value.items()))})"
    if isinstance(value, range):
        return f"range({','.join(map(_order_key, (value.start, value.stop, value.step)))})"
    return format(value, "x") if isinstance(value, int) else f"{type(value).__name__}:{value!r}"


def _sorted_deep(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{','.join(sorted(map(_sorted_deep, value)))}]"
    return _order_key(value)


def _stripped(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")]


_RULES: dict[Compare, Callable[[Any, Any], bool]] = {
    "exact": _exact,
    "float": _float,
    "unordered": _unordered,
    "unordered_nested": _unordered_nested,
    "lines": _lines,
}
