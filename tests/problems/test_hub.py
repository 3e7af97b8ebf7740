"""``hf:`` sources, through the real ``datasets`` on a folder on disk."""

import json
import sys
from pathlib import Path

import pytest

from axiom.errors import ProblemError
from axiom.problems.sources import load_problems

ROWS = [
    {"task_id": n, "text": f"Add {n}.", "code": f"def add_{n}(x):\n    return x + {n}\n", "test_list": [
        f"assert add_{n}(1) == {n + 1}"], "challenge_test_list": [], "test_setup_code": ""}
    for n in range(3)
]  # fmt: skip


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")


def folder(path: Path, **splits: list[dict[str, object]]) -> str:
    path.mkdir()
    for split, rows in splits.items():
        (path / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_rows_are_read_in_the_format_that_their_fields_show(tmp_path: Path) -> None:
    name = folder(tmp_path / "mbpp", test=ROWS[:2], train=ROWS[2:])
    assert [problem.id for problem in load_problems(f"hf:{name}")] == ["mbpp/0", "mbpp/1"]
    assert [problem.id for problem in load_problems(f"hf:{name}/train")] == ["mbpp/2"]


def test_a_split_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    name = folder(tmp_path / "mbpp", train=ROWS, validation=ROWS)
    with pytest.raises(ProblemError, match=r"no split 'test'; expected .* one of train, validation"):
        load_problems(f"hf:{name}")


def test_a_row_of_no_format_and_a_malformed_row_are_named(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="of no known format"):
        load_problems(f"hf:{folder(tmp_path / 'other', test=[{'question': 'a', 'answer': 'b'}])}")
    broken = [ROWS[0], {**ROWS[1], "code": "def f("}]
    with pytest.raises(ProblemError, match="row 2: not a record of mbpp"):
        load_problems(f"hf:{folder(tmp_path / 'broken', test=broken)}")


def test_a_dataset_that_cannot_be_loaded_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    with pytest.raises(ProblemError, match="source 'hf:nobody/nothing'"):
        load_problems("hf:nobody/nothing")


def test_a_missing_package_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(ProblemError, match="pip install datasets"):
        load_problems("hf:owner/name")
