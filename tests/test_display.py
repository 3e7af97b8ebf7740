"""What a run shows while it works: one live display on a terminal, plain lines elsewhere."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from axiom.rounds.progress import CollectProgress
from callbacks.display import Display

RANK_0: Any = SimpleNamespace(is_global_zero=True)


def progress(done: int) -> CollectProgress:
    return CollectProgress(
        round=1, purpose="validation", done=done, total=2152, drawn=done, waiting=3, passed=done // 4, tokens=20 * done,
        problems=269, problems_done=done // 8, duplicates=done // 2, elapsed_s=10.0,
    )  # fmt: skip


def shown_by(display: Display, *, width: int, is_terminal: bool) -> io.StringIO:
    file = io.StringIO()
    display._console = Console(file=file, force_terminal=is_terminal, width=width, color_system=None)
    return file


@pytest.mark.parametrize("width", [80, 100, 200])
def test_a_narrow_terminal_shortens_the_detail_alone(width: int) -> None:
    display = Display()
    file = shown_by(display, width=width, is_terminal=True)
    display.on_collect_progress(RANK_0, progress(1024))
    display._stop()
    last = [line for line in file.getvalue().splitlines() if "round 1" in line][-1]
    assert "round 1: sampling validation" in last
    assert "1024/2152" in last
    assert "128 " in last
    assert ("50% duplicates" in last) == (width == 200)


def test_lines_of_a_log_come_at_the_start_now_and_then_and_at_the_end() -> None:
    display = Display(seconds_per_line=3600.0)
    file = shown_by(display, width=80, is_terminal=False)
    for done in (0, 500, 1000, 2152):
        display.on_collect_progress(RANK_0, progress(done))
    lines = file.getvalue().splitlines()
    assert [line.partition(", ")[0] for line in lines] == [
        "round 1: sampling validation: 0 of 2152",
        "round 1: sampling validation: 2152 of 2152",
    ]


def test_nothing_is_shown_to_who_wants_quiet_nor_by_other_ranks() -> None:
    for display, trainer in ((Display(quiet=True), RANK_0), (Display(), SimpleNamespace(is_global_zero=False))):
        file = shown_by(display, width=80, is_terminal=True)
        display.on_collect_progress(trainer, progress(8))
        assert file.getvalue() == ""
