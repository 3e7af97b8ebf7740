"""Solutions of a file's problems on disk, in the form that HumanEval's and EvalPlus's evaluators and ``verify`` read.

One line a problem as soon as it is solved, so that a search that was stopped goes on after the last of them.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from axiom.errors import ConfigError
from axiom.problems.problem import Problem
from axiom.search.drawing import Solution

_BEGINNING = b'{"task_id": '


class Solutions:
    """A file of solutions.

    Args:
        file: of JSON lines; what it has already stays, but for a last line that was torn.

    Raises:
        ConfigError: if it holds something else, or cannot be written.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            raw = file.read_bytes() if file.is_file() else b""
            whole = raw[: raw.rfind(b"\n") + 1]
            torn = raw[len(whole) :]
            if torn and not (torn.startswith(_BEGINNING) or _BEGINNING.startswith(torn)):
                raise ValueError("its last line is none of a solution")
            self._solved = {str(json.loads(line)["task_id"]) for line in whole.split(b"\n") if line.strip()}
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("rb+" if raw else "wb") as opened:
                opened.truncate(len(whole))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{file} is no file of solutions that can be gone on with: {error}") from error

    def missing(self, problems: Sequence[Problem]) -> list[Problem]:
        """Those of the problems that it has no solution of."""
        return [problem for problem in problems if problem.id not in self._solved]

    def add(self, problem: Problem, solution: Solution) -> None:
        """Append what was found for a problem; an empty program where nothing was."""
        best = solution.best
        row: dict[str, Any] = {
            "task_id": problem.id,
            "solution": (best.source or "").rstrip() + "\n",
            "candidates": len(solution.candidates),
            "tokens": solution.tokens,
            "examples": best.examples,
            "value": best.value,
            "log_prob": best.log_prob,
        }
        with self.file.open("a", encoding="utf-8") as opened:
            opened.write(json.dumps(row) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        self._solved.add(problem.id)
