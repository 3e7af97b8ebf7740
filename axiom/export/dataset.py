"""The dataset of self-solved problems: prompts with the passing programs that the model wrote for them.

Rows are in the conversational prompt and completion form that SFT trainers read. What is in a row is named here and
nowhere else; of a problem that is what a prompt says, never its hidden tests or its reference.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from axiom.errors import ConfigError
from axiom.learning.selection import Selection, select_passing
from axiom.problems.problem import Problem
from axiom.prompts import PromptStyle, build_prompt
from axiom.report.contents import prompt_style
from axiom.report.numbers import RunNumbers
from axiom.rounds.store import JudgedSample, RoundStore

_NO_LIMIT = 1_000_000_000
JSONL, PARQUET = "data/train.jsonl", "data/train.parquet"


def solved_rows(
    run: RunNumbers,
    problems: Mapping[str, Problem],
    *,
    rounds: Sequence[int],
    max_per_problem: int | None = None,
) -> list[dict[str, Any]]:
    """The rows of the dataset: each problem's distinct passing programs, shortest first.

    Args:
        run: whose train samples are taken.
        problems: the run's train problems by id.
        rounds: which rounds' samples; of a program that several rounds wrote, the shortest sample stands.
        max_per_problem: the most of one problem; None takes all.

    Raises:
        ConfigError: if the prompts can no longer be rebuilt, or nothing passed.
    """
    style = prompt_style(run)
    store = RoundStore(run.path)
    by_round = {index: store.folder(index).read_learned() for index in rounds}
    origin = {id(row): index for index, rows in by_round.items() for row in rows}
    rows = [row for rows in by_round.values() for row in rows if row.task_id in problems]
    chosen = select_passing(rows, Selection(max_per_problem=max_per_problem or _NO_LIMIT))
    if not chosen:
        raise ConfigError(f"none of {len(rows)} train samples of {run.path} passed; there is nothing to export")
    return [_row(row, problems[row.task_id], style=style, index=origin[id(row)]) for row in chosen]


def _row(row: JudgedSample, problem: Problem, *, style: PromptStyle, index: int) -> dict[str, Any]:
    prompt = build_prompt(problem, style=style)
    return {
        "prompt": [{"role": message.role, "content": message.content} for message in prompt.messages],
        "completion": [{"role": "assistant", "content": prompt.opening + row.completion}],
        "program": row.solution,
        "problem_id": row.task_id,
        "difficulty": problem.difficulty,
        "source": problem.source,
        "round": index,
        "sample_index": row.sample_index,
        "tokens": row.tokens,
        "sampler": row.sampler,
    }


def write_rows(rows: Sequence[Mapping[str, Any]], folder: Path) -> str:
    """Write the rows as JSON lines, and as Parquet where pyarrow is installed.

    Args:
        rows: from :func:`solved_rows`.
        folder: of the dataset.

    Returns:
        the file, below the folder, that a reader should take.
    """
    (folder / "data").mkdir()
    with (folder / JSONL).open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        return JSONL
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(rows)), folder / PARQUET)
    return PARQUET
