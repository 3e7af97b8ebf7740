"""``python -m axiom report``: the tables, the page, and what is refused."""

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from axiom.__main__ import main
from tests.report.runs_on_disk import write_evaluation, write_run, write_scalars
from tests.runs import ROOT

FIRST = {"easy": (8, 6), "hard": (8, 0), "odd<&>": (8, 2)}
LATER = {"easy": (8, 8), "hard": (8, 4), "odd<&>": (8, 2)}


class Balanced(HTMLParser):
    """Fails on an element that is closed out of turn, or left open."""

    VOID = {"meta", "rect", "line", "path", "circle"}

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in {"meta"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        assert tag in self.VOID

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("h1", "h2"):
            self.headings.append(data)


def read_page(file: Path) -> tuple[str, list[str]]:
    text = file.read_text(encoding="utf-8")
    parser = Balanced()
    parser.feed(text)
    assert parser.open == []
    return text, parser.headings


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = write_run(
        tmp_path / "run",
        [{"train": FIRST, "validation": FIRST, "test": FIRST}, {"validation": LATER, "test": LATER}],
        config="model:\n  k: [1, 8]\n",
    )
    write_scalars(
        folder, {"train/loss": {0: 1.0, 1: 0.5}, "val/pass@1": {0: 0.3, 1: 0.6}, "train/kl": {0: 0.0, 1: 0.1}}
    )
    write_evaluation(folder, "asked", "hash0", FIRST)
    write_evaluation(folder, "asked", "hash1", LATER)
    return folder


def test_one_run_is_told_in_tables_and_on_a_page_that_needs_nothing_else(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["report", str(run)]) == 0
    told = capsys.readouterr().out
    # (6 + 0 + 2) of 24, then (8 + 4 + 2) of 24.
    assert "33.3%" in told
    assert "58.3%" in told
    assert "+25.0" in told
    assert "1, last and chosen" in told
    assert "2, 0 of 3" in told
    text, headings = read_page(run / "report.html")
    assert headings == [
        *("run", "pass@k by round", "Rounds", "Paired tests against round 0", "Evaluations beside the rounds"),
        *("Solved problems", "Train samples", "Outcomes by round", "Solve rates", "Tokens and time spent", "Training"),
        "How it was made",
    ]
    assert "+25.0 points" in text
    assert "train/kl" in text
    assert "odd&lt;&amp;&gt;" in text
    assert "odd<" not in text
    assert "2.13.0" in text
    assert "<script" not in text
    assert "http" not in text


def test_a_run_without_divergence_on_disk_shows_none_and_what_is_no_number_is_left_out(tmp_path: Path) -> None:
    run = write_run(tmp_path, [{"validation": FIRST}])
    write_scalars(run, {"train/loss": {0: 1.0, 1: 0.5, 2: float("nan"), 3: float("inf"), 4: 0.25}})
    assert main(["report", str(run)]) == 0
    text, _ = read_page(run / "report.html")
    assert "train/loss" in text
    assert "last 0.25" in text
    assert "nan" not in text.partition("</style>")[2]
    assert "kl" not in text.partition("</style>")[2]


def test_several_runs_stand_side_by_side_with_the_mean_over_seeds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    for seed, last in ((0, LATER), (1, FIRST | {"easy": (8, 8)})):
        write_run(Path(f"seed{seed}"), [{"validation": FIRST}, {"validation": last}], seed=seed)
    assert main(["report", "seed0", "seed1", "--out", "pages"]) == 0
    told = capsys.readouterr().out
    assert "mean of 2" in told
    # +25 and (2 of 24) +8.3 points.
    assert all(change in told for change in ("+25.0", "+8.3", "+16.7"))
    _, headings = read_page(tmp_path / "pages/report.html")
    assert headings[0] == "2 runs"
    assert {"seed0", "seed1", "Validation pass@1", "Validation pass@8"} <= set(headings)


@pytest.mark.parametrize("rounds", [[{}], [{"train": FIRST}], [{"validation": FIRST}], [{"test": {"a": (1, 0)}}]])
def test_a_run_that_has_hardly_begun_is_reported_as_it_is(tmp_path: Path, rounds: list[dict]) -> None:  # type: ignore[type-arg]
    run = write_run(tmp_path / "run", rounds)
    assert main(["report", str(run), "--out", str(tmp_path / "page.html")]) == 0
    read_page(tmp_path / "page.html")
    other = write_run(tmp_path / "other", rounds)
    assert main(["report", str(run), str(other), "--out", str(tmp_path / "two.html")]) == 0
    read_page(tmp_path / "two.html")


def test_a_run_that_is_named_twice_counts_once(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(run), f"{run.parent}/./{run.name}/"]) == 0
    assert "mean of" not in capsys.readouterr().out


def test_evaluations_without_rounds_are_reported(tmp_path: Path) -> None:
    write_evaluation(tmp_path, "asked", "hash", FIRST)
    assert main(["report", str(tmp_path)]) == 0
    _, headings = read_page(tmp_path / "report.html")
    assert "Evaluations beside the rounds" in headings


def test_narrow_terminals_keep_numbers_whole(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["report", str(run)]) == 0
    told = capsys.readouterr().out
    assert "…" not in told
    assert max(map(len, told.splitlines()[:-1])) <= 80
    assert "(0.0 to 75.0)" in told


def test_a_table_too_wide_for_a_terminal_loses_intervals_or_breaks_heads_but_no_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {f"p{number}": (8, 8) for number in range(4)}
    run = write_run(tmp_path, [{"validation": whole, "test": whole}, {"validation": whole, "test": whole}])
    for name in ("hash0", "hash1"):
        write_evaluation(run, "asked", name, whole)
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["report", str(run)]) == 0
    told = capsys.readouterr().out
    assert all(line.count("(") == line.count(")") for line in told.splitlines())
    rounds = told.partition("Paired tests")[0]
    assert rounds.count("100.0%") == 8
    assert "points against" in told
    assert "round 0" in told


def test_what_is_no_run_and_what_cannot_be_written_get_one_error_and_code_2(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(tmp_path)]) == 2
    assert "is no run: expected a folder with rounds/000/manifest.json" in capsys.readouterr().err
    assert main(["report", str(run), "--out", str(run / "report.html" / "below")]) == 0
    (tmp_path / "file").write_text("")
    assert main(["report", str(run), "--out", str(tmp_path / "file" / "below")]) == 2
    assert "the page cannot be written to" in capsys.readouterr().err


def test_a_report_loads_neither_torch_nor_transformers(run: Path) -> None:
    probe = (
        "import sys; from axiom.__main__ import main; code = main(['report', sys.argv[1]]); "
        "heavy = {'torch', 'transformers', 'peft', 'lightning', 'tensorflow'} & set(sys.modules); "
        "sys.exit(f'loaded {heavy}' if heavy else code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, str(run)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
