"""The tables of a report as text, which the terminal and the page both show."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from axiom.pass_at_k import pass_at_k_by_problem
from axiom.report.comparison import Change, Estimate, Group, change_of, estimate
from axiom.report.numbers import Evaluation, RoundNumbers, RunNumbers, first_of
from axiom.rounds.choice import RoundChoice, best_round
from axiom.rounds.store import Purpose

NONE = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        title: what it is about.
        columns: their heads; the first column's cells name the row.
        rows: cells as text.
        marked: numbers of the rows that stand out.
        note: a sentence below it.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: tuple[int, ...] = ()
    note: str = ""


@dataclass(slots=True)
class _Columns:
    """Cells by column; a column without a cell that says something is dropped."""

    cells: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, cells: Sequence[str]) -> None:
        if any(cell != NONE for cell in cells):
            self.cells[name] = list(cells)

    def table(self, title: str, *, marked: tuple[int, ...] = (), note: str = "") -> Table:
        rows = tuple(zip(*self.cells.values(), strict=True))
        return Table(title, tuple(self.cells), rows, marked=marked, note=note)


def told_estimate(found: Estimate | None) -> str:
    """``23.8% (17.3 to 31.0)``, the interval in percent."""
    return NONE if found is None else f"{found.mean:.1%} ({found.low * 100:.1f} to {found.high * 100:.1f})"


def told_change(found: Change | None) -> str:
    """``+8.2 (+3.4 to +13.5)``, in percentage points."""
    if found is None:
        return NONE
    return f"{found.change * 100:+.1f} ({found.low * 100:+.1f} to {found.high * 100:+.1f})"


def told_p(p: float) -> str:
    """A p-value with the digits that it has."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def told_seconds(seconds: float | None) -> str:
    """Seconds, minutes or hours, whatever reads best."""
    if seconds is None:
        return NONE
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def rounds_table(run: RunNumbers) -> Table:
    """pass@k by round; the chosen round stands out."""
    columns, rounds = _Columns(), run.rounds
    columns.add("round", [str(one.index) for one in rounds])
    for purpose in ("validation", "test"):
        most = max((len(one.of[purpose].counts) for one in rounds if purpose in one.of), default=0)
        for k in run.k:
            columns.add(f"{purpose} pass@{k}", [_pass_cell(one, purpose, k, most) for one in rounds])
    chosen = tuple(number for number, one in enumerate(rounds) if one.index == run.chosen)
    note = "In brackets: 95% bootstrap intervals over problems."
    return columns.table("Rounds", marked=chosen, note=note + _told_choice(run))


def _told_choice(run: RunNumbers) -> str:
    """Which round is the best, and which is better by pass@1 but for the guard on pass@k."""
    if run.chosen is None:
        return ""
    told, k = f" Round {run.chosen} is the best on validation pass@1", max(run.k)
    highest = best_round(run.counts("validation"), k=k, choice=RoundChoice(most_lost=None))
    if highest == run.chosen:
        return f"{told}."
    return f"{told} of those that kept pass@{k} (expert_iteration.choice.most_lost), which round {highest} did not."


def _pass_cell(one: RoundNumbers, purpose: Purpose, k: int, most: int) -> str:
    if purpose not in one.of:
        return NONE
    found = estimate(one.of[purpose].counts, k)
    fewer = found is not None and found.problems < most
    return told_estimate(found) + (f" of {found.problems} problems" if found is not None and fewer else "")


def collected_table(run: RunNumbers) -> Table:
    """What the train problems gave, and what was drawn for it, by round."""
    columns = _Columns()
    columns.add("round", [str(one.index) for one in run.rounds])
    train = [one.of.get("train") for one in run.rounds]
    columns.add("accepted", [NONE if one is None else f"{one.passed / one.samples:.1%}" for one in train])
    columns.add("solved", [NONE if one is None else f"{one.solved} of {len(one.counts)}" for one in train])
    columns.add("examples", [NONE if one.examples is None else str(one.examples) for one in run.rounds])
    columns.add("samples", [NONE if one is None else f"{one.samples:,}" for one in train])
    columns.add("distinct programs", [NONE if one is None else f"{one.programs:,}" for one in train])
    columns.add("tokens of a sample", [NONE if one is None else f"{one.tokens / one.samples:.1f}" for one in train])
    note = "Solved problems have a sample that passed; tokens are a sample's mean."
    found = [one.of.get("search") for one in run.rounds]
    if any(found):
        columns.add("by search", [NONE if one is None else f"{one.solved} of {len(one.counts)}" for one in found])
        note += " By search: of the problems that no sample solved, those that data.search did."
    return columns.table("Train samples", note=note)


def spent_table(run: RunNumbers) -> Table:
    """Tokens, programs and time by round, and their sums."""
    columns, rounds = _Columns(), run.rounds
    total = len(rounds) > 1
    columns.add("round", [*(str(one.index) for one in rounds), *(["all"] if total else [])])

    def add(name: str, values: Sequence[float | None], shown: str = "{:,.0f}") -> None:
        known = [value for value in values if value is not None]
        cells = [NONE if value is None else shown.format(value) for value in values]
        if known:
            columns.add(name, [*cells, *([shown.format(sum(known))] if total else [])])

    add("samples", [sum(part.samples for part in one.of.values()) for one in rounds])
    add("tokens", [sum(part.tokens for part in one.of.values()) for one in rounds])
    add("judge CPU, s", [sum(part.judge_cpu_s for part in one.of.values()) for one in rounds], "{:,.1f}")
    add("sampling train, s", [one.sampling_s for one in rounds])
    add("collecting, s", [None if one.time is None else one.time.collecting_s for one in rounds])
    add("training, s", [None if one.time is None else one.time.training_s for one in rounds])
    return columns.table(
        "Tokens and time spent",
        note="Samples and tokens of all purposes; tokens are those of completions. Times are on the clock, from "
        "TensorBoard's log: collecting holds loading, sampling and judging up to a round's report, and what came after "
        "the last report, such as the test samples, is in none.",
    )


def changes_table(group: Group) -> Table:
    """The last and the chosen round against the first, paired by problem."""
    last, best = group.later(chosen=False), group.later(chosen=True)
    rows = []
    for purpose in ("validation", "test"):
        for k in group.runs[0].k:
            for rounds, chosen in ((last, False), (best, True)):
                found = group.change(purpose, k, chosen=chosen)
                if found is not None and not (chosen and best == last):
                    rows.append((f"{purpose} pass@{k}", _later(rounds, last, best), *_change_cells(found)))
    return Table("Paired tests against round 0", _CHANGE_COLUMNS, tuple(rows), note=_CHANGE_NOTE)


_CHANGE_COLUMNS = ("figure", "round", "before", "after", "points", "p", "up, down")
_CHANGE_NOTE = (
    "Each problem's pass@k against its own in round 0: the change with its 95% interval by bootstrap over problems "
    "(10,000 resamples), p by flipping the changes' signs, and how many problems' figures went up and down. What the "
    "chosen round gains on validation is flattered by the choice; what it gains on test is not."
)


def _later(rounds: tuple[int, ...], last: tuple[int, ...], best: tuple[int, ...]) -> str:
    told = str(rounds[0]) if len(set(rounds)) == 1 else ", ".join(map(str, rounds))
    names = [name for name, which in (("last", last), ("chosen", best)) if which == rounds]
    return f"{told}, {' and '.join(names)}"


def _change_cells(found: Change) -> tuple[str, ...]:
    moved = f"{found.better}, {found.worse} of {found.problems}"
    return f"{found.before:.1%}", f"{found.after:.1%}", told_change(found), told_p(found.p), moved


def evaluations_table(run: RunNumbers) -> Table:
    """What ``validate`` and ``test`` kept, each against round 0's adapter where that was asked the same."""
    columns, pairs = _Columns(), [(one, k) for one in run.evaluations for k in run.k]
    columns.add("figure", [f"{one.purpose} pass@{k}" for one, k in pairs])
    columns.add("adapter", [one.adapter_hash[:8] if one.round is None else f"round {one.round}" for one, _ in pairs])
    columns.add("unlike the rounds", [", ".join(one.changed) for one, _ in pairs])
    columns.add("problems", [_told_problems(one.measured.counts) for one, _ in pairs])
    columns.add("samples", [str(one.measured.samples) for one, _ in pairs])
    columns.add("value", [told_estimate(estimate(one.measured.counts, k)) for one, k in pairs])
    columns.add("points against round 0", [told_change(_against_first(one, run.evaluations, k)) for one, k in pairs])
    note = "Round 0 is compared with where it was evaluated on the same problems with the same sampling parameters."
    return columns.table("Evaluations beside the rounds", note=note)


def _told_problems(counts: Collection[str]) -> str:
    """``164 HumanEval``: how many, and the sources that their ids begin with."""
    sources = sorted({source for source, slash, _ in (name.partition("/") for name in counts) if slash})
    return " ".join([str(len(counts)), ", ".join(sources)]).strip()


def _against_first(one: Evaluation, others: Sequence[Evaluation], k: int) -> Change | None:
    first = first_of(one, others)
    if first is None:
        return None
    return change_of(*(pass_at_k_by_problem(either.measured.counts, k) for either in (first, one)))


def runs_tables(groups: Sequence[Group]) -> list[Table]:
    """For each figure a table of what the chosen round changed in each run, and in each group's mean.

    What was evaluated beside the rounds follows them.
    """
    budgets = groups[0].runs[0].k
    found = [
        _runs_table(groups, f"{purpose} pass@{k}", partial(Group.change, purpose=purpose, k=k, chosen=True))
        for purpose in _CHOSEN_ON
        for k in budgets
    ]
    for alike in dict.fromkeys(one.alike for group in groups for run in group.runs for one in run.evaluations):
        for k in budgets:
            title = f"{alike.purpose} pass@{k} of {_told_problems(alike.problems)} problems"
            change = partial(Group.evaluated, alike=alike, k=k)
            found.append(_runs_table(groups, ", ".join((title, *alike.changed)), change))
    kept = [table for table in found if table.rows]
    return [*kept[:-1], *(replace(table, note=_RUNS_NOTE) for table in kept[-1:])]


_RUNS_NOTE = (
    "The chosen round of each run against its round 0. A mean takes each problem's mean over its runs first, and then "
    "bootstraps the problems."
)
_CHOSEN_ON: tuple[Purpose, ...] = ("validation", "test")


def _runs_table(groups: Sequence[Group], title: str, change: Callable[[Group], Change | None]) -> Table:
    rows: list[tuple[str, ...]] = []
    means: list[int] = []
    for name, one in (line for group in groups for line in _lines(group)):
        found = change(one)
        if found is not None:
            means += [len(rows)] if len(one.runs) > 1 else []
            rounds = ", ".join(map(str, one.later(chosen=True)))
            told = (f"{found.before:.1%}", f"{found.after:.1%}", told_change(found), told_p(found.p))
            rows.append((name, _seed(one), rounds, *told))
    columns = ("run", "seed", "chosen", "before", "after", "points", "p")
    return Table(title[0].upper() + title[1:], columns, tuple(rows), marked=tuple(means))


def _lines(group: Group) -> list[tuple[str, Group]]:
    alone = [(run.name, Group(run.name, (run,))) for run in group.runs]
    return [*alone, (f"mean of {len(group.runs)}: {group.name}", group)] if len(group.runs) > 1 else alone


def _seed(group: Group) -> str:
    return ", ".join(str(run.manifest.seed) for run in group.runs if run.manifest is not None)
