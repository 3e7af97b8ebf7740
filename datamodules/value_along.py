"""The value function along the loop: learned from a round's verdicts, before the round's Examples are chosen."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from axiom.errors import ConfigError
from axiom.learning.objectives import Objective
from axiom.learning.selection import Selection
from axiom.learning.value_examples import ValueExample, state_at, value_rows
from axiom.learning.value_figures import Scored, auroc_by_problem
from axiom.policy.policy import Policy, read_adapter
from axiom.policy.value_function import ValueFunction
from axiom.policy.value_learning import known_of, learn_head, values_along
from axiom.problems.problem import Problem
from axiom.prompts import PromptStyle
from axiom.rounds.store import JudgedSample, Purpose, RoundStore
from datamodules.collector import Collector
from datamodules.judged import value_examples

_SHARES = (0.5, 1.0)
log = logging.getLogger(__name__)


@dataclass(frozen=True)  # without slots: jsonargparse reads a default's __dict__
class ValueAlong:
    """Whether and how a value function is learned in each round, on the policy that sampled it.

    It reads how sure the policy was of its tokens where the engine told that of all of them, else states alone.

    Attributes:
        learn: whether. It is kept in ``rounds/NNN/value``, and what it says of the round's samples beside it.
        hidden: units of the head's layer between; 0 for none.
        max_per_problem: distinct completions of a problem, of all rounds so far, that it learns from.
        epochs: passes over them.
        learning_rate: of AdamW.

    Raises:
        ConfigError: for a number that cannot be.
    """

    learn: bool = False
    hidden: int = 0
    max_per_problem: int = 16
    epochs: int = 10
    learning_rate: float = 1e-3

    def __post_init__(self) -> None:
        if self.hidden < 0 or self.max_per_problem < 2 or self.epochs < 1 or self.learning_rate <= 0:
            raise ConfigError(
                f"data.value: hidden {self.hidden} must be 0 or more, max_per_problem {self.max_per_problem} 2 or "
                f"more, epochs {self.epochs} 1 or more and learning_rate {self.learning_rate} above 0"
            )

    def check(self, selection: Selection, objective: Objective, *, shards_base: bool) -> None:
        """Refuse a choice by value where no value function is learned, and learning one where no rank has the base.

        Raises:
            ConfigError: naming the setting.
        """
        if self.learn and shards_base:
            raise ConfigError(
                "data.value.learn true: a value function needs the whole base, of which model.shard_base leaves each "
                "rank a share; set either false"
            )
        asked = {
            "data.selection.prefer value": selection.prefer == "value",
            "model.objective.value_weight": objective.needs_value,
        }
        if not self.learn and any(asked.values()):
            names = " and ".join(name for name, is_asked in asked.items() if is_asked)
            raise ConfigError(f"{names}: needs a value function; set data.value.learn true")


def learn_round(
    collector: Collector,
    store: RoundStore,
    index: int,
    policy: Policy,
    problems: Mapping[Purpose, Sequence[Problem]],
    *,
    how: ValueAlong,
) -> dict[str, float]:
    """Learn a round's value function and keep it with the values of the round's samples, unless all of them have one.

    Every rank calls this; rank 0 learns, and the others wait for it.

    Args:
        collector: has the ranks.
        store: the run's rounds, this one collected.
        index: the round.
        policy: gets the adapter that sampled the round for as long.
        problems: by purpose.
        how: the settings.

    Returns:
        Figures by their names in TensorBoard, on rank 0; none where the round's samples have their values already, or
        where no problem has both passing and failing completions.
    """
    figures: dict[str, float] = {}
    if collector.rank == 0:
        figures = _learned(store, index, policy, problems, how=how, style=collector.style, seed=collector.seed)
    collector.wait_for_all()
    return figures


def _learned(
    store: RoundStore,
    index: int,
    policy: Policy,
    problems: Mapping[Purpose, Sequence[Problem]],
    *,
    how: ValueAlong,
    style: PromptStyle,
    seed: int,
) -> dict[str, float]:
    folder = store.folder(index)
    kept = _with_a_pass(folder.read("train"))
    if folder.has_values() and all(row.value is not None for row in kept):  # a round may get more samples later
        return {}

    def examples(rows: Sequence[JudgedSample], purpose: Purpose) -> list[ValueExample]:
        by_id = {problem.id: problem for problem in problems[purpose]}
        return value_examples(rows, by_id, tokenizer=policy.tokenizer, style=style)

    def distinct(purpose: Purpose, rounds: Sequence[int]) -> list[ValueExample]:
        rows = [row for one in rounds for row in store.folder(one).read(purpose)]
        return examples(value_rows(rows, max_per_problem=how.max_per_problem), purpose)

    learned = [one for one in distinct("train", range(index + 1)) if one.target.passing + one.target.failing]
    once = list({(row.task_id, row.completion): row for row in kept}.values())
    asked = examples(once, "train")
    unseen = distinct("validation", [index]) if learned else []
    is_told = all(one.has_log_probs for one in (*learned, *asked, *unseen))
    if not is_told:
        log.warning("round %d: the engine told no log-probabilities; the value function does without them", index)
    with policy.with_adapter(read_adapter(folder.adapter)):
        value = ValueFunction(policy, trains_adapter=False, hidden=how.hidden, reads_confidence=is_told, seed=seed)
        known = known_of(value, learned)
        learn_head(value, learned, known, epochs=how.epochs, learning_rate=how.learning_rate, seed=seed)
        value.save(folder.value)
        told = values_along(value, asked)
        ends = {(row.task_id, row.completion): own[-1] for row, own in zip(once, told, strict=True)}
        folder.write_values({row.key: ends[row.task_id, row.completion] for row in kept})
        return _figures(unseen, values_along(value, unseen))


def _with_a_pass(rows: Sequence[JudgedSample]) -> list[JudgedSample]:
    """Samples of problems that any sample solved: training takes no others."""
    solved = {row.task_id for row in rows if row.passed}
    return [row for row in rows if row.task_id in solved and row.outcome != "internal_error"]


def _figures(unseen: Sequence[ValueExample], told: Sequence[Sequence[float]]) -> dict[str, float]:
    figures = {}
    for share in _SHARES:
        scored = [
            Scored(one.problem, own[state_at(len(own), share)], one.passed)
            for one, own in zip(unseen, told, strict=True)
        ]
        if found := auroc_by_problem(scored):
            figures[f"value/auroc@{share}"] = sum(found.values()) / len(found)
    return figures
