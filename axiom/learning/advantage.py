"""From verdicts to advantages: how much better a sample did than the others of its problem.

The group-relative baseline of GRPO (arXiv 2402.03300): a problem's own samples tell what was to be expected of it, so
no value function is needed. Dividing by the group's standard deviation gives problems that are nearly solved or nearly
hopeless more weight than their verdicts carry (Dr. GRPO, arXiv 2503.20783); ``scale="none"`` does without.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import sqrt
from typing import Literal

from axiom.rounds.store import JudgedSample

Reward = Literal["binary", "fraction"]
Scale = Literal["group", "none"]
# As in TRL, so that a group whose rewards hardly differ is not divided by nothing.
_EPSILON = 1e-4


def reward(row: JudgedSample, *, kind: Reward) -> float:
    """1 for a program that passed, else 0, or with ``fraction`` the share of its tests that passed.

    A judge that stops at the first failing test makes the share a lower bound.
    """
    if row.passed:
        return 1.0
    return row.passed_tests / row.total_tests if kind == "fraction" and row.total_tests else 0.0


def group_advantages(rows: Sequence[JudgedSample], *, kind: Reward = "binary", scale: Scale = "group") -> list[float]:
    """Each sample's reward less the mean of its problem's, in the order of the rows.

    Args:
        rows: judged samples; none of them the judge's own fault.
        kind: of the reward.
        scale: ``group`` divides by the standard deviation (n - 1) of the problem's rewards, ``none`` leaves them.
    """
    rewards = [reward(row, kind=kind) for row in rows]
    groups: dict[str, list[float]] = defaultdict(list)
    for row, value in zip(rows, rewards, strict=True):
        groups[row.task_id].append(value)
    baseline = {name: _mean(values) for name, values in groups.items()}
    unit = {name: _deviation(values) + _EPSILON if scale == "group" else 1.0 for name, values in groups.items()}
    return [(value - baseline[row.task_id]) / unit[row.task_id] for row, value in zip(rows, rewards, strict=True)]


def _mean(values: Sequence[float]) -> float:
    """Of equal ones each of them to the bit, so that a group without a difference has no advantage at all."""
    return values[0] if min(values) == max(values) else sum(values) / len(values)


def _deviation(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 0.0
    mean = _mean(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
