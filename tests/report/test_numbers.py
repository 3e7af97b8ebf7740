"""What is read of a run, whole or not."""

import json
from pathlib import Path

import pytest

from axiom.errors import RoundStoreError
from axiom.report.config_file import budgets, compared, flattened
from axiom.report.numbers import measured, read_run
from axiom.rounds.store import RoundStore
from tests.report.runs_on_disk import sample, write_evaluation, write_run, write_scalars

WORSE, BETTER = {"a": (8, 0), "b": (8, 2)}, {"a": (8, 4), "b": (8, 4)}


def test_samples_are_summed_up_with_each_program_judged_once_and_faults_counted_in_no_rate() -> None:
    rows = [
        sample("a", 0, passed=True, solution="x", tokens=5),
        sample("a", 1, passed=True, solution="x", tokens=6),
        sample("a", 2, passed=False, solution="y", tokens=7, outcome="internal_error"),
        sample("b", 0, passed=False, solution=None, tokens=8, outcome="no_program"),
    ]
    found = measured(rows)
    assert found.counts == {"a": (2, 2), "b": (1, 0)}
    assert found.outcomes == {"passed": 2, "internal_error": 1, "no_program": 1}
    assert (found.samples, found.tokens, found.programs, found.judge_cpu_s) == (4, 26, 2, 1.0)
    assert (found.passed, found.solved) == (2, 1)


def test_a_manifest_tells_what_adapters_were_trained_under_before_a_configuration_does(tmp_path: Path) -> None:
    config = "model:\n  quantization: none\n  dtype: auto\n"
    told = write_run(tmp_path / "told", [{}], config=config, policy={"quantization": "nf4", "dtype": "float32"})
    of_old = write_run(tmp_path / "old", [{}], config=config)
    found = [(run.policy_setting("quantization"), run.policy_setting("dtype")) for run in map(read_run, (told, of_old))]
    assert found == [("nf4", "float32"), ("none", "auto")]
    assert read_run(write_run(tmp_path / "bare", [{}])).policy_setting("dtype") is None


def test_a_run_is_read_with_its_rounds_its_choice_and_what_tensorboard_knows(tmp_path: Path) -> None:
    run = write_run(
        tmp_path / "mine",
        [{"train": WORSE, "validation": WORSE, "test": WORSE}, {"validation": BETTER, "test": BETTER}],
        config="model:\n  k: [1, 4]\n  learning_rate: 0.1\nseed_everything: 3\n",
    )
    write_scalars(run, {"collect/examples": {0: 7.0}, "collect/tokens_per_s": {0: 2.0}, "train/kl": {0: 0.1, 9: 0.2}})
    found = read_run(run)
    assert [one.index for one in found.rounds] == [0, 1]
    assert (found.name, found.k, found.chosen, found.last) == ("mine", (1, 4), 1, 1)
    assert found.counts("test") == {0: WORSE, 1: BETTER}
    assert found.rounds[0].examples == 7
    assert found.rounds[0].sampling_s == sum(10 + index for index in range(8)) * 2 / 2.0
    assert found.rounds[1].examples is None
    assert found.rounds[1].sampling_s is None
    assert [point.step for point in found.curves["train/kl"]] == [0, 9]
    assert found.settings == {"model.k": "[1, 4]", "model.learning_rate": "0.1"}


def test_a_run_under_way_is_read_as_it_stands(tmp_path: Path) -> None:
    run = write_run(tmp_path, [{"train": WORSE}])
    file = RoundStore(run).folder(0).path / "train-rank000.jsonl"
    file.write_bytes(file.read_bytes()[:-20])
    (run / "rounds" / "001" / "adapter").mkdir(parents=True)  # killed before its manifest
    found = read_run(run)
    assert found.rounds[0].of["train"].counts == {"a": (8, 0), "b": (7, 2)}
    assert (len(found.rounds), found.chosen, found.last, found.k) == (1, None, None, (1, 8))
    assert found.rounds[0].time is None


def test_evaluations_know_the_round_of_their_adapter(tmp_path: Path) -> None:
    run = write_run(tmp_path, [{"validation": WORSE}, {"validation": BETTER}])
    write_evaluation(run, "asked", "hash1", BETTER)
    write_evaluation(run, "asked", "other", WORSE)
    found = read_run(run).evaluations
    assert [(one.purpose, one.round, one.asked, one.measured.counts) for one in found] == [
        ("test", 1, "asked", BETTER),
        ("test", None, "asked", WORSE),
    ]


def test_a_folder_that_is_no_run_says_what_was_expected(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(RoundStoreError, match=r"is no run: expected a folder with rounds/000/manifest\.json"):
            read_run(folder)
    run = write_run(tmp_path / "run", [{}])
    (run / "rounds/000/manifest.json").write_text(json.dumps({"round": 0}))
    with pytest.raises(RoundStoreError, match=r"manifest\.json cannot be read"):
        read_run(run)


def test_settings_are_named_by_dots_and_compared_without_seeds_and_places() -> None:
    flat = flattened({"model": {"k": [1, 8], "seed": 1}, "data": None, "display": {"quiet": True}})
    assert flat == {"model.k": "[1, 8]", "model.seed": "1", "data": "None", "display.quiet": "True"}
    assert compared(flat) == {"model.k": "[1, 8]", "data": "None"}
    assert flattened(None) == {}
    assert budgets({"model.k": "(8, 1, 1)"}) == (1, 8)
    assert budgets({"model.k": "[x, 0]"}) == budgets({}) == ()


def test_a_configuration_that_is_no_yaml_is_shown_and_sets_nothing(tmp_path: Path) -> None:
    found = read_run(write_run(tmp_path, [{"train": WORSE}], config="model: [1\n"))
    assert found.config_text == "model: [1\n"
    assert found.settings == {}
