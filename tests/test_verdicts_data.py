"""What a value function learns from where several runs are named, on runs without a fit."""

import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from axiom.errors import ProblemError
from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Problem, problem_to_json
from axiom.prompts import PROMPT_VERSION
from datamodules.verdicts import VerdictsDataModule
from tests.report.runs_on_disk import write_run
from tests.tiny import byte_tokenizer


def written(folder: Path, *, train: str, validation: str, test: str, sampled: str = "") -> str:
    """A run of these problems, each a letter, whose train problems (or ``sampled`` of them) have completions."""
    places = {}
    for purpose, letters in (("train", train), ("validation", validation), ("test", test)):
        places[purpose] = folder / f"{purpose}.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        places[purpose].write_text("".join(json.dumps(problem_to_json(problem(one))) + "\n" for one in letters))
    config = "data:\n" + "".join(f"  {purpose}_problems: {place}\n" for purpose, place in places.items())
    counts = dict.fromkeys(sampled or train, (6, 3))
    sampling = {"prompt_style": "complete", "prompt_version": PROMPT_VERSION}
    of_round: Any = {"train": counts, "validation": dict.fromkeys(validation, (6, 3))}
    return str(write_run(folder / "run", [of_round], config=config, sampling=sampling))


def problem(name: str) -> Problem:
    return Problem(id=name, entry_point=name, statement=f"Say {name}.", tests=(CallTest(args=(), expected=name),))


def learned_from(*runs: str, **settings: Any) -> Counter[str]:
    """Completions that are learned from, by problem."""
    data = VerdictsDataModule(runs=list(runs), **settings)
    value = SimpleNamespace(policy=SimpleNamespace(tokenizer=byte_tokenizer()))
    module = SimpleNamespace(build_value=lambda device: value, hparams={"kind": "head", "reads_confidence": True})
    data.trainer = SimpleNamespace(lightning_module=module, strategy=SimpleNamespace(root_device="cpu"))  # type: ignore[assignment]
    data.setup("fit")
    return Counter(one.problem for one in data.examples["train"])


@pytest.mark.parametrize("purpose", ["validation", "test"])
def test_no_run_s_train_problem_is_another_s_validation_or_test_problem(tmp_path: Path, purpose: str) -> None:
    splits = {"validation": "v", "test": "w"} | {purpose: "b"}
    first = written(tmp_path / "first", train="a", **splits)
    second = written(tmp_path / "second", train="bc", validation="x", test="y")
    with pytest.raises(ProblemError, match=r"trained and measured on: b and b \(the same id\)"):
        learned_from(first, second)
    assert learned_from(first, second, leaks="drop") == {"a": 6, "c": 6}
    assert learned_from(first, second, leaks="allow") == {"a": 6, "b": 6, "c": 6}


def test_a_problem_that_a_run_left_out_as_a_leak_is_none_of_the_value_function_s(tmp_path: Path) -> None:
    run = written(tmp_path, train="abc", validation="b", test="c", sampled="a")
    assert learned_from(run) == {"a": 6}


def test_the_most_completions_of_a_problem_are_counted_in_each_run(tmp_path: Path) -> None:
    runs = [written(tmp_path / name, train="a", validation="b", test="c") for name in ("first", "second")]
    assert learned_from(*runs, max_per_problem=2) == {"a": 4}
