"""MBPP (Austin et al. 2021, arXiv 2108.07732; CC-BY-4.0): the released JSONL, the sanitised file, or the hub's rows.

Its assertions become calls where they only compare literals, and otherwise stay code. All of them are hidden here; the
paper's prompt shows them to the model, and this one names the function and its parameters instead.
"""

import ast
from collections.abc import Mapping
from typing import Any

from axiom.problems.assertions import calls_of_assertions
from axiom.problems.formats.starters import starter_of
from axiom.problems.hidden_tests import CheckTest, HiddenTest
from axiom.problems.problem import Limits, Problem

_LIMITS = Limits(cpu_s=3.0, wall_s=30.0, memory_bytes=1024**3)


def mbpp_problem(record: Mapping[str, Any]) -> Problem:
    """The problem of one record.

    Args:
        record: ``task_id``, ``text`` (``prompt`` in the sanitised file), ``code``, ``test_list``, and where there are
            any ``challenge_test_list``, ``test_setup_code`` or ``test_imports``.

    Raises:
        KeyError, SyntaxError, TypeError, ValueError: if it is not such a record.
    """
    code = record["code"].replace("\r\n", "\n")
    assertions = [*record["test_list"], *record.get("challenge_test_list", [])]
    setup = record.get("test_setup_code") or "\n".join(record.get("test_imports", []))
    name = tested_function(assertions[0], code)
    return Problem(
        id=f"mbpp/{record['task_id']}",
        entry_point=name,
        statement=record["text"] if "text" in record else record["prompt"],
        starter=starter_of(code, name),
        tests=tests_of(assertions, setup, name=name),
        limits=_LIMITS,
        source="mbpp",
        reference=code,
    )


def tested_function(assertion: str, code: str) -> str:
    """The function of the code that an assertion calls.

    Raises:
        ValueError: if it calls none of them.
    """
    defined = [node.name for node in ast.walk(ast.parse(code)) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    for node in ast.walk(ast.parse(assertion.strip())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in defined:
            return node.func.id
    raise ValueError(f"the assertion {assertion.strip()!r} calls no function of the record's code")


def tests_of(assertions: list[str], setup: str, *, name: str) -> tuple[HiddenTest, ...]:
    """Assertions as calls where all of them only compare literals, else as one check after their setup."""
    tree = ast.parse("\n".join(assertion.strip() for assertion in assertions))
    if not setup.strip():
        try:
            return calls_of_assertions(tree.body, name=name)
        except ValueError:
            pass
    body = "\n".join(f"    {line}" for line in ast.unparse(tree).splitlines())
    return (CheckTest(f"{setup.strip()}\ndef check(candidate):\n    global {name}\n    {name} = candidate\n{body}\n"),)
