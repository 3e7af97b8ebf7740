"""Figures over problems with their intervals: of one round, of a change, and over seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from axiom.pass_at_k import bootstrap_mean, paired_bootstrap, pass_at_k_by_problem, sign_flip_p
from axiom.report.numbers import Alike, RunNumbers, first_of
from axiom.rounds.choice import Counts
from axiom.rounds.store import Purpose


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over problems with its 95% bootstrap interval, as fractions of 1."""

    mean: float
    low: float
    high: float
    problems: int


@dataclass(frozen=True, slots=True)
class Change:
    """A paired change over the problems that both sides have.

    Attributes:
        before, after: means over these problems, as fractions of 1.
        change, low, high: their difference and its 95% bootstrap interval.
        p: of the two-sided sign-flip test.
        better, worse: problems whose figure rose, and fell.
        problems: how many there are.
    """

    before: float
    after: float
    change: float
    low: float
    high: float
    p: float
    better: int
    worse: int
    problems: int


def estimate(counts: Counts, k: int) -> Estimate | None:
    """pass@k over problems; None where none has k samples."""
    return mean_of(pass_at_k_by_problem(counts, k))


def mean_of(by_problem: Mapping[str, float]) -> Estimate | None:
    """The mean of one figure for each problem; None for no problem."""
    if not by_problem:
        return None
    return Estimate(*bootstrap_mean(list(by_problem.values())), problems=len(by_problem))


def change_of(before: Mapping[str, float], after: Mapping[str, float]) -> Change | None:
    """The paired change of a figure; None where no problem has it on both sides."""
    shared = [name for name in before if name in after]
    if not shared:
        return None
    first, second = [before[name] for name in shared], [after[name] for name in shared]
    mean, low, high = paired_bootstrap(first, second)
    changes = [b - a for a, b in zip(first, second, strict=True)]
    return Change(
        before=sum(first) / len(shared),
        after=sum(second) / len(shared),
        change=mean,
        low=low,
        high=high,
        p=sign_flip_p(changes),
        better=sum(change > 1e-12 for change in changes),
        worse=sum(change < -1e-12 for change in changes),
        problems=len(shared),
    )


def averaged(by_run: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Each problem's mean over runs; problems that a run lacks are left out."""
    shared = [name for name in by_run[0] if all(name in one for one in by_run)] if by_run else []
    return {name: sum(one[name] for one in by_run) / len(by_run) for name in shared}


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that differ in the seed alone.

    Attributes:
        name: of the run, or what sets these runs apart from the other groups.
        runs: at least one.
    """

    name: str
    runs: tuple[RunNumbers, ...]

    def estimate(self, purpose: Purpose, index: int, k: int) -> Estimate | None:
        """pass@k of a round: each problem's mean over the seeds, then over problems; None unless all runs have it."""
        return mean_of(averaged(self._figures(purpose, [index] * len(self.runs), k)))

    def later(self, *, chosen: bool) -> tuple[int, ...]:
        """Each run's chosen round, or its last evaluated one; empty where a run has none, or all are the first."""
        found = [run.chosen if chosen else run.last for run in self.runs]
        rounds = tuple(index for index in found if index is not None)
        return rounds if len(rounds) == len(found) and any(rounds) else ()

    def change(self, purpose: Purpose, k: int, *, chosen: bool) -> Change | None:
        """From round 0 to the last, or to each run's chosen one, seeds averaged; None unless all have both."""
        rounds = self.later(chosen=chosen)
        if not rounds:
            return None
        first = averaged(self._figures(purpose, [0] * len(rounds), k))
        return change_of(first, averaged(self._figures(purpose, rounds, k)))

    def evaluated(self, alike: Alike, k: int) -> Change | None:
        """From round 0 to each run's chosen one, by what was evaluated beside the rounds; None unless all have both."""
        if not self.later(chosen=True):
            return None
        found = [_evaluated(run, alike, k) for run in self.runs]
        pairs = [pair for pair in found if pair is not None]
        if len(pairs) < len(found):
            return None
        return change_of(averaged([before for before, _ in pairs]), averaged([after for _, after in pairs]))

    def _figures(self, purpose: Purpose, rounds: Sequence[int], k: int) -> list[dict[str, float]]:
        return [
            pass_at_k_by_problem(run.counts(purpose).get(i, {}), k) for run, i in zip(self.runs, rounds, strict=True)
        ]


def _evaluated(run: RunNumbers, alike: Alike, k: int) -> tuple[dict[str, float], dict[str, float]] | None:
    """pass@k by problem of round 0 and of the chosen one, both asked the same; None where one is missing."""
    for one in run.evaluations:
        if one.alike == alike and one.round == run.chosen:
            first = one if one.round == 0 else first_of(one, run.evaluations)
            if first is not None:
                return pass_at_k_by_problem(first.measured.counts, k), pass_at_k_by_problem(one.measured.counts, k)
    return None


def grouped(runs: Sequence[RunNumbers]) -> list[Group]:
    """Runs of the same settings together, in the order given; a setting that one does not tell sets none apart."""
    alike: list[list[RunNumbers]] = []
    for run in runs:
        found = next((members for members in alike if not _varying([_asked(members[0]), _asked(run)])), None)
        if found is None:
            alike.append([run])
        else:
            found.append(run)
    # What most settings are of: a class first, then by name.
    varying = _varying([_asked(members[0]) for members in alike])
    varying.sort(key=lambda name: not name.endswith(_CLASS))
    shown = next((n for n in range(1, _TOLD) if len(set(_labels(alike, varying[:n]))) == len(alike)), _TOLD)
    labels = _labels(alike, varying[:shown])
    return [Group(told or _seeds(runs), tuple(runs)) for told, runs in zip(labels, alike, strict=True)]


def _labels(groups: Sequence[Sequence[RunNumbers]], names: Sequence[str]) -> list[str]:
    return [", ".join(_told(name, _asked(members[0])[name]) for name in names) for members in groups]


def _seeds(runs: Sequence[RunNumbers]) -> str:
    """The name of a group that no setting tells from another."""
    seeds = [str(run.manifest.seed) for run in runs if run.manifest is not None]
    return runs[0].name if len(runs) == 1 else f"seeds {', '.join(seeds)}"


_TOLD = 3
_CLASS = ".class_path"


def _told(name: str, value: str) -> str:
    """``objective DPO`` of a class, ``max_per_problem 8`` of another setting."""
    if name.endswith(_CLASS):
        name, value = name.removesuffix(_CLASS), value.rpartition(".")[2]
    return f"{name.rpartition('.')[2]} {value}"


def _asked(run: RunNumbers) -> dict[str, str]:
    """All settings but the seeds, sorted by name: the manifest's where no configuration is kept."""
    asked = dict(run.settings)
    if run.manifest is not None:
        manifest = run.manifest
        asked |= {"base": manifest.base, "enough_passing": str(manifest.enough_passing)}
        asked |= {f"problems.{purpose}": key for purpose, key in manifest.problems.items()}
        asked |= {f"sampling.{name}": str(value) for name, value in manifest.sampling.items()}
    return dict(sorted(asked.items()))


def _varying(asked: Sequence[Mapping[str, str]]) -> list[str]:
    """Names of the settings that all of them tell, and not all alike."""
    shared = [name for name in asked[0] if all(name in one for one in asked)]
    return [name for name in shared if len({one[name] for one in asked}) > 1]
