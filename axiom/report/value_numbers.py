"""What a value function came to and what searches are worth, as they stand on disk."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from axiom.errors import RoundStoreError
from axiom.learning.value_figures import SCORES_FILE, Scored
from axiom.report.comparison import Estimate

SEARCH_FILE = "search.json"


@dataclass(frozen=True, slots=True)
class ValueNumbers:
    """Values of completions of problems that the value function never saw.

    Attributes:
        path: folder of the fit.
        at: values after these shares of a completion's tokens, smallest first.
        log_probs: the policy's mean log-probability of a token in the value's place, for comparison.
    """

    path: Path
    at: Mapping[float, tuple[Scored, ...]]
    log_probs: tuple[Scored, ...]

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.resolve().name

    @property
    def whole(self) -> tuple[Scored, ...]:
        """Values of whole completions."""
        return self.at[max(self.at)]


@dataclass(frozen=True, slots=True)
class SearchNumbers:
    """Pass rates of ways of searching, as ``bench-search`` leaves them in a run.

    Attributes:
        problems: how many they are means over.
        rates: by way and budget of samples.
    """

    problems: int
    rates: Mapping[str, Mapping[int, Estimate]]


def is_value_fit(path: Path) -> bool:
    """Whether the folder is of a value function's fit."""
    return (path / SCORES_FILE).is_file()


def read_value(path: Path) -> ValueNumbers:
    """The figures of a value function's fit.

    Raises:
        RoundStoreError: if its scores cannot be read.
    """
    file = path / SCORES_FILE
    try:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        shares = sorted({float(share) for row in rows for share in row["values"]})
        at = {
            share: tuple(
                Scored(row["task_id"], row["values"][str(share)], row["passed"], row["weight"]) for row in rows
            )
            for share in shares
        }
        known = tuple(
            Scored(row["task_id"], row["log_prob"], row["passed"]) for row in rows if row["log_prob"] is not None
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RoundStoreError(f"{file} cannot be read: {error}; fit the value function again") from error
    if not at:
        raise RoundStoreError(f"{file} holds no value; fit the value function on runs that have validation samples")
    return ValueNumbers(path, at, known)


def read_search(run: Path) -> SearchNumbers | None:
    """What ``bench-search`` left in a run; None where it was not run.

    Raises:
        RoundStoreError: if it cannot be read.
    """
    file = run / SEARCH_FILE
    if not file.is_file():
        return None
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        problems = int(kept["problems"])
        rates = {
            name: {int(n): _estimate(figures, problems) for n, figures in of_budget.items()}
            for name, of_budget in kept["rates"].items()
        }
        return SearchNumbers(problems, rates)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RoundStoreError(f"{file} cannot be read: {error}; run make bench-search again") from error


def _estimate(figures: Sequence[float], problems: int) -> Estimate:
    mean, low, high = map(float, figures)
    return Estimate(mean, low, high, problems)
