"""Figures over problems, their changes, and seeds together."""

from pathlib import Path

import pytest

from axiom.pass_at_k import pass_at_k_by_problem
from axiom.report.comparison import Group, averaged, change_of, estimate, grouped
from axiom.report.numbers import read_run
from tests.report.runs_on_disk import write_run


def test_pass_at_k_is_told_of_problems_with_enough_samples_alone() -> None:
    counts = {"a": (4, 2), "b": (2, 1), "c": (4, 0)}
    assert pass_at_k_by_problem(counts, 4) == {"a": 1.0, "c": 0.0}
    found = estimate(counts, 4)
    assert found is not None
    assert (found.mean, found.problems) == (0.5, 2)
    assert estimate(counts, 5) is None


def test_a_change_is_paired_by_problem() -> None:
    found = change_of({"a": 0.0, "b": 0.5, "c": 0.5, "gone": 1.0}, {"c": 0.5, "b": 0.25, "a": 1.0, "new": 0.0})
    assert found is not None
    assert (found.before, found.after, found.change) == (1 / 3, pytest.approx(1.75 / 3), 0.25)
    assert (found.better, found.worse, found.problems) == (1, 1, 3)
    assert found.low <= found.change <= found.high
    assert found.p == 1.0 / 2.0 + 1.0 / 2.0  # all four signs of 1 and 0.25 lie at least 0.75 out
    assert change_of({"a": 0.0}, {"b": 1.0}) is None


def test_seeds_are_averaged_by_problem_over_what_all_of_them_have() -> None:
    assert averaged([{"a": 0.0, "b": 1.0}, {"a": 0.5, "c": 1.0}]) == {"a": 0.25}
    assert averaged([]) == {}


def test_runs_that_differ_in_the_seed_alone_are_one_group_named_by_what_differs(tmp_path: Path) -> None:
    def run(name: str, seed: int, rate: float) -> Path:
        config = f"seed_everything: {seed}\nmodel:\n  k: [1]\n  learning_rate: {rate}\n  lora_rank: 8\n"
        return write_run(tmp_path / name, [{"validation": {"a": (2, seed)}}], seed=seed, config=config)

    runs = [read_run(run(*which)) for which in (("x", 0, 0.1), ("y", 0, 0.2), ("z", 1, 0.1))]
    groups = grouped(runs)
    assert [(group.name, [one.name for one in group.runs]) for group in groups] == [
        ("learning_rate 0.1", ["x", "z"]),
        ("learning_rate 0.2", ["y"]),
    ]
    both = groups[0].estimate("validation", 0, 1)
    assert both is not None
    assert both.mean == 0.25
    assert groups[0].estimate("validation", 1, 1) is None
    assert [group.name for group in grouped(runs[:1])] == ["x"]
    assert [group.name for group in grouped([runs[0], runs[2]])] == ["seeds 0, 1"]


def test_a_setting_that_an_older_run_does_not_tell_sets_no_run_apart_and_a_class_names_a_group_first(
    tmp_path: Path,
) -> None:
    def run(name: str, objective: str, **settings: float) -> Path:
        lines = "".join(f"  {key}: {value}\n" for key, value in settings.items())
        config = f"model:\n  k: [1]\n{lines}  objective:\n    class_path: axiom.learning.objectives.{objective}\n"
        return write_run(tmp_path / name, [{"validation": {"a": (2, 1)}}], config=config)

    old, new, other = run("old", "SFT"), run("new", "SFT", a_new_one=1.0), run("other", "DPO", a_rate=0.5)
    groups = grouped([read_run(path) for path in (old, new, other)])
    assert [(group.name, [one.name for one in group.runs]) for group in groups] == [
        ("objective SFT", ["old", "new"]),
        ("objective DPO", ["other"]),
    ]


def test_the_last_and_the_chosen_round_are_held_against_the_first(tmp_path: Path) -> None:
    rounds = [{"validation": {"a": (4, passed)}, "test": {"a": (4, passed)}} for passed in (1, 3, 2)]
    alone = Group("x", (read_run(write_run(tmp_path, rounds)),))
    assert (alone.later(chosen=False), alone.later(chosen=True)) == ((2,), (1,))
    last, best = alone.change("test", 1, chosen=False), alone.change("test", 1, chosen=True)
    assert last is not None
    assert best is not None
    assert (last.change, best.change) == (0.25, 0.5)
    assert alone.change("train", 1, chosen=True) is None


def test_a_run_of_one_round_has_nothing_to_be_held_against(tmp_path: Path) -> None:
    alone = Group("x", (read_run(write_run(tmp_path, [{"validation": {"a": (4, 1)}}])),))
    assert alone.later(chosen=False) == alone.later(chosen=True) == ()
    assert alone.change("validation", 1, chosen=True) is None
