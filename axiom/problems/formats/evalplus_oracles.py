"""When EvalPlus takes a result (``evalplus/eval`` of version 0.3.1), said as a problem's checker.

Where a record names a tolerance, or the expected result is a float or a list or tuple of floats (1e-6 then), a result
of the expected one's type may be off by that plus 1e-7 of the expected number. Some tasks have a rule of their own.
(The release counts no root that ``find_zero`` finds, which the repository has since mended; here it counts.)

Stricter than EvalPlus: the tolerance that floats bring is for them alone, where EvalPlus goes on with it; lists in
lists must have the same lengths, which NumPy would stretch; and a result that is no plain data is refused before it is
compared: an iterator where sets are, and a match of ``re`` where only None is told from the rest. More lenient: nan
matches nan, and an instance of a subclass is of its base type, NumPy's float a float.
"""

from collections.abc import Iterable
from typing import Any

_FLOATS_TOLERANCE = 1e-6
# The difference is taken first: it raises, which refuses, where one side is no number.
_SAME = """
def near(actual, expected, tolerance):
    if isinstance(expected, (list, tuple)):
        alike = isinstance(actual, (list, tuple)) and len(actual) == len(expected)
        return alike and all(near(a, e, tolerance) for a, e in zip(actual, expected))
    difference = abs(actual - expected)
    if actual != actual or expected != expected:
        return actual != actual and expected != expected
    return actual == expected or difference <= tolerance + 1e-7 * abs(expected) < float("inf")
def are_floats(value):
    items = value if isinstance(value, (list, tuple)) else [value]
    return bool(items) and all(isinstance(item, float) for item in items)
def same(actual, expected):
    tolerance = ATOL or (FLOATS_TOLERANCE if are_floats(expected) else 0)
    if actual == expected or not tolerance:
        return actual == expected
    return type(actual) is type(expected) and near(actual, expected, tolerance)
"""
_PLAIN = """
def checker(args, expected, actual):
    return same(actual, expected)
"""
_ANYTHING = """
def checker(args, expected, actual):
    return True
"""
_OR_ZERO = """
def checker(args, expected, actual):
    return actual == 0 or same(actual, expected)
"""
_SAME_SET = """
def checker(args, expected, actual):
    return set(actual) == set(expected) or same(actual, expected)
"""
_MATCHED = """
def checker(args, expected, actual):
    return (actual if isinstance(actual, bool) else actual is not None) == expected
"""
_ROOT = """
def checker(args, expected, actual):
    value = 0
    for coefficient in reversed(args[0]):
        value = value * actual + coefficient
    return abs(value) <= ATOL
"""
# The second number is the height of the pyramid here, and the canonical solution's the height of its sides.
_PYRAMID = """
import math
def checker(args, expected, actual):
    base, height = args
    area = base * base + 2 * base * math.hypot(base / 2, height)
    return same(actual, expected) or abs(actual - round(area)) <= ATOL
"""
# The shorter number is filled up with zeros; the canonical solution adds up the digits of the difference.
_DIGITS = """
from itertools import zip_longest
def checker(args, expected, actual):
    digits = zip_longest(*(reversed(str(number)) for number in args), fillvalue="0")
    return same(actual, expected) or actual == sum(abs(int(one) - int(other)) for one, other in digits)
"""
_SETS = (
    "similar_elements",
    "find_char_long",
    "common_in_nested_lists",
    "extract_singly",
    "larg_nnum",
    "intersection_array",
    "find_dissimilar",
    "Diff",
)
_MATCHES = ("check_str", "text_match_three", "text_starta_endb")
_CHECKERS = {
    ("humaneval", "find_zero"): _ROOT,
    ("mbpp", "are_equivalent"): _ANYTHING,
    ("mbpp", "sum_div"): _OR_ZERO,
    ("mbpp", "surface_Area"): _PYRAMID,
    ("mbpp", "digit_distance_nums"): _DIGITS,
    **{("mbpp", name): _SAME_SET for name in _SETS},
    **{("mbpp", name): _MATCHED for name in _MATCHES},
}


def checker_of(dataset: str, name: str, *, atol: float, results: Iterable[Any]) -> str:
    """The checker of a task; empty where Python's ``==`` is the rule for all its results.

    Args:
        dataset: ``humaneval`` or ``mbpp``.
        name: the entry point.
        atol: the record's tolerance.
        results: what the tests expect.
    """
    own = _CHECKERS.get((dataset, name))
    if own is None and not atol and not any(map(_are_floats, results)):
        return ""
    return f"ATOL, FLOATS_TOLERANCE = {float(atol)!r}, {_FLOATS_TOLERANCE!r}\n{_SAME}{own or _PLAIN}"


def _are_floats(value: Any) -> bool:
    items = value if isinstance(value, (list, tuple)) else [value]
    return bool(items) and all(isinstance(item, float) for item in items)


def observable(reference: str, dataset: str, name: str) -> str:
    """The canonical solution, returning what its tests look at: of a match of ``re``, whether it is one."""
    if dataset != "mbpp" or name not in _MATCHES:
        return reference
    return f"{reference}\n_found = {name}\ndef {name}(*args):\n    return _found(*args) is not None\n"
