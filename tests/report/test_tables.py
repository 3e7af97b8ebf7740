"""Tables as text and as HTML."""

from pathlib import Path

from axiom.report.comparison import Group, grouped
from axiom.report.numbers import read_run
from axiom.report.page import page
from axiom.report.sections import html_table
from axiom.report.tables import (
    Table,
    changes_table,
    collected_table,
    evaluations_table,
    rounds_table,
    runs_tables,
    spent_table,
    told_p,
)
from tests.report.runs_on_disk import write_evaluation, write_run, write_scalars


def one_problem(*passed: int) -> list:  # type: ignore[type-arg]
    """Rounds on one problem of which so many of four samples passed."""
    return [{"validation": {"a": (4, count)}, "test": {"a": (4, count)}} for count in passed]


def told(table: Table, *columns: str) -> list[tuple[str, ...]]:
    places = [table.columns.index(name) for name in columns]
    return [tuple(row[place] for place in places) for row in table.rows]


def test_the_last_and_the_chosen_round_have_a_line_each_unless_they_are_one(tmp_path: Path) -> None:
    config = "model:\n  k: [1]\n"
    different = read_run(write_run(tmp_path / "different", one_problem(1, 3, 2), config=config))
    assert told(changes_table(Group("x", (different,))), "figure", "round", "before", "after", "up, down") == [
        ("validation pass@1", "2, last", "25.0%", "50.0%", "1, 0 of 1"),
        ("validation pass@1", "1, chosen", "25.0%", "75.0%", "1, 0 of 1"),
        ("test pass@1", "2, last", "25.0%", "50.0%", "1, 0 of 1"),
        ("test pass@1", "1, chosen", "25.0%", "75.0%", "1, 0 of 1"),
    ]
    same = read_run(write_run(tmp_path / "same", one_problem(1, 3), config=config))
    assert told(changes_table(Group("x", (same,))), "round") == [("1, last and chosen",)] * 2
    seeds = changes_table(Group("x", (different, read_run(write_run(tmp_path / "b", one_problem(0, 1, 2), seed=1)))))
    assert told(seeds, "round")[:2] == [("2, last",), ("1, 2, chosen",)]
    assert rounds_table(different).marked == (1,)


def test_the_guard_is_named_where_it_passed_over_a_better_round(tmp_path: Path) -> None:
    # pass@1 is 1/4 and 1/2, pass@4 is 1 and 1/2.
    rounds = [{"validation": {"a": (4, 1), "b": (4, 1)}}, {"validation": {"a": (4, 4), "b": (4, 0)}}]
    config = "model:\n  k: [1, 4]\n"
    guarded = read_run(write_run(tmp_path / "guarded", rounds, config=config))  # type: ignore[arg-type]
    assert rounds_table(guarded).note.endswith(
        "Round 0 is the best on validation pass@1 of those that kept pass@4 (expert_iteration.choice.most_lost), which "
        "round 1 did not."
    )
    config += "expert_iteration:\n  choice:\n    most_lost: null\n"
    free = read_run(write_run(tmp_path / "free", rounds, config=config))  # type: ignore[arg-type]
    assert rounds_table(free).note.endswith(" Round 1 is the best on validation pass@1.")


def test_what_searches_solved_stands_beside_the_samples_where_there_was_a_search(tmp_path: Path) -> None:
    train = {"a": (4, 2), "b": (4, 0), "c": (4, 0)}
    plain = read_run(write_run(tmp_path / "plain", [{"train": train}]))
    assert "by search" not in collected_table(plain).columns
    rounds = [{"train": train, "search": {"b": (2, 1), "c": (2, 0)}}, {"train": train}]
    searched = read_run(write_run(tmp_path / "searched", rounds))  # type: ignore[arg-type]
    table = collected_table(searched)
    assert told(table, "solved", "samples", "by search") == [("1 of 3", "12", "1 of 2"), ("1 of 3", "12", "")]
    assert "those that data.search did" in table.note
    assert told(spent_table(searched), "samples") == [("16",), ("12",), ("28",)]


def test_an_evaluation_is_held_against_round_0_where_the_same_was_asked(tmp_path: Path) -> None:
    run = write_run(tmp_path, one_problem(1, 3), config="model:\n  k: [1]\n")
    for asked, adapter, passed in (("x", "hash0", 1), ("x", "hash1", 2), ("x", "strange-one", 4), ("y", "hash1", 3)):
        write_evaluation(run, asked, adapter, {"a": (4, passed)})
    assert told(evaluations_table(read_run(run)), "adapter", "value", "points against round 0") == [
        ("round 0", "25.0% (25.0 to 25.0)", ""),
        ("round 1", "50.0% (50.0 to 50.0)", "+25.0 (+25.0 to +25.0)"),
        ("strange-", "100.0% (100.0 to 100.0)", "+75.0 (+75.0 to +75.0)"),
        ("round 1", "75.0% (75.0 to 75.0)", ""),
    ]


def test_an_evaluation_names_the_sources_of_its_problems(tmp_path: Path) -> None:
    run = write_run(tmp_path, one_problem(1), config="model:\n  k: [1]\n")
    for asked, names in (
        ("x", ("HumanEval/0", "HumanEval/1")),
        ("y", ("basics/a", "mine/a", "basics/b")),
        ("z", ("a",)),
    ):
        write_evaluation(run, asked, "hash0", dict.fromkeys(names, (4, 1)))
    assert told(evaluations_table(read_run(run)), "problems") == [("2 HumanEval",), ("3 basics, mine",), ("1",)]


def test_an_evaluation_under_another_policy_than_the_rounds_says_so(tmp_path: Path) -> None:
    policy = {"quantization": "nf4", "dtype": "float32"}
    run = write_run(tmp_path, one_problem(1), config="model:\n  k: [1]\n", policy=policy)
    write_evaluation(run, "x", "hash0", {"a": (4, 1)}, policy=policy)
    write_evaluation(run, "y", "hash0", {"a": (4, 2)}, policy=policy | {"quantization": "none"})
    assert told(evaluations_table(read_run(run)), "adapter", "unlike the rounds") == [
        ("round 0", ""),
        ("round 0", "quantization none"),
    ]


def test_seeds_are_averaged_over_what_was_evaluated_beside_their_rounds(tmp_path: Path) -> None:
    config = "model:\n  k: [1]\n"
    usual = {"prompt_style": "complete", "max_new_tokens": 80}
    runs = [
        write_run(tmp_path / str(seed), one_problem(1, 3), config=config, seed=seed, sampling=usual) for seed in (0, 1)
    ]
    for seed, (run, passed) in enumerate(zip(runs, ((0, 2), (1, 2)), strict=True)):
        for adapter, count in zip(("hash0", "hash1"), passed, strict=True):
            counts = {"HumanEval/0": (4, count), "HumanEval/1": (4, 0)}
            write_evaluation(
                run, f"asked of seed {seed}", adapter, counts, seed=seed, sampling=usual | {"max_new_tokens": 160}
            )
    write_evaluation(runs[0], "other", "hash0", {"HumanEval/0": (4, 0)})
    write_evaluation(runs[0], "another", "hash1", {"HumanEval/0": (4, 4)})  # not of what round 0 was asked
    write_evaluation(runs[1], "other", "hash1", {"HumanEval/0": (4, 4)})
    tables = runs_tables(grouped([read_run(run) for run in runs]))
    assert [table.title for table in tables] == [
        "Validation pass@1",
        "Test pass@1",
        "Test pass@1 of 2 HumanEval problems, max_new_tokens 160",
    ]
    assert told(tables[-1], "run", "seed", "chosen", "before", "after") == [
        ("0", "0", "1", "0.0%", "25.0%"),
        ("1", "1", "1", "12.5%", "25.0%"),
        ("mean of 2: seeds 0, 1", "0, 1", "1, 1", "6.2%", "25.0%"),
    ]
    assert tables[-1].note
    assert tables[-1].marked == (2,)
    # A run that training made no better stays at what it was.
    worse = write_run(tmp_path / "2", one_problem(3, 1), config=config, seed=2, sampling=usual)
    assert runs_tables(grouped([read_run(worse)])) == []
    write_evaluation(worse, "asked of seed 2", "hash0", counts, seed=2, sampling=usual | {"max_new_tokens": 160})
    both = runs_tables(grouped([read_run(runs[0]), read_run(worse)]))[-1]
    assert told(both, "run", "chosen", "before", "after") == [
        ("0", "1", "0.0%", "25.0%"),
        ("mean of 2: seeds 0, 2", "1, 0", "12.5%", "25.0%"),
    ]


def test_what_was_spent_is_summed_and_what_no_log_tells_is_left_out(tmp_path: Path) -> None:
    run = write_run(tmp_path, [{"train": {"a": (2, 1)}}, {"train": {"a": (3, 1)}}])
    write_scalars(run, {"collect/tokens_per_s": {0: 7.0}})
    table = spent_table(read_run(run))
    # Samples of 10, 11 and 12 tokens.
    assert told(table, "round", "samples", "tokens", "sampling train, s") == [
        ("0", "2", "21", "3"),
        ("1", "3", "33", ""),
        ("all", "5", "54", "3"),
    ]
    assert "collecting, s" not in table.columns


def test_an_interrupted_evaluation_says_how_many_problems_it_has(tmp_path: Path) -> None:
    whole, part = {"a": (4, 1), "b": (4, 1)}, {"a": (4, 2)}
    run = read_run(write_run(tmp_path, [{"validation": whole}, {"validation": part}], config="model:\n  k: [1]\n"))
    cells = told(rounds_table(run), "validation pass@1")
    assert cells == [("25.0% (25.0 to 25.0)",), ("50.0% (50.0 to 50.0) of 1 problems",)]
    assert rounds_table(run).marked == (0,)


def test_a_change_is_coloured_where_its_interval_is_on_one_side_of_0() -> None:
    rows = (("up & <on>", "+1.0 (+0.5 to +1.5)"), ("down", "-1.0 (-1.5 to -0.5)"), ("none", "+0.5 (-0.5 to +1.5)"))
    html = html_table(Table("T", ("name", "points"), rows, marked=(1,)))
    assert '<tr><td>up &amp; &lt;on&gt;</td><td class="up">+1.0 <small>(+0.5 to +1.5)</small></td></tr>' in html
    assert '<tr class="chosen"><td>down</td><td class="down">-1.0 ' in html
    assert "<td>+0.5 " in html
    assert html_table(Table("T", ("name",), ())) == ""


def test_a_run_whose_folder_has_signs_of_html_in_its_name_breaks_no_page(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "<b>run", one_problem(1)))
    for text in (page([run]), page([run, run])):
        assert "<b>run" not in text
        assert "&lt;b&gt;run" in text


def test_p_values_have_the_digits_that_they_have() -> None:
    assert [told_p(p) for p in (0.0001, 0.0312, 1.0)] == ["< 0.001", "0.031", "1.000"]
