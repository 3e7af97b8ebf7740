"""Each rule of comparison against a table made by hand."""

import math
from typing import Any

import pytest

from axiom.problems.hidden_tests import Compare
from axiom.sandbox.values import LinkedList, UnhashedSet, decode
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
    ("exact", math.nan, math.nan, True),
    ("exact", [float("nan")], [math.nan], True),
    ("exact", {"a": (math.nan,)}, {"a": (math.nan,)}, True),
    ("exact", [{float("nan"), 1}], [{math.nan, 1}], True),
    ("exact", 0.0, math.nan, False),
    ("exact", math.nan, 0.0, False),
    ("exact", "nan", math.nan, False),
    ("exact", -0.0, 0.0, True),
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
    ("unordered", [1, 2], {1, 2}, False),
    ("unordered", {2, 1}, {1, 2}, True),
    ("unordered", {"a": [1]}, {"a": [1]}, True),
    ("unordered", 2, 1, False),
    ("unordered_nested", {2, 1}, {1, 2}, True),
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
    ("lines", None, None, True),
    ("lines", None, "", False),
    ("lines", "", "\n\n", True),
]


_SENT: list[tuple[Compare, Any, Any, bool]] = [
    ("exact", {"$set": [2, 1.0]}, {1, 2}, True),
    ("exact", {"$set": [True]}, {1.0}, True),
    ("exact", {"$set": [0.0]}, {-0.0}, True),
    ("exact", {"$set": [1, 1]}, {1, 2}, False),
    ("exact", {"$set": [1, 1]}, {1}, False),
    ("exact", {"$set": ["1"]}, {1}, False),
    ("exact", {"$set": [[1]]}, {(1,)}, False),
    ("exact", [1], {1}, False),
    ("exact", {"$set": []}, set(), True),
    ("exact", {"$set": [{"$set": [1, 2]}]}, {frozenset({2, 1})}, True),
    ("exact", {"$set": [{"$tuple": [1, "a"]}, {"$tuple": [2, "b"]}]}, {(2, "b"), (1.0, "a")}, True),
    ("exact", [{"$tuple": [{"$set": [1]}, {"a": {"$set": [2]}}]}], [({1}, {"a": {2}})], True),
    ("exact", [{"$tuple": [{"$set": [1]}, {"a": {"$set": [2]}}]}], [({1}, {"a": {3}})], False),
    ("exact", {"$dict": [[1, "a"], [{"$tuple": [2]}, {"$set": [3]}]]}, {(2.0,): {3}, 1: "a"}, True),
    ("exact", {"$dict": [[1, "a"], [1, "b"]]}, {1: "b"}, False),
    ("exact", {"$dict": [[1, "a"], [1, "b"]]}, {1: "b", 2: "a"}, False),
    ("exact", {"$dict": [["a", 1]]}, {"a": 1}, True),
    ("exact", {"$dict": [[1, 2]]}, {1: 3}, False),
    ("exact", {"$list_node": [{"$set": [1]}]}, LinkedList(({1},)), True),
    ("exact", {"$tree_node": [1, 2]}, LinkedList((1, 2)), False),
    ("float", {"$dict": [[1, 0.3]]}, {1.0: 0.1 + 0.2}, True),
    ("float", [{"$set": [1]}], [{1}], True),
    ("unordered", {"$set": [2, 1]}, {1, 2}, True),
    ("unordered", [{"$set": [2, 1]}, {"$dict": [[2, 1]]}], [{2: 1}, {1, 2}], True),
    ("unordered", [{"$list_node": [1]}], [LinkedList((1.0,))], True),
]


@pytest.mark.parametrize(("compare", "encoded", "expected", "verdict"), _SENT, ids=range(len(_SENT)))
def test_what_a_program_sent_is_compared_as_the_sets_and_dictionaries_that_it_stands_for(
    compare: Compare, encoded: Any, expected: Any, verdict: bool
) -> None:
    assert matches(decode(encoded, sets=UnhashedSet), expected, compare) is verdict


@pytest.mark.parametrize(("compare", "actual", "expected", "verdict"), _TABLE, ids=range(len(_TABLE)))
def test_a_result_is_accepted_as_the_rule_says(compare: Compare, actual: Any, expected: Any, verdict: bool) -> None:
    assert matches(actual, expected, compare) is verdict


def test_complex_numbers_are_close_in_both_parts_and_ranges_equal_by_what_they_hold() -> None:
    assert matches(1 + 1e-12j, 1 + 0j, "float")
    assert matches(1, 1 + 0j, "float")
    assert not matches(1 + 0.1j, 1 + 0j, "float")
    assert not matches("1", 1 + 0j, "float")
    assert not matches(True, 1 + 0j, "float")
    assert matches(range(0, 3, 2), range(0, 4, 2), "exact")
    assert not matches([0, 2], range(0, 4, 2), "exact")
    assert matches([1j, range(2)], [range(2), 1j], "unordered")
