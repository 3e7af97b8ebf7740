"""A report on a value function's fit, and on searches of a run."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from axiom.__main__ import main
from axiom.errors import RoundStoreError
from axiom.report.numbers import read_run
from axiom.report.terminal import tell
from axiom.report.value_numbers import read_search, read_value
from axiom.report.value_sections import search_table, value_table
from tests.report.runs_on_disk import write_run
from tests.report.test_command import FIRST, read_page

RATES = {"random": {"1": [0.2, 0.1, 0.3], "16": [0.2, 0.1, 0.3]}, "value <beam>": {"16": [0.5, 0.4, 0.6]}}


def scored(problem: str, *, passed: bool, half: float, whole: float, log_prob: float | None = -1.0) -> str:
    values = {"0.5": half, "1.0": whole}
    return json.dumps({"task_id": problem, "passed": passed, "values": values, "log_prob": log_prob, "weight": 1.0})


@pytest.fixture
def fit(tmp_path: Path) -> Path:
    folder = tmp_path / "value<fit>"
    folder.mkdir()
    rows = [
        scored("a", passed=True, half=0.4, whole=0.8, log_prob=-2.0),
        scored("a", passed=False, half=0.6, whole=0.2, log_prob=-1.0),
        scored("b", passed=True, half=0.7, whole=0.9, log_prob=-1.0),
        scored("b", passed=False, half=0.1, whole=0.1, log_prob=-3.0),
        scored("c", passed=True, half=0.9, whole=0.9),
    ]
    (folder / "value_scores.jsonl").write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = write_run(tmp_path / "run", [{"train": FIRST, "validation": FIRST}])
    (folder / "search.json").write_text(json.dumps({"problems": 3, "rates": RATES}))
    return folder


def test_auroc_is_a_mean_over_problems_with_both_kinds(fit: Path) -> None:
    table = value_table(read_value(fit))
    assert [row[0] for row in table.rows] == [
        "value at 50% of the tokens",
        "value at 100% of the tokens",
        "log-probability of all",
    ]
    assert [row[1].split()[0] for row in table.rows] == ["0.500", "1.000", "0.500"]
    # Bins of a tenth: 0.1 and 0.2 (none passed), 0.8 and 0.9 twice (all passed), by count.
    assert "over 2 problems" in table.note
    assert f"{(0.1 + 0.2 + 0.2 + 2 * 0.1) / 5:.3f}" in table.note


def test_a_page_has_the_pictures_of_a_fit_alone_and_after_a_run(
    fit: Path, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(fit)]) == 0
    text, headings = read_page(fit / "report.html")
    assert headings == ["Value function value<fit>"]
    assert text.count("<svg") == 2
    assert "Value function value<fit>" in capsys.readouterr().out
    assert main(["report", str(run), str(fit), "--out", str(tmp_path / "both")]) == 0
    text, headings = read_page(tmp_path / "both" / "report.html")
    assert headings[0] == "run"
    assert headings[-2:] == ["Searches by budget of samples", "Value function value<fit>"]
    assert "value &lt;beam&gt;" in text
    shown = capsys.readouterr().out
    assert "Searches by budget of samples" in shown
    assert "50.0%" in shown


def test_ways_of_searching_stand_in_a_table_by_budget(run: Path) -> None:
    found = read_search(run)
    assert found is not None
    assert search_table(found).rows == (
        ("random", "20.0% (10.0 to 30.0)", "20.0% (10.0 to 30.0)"),
        ("value <beam>", "", "50.0% (40.0 to 60.0)"),
    )


def test_intervals_give_way_where_a_terminal_has_no_room_for_them(run: Path) -> None:
    found = read_search(run)
    assert found is not None
    shown = {}
    for width in (80, 40):
        console = Console(width=width, file=StringIO())
        tell(console, [read_run(run)], searches={run: found})
        shown[width] = console.file.getvalue()  # type: ignore[attr-defined]
    assert "(40.0 to 60.0)" in shown[80]
    assert "(40.0 to 60.0)" not in shown[40]
    assert "50.0%" in shown[40]


def test_what_cannot_be_read_is_named(fit: Path, run: Path) -> None:
    (fit / "value_scores.jsonl").write_text('{"task_id": "a"}\n')
    with pytest.raises(RoundStoreError, match=r"value_scores.jsonl cannot be read"):
        read_value(fit)
    (fit / "value_scores.jsonl").write_text("")
    with pytest.raises(RoundStoreError, match="holds no value"):
        read_value(fit)
    (run / "search.json").write_text('{"rates": [1]}')
    with pytest.raises(RoundStoreError, match=r"search.json cannot be read.*bench-search again"):
        read_search(run)
    (run / "search.json").unlink()
    assert read_search(run) is None
