"""How many samples each problem gets in a round, from what the rounds before drew and solved."""

from collections.abc import Mapping, Sequence

from axiom.errors import ConfigError
from axiom.learning.curriculum import Band, Counts, Curriculum, allotments, bands
from axiom.problems.problem import Problem
from axiom.rounds.budget import Plan
from axiom.rounds.store import JudgedSample, Purpose, RoundStore, counts_by_problem

# What is sampled in a stage.
SAMPLED: dict[str, tuple[Purpose, ...]] = {
    "fit": ("train", "validation", "test"),
    "validate": ("validation",),
    "test": ("test",),
    "predict": ("test",),
}
_EVALUATED: dict[str, tuple[Purpose, ...]] = {
    "fit": ("validation", "test"),
    "validate": ("validation",),
    "test": ("test",),
}


class Planning:
    """The plans of a run's rounds.

    Args:
        problems: by purpose.
        samples: N of each problem, by purpose.
        curriculum: moves train samples between problems.
        enough_passing: distinct passing programs after which a train problem gets no more.
        first_samples: of each train problem, drawn whatever passes; None takes the largest budget of pass@k.
    """

    def __init__(
        self,
        problems: Mapping[Purpose, Sequence[Problem]],
        samples: Mapping[Purpose, int],
        *,
        curriculum: Curriculum,
        enough_passing: int | None,
        first_samples: int | None = None,
    ) -> None:
        self._problems, self._samples = problems, samples
        self._curriculum, self.enough_passing, self._first = curriculum, enough_passing, first_samples

    def check(self, stage: str, *, k: Sequence[int]) -> None:
        """Refuse budgets of pass@k that a stage's samples do not reach.

        Raises:
            ConfigError: naming the setting.
        """
        for purpose in _EVALUATED.get(stage, ()):
            if self._samples[purpose] < max(k):
                raise ConfigError(
                    f"pass@{max(k)} needs {max(k)} samples of each problem; data.{purpose}_samples is "
                    f"{self._samples[purpose]}: raise it, or lower model.k"
                )

    def plan(self, store: RoundStore, index: int, purpose: Purpose, *, k: Sequence[int]) -> Plan:
        """What a round wants.

        Args:
            store: the run's rounds.
            index: the round.
            purpose: what for; only train samples follow the curriculum and stop early.
            k: budgets of pass@k, which so many samples of each problem are drawn for in any case.
        """
        samples = self._samples[purpose]
        least = min(samples, self._first or max(k))
        if purpose != "train":
            return Plan(dict.fromkeys(self._names(purpose), samples))
        history = _history(store, index)
        allotted = allotments(self._names(purpose), history, self._curriculum, samples=samples, least=least)
        earlier = history[-1] if history else {}
        return Plan(allotted, enough_passing=self.enough_passing, fixed=least, earlier=earlier)

    def before_stopping(
        self, rows: Sequence[JudgedSample], store: RoundStore, index: int, *, k: Sequence[int]
    ) -> list[JudgedSample]:
        """Of a round's train samples those that pass@k counts: drawn whatever passed before them."""
        if self.enough_passing is None:
            return list(rows)
        plan = self.plan(store, index, "train", k=k)
        return [row for row in rows if row.sample_index < plan.fixed_of(row.task_id)]

    def bands(self, store: RoundStore, index: int) -> dict[str, Band]:
        """The curriculum's band of each train problem, by all rounds up to this one."""
        return bands(self._names("train"), _history(store, index + 1), self._curriculum)

    def _names(self, purpose: Purpose) -> list[str]:
        return [problem.id for problem in self._problems[purpose]]


def _history(store: RoundStore, rounds: int) -> list[Counts]:
    """Train samples drawn and passed of each problem, by round, of the first so many rounds."""
    return [counts_by_problem(store.folder(index).read("train")) for index in range(rounds)]
