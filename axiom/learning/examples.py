"""From the verdicts of one or more rounds to what training takes from them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from axiom.learning.selection import Selection, Weighing, difficulty_bands, whole_program
from axiom.rounds.store import JudgedSample


@dataclass(frozen=True, slots=True)
class Choice:
    """A sample that training takes.

    Attributes:
        row: the sample.
        weight: of its tokens in the loss; an advantage may be below 0.
    """

    row: JudgedSample
    weight: float = 1.0


Example = tuple[Choice, ...]  # what belongs into one step together: a sample, or a pair of the same problem


class Chooser(Protocol):
    """The half of an objective that looks at verdicts."""

    def choose(self, rows: Sequence[JudgedSample], selection: Selection) -> list[Example]: ...


def examples_of(rounds: Sequence[Sequence[JudgedSample]], objective: Chooser, selection: Selection) -> list[Example]:
    """The Examples of the newest round, and with replay what earlier ones found and it did not.

    Args:
        rounds: judged samples by round, the newest last.
        objective: chooses in each round by itself, so that a group's mean is one policy's.
        selection: weights and replay.
    """
    *earlier, newest = rounds
    chosen = _weighed(objective.choose(newest, selection), newest, selection.weigh)
    if not selection.replay:
        return chosen
    known = {_programs(example) for example in chosen}
    for rows in reversed(earlier):
        for example in _weighed(objective.choose(rows, selection), rows, selection.weigh):
            if _programs(example) not in known:
                known.add(_programs(example))
                chosen.append(_scaled(example, selection.replay))
    return chosen


def why_none(rows: Sequence[JudgedSample], objective: Chooser) -> str:
    """Why a round's samples give no Example, and what to do about it.

    Args:
        rows: of the round.
        objective: which chose none of them.
    """
    passed = sum(row.passed for row in rows)
    more = "more samples (the same command with a larger --data.samples goes on from these)"
    if not passed:
        return f"none of {len(rows)} samples passed; give {more}, easier problems or a stronger base model"
    kind = type(objective).__name__
    return (
        f"{passed} of {len(rows)} samples passed and {kind} makes no Example of them; where it compares passing with "
        f"failing ones give harder problems or {more}, or take --model.objective SFT"
    )


def _weighed(examples: list[Example], rows: Sequence[JudgedSample], weigh: Weighing) -> list[Example]:
    """The same total weight for each group of Examples; the mean weight of an Example stays what it is."""
    if weigh == "example":
        return examples
    group: Mapping[str, object] = (
        difficulty_bands(rows) if weigh == "difficulty" else {r.task_id: r.task_id for r in rows}
    )
    totals: dict[object, float] = defaultdict(float)
    for example in examples:
        totals[group[example[0].row.task_id]] += abs(example[0].weight)
    each = sum(totals.values()) / max(len(totals), 1)
    return [_scaled(example, each / totals[group[example[0].row.task_id]]) for example in examples]


def _scaled(example: Example, factor: float) -> Example:
    return tuple(replace(choice, weight=choice.weight * factor) for choice in example)


def _programs(example: Example) -> tuple[str | None, ...]:
    """What makes an Example new: its problem and the programs in it."""
    return (example[0].row.task_id, *(whole_program(choice.row) for choice in example))
