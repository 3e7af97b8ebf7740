"""Every kind of hidden test, at every level of isolation: what passes, what fails, and why."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from axiom.errors import ProblemError
from axiom.problems.hidden_tests import CallTest, hidden_test_from_json, hidden_test_to_json
from axiom.problems.problem import Limits, problem_from_json
from axiom.verification import testing
from axiom.verification.judge import Judge
from axiom.verification.verdict import Outcome, Verdict
from tests.levels import LEVELS


@pytest.fixture(scope="module", params=LEVELS)
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    with Judge(workers=2, isolation=request.param) as judge:
        yield judge


def judged(judge: Judge, source: str, *tests: dict[str, Any], entry_point: str = "f", **more: Any) -> Verdict:
    record = {"id": "t/kinds", "entry_point": entry_point, "statement": "x", "tests": tests, "limits": {"cpu_s": 2.0}}
    return judge.judge(problem_from_json(json.loads(json.dumps(record | more))), source)


def test_a_program_reads_its_input_in_every_usual_way(judge: Judge) -> None:
    test = {"stdin": "2\n3 4\n", "stdout": "2\n7\n"}
    for reading in (
        "n = int(input()); a, b = map(int, input().split())",
        "import sys; n, a, b = map(int, sys.stdin.read().split())",
        "import sys; n, a, b = map(int, sys.stdin.buffer.read().split())",
        "n, a, b = map(int, open(0).read().split())",
        "import sys; n, *rest = sys.stdin; n = int(n); a, b = map(int, rest[0].split())",
    ):
        verdict = judged(judge, f"{reading}\nprint(n)\nprint(a + b)\n", test)
        assert verdict.passed, (reading, verdict)


def test_a_program_under_its_main_guard_that_exits_with_0_passes(judge: Judge) -> None:
    source = "import sys\nif __name__ == '__main__':\n    print('yes')\n    sys.exit(0)\n"
    assert judged(judge, source, {"stdin": "", "stdout": "yes"}).passed


def test_each_input_meets_a_fresh_process_and_a_long_one_arrives_whole(judge: Judge) -> None:
    source = "import sys\nx = sys.stdin.read()\nprint(len(x), x[-1:])\n"
    long = "a" * 300_000 + "b"
    assert judged(judge, source, {"stdin": long, "stdout": "300001 b"}, {"stdin": "c", "stdout": "1 c"}).passed


def test_the_wall_limit_is_over_all_inputs(judge: Judge) -> None:
    test = {"stdin": "", "stdout": "yes"}
    source = "import time\ntime.sleep(0.4)\nprint('yes')\n"
    verdict = judged(judge, source, *[test] * 6, limits={"cpu_s": 1.0, "wall_s": 1.0})
    assert verdict.outcome is Outcome.time_limit
    assert 1 <= verdict.passed_tests <= 3
    assert judged(judge, source, *[test] * 2, limits={"cpu_s": 1.0, "wall_s": 4.0}).passed


def test_an_input_s_limit_ends_a_program_that_the_sum_would_let_go_on(judge: Judge) -> None:
    tests = [{"stdin": str(n), "stdout": "1"} for n in range(9)]
    limits = {"cpu_s": 60.0, "input_cpu_s": 0.3}
    busy = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end:\n    pass\nprint(1)\n"
    assert judged(judge, busy.format(0.1), *tests, limits=limits).passed
    verdict = judged(judge, busy.format(50), *tests, limits=limits)
    assert (verdict.outcome, verdict.message) == (Outcome.time_limit, "test 0: used more than 0.3 s of CPU")


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("print(input())", Outcome.wrong_answer),
        ("import sys\nprint('yes')\nsys.exit(3)", Outcome.runtime_error),
        ("print(1 // 0)", Outcome.runtime_error),
        ("import os\nprint('yes')\nos._exit(0)", Outcome.runtime_error),
        ("while True:\n    pass", Outcome.time_limit),
        ("print('yes'", Outcome.syntax_error),
        ("while True:\n    print('yes' * 1000)", Outcome.output_limit),
    ],
)
def test_a_program_that_does_not_print_what_is_expected_fails(judge: Judge, source: str, outcome: Outcome) -> None:
    assert judged(judge, source, {"stdin": "no\n", "stdout": "yes\n"}).outcome is outcome


STACK = {
    "methods": ["Stack", "push", "push", "pop", "peek"],
    "arguments": [[], [1], [2], [], []],
    "expected": [None, None, None, 2, 1],
}


def test_a_class_is_driven_through_its_methods(judge: Judge) -> None:
    right = (
        "class Stack:\n    def __init__(self):\n        self.x = []\n    def push(self, v):\n        self.x.append(v)\n"
        "    def pop(self):\n        return self.x.pop()\n    def peek(self):\n        return self.x[-1]\n"
    )
    assert judged(judge, right, STACK, STACK, entry_point="Stack").passed
    wrong = judged(judge, right.replace("pop()\n", "pop(0)\n"), STACK, entry_point="Stack")
    assert wrong.outcome is Outcome.wrong_answer
    assert wrong.message == "test 0: step 3, pop: returned 1"
    for other in (
        "Stack = _Stack",
        "import functools\nStack = functools.partial(_Stack)",
        "def Stack(): return _Stack()",
    ):
        assert judged(judge, f"{right.replace('Stack', '_Stack')}{other}\n", STACK, STACK, entry_point="Stack").passed
    missing = judged(judge, right.replace("def peek", "def look"), STACK, entry_point="Stack")
    assert missing.outcome is Outcome.runtime_error


CHECK = "def check(candidate):\n    for n in range(5):\n        assert candidate(n) == n * n, n\n"


@pytest.mark.parametrize("name", ["IOError", "EnvironmentError", "socket.error", "OSError"])
def test_an_exception_may_be_expected_by_any_of_its_names(judge: Judge, name: str) -> None:
    assert judged(judge, "def f():\n    open('/nowhere')\n", {"args": [], "raises": name}).passed
    assert hidden_test_from_json({"args": [], "raises": name}, "x") == CallTest((), raises="OSError")


def test_a_prelude_runs_before_the_program_and_may_be_hidden_by_it(judge: Judge) -> None:
    prelude = "import math\ndef twice(n):\n    return 2 * n\n"
    test = {"args": [3], "expected": 6}
    assert judged(judge, "def f(n):\n    return math.floor(twice(n))\n", test, prelude=prelude).passed
    own = "def twice(n):\n    return n + n + 1\ndef f(n):\n    return twice(n)\n"
    assert judged(judge, own, test, prelude=prelude).message == "test 0: returned 7"
    assert judged(judge, "print(twice(int(input())))\n", {"stdin": "3", "stdout": "6"}, prelude=prelude).passed


def test_an_entry_point_is_the_programs_own_and_not_the_preludes(judge: Judge) -> None:
    test, prelude = {"args": [12, 18], "expected": 6}, "from math import *\n"
    missing = judged(judge, "x = 1\n", test, entry_point="gcd", prelude=prelude)
    assert (missing.outcome, missing.passed_tests) == (Outcome.runtime_error, 0)
    method = "class Solution:\n    def gcd(self, a, b):\n        return a if b == 0 else self.gcd(b, fmod(a, b))\n"
    assert judged(judge, method, test, entry_point="gcd", prelude=prelude).passed


def test_a_checker_accepts_any_right_result_and_runs_apart_from_the_program(judge: Judge) -> None:
    checker = "def checker(args, expected, actual):\n    return actual in args[0] and actual % 2 == 0\n"
    tests = [{"args": [[1, 2, 4]], "expected": 2}, {"args": [[6, 7]], "expected": 6}]
    assert judged(judge, "def f(x):\n    return [v for v in x if v % 2 == 0][-1]\n", *tests, checker=checker).passed
    odd = judged(judge, "def f(x):\n    return x[0]\n", *tests, checker=checker)
    assert odd.message == "test 0: returned 1, which the checker refuses"
    text = judged(judge, "def f(x):\n    return 'a'\n", *tests, checker=checker.replace("in args[0]", "!= 9"))
    assert text.outcome is Outcome.wrong_answer
    assert "TypeError" in text.message
    sly = "class Yes(int):\n    def __mod__(self, other):\n        return 0\ndef f(x):\n    return Yes(x[0])\n"
    assert judged(judge, sly, *tests, checker=checker).outcome is Outcome.wrong_answer
    truthy = "def checker(args, expected, actual):\n    return actual\n"
    assert judged(judge, "def f(x):\n    return 1\n", *tests, checker=truthy).outcome is Outcome.wrong_answer
    broken = judged(judge, "def f(x):\n    return 1\n", *tests, checker=f"{checker}\n1 / 0\n")
    assert broken.outcome is Outcome.internal_error


def test_a_generator_is_a_list_where_the_comparison_asks_for_one(judge: Judge) -> None:
    test = {"args": [[2, 1]], "expected": [1, 2]}
    for source in ("def f(x):\n    yield from x\n", "def f(x):\n    return map(int, x)\n"):
        assert judged(judge, source, test | {"compare": "unordered"}).passed
        assert judged(judge, source, test | {"compare": "unordered_nested"}).passed
        assert judged(judge, source, test).outcome is Outcome.wrong_answer
    driven = {"methods": ["S", "get"], "arguments": [[], []], "expected": [None, [1, 2]], "compare": "unordered"}
    assert judged(judge, "class S:\n    def get(self):\n        yield from (2, 1)\n", driven, entry_point="S").passed
    fails = judged(judge, "def f(x):\n    yield 1\n    1 // 0\n", test | {"compare": "unordered"})
    assert fails.outcome is Outcome.runtime_error
    views = "def f(x):\n    return dict(enumerate(x)).values()\n"
    assert judged(judge, views, test | {"compare": "unordered"}).passed
    assert judged(judge, views, test).outcome is Outcome.wrong_answer
    checker = "def checker(args, expected, actual):\n    return sorted(actual) == expected\n"
    assert judged(judge, views, test, checker=checker).passed


def test_the_lines_of_a_class_are_compared_beside_what_returns_nothing(judge: Judge) -> None:
    driven = {"methods": ["S", "set", "get"], "arguments": [[], ["a"], []], "compare": "lines"}
    source = "class S:\n    def set(self, x):\n        self.x = x + ' \\n'\n    def get(self):\n        return self.x\n"
    assert judged(judge, source, driven | {"expected": [None, None, "a"]}, entry_point="S").passed
    assert not judged(judge, source, driven | {"expected": [None, None, "b"]}, entry_point="S").passed


def test_a_byte_order_mark_is_no_part_of_a_program(judge: Judge) -> None:
    assert judged(judge, "\ufeffdef f(x):\n    return x\n", {"args": [1], "expected": 1}).passed
    assert judged(judge, "\ufeffprint(input())\n", {"stdin": "1", "stdout": "1"}).passed


def test_a_result_as_deep_as_may_be_reaches_the_checker(judge: Judge) -> None:
    checker = "def checker(args, expected, actual):\n    return actual != [] and args == [200]\n"
    source = "def f(n):\n    x = []\n    for _ in range(n):\n        x = [x]\n    return x\n"
    assert judged(judge, source, {"args": [200], "expected": 0}, checker=checker).passed
    verdict = judged(judge, source.replace("(n):\n    x", "(n):\n    n += 1\n    x"), {"args": [200], "expected": 0},
                     checker=checker)  # fmt: skip
    assert verdict.outcome is Outcome.wrong_answer


def test_a_checker_may_take_its_limit_in_each_call_and_the_program_does_not_pay_for_it(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(testing, "_CHECKER_LIMITS", Limits(cpu_s=0.5, wall_s=20.0))
    checker = "import time\ndef checker(args, expected, actual):\n    end = time.process_time() + {}\n"
    checker += "    while time.process_time() < end:\n        pass\n    return True\n"
    tests = [{"args": [], "expected": 1}] * 3
    limits = {"cpu_s": 0.2, "wall_s": 0.6}
    assert judged(judge, "def f():\n    return 1\n", *tests, checker=checker.format(0.3), limits=limits).passed
    slow = judged(judge, "def f():\n    return 1\n", *tests, checker=checker.format(9.0), limits=limits)
    assert slow.message == "test 0: returned 1, which the checker refuses (used more than 0.5 s of CPU)"


def test_a_check_that_ran_out_of_time_on_the_wall_is_judged_again(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(testing, "_CHECKER_LIMITS", Limits(cpu_s=5.0, wall_s=2.0))
    finish, finished = testing.Testing.finish, []

    def counted(one: testing.Testing) -> Verdict:
        finished.append(one)
        return finish(one)

    monkeypatch.setattr(testing.Testing, "finish", counted)
    sleeping = {"check": "import time\ndef check(candidate):\n    time.sleep(20)\n"}
    assert judged(judge, "def f():\n    return 1\n", sleeping).outcome is Outcome.wrong_answer
    assert len(set(map(id, finished))) == 2


def test_long_lists_cost_a_program_little_more_than_its_own_work(judge: Judge) -> None:
    tests = [{"args": [list(range(100_000))], "expected": 100_000}] * 16
    assert judged(judge, "def f(x):\n    return len(x)\n", *tests).cpu_s < 0.8


def test_what_a_call_leaves_in_its_arguments_is_compared(judge: Judge) -> None:
    test = {"args": [[3, 1, 2]], "expected_args": [[1, 2, 3]]}
    assert judged(judge, "def f(x):\n    x.sort()\n", test).passed
    assert judged(judge, "def f(x):\n    x.sort()\n    return x\n", test).passed
    copied = judged(judge, "def f(x):\n    return sorted(x)\n", test)
    assert copied.message == "test 0: its arguments after the call: returned [[3, 1, 2]]"
    counted = test | {"expected": 3}
    assert judged(judge, "def f(x):\n    x.sort()\n    return len(x)\n", counted).passed
    assert judged(judge, "def f(x):\n    x.sort()\n", counted).message == "test 0: returned None"
    nodes = {"args": [{"$list_node": [1, 2, 3]}], "expected_args": [{"$list_node": [1, 3]}]}
    assert judged(judge, "def f(head):\n    head.next = head.next.next\n", nodes).passed
    refused = judged(judge, "def f(x):\n    x.append(f)\n", test)
    assert refused.outcome is Outcome.wrong_answer


def test_linked_lists_and_trees_cross_both_ways(judge: Judge) -> None:
    flip = (
        "class Solution:\n    def f(self, head):\n        last = None\n        while head:\n"
        "            head.next, last, head = last, head, head.next\n        return last\n"
    )
    tests = (
        {"args": [{"$list_node": [1, 2, 3]}], "expected": {"$list_node": [3, 2, 1]}},
        {"args": [{"$list_node": []}], "expected": {"$list_node": []}},
    )
    assert judged(judge, flip, *tests).passed
    own = "class ListNode:\n    def __init__(self, val=0, next=None):\n        self.val, self.next = val, next\n"
    assert judged(judge, own + flip, *tests).passed
    for arguments in ("x", "x, next", "val, next=None"):
        value = arguments.partition(",")[0]
        own = f"class ListNode(object):\n    def __init__(self, {arguments}):\n        self.val = {value}\n"
        assert judged(judge, f"{own}        self.next = None\n{flip}", *tests).passed
    broken = judged(judge, f"class ListNode:\n    pass\n{flip}", *tests)
    assert broken.outcome is Outcome.runtime_error
    assert "ListNode() takes no arguments" in broken.message
    mirror = (
        "def f(root):\n    if root:\n        root.left, root.right = f(root.right), f(root.left)\n    return root\n"
    )
    tree = {"args": [{"$tree_node": [1, 2, 3, None, 4]}], "expected": {"$tree_node": [1, 3, 2, None, None, 4]}}
    assert judged(judge, mirror, tree).passed
    for arguments in ("val", "val, left, right"):
        own = f"class TreeNode:\n    def __init__(self, {arguments}):\n        self.val = val\n"
        assert judged(judge, f"{own}        self.left = self.right = None\n{mirror}", tree).passed
    same = judged(judge, "def f(root):\n    return root\n", tree)
    assert same.outcome is Outcome.wrong_answer
    assert same.message == "test 0: returned TreeNode(1, TreeNode(2, None, TreeNode(4)), TreeNode(3))"
    assert judged(judge, "def f(head):\n    return head\n", tests[0]).message == (
        "test 0: returned ListNode(1, ListNode(2, ListNode(3)))"
    )
    endless = "def f(head):\n    head.next = head\n    return head\n"
    assert judged(judge, endless, tests[0]).outcome in (Outcome.wrong_answer, Outcome.memory_limit)


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ({"stdin": "1"}, "field 'tests[0].stdout': expected a string, got None"),
        ({"stdin": 1, "stdout": ""}, "field 'tests[0].stdin': expected a string, got 1"),
        ({"check": "x", "timeout": "y"}, "field 'tests[0].timeout' is unknown; expected check"),
        ({"methods": ["A"], "arguments": [[]], "expected": []}, "field 'tests[0].expected': expected a list"),
        ({"methods": [1], "arguments": [[]], "expected": [1]}, "'methods' holds names"),
        ({"args": [{"$tre": []}], "expected": 1}, "unknown tagged value '$tre'"),
    ],
)
def test_a_malformed_test_names_its_field(test: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError) as error:
        hidden_test_from_json(test, "tests[0]")
    assert message in str(error.value)


@pytest.mark.parametrize(
    "test",
    [
        STACK,
        {"stdin": "a", "stdout": "b"},
        {"check": CHECK},
        {"args": [[2, 1]], "expected_args": [[1, 2]]},
        {"args": [[2, 1]], "expected": 2, "expected_args": [[1, 2]], "compare": "unordered"},
        {"args": [{"$list_node": [1]}], "kwargs": {"k": {"$tuple": [1]}}, "expected": 2.5, "compare": "float"},
        {"args": [], "raises": "ValueError"},
    ],
)
def test_a_test_survives_its_json(test: dict[str, Any]) -> None:
    assert hidden_test_to_json(hidden_test_from_json(test, "x")) == test
