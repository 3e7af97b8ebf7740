"""Tables and pictures of a value function and of searches."""

from math import log2

from axiom.learning.value_figures import auroc_by_problem, calibration_error, reliability
from axiom.pass_at_k import bootstrap_mean
from axiom.report.lines import Axes, Dot, Series, line_chart, percent
from axiom.report.sections import figure, html_table
from axiom.report.tables import Table, told_estimate
from axiom.report.value_numbers import SearchNumbers, ValueNumbers

_COLORS = 6


def value_table(values: ValueNumbers) -> Table:
    """AUROC by share of the program written, and of log-probability."""
    rows = [(f"value at {share:.0%} of the tokens", scored) for share, scored in values.at.items()]
    if values.log_probs:
        rows.append(("log-probability of all", values.log_probs))
    cells, problems = [], 0
    for name, scored in rows:
        found = auroc_by_problem(scored)
        problems = max(problems, len(found))
        if found:
            mean, low, high = bootstrap_mean(list(found.values()))
            cells.append((name, f"{mean:.3f} ({low:.3f} to {high:.3f})"))
    error = calibration_error(reliability(values.whole))
    return Table(
        f"Value function {values.name}",
        ("", "AUROC"),
        tuple(cells),
        note=f"The chance that a passing program has a higher value than a failing one of the same problem: mean over "
        f"{problems} problems with both, which it never saw, with its 95% bootstrap interval. Expected calibration "
        f"error of whole programs, each weighing what it would have weighed in the fit: {error:.3f}.",
    )


def value_section(values: ValueNumbers) -> str:
    """The table, AUROC by share, and the reliability picture."""
    pictures = _auroc_chart(values) + _reliability_chart(values)
    return f'{html_table(value_table(values))}<div class="pair">{pictures}</div>'


def _auroc_chart(values: ValueNumbers) -> str:
    dots = []
    for share, scored in values.at.items():
        found = list(auroc_by_problem(scored).values())
        if found:
            mean, low, high = bootstrap_mean(found)
            dots.append(Dot(100 * share, mean, low, high))
    axes = Axes("share of the tokens, %", "AUROC within problems", lambda y: f"{y:.2f}", by_round=False, top=1.0)
    chart = line_chart("AUROC by share of the program written", [Series("value", tuple(dots))], axes)
    return figure("Passing from failing programs, as they are written", chart)


def _reliability_chart(values: ValueNumbers) -> str:
    bins = reliability(values.whole)
    dots = tuple(Dot(100 * one.value, one.passed) for one in bins)
    line = (Dot(0.0, 0.0), Dot(100.0, 1.0))
    axes = Axes("value, %", "share that passed", percent, by_round=False, top=1.0, last=100.0, names_lines=False)
    chart = line_chart(
        "share of programs that passed, by their value",
        [Series("", line, color=2, is_faint=True), Series("passed", dots)],
        axes,
    )
    return figure("Reliability: programs of about a value, and how many of them passed; the thin line is exact", chart)


def search_section(found: SearchNumbers) -> str:
    """The table, and pass rate against budget, a line for each way of searching; their intervals overlap too much."""
    series = []
    for number, (name, of_budget) in enumerate(found.rates.items()):
        dots = tuple(Dot(log2(n), one.mean) for n, one in sorted(of_budget.items()))
        series.append(Series(name, dots, color=number % _COLORS + 1, is_dashed=number >= _COLORS))
    axes = Axes("samples of each problem, as a power of 2", "programs that pass", percent, top=1.0)
    chart = line_chart("pass rate by budget and way of searching", series, axes, width=940, height=420)
    return f"{html_table(search_table(found))}<figure>{chart}</figure>"


def search_table(found: SearchNumbers) -> Table:
    """The same in figures."""
    budgets = sorted({n for of_budget in found.rates.values() for n in of_budget})
    return Table(
        "Searches by budget of samples",
        ("", *map(str, budgets)),
        tuple((name, *(told_estimate(of_budget.get(n)) for n in budgets)) for name, of_budget in found.rates.items()),
        note=f"The share of {found.problems} test problems whose handed-out program passes the hidden tests, which no "
        "search saw, with 95% bootstrap intervals over problems. The oracle hands out a passing program wherever there "
        "is one.",
    )
