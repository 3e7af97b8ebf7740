"""Which samples become Examples: pure functions on judged samples, each a choice that a configuration can name."""

import ast
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from axiom.errors import ConfigError
from axiom.learning.advantage import Reward, reward
from axiom.rounds.store import JudgedSample, counts_by_problem

Preference = Literal["short", "diverse", "first", "value"]
Weighing = Literal["example", "problem", "difficulty"]
_BANDS = 4
# What has less of its problem's weight than this is not worth a training step.
_LEAST_SHARE = 0.01


@dataclass(frozen=True)  # without slots: jsonargparse reads a default's __dict__
class Selection:
    """Which of a problem's samples are trained on, and how much each counts.

    Attributes:
        max_per_problem: distinct programs of a problem (pairs, for a loss on pairs), so that easy problems do not crowd
            out hard ones.
        prefer: which of more than these are kept: the ``short``, the most ``diverse``, those drawn ``first``, or those
            of the highest ``value`` (``data.value.learn``). An objective that weighs its samples keeps the weightiest
            instead.
        distinct: whether a program counts once, however often it was sampled; False keeps the policy's own frequencies.
        weigh: ``example`` gives each Example the same weight, ``problem`` each problem, ``difficulty`` each quarter of
            the solve rate, so that few problems that are hard for the policy count as much as many easy ones.
        replay: weight of what earlier rounds found and the newest did not; 0 trains on the newest round alone, 1 on all
            rounds alike.

    Raises:
        ConfigError: for a cap below 1 or a weight below 0.
    """

    max_per_problem: int = 4
    prefer: Preference = "short"
    distinct: bool = True
    weigh: Weighing = "example"
    replay: float = 0.0

    def __post_init__(self) -> None:
        if self.max_per_problem < 1:
            raise ConfigError(f"data.selection.max_per_problem: expected 1 or more, got {self.max_per_problem}")
        if self.replay < 0:
            raise ConfigError(f"data.selection.replay: expected 0 or more, got {self.replay}")

    def check(self, *, learns_groups: bool) -> None:
        """Refuse to replay a part of a group to an objective that weighs a sample by its group's mean.

        Args:
            learns_groups: whether the objective is one.

        Raises:
            ConfigError: naming the setting.
        """
        if self.replay and learns_groups:
            raise ConfigError(
                "data.selection.replay: what a round found anew is mostly what failed, and PolicyGradient weighs it "
                "against samples that are not replayed; set 0, or another model.objective"
            )


def normalized_program(source: str) -> str:
    """A program without comments, layout and quotes: two spellings of one syntax tree give one text."""
    try:
        return ast.unparse(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source


def whole_program(row: JudgedSample) -> str | None:
    """The normalised program of a sample that ended by itself and was judged; None for any other."""
    if row.solution is None or row.finish_reason != "stop" or row.outcome == "internal_error":
        return None
    return normalized_program(row.solution)


def trainable_program(row: JudgedSample) -> str | None:
    """The normalised program of a sample that passed and ended by itself; None for any other."""
    return whole_program(row) if row.passed else None


def whole_programs(rows: Iterable[JudgedSample]) -> list[JudgedSample]:
    """Samples that are whole programs, ordered by problem, then by length."""
    whole = [row for row in rows if whole_program(row) is not None]
    return sorted(whole, key=lambda row: (row.task_id, row.tokens, row.sample_index))


def distinct_programs(rows: Iterable[JudgedSample]) -> list[JudgedSample]:
    """The same with each program once, its shortest completion."""
    kept: dict[tuple[str, str | None], JudgedSample] = {}
    for row in whole_programs(rows):
        kept.setdefault((row.task_id, whole_program(row)), row)
    return list(kept.values())


def select_passing(rows: Sequence[JudgedSample], selection: Selection) -> list[JudgedSample]:
    """Passing samples that ended by themselves, each program once unless duplicates are asked for.

    Args:
        rows: judged samples of one round.
        selection: duplicates, cap and preference.
    """
    programs = distinct_programs if selection.distinct else whole_programs
    by_problem: dict[str, list[JudgedSample]] = defaultdict(list)
    for row in programs(row for row in rows if row.passed):
        by_problem[row.task_id].append(row)
    return [row for found in by_problem.values() for row in preferred(found, selection)]


def preferred(rows: Sequence[JudgedSample], selection: Selection) -> list[JudgedSample]:
    """At most ``selection.max_per_problem`` of one problem's programs, which come the shortest first.

    ``diverse`` begins with the shortest and goes on with the one whose nearest neighbour among those taken is the
    furthest, by the share of syntax nodes that two programs do not have in common.
    """
    count = selection.max_per_problem
    if selection.prefer == "first":
        return sorted(rows, key=lambda row: row.sample_index)[:count]
    if selection.prefer == "value":
        return sorted(rows, key=lambda row: -math.inf if row.value is None else row.value, reverse=True)[:count]
    if selection.prefer == "short" or len(rows) <= count:
        return list(rows[:count])
    nodes = [syntax_nodes(row.solution or "") for row in rows]
    taken = [0]
    while len(taken) < count:
        rest = [place for place in range(len(rows)) if place not in taken]
        taken.append(max(rest, key=lambda place: min(distance(nodes[place], nodes[other]) for other in taken)))
    return [rows[place] for place in taken]


def syntax_nodes(source: str) -> frozenset[str]:
    """What a program is made of: its statements and expressions, each as the text of its syntax tree."""
    try:
        tree = ast.parse(source)
        return frozenset(ast.dump(node) for node in ast.walk(tree) if isinstance(node, (ast.stmt, ast.expr)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset([source])


def distance(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard distance: 0 for equal sets, 1 for sets without a common element."""
    return 1.0 - len(one & other) / max(len(one | other), 1)


def difficulty_bands(rows: Iterable[JudgedSample]) -> dict[str, int]:
    """The quarter of the solve rate that each problem is in: 0 for the hardest, 3 for the easiest.

    Args:
        rows: judged samples; the judge's own faults are not counted.
    """
    counts = counts_by_problem(rows)
    return {name: min(_BANDS * c // max(n, 1), _BANDS - 1) for name, (n, c) in counts.items()}


def search_distribution(
    rows: Sequence[JudgedSample],
    *,
    reward_kind: Reward,
    temperature: float,
    max_per_problem: int,
    value_weight: float = 0.0,
) -> list[tuple[JudgedSample, float]]:
    """What each problem's samples say a better policy would draw.

    A distinct program weighs ``share of the samples * exp((reward + value_weight * value) / temperature)``. Of each
    problem that any sample solved the weightiest programs are kept, and their weights sum to 1.

    Args:
        rows: judged samples.
        reward_kind: of the reward.
        temperature: above 0.
        max_per_problem: programs of a problem.
        value_weight: of the value function's word; a sample without a value has 0.
    """
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        program = whole_program(row)
        if program is not None:
            counts[row.task_id, program] += 1
    by_problem: dict[str, list[tuple[JudgedSample, float]]] = defaultdict(list)
    for row in distinct_programs(rows):
        share = counts[row.task_id, normalized_program(row.solution or "")]
        worth = reward(row, kind=reward_kind) + value_weight * (row.value or 0.0)
        by_problem[row.task_id].append((row, math.log(share) + worth / temperature))
    chosen = []
    for weighed in by_problem.values():
        if any(row.passed for row, _ in weighed):
            most = max(weight for _, weight in weighed)  # of logarithms: a low temperature leaves the largest its 1
            tilted = [(row, math.exp(weight - most)) for row, weight in weighed]
            chosen += _normalized(sorted(tilted, key=lambda pair: -pair[1])[:max_per_problem])
    return chosen


def _normalized(weighed: Sequence[tuple[JudgedSample, float]]) -> list[tuple[JudgedSample, float]]:
    total = sum(weight for _, weight in weighed)
    kept = [(row, weight) for row, weight in weighed if weight >= _LEAST_SHARE * total]
    total = sum(weight for _, weight in kept)
    return [(row, weight / total) for row, weight in kept]
