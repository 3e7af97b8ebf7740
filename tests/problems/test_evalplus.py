"""EvalPlus's rules of comparison: what each task takes and what it refuses, judged as programs are."""

from collections.abc import Iterator
from typing import Any

import pytest

from axiom.problems.formats import reader
from axiom.problems.formats.evalplus_oracles import checker_of
from axiom.problems.problem import Problem
from axiom.verification.judge import Judge

SETS = [
    "similar_elements",
    "find_char_long",
    "common_in_nested_lists",
    "extract_singly",
    "larg_nnum",
    "intersection_array",
    "find_dissimilar",
    "Diff",
]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(workers=2, isolation="namespaces") as judge:
        yield judge


def problem_of(name: str, args: list[Any], result: str, *, dataset: str = "Mbpp", atol: float = 0) -> Problem:
    record = {
        "task_id": f"{dataset}/1",
        "prompt": '"""What is asked."""\n',
        "entry_point": name,
        "canonical_solution": f"import re\ndef {name}(*args):\n    return {result}\n",
        "base_input": [args],
        "plus_input": [],
        "atol": atol,
    }
    with reader("evalplus") as made:
        return made(record)


def taken(judge: Judge, problem: Problem, results: list[str]) -> list[str]:
    """Those of the results that the judge takes; the reference's own is always one of them."""
    assert judge.judge(problem, problem.reference).passed
    name = problem.entry_point
    runs = [judge.submit(problem, f"import re\ndef {name}(*args):\n    return {result}\n") for result in results]
    return [result for result, run in zip(results, runs, strict=True) if run.result().passed]


@pytest.mark.parametrize(
    ("result", "atol", "right", "wrong"),
    [
        ("0.0", 0, ["9e-7", "0"], ["2e-6", "None", "'0'", "[0.0]"]),
        ("1e6", 0, ["1e6 + 0.05", "10**6"], ["1e6 + 0.5", "10**6 + 1"]),
        ("[1.0, 2.0]", 0, ["[1.0000005, 2]", "[1, 2]"], ["(1.0, 2.0)", "[1.0, 2.1]", "[1.0]", "[1.0, 'a']"]),
        ("float('inf')", 0, [], ["0.0", "-float('inf')", "float('nan')"]),
        ("[float('inf'), 1.0]", 0, ["[float('inf'), 1.0000005]"], ["[1.0, 1.0]"]),
        ("float('nan')", 0, [], ["0.0"]),
        ("[float('nan'), 1.0]", 0, ["[float('nan'), 1.0000005]"], ["[0.0, 1.0]"]),
        ("1.0", 1e-3, ["1.0009"], ["1.002"]),
        ("[[1.0], (2.0,)]", 1e-3, ["[(1.0005,), [2.0]]"], ["[[1.002], (2.0,)]", "[[1.0, 1.0], (2.0,)]"]),
        ("{'a': 1.0}", 1e-3, [], ["{'a': 1.0005}"]),
        ("['a', 1.0]", 0, [], ["['a', 1.0000005]"]),
        ("3", 0, ["3.0"], ["3.0000001"]),
    ],
)
def test_floats_are_near_and_all_else_is_equal(
    judge: Judge, result: str, atol: float, right: list[str], wrong: list[str]
) -> None:
    assert taken(judge, problem_of("asked", [1], result, atol=atol), right + wrong) == right


@pytest.mark.parametrize("name", SETS)
def test_tasks_that_ask_for_a_set_take_its_items_in_any_order(judge: Judge, name: str) -> None:
    right, wrong = ["[2, 1]", "(1, 2, 1)", "{1, 2}"], ["[1]", "[1, 2, 3]", "[[1], [2]]", "3"]
    assert taken(judge, problem_of(name, [[1]], "[1, 2]"), right + wrong) == right


@pytest.mark.parametrize("name", ["check_str", "text_match_three", "text_starta_endb"])
def test_tasks_of_a_match_ask_only_whether_there_is_one(judge: Judge, name: str) -> None:
    found, missed = (problem_of(name, [text], "re.match('a', args[0])") for text in ("ab", "b"))
    assert [test.expected for test in (*found.tests, *missed.tests)] == [True, False]  # type: ignore[union-attr]
    assert taken(judge, found, ["True", "'Matched'", "0", "False", "None"]) == ["True", "'Matched'", "0"]
    assert taken(judge, missed, ["False", "None", "True", "'Matched'", "0"]) == ["False", "None"]
    assert not taken(judge, found, ["re.match('a', args[0])"])  # what leaves no sandbox: stricter, as its module says


@pytest.mark.parametrize(
    ("name", "args", "result", "right", "wrong"),
    [
        ("are_equivalent", [36, 57], "False", ["True", "None", "'a'"], ["1 / 0"]),
        ("sum_div", [8], "7", ["0"], ["8", "None"]),
        # 3 * 3 + 2 * 3 * sqrt(1.5 ** 2 + 4 ** 2) is 34.63
        ("surface_Area", [3, 4], "33", ["35"], ["34", "36", "None"]),
        # 23 and 156: 1 and |2 - 5| and |3 - 6|, where the digits of 133 add up to the same; 9 and 10 differ
        ("digit_distance_nums", [9, 10], "1", ["10"], ["9", "None"]),
        ("digit_distance_nums", [156, 23], "7", [], ["8", "6"]),
    ],
)
def test_tasks_with_a_second_reading_take_either(
    judge: Judge, name: str, args: list[Any], result: str, right: list[str], wrong: list[str]
) -> None:
    assert taken(judge, problem_of(name, args, result), right + wrong) == right


def test_any_root_of_a_polynomial_is_right(judge: Judge) -> None:
    problem = problem_of("find_zero", [[-6, 11, -6, 1]], "1.0", dataset="HumanEval", atol=1e-4)
    assert taken(judge, problem, ["2", "3.00001", "1.5", "4.0", "None"]) == ["2", "3.00001"]


def test_a_rule_is_of_one_dataset_and_plain_results_need_no_checker() -> None:
    assert checker_of("humaneval", "sum_div", atol=0, results=[1, [], [1.0, 1], "a"]) == ""
    assert checker_of("mbpp", "find_zero", atol=0, results=[1]) == ""
    assert checker_of("mbpp", "asked", atol=0, results=[1, (1.0,)]) != ""


def test_the_tolerance_of_a_float_is_not_that_of_other_results(judge: Judge) -> None:
    record = {
        "task_id": "Mbpp/1",
        "prompt": '"""What is asked."""\n',
        "entry_point": "asked",
        "canonical_solution": "def asked(n):\n    return [1.0, [10**9, 1.0]][n]\n",
        "base_input": [[0], [1]],
        "plus_input": [],
        "atol": 0,
    }
    with reader("evalplus") as made:
        problem = made(record)
    verdict = judge.judge(problem, "def asked(n):\n    return [1.0000005, [10**9 + 1, 1.0]][n]\n")
    assert (verdict.passed, verdict.passed_tests) == (False, 1)
