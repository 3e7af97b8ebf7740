"""Problem files: what is read, and how a malformed line is reported."""

import gzip
import json
from pathlib import Path

import pytest

from axiom.errors import ProblemError
from axiom.problems.jsonl import read_problems
from axiom.problems.problem import Limits, problem_from_json, problem_to_json
from axiom.problems.sources import load_problems, problem_set_hash

GOOD = {"id": "a/b", "entry_point": "f", "statement": "Say.", "tests": [{"args": [1], "expected": 2}]}


def write(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": 3}, "field 'id'"),
        ({"statement": ""}, "field 'statement'"),
        ({"entry_point": "not a name"}, "not a Python name"),
        ({"entry_point": "class"}, "'class' is not a Python name"),
        ({"statement": "a \ud800"}, r"field 'statement': '\\ud800' is half a character, and no text"),
        ({"tests": []}, "at least one test"),
        ({"tests": [{"args": [1]}]}, "expected 'raises' alone, or 'expected', 'expected_args' or both"),
        ({"tests": [{"args": [1], "raises": "E", "expected": 1}]}, "expected 'raises' alone"),
        ({"tests": [{"args": [1], "expected_args": 1}]}, r"tests\[0\].expected_args"),
        ({"prelude": "def f(:"}, "field 'prelude': does not parse"),
        ({"tests": [{"check": "def check(c:"}]}, r"field 'tests\[0\].check': does not parse"),
        ({"tests": [{"check": "assert True"}]}, r"field 'tests\[0\].check': expected code that defines check"),
        ({"checker": "x = 1"}, "field 'checker': expected code that defines checker"),
        ({"tests": [{"args": 1, "expected": 2}]}, "'args' must be a list"),
        ({"tests": [{"args": [], "expected": 1, "compare": "loose"}]}, r"tests\[0\].compare"),
        ({"tests": [{"args": [], "expected": {"$what": 1}}]}, "unknown tagged value"),
        (
            {"tests": [{"args": [{"$tree_node": [1, None, None, 2]}], "expected": 1}]},
            "value 3 of the tree has no parent",
        ),
        ({"tests": [{"args": [{"$tree_node": [None]}], "expected": 1}]}, "the tree's root is null"),
        ({"tests": [{"stdin": "", "stdout": ""}, {"args": [], "expected": 1}]}, "stand with none of another kind"),
        ({"limits": {"cpu_s": -1}}, "limits.cpu_s"),
        ({"limits": {"cpu": 1}}, "unknown limit 'cpu'"),
        ({"limits": {"wall_s": float("inf")}}, "limits.wall_s"),
        ({"limits": {"cpu_s": 1e308}}, "limits.cpu_s': expected a positive number up to 3600.0"),
        ({"limits": {"wall_s": 1e6}}, "limits.wall_s"),
        ({"limits": {"memory_bytes": 1 << 60}}, "limits.memory_bytes"),
        ({"limits": 3}, "field 'limits': expected an object"),
        ({"starter": "def f(:"}, "field 'starter'"),
        ({"starter": "def f(x):\0"}, "field 'starter'"),
        ({"prelude": "x = " + "-" * 100_000 + "1"}, "field 'prelude': does not parse"),
        ({"prelude": "x = " + "+".join("1" * 100_000)}, "field 'prelude': does not parse"),
        ({"tests": [{"args": [], "expected": {"$float": 10**400}}]}, r"tests\[0\]': malformed \$float value"),
        ({"tests": [{"args": [], "expected": {"$list_node": 0}}]}, r"tests\[0\]': malformed \$list_node value"),
        (
            {"tests": [{"methods": ["g"], "arguments": [[]], "expected": [None]}]},
            r"tests\[0\].methods': expected the class first, 'f', got 'g'",
        ),
        ({"statment": "typo"}, "unknown field 'statment'"),
    ],
)
def test_a_malformed_line_names_file_line_and_field(tmp_path: Path, change: dict[str, object], message: str) -> None:
    path = write(tmp_path / "p.jsonl", GOOD, {**GOOD, "id": "a/c", **change})
    with pytest.raises(ProblemError, match=rf"p\.jsonl:2: .*{message}"):
        read_problems(path)


def test_a_line_that_is_not_json_names_its_place(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(json.dumps(GOOD) + "\n{oops\n")
    with pytest.raises(ProblemError, match=r"p\.jsonl:2: not a JSON object"):
        read_problems(path)


def test_a_repeated_id_names_both_lines(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match=r":2: id 'a/b' stands on line 1"):
        read_problems(write(tmp_path / "p.jsonl", GOOD, GOOD))


def test_missing_empty_and_binary_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="not found"):
        read_problems(tmp_path / "none.jsonl")
    with pytest.raises(ProblemError, match="holds no problem"):
        read_problems(write(tmp_path / "empty.jsonl"))
    (tmp_path / "b.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProblemError, match="UTF-8"):
        read_problems(tmp_path / "b.jsonl")


def test_a_gzip_file_reads_like_a_plain_one(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(GOOD).encode()))
    assert read_problems(path) == [problem_from_json(GOOD)]


def test_a_problem_survives_being_written_and_read() -> None:
    for problem in load_problems("basics/train"):
        assert problem_from_json(json.loads(json.dumps(problem_to_json(problem)))) == problem


def test_an_unknown_split_names_those_that_exist() -> None:
    with pytest.raises(ProblemError, match="basics/train, basics/validation, basics/test"):
        load_problems("basics/dev")


def test_a_limit_spreads_over_the_source() -> None:
    every = load_problems("basics/test")
    few = load_problems("basics/test", limit=5)
    assert [every.index(problem) for problem in few] == [i * len(every) // 5 for i in range(5)]
    with pytest.raises(ProblemError, match="1 or more"):
        load_problems("basics/test", limit=0)


def test_the_hash_ignores_order_and_sees_a_changed_test() -> None:
    a, b = load_problems("basics/test", limit=2)
    assert problem_set_hash([a, b]) == problem_set_hash([b, a]) != problem_set_hash([a])


def test_limits_that_are_named_in_part_are_completed() -> None:
    line = problem_to_json(load_problems("basics/train")[0])
    assert problem_from_json(line).limits is None
    assert problem_from_json(line | {"limits": {"cpu_s": 1}}).limits == Limits(1.0, 10.0, Limits().memory_bytes)
    assert problem_from_json(line | {"limits": {"memory_bytes": 1e8}}).limits == Limits(2.0, 20.0, 100_000_000)
