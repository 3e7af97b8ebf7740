"""Mutants differ from their program in one place, and only where it can matter."""

import ast
import re

import pytest

from axiom.problems.mutants import mutants

SOURCE = '''def f(values: list[int], least=1):
    """Doc."""
    total = 0
    for value in values:
        if value < least and not value:
            break
        total += -value
    return max(total, 3)
'''


def changed(source: str) -> list[str]:
    return [re.sub(r":\d+ ", ": ", mutant.what) for mutant in mutants(source)]


def test_each_place_is_changed_in_each_way() -> None:
    assert changed(SOURCE) == [
        "1: 1 made 2", "1: 1 made 0", "3: 0 made 1", "3: 0 made -1",
        "5: condition turned round", "5: And made Or", "5: Lt made LtE", "5: Lt made Gt",
        "5: sign or not removed", "6: break swapped", "7: Add made Sub", "7: sign or not removed",
        "8: returns None", "8: max made min", "8: 3 made 4", "8: 3 made 2",
    ]  # fmt: skip


def test_a_change_tells_its_line_and_column() -> None:
    assert next(mutants("x = [1, 2 + y]")).what == "1:5 1 made 2"


def test_every_mutant_is_another_program_that_parses() -> None:
    texts = [mutant.source for mutant in mutants(SOURCE)]
    assert len(set(texts)) == len(texts)
    assert ast.unparse(ast.parse(SOURCE)) not in texts
    for text in texts:
        compile(text, "<mutant>", "exec")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = a.lstrip()", "x = a.rstrip()"),
        ("x = 'a'", "x = 'a#'"),
        ("x = True", "x = False"),
        ("x = 1.5", "x = 2.5"),
        ("x = a is None", "x = a is not None"),
        ("x = a ** b", "x = a * b"),
    ],
)
def test_one_change(line: str, expected: str) -> None:
    assert [mutant.source for mutant in mutants(line)] == [expected]


def test_annotations_and_docstrings_are_left_alone() -> None:
    assert changed('def f(a: "x" = None) -> "y":\n    "doc"\n    b: int\n') == []
