"""A run on disk whose train problems were solved, as exports read it."""

import json
from pathlib import Path

from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Problem, problem_to_json
from axiom.problems.sources import problem_set_hash
from axiom.prompts import PROMPT_VERSION
from axiom.rounds.store import RoundStore
from tests.report.runs_on_disk import sample, write_run

SECRET = "hidden-expected-value"
PROBLEMS = [
    Problem(
        id=f"t/{name}",
        entry_point=name,
        statement=f"Return the word {name}.",
        tests=(CallTest(args=(), expected=SECRET),),
        starter=f"def {name}() -> str:",
        difficulty="easy",
        source="test",
        reference=f"def {name}():\n    return {SECRET!r}  # reference",
    )
    for name in ("one", "two", "never")
]


def passing(problem: Problem, index: int, program: str, *, tokens: int = 5):  # type: ignore[no-untyped-def]
    return sample(problem.id, index, passed=True, solution=program, completion=f"\n    {program}\n```", tokens=tokens)


def write_solved_run(folder: Path, *, base: str = "tiny", config: str = "", version: int = PROMPT_VERSION) -> Path:
    """Two rounds that solve two of three problems, round 1 better on validation than round 0."""
    problems = folder / "problems.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    problems.write_text("".join(json.dumps(problem_to_json(problem)) + "\n" for problem in PROBLEMS))
    run = write_run(
        folder / "run",
        [{"validation": {"v": (8, 1)}}, {"validation": {"v": (8, 4)}}],
        config=f"data:\n  train_problems: {problems}\n  train_limit: null\n{config}",
        base=base,
        problems={"train": problem_set_hash(PROBLEMS)},
        sampling={"prompt_style": "complete", "prompt_version": version},
    )
    one, two, never = PROBLEMS
    store = RoundStore(run)
    store.folder(0).append(
        "train",
        [
            passing(one, 0, "return 'one'", tokens=9),
            passing(one, 1, "return  'one' # the same tree", tokens=12),
            sample(two.id, 0, passed=False),
            sample(never.id, 0, passed=False),
        ],
    )
    store.folder(1).append(
        "train",
        [
            passing(one, 0, "return 'one'", tokens=7),
            passing(one, 1, "return 'o' + 'ne'", tokens=11),
            passing(two, 0, "return 'two'"),
            sample(two.id, 1, passed=True, solution="return 'tw' + 'o'", finish_reason="length"),
        ],
    )
    return run
