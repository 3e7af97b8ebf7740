"""Each rule of comparison against a table made by hand."""

import math
from typing import Any

import pytest

from axiom.problems.hidden_tests import Compare
from axiom.verification.comparison import matches

_TABLE: list[tuple[Compare, Any, Any, bool]] = [
    ("exact", 1, 1, True),
    ("exact", 1, 1.0, True),
    ("exact", True, 1, True),
    ("exact", "1", 1, False),
    ("exact", None, 0, False),
    ("exact", [1, 2], (1, 2), False),
    ("exact", [1, 2], [2, 1], False),
    ("exact", {1, 2}, {2, 1}, True),
    ("exact", {"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
    ("exact", 0.1 + 0.2, 0.3, False),
    ("exact", 10**5000, 10**5000, True),
    ("float", 0.1 + 0.2, 0.3, True),
    ("float", 1.000001, 1.0, True),
    ("float", 1.00001, 1.0, False),
    ("float", 1e-10, 0.0, True),
    ("float", 1e-8, 0.0, False),
    ("float", 2, 2.0, True),
    ("float", True, 1.0, False),
    ("float", "1.0", 1.0, False),
    ("float", math.nan, math.nan, True),
    ("float", 0.0, math.nan, False),
    ("float", math.inf, math.inf, True),
    ("float", -math.inf, math.inf, False),
    ("float", 10**400, 10**400, True),
    ("float", 10**400, 1.0, False),
    ("float", [0.1 + 0.2, [1.0]], (0.3, (1.0,)), True),
    ("float", [0.3], [0.3, 0.3], False),
    ("float", 0.3, [0.3], False),
    ("float", {"a": 0.1 + 0.2}, {"a": 0.3}, True),
    ("float", {"b": 0.3}, {"a": 0.3}, False),
    ("float", [("a", 0.1 + 0.2)], [("a", 0.3)], True),
    ("float", "a", "b", False),
    ("float", True, True, True),
    ("unordered", [3, 1, 2], [1, 2, 3], True),
    ("unordered", (2, 1), [1, 2], True),
    ("unordered", [1, 1, 2], [1, 2, 2], False),
    ("unordered", [1, 2], [1, 2, 2], False),
    ("unordered", [1.0, True], [1, 1], True),
    ("unordered", ["1"], [1], False),
    ("unordered", [[2, 1]], [[1, 2]], False),
    ("unordered", [[3], [1, 2]], [[1, 2], [3]], True),
    ("unordered", [None, "a", 1], [1, None, "a"], True),
    ("unordered", [{"a": 1}, {"b": 2}], [{"b": 2}, {"a": 1}], True),
    ("unordered", [{1, 2}, {3}], [{3}, {2, 1}], True),
    ("unordered", "ab", ["a", "b"], False),
    ("unordered", {1, 2}, [1, 2], False),
    ("unordered", [10**5000, 1], [1, 10**5000], True),
    ("unordered_nested", [[2, 1], [3]], [[3], [1, 2]], True),
    ("unordered_nested", [(2, 1)], [[1, 2]], True),
    ("unordered_nested", [[1, 1]], [[1, 2]], False),
    ("unordered_nested", [[1], [2]], [[1, 2], []], False),
    ("unordered_nested", [1], [[1]], False),
    ("lines", "a \nb\n", "a\nb", True),
    ("lines", "a\r\nb", "a\nb", True),
    ("lines", " a", "a", False),
    ("lines", "a\n\nb", "a\nb", False),
    ("lines", "b\na", "a\nb", False),
    ("lines", ["a"], "a", False),
    ("lines", "", "\n\n", True),
]


@pytest.mark.parametrize(("compare", "actual", "expected", "verdict"), _TABLE, ids=range(len(_TABLE)))
def test_a_result_is_accepted_as_the_rule_says(compare: Compare, actual: Any, expected: Any, verdict: bool) -> None:
    assert matches(actual, expected, compare) is verdict
