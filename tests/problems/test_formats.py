"""Published formats: a record of each becomes a problem that its own reference passes and a wrong program fails."""

import base64
import json
import pickle
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from axiom.errors import ProblemError
from axiom.problems.formats import FORMATS, format_of, reader
from axiom.problems.hidden_tests import CallTest, CheckTest, ProgramTest
from axiom.problems.humaneval import humaneval_problem, humaneval_records
from axiom.problems.problem import Problem, problem_from_json, problem_to_json
from axiom.verification.judge import Judge

DOUBLE = "def double(n):\n    return 2 * n\n"
MBPP = {
    "task_id": 901,
    "text": "Write a function to double a number.",
    "code": "def helper(n):\r\n    return n + n\r\ndef double(n):\r\n    return helper(n)",
    "test_list": ["assert double(2) == 4", "assert double(-1) == -2"],
    "challenge_test_list": ["assert double(0) == 0"],
    "test_setup_code": "",
}
MBPP_CODE = MBPP | {
    "code": "def root(n):\n    return n ** 0.5",
    "test_list": ["assert math.isclose(root(2), 1.41421356, rel_tol=1e-6)"],
    "challenge_test_list": [],
    "test_setup_code": "import math",
}
APPS_CALLS = {
    "problem_id": 7,
    "question": "Double a number.",
    "solutions": json.dumps([DOUBLE]),
    "input_output": json.dumps({"fn_name": "double", "inputs": [[2], [5]], "outputs": [[4], [10]]}),
    "difficulty": "introductory",
    "starter_code": "def double(n):\n\t",
}
APPS_PROGRAM = APPS_CALLS | {
    "solutions": json.dumps(["print(2 * int(input()))"]),
    "input_output": json.dumps({"inputs": ["2\n", ["5"]], "outputs": ["4\n", ["10"]]}),
    "starter_code": "",
}
LCB_CASES = [{"input": "3\n", "output": "6\n", "testtype": "stdin"}]
LCB = {
    "question_id": "abc_a",
    "question_content": "Print the double.",
    "public_test_cases": json.dumps([{"input": "1\n", "output": "2\n", "testtype": "stdin"}]),
    "private_test_cases": base64.b64encode(zlib.compress(pickle.dumps(json.dumps(LCB_CASES)))).decode(),
    "metadata": "{}",
    "difficulty": "easy",
    "platform": "atcoder",
    "starter_code": "",
}
LCB_CALLS = LCB | {
    "public_test_cases": json.dumps([{"input": '[1, 2]\n"a"', "output": "2", "testtype": "functional"}]),
    "private_test_cases": "[]",
    "metadata": json.dumps({"func_name": "countThem"}),
    "starter_code": "class Solution:\n    def countThem(self, nums: List[int], word: str) -> int:\n        ",
}
CONTESTS = {
    "name": "1_A. Doubling",
    "description": "Print the double.\n",
    "public_tests": {"input": ["1\n"], "output": ["2\n"]},
    "private_tests": {"input": ["2\n"], "output": ["4\n"]},
    "generated_tests": {"input": ["7\n"], "output": ["14\n"]},
    "solutions": {"language": [2, 3], "solution": ["int main(){}", "print(2 * int(input()))"]},
    "time_limit": {"seconds": 1, "nanos": 500_000_000},
    "memory_limit_bytes": 256_000_000,
    "cf_tags": ["math", ""],
}
EVALPLUS = {
    "task_id": "Mbpp/901",
    "prompt": '"""\nReturn sorted pairs.\nassert sort_pairs([(2, 1), (1, 5)]) == [(1, 5), (2, 1)]\n"""\n',
    "entry_point": "sort_pairs",
    "canonical_solution": "\ndef sort_pairs(pairs):\n    assert pairs != [(9, 9)]\n    return sorted(pairs)\n",
    "base_input": [[[[2, 1], [1, 5]]]],
    "plus_input": [[[]], [[[9, 9]]], [[[3, 3], [3, 2]]]],
    "atol": 0,
}


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(workers=2, isolation="namespaces") as judge:
        yield judge


def read(name: str, record: dict[str, Any]) -> Problem:
    with reader(name) as made:
        return made(record)


@pytest.mark.parametrize(
    ("name", "record", "wrong"),
    [
        ("mbpp", MBPP, "def double(n):\n    return abs(2 * n)\n"),
        ("mbpp", MBPP_CODE, "def root(n):\n    return n / 2\n"),
        ("apps", APPS_CALLS, "def double(n):\n    return 4\n"),
        ("apps", APPS_PROGRAM, "print(4)"),
        ("code_contests", CONTESTS, "print(2)"),
        ("evalplus", EVALPLUS, "def sort_pairs(pairs):\n    return pairs\n"),
    ],
)
def test_the_reference_passes_and_a_wrong_program_fails(
    judge: Judge, name: str, record: dict[str, Any], wrong: str
) -> None:
    problem = read(name, record)
    assert format_of(record).name == name
    assert judge.judge(problem, problem.reference).passed
    assert not judge.judge(problem, wrong).passed


def test_mbpp_names_the_tested_function_and_its_parameters() -> None:
    problem = read("mbpp", MBPP)
    assert (problem.entry_point, problem.starter) == ("double", "def double(n):")
    assert problem.tests == tuple(CallTest(args=(n,), expected=2 * n) for n in (2, -1, 0))
    assert isinstance(read("mbpp", MBPP_CODE).tests[0], CheckTest)


def test_the_sanitised_file_of_mbpp_names_its_fields_otherwise() -> None:
    record = {key: MBPP[key] for key in ("task_id", "code", "test_list")}
    problem = read("mbpp", record | {"prompt": "Double it.", "test_imports": []})
    assert problem.statement == "Double it."


def test_apps_tells_functions_from_programs() -> None:
    assert read("apps", APPS_CALLS).kind == "function"
    assert read("apps", APPS_CALLS).difficulty == "easy"
    assert read("apps", APPS_CALLS).starter == "def double(n):"
    assert read("apps", APPS_PROGRAM).tests == (ProgramTest("2\n", "4\n"), ProgramTest("5", "10"))


def test_livecodebench_s_hidden_tests_are_unpacked(judge: Judge) -> None:
    problem = read("livecodebench", LCB)
    assert format_of(LCB).name == "livecodebench"
    assert problem.tests == (ProgramTest("1\n", "2\n"), ProgramTest("3\n", "6\n"))
    assert judge.judge(problem, "print(2 * int(input()))").passed
    calls = read("livecodebench", LCB_CALLS)
    assert calls.tests == (CallTest(args=([1, 2], "a"), expected=2),)
    assert calls.starter == "def countThem(nums: List[int], word: str) -> int:"
    method = "class Solution:\n    def countThem(self, nums: List[int], word: str) -> int:\n        return len(nums)\n"
    assert judge.judge(calls, method).passed


class _Harmful:
    def __reduce__(self) -> Any:
        return (print, ("ran",))


def test_livecodebench_s_pickles_load_no_class(capsys: pytest.CaptureFixture[str]) -> None:
    packed = base64.b64encode(zlib.compress(pickle.dumps(_Harmful()))).decode()
    with pytest.raises(ProblemError, match=r"a test case must be text, found builtins\.print"):
        read("livecodebench", LCB | {"private_test_cases": packed})
    assert capsys.readouterr().out == ""


def test_code_contests_keeps_every_test() -> None:
    problem = read("code_contests", CONTESTS)
    assert [test.stdin for test in problem.tests] == ["1\n", "2\n", "7\n"]  # type: ignore[union-attr]
    assert problem.tags == ("math",)


@pytest.mark.parametrize(
    ("name", "record", "cpu_s", "wall_s", "input_cpu_s"),
    [
        ("apps", APPS_CALLS, 8.0, 80.0, None),
        ("apps", APPS_PROGRAM, 8.0, 80.0, 4.0),
        ("livecodebench", LCB, 12.0, 120.0, 6.0),
        ("livecodebench", LCB_CALLS, 6.0, 60.0, None),
        ("code_contests", CONTESTS, 22.5, 225.0, 7.5),
        ("code_contests", CONTESTS | {"time_limit": None}, 6.0, 60.0, 2.0),
        ("code_contests", CONTESTS | {"time_limit": {"seconds": 700}}, 3600.0, 36_000.0, 3500.0),
    ],
)
def test_the_time_of_one_test_is_allowed_for_each_of_them(
    name: str, record: dict[str, Any], cpu_s: float, wall_s: float, input_cpu_s: float | None
) -> None:
    problem = read(name, record)
    limits = problem.limits
    assert limits is not None
    assert (limits.cpu_s, limits.wall_s, limits.input_cpu_s) == (cpu_s, wall_s, input_cpu_s)
    assert problem_from_json(problem_to_json(problem)).limits == limits


def test_a_function_without_a_name_is_a_whole_program() -> None:
    told = json.loads(APPS_PROGRAM["input_output"])
    problem = read("apps", APPS_PROGRAM | {"input_output": json.dumps(told | {"fn_name": None})})
    assert problem == read("apps", APPS_PROGRAM)


def test_calls_share_the_time_of_ten_tests_at_most() -> None:
    told = json.loads(str(APPS_CALLS["input_output"]))
    many = told | {"inputs": told["inputs"] * 50, "outputs": told["outputs"] * 50}
    limits = read("apps", APPS_CALLS | {"input_output": json.dumps(many)}).limits
    assert limits is not None
    assert (limits.cpu_s, limits.wall_s) == (40.0, 400.0)


def test_a_program_that_keeps_to_the_time_of_each_test_passes_them_all(judge: Judge) -> None:
    tests = {"input": [str(n) for n in range(6)], "output": [str(2 * n) for n in range(6)]}
    rest = {"public_tests": {}, "private_tests": tests, "generated_tests": {}}
    problem = read("code_contests", CONTESTS | rest | {"time_limit": {"seconds": 0, "nanos": 300_000_000}})
    verdict = judge.judge(
        problem,
        "import time\nend = time.process_time() + 0.45\nwhile time.process_time() < end:\n    pass\n"
        "print(2 * int(input()))\n",
    )
    assert verdict.passed, verdict


def test_evalplus_observes_its_results_and_gives_json_s_lists_their_shape() -> None:
    problem = read("evalplus", EVALPLUS)
    assert problem.id == "mbpp_plus/901"
    assert problem.tests == (
        CallTest(args=([(2, 1), (1, 5)],), expected=[(1, 5), (2, 1)]),
        CallTest(args=([],), expected=[]),
        CallTest(args=([(3, 3), (3, 2)],), expected=[(3, 2), (3, 3)]),
    )


def test_evalplus_of_the_real_humaneval_prompts_is_passed_by_their_solutions(judge: Judge) -> None:
    told = [(record, humaneval_problem(record)) for record in humaneval_records()]
    records = [
        record | {"base_input": [list(test.args) for test in problem.tests], "plus_input": [], "atol": 0}
        for record, problem in told
        if all(isinstance(test, CallTest) and not test.kwargs for test in problem.tests)
    ]
    with reader("evalplus") as made:
        problems = [made(record) for record in records]
    verdicts = [judge.submit(problem, problem.reference) for problem in problems]
    assert len(problems) > 100
    assert all(verdict.result().passed for verdict in verdicts)


@pytest.mark.parametrize(
    ("name", "record", "message"),
    [
        ("mbpp", {"task_id": 1}, "not a record of mbpp: field 'code' is missing"),
        ("mbpp", MBPP | {"test_list": ["assert other(2) == 4"]}, "calls no function of the record's code"),
        ("apps", APPS_CALLS | {"input_output": ""}, "the record has no tests"),
        ("apps", APPS_CALLS | {"solutions": '"print(1)"'}, "inputs, outputs and solutions have to be lists"),
        ("code_contests", {"name": "a", "description": "b"}, "the record has no tests"),
        ("code_contests", CONTESTS | {"public_tests": {"input": "12", "output": "34"}}, "have to be lists"),
        ("evalplus", EVALPLUS | {"canonical_solution": "\nx ="}, "SyntaxError"),
        ("evalplus", EVALPLUS | {"base_input": [[[[9, 9]]]], "plus_input": []}, "gives no result"),
        ("livecodebench", LCB | {"private_test_cases": "@@"}, "not a record of livecodebench"),
        ("humaneval", {"task_id": "x"}, "field 'prompt' is missing"),
        ("axiom", {"id": "x"}, "field 'tests'"),
        ("nothing", {}, "format 'nothing': expected one of axiom, evalplus"),
    ],
)
def test_a_record_of_another_kind_says_what_is_wrong(name: str, record: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        read(name, record)


def test_a_record_of_no_format_is_named_by_its_fields() -> None:
    with pytest.raises(ProblemError, match="a record of answer, question is of no known format"):
        format_of({"question": "", "answer": ""})
    assert len({known.name for known in FORMATS}) == len(FORMATS)
