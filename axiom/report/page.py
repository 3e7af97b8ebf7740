"""The page: one HTML file that needs nothing else, readable in light and in dark, without a script."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from axiom.report.comparison import Change, Group, grouped
from axiom.report.lines import Axes, Dot, Series, line_chart, percent
from axiom.report.numbers import RunNumbers
from axiom.report.sections import figure, html_table, legend, run_sections
from axiom.report.tables import changes_table, runs_tables, told_p
from axiom.report.terminal import NOTHING
from axiom.report.value_numbers import SearchNumbers, ValueNumbers
from axiom.report.value_sections import search_section, value_section

_COLORS = 6
_SIDE_BY_SIDE = 7.0


def page(
    runs: Sequence[RunNumbers],
    *,
    values: Sequence[ValueNumbers] = (),
    searches: Mapping[Path, SearchNumbers] = NOTHING,
) -> str:
    """The whole document.

    Args:
        runs: several are compared first, then each follows.
        values: value functions, after the runs.
        searches: what searches of a run came to, by its folder.
    """
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")

    def about(run: RunNumbers) -> str:
        searched = search_section(searches[run.path]) if run.path in searches else ""
        return f"{_about(run)}{_heads(Group(run.name, (run,)))}{run_sections(run)}{searched}"

    title = f"{len(runs)} runs"
    if len(runs) == 1:
        title, body = runs[0].name, f"<h1>{escape(runs[0].name)}</h1>{about(runs[0])}"
    elif runs:
        body = f"<h1>{title}</h1>{_compared(grouped(runs))}"
        for run in runs:
            body += f'<section class="run"><h2>{escape(run.name)}</h2>{about(run)}</section>'
    else:
        title, body = values[0].name, ""
    body += "".join(value_section(one) for one in values)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}: axiom report</title><style>{style}</style></head><body>{body}</body></html>\n"
    )


def _about(run: RunNumbers) -> str:
    words = [str(run.path)]
    if run.manifest is not None:
        words = [f"Expert iteration of {run.manifest.base}", f"seed {run.manifest.seed}"]
        last = run.rounds[-1].index
        words.append(f"rounds 0 to {last}" if last else "round 0 alone")
        train = run.rounds[0].of.get("train")
        if train is not None:
            words.append(
                f"{len(train.counts)} train problems with {train.samples / len(train.counts):.0f} samples each"
            )
    return f'<p class="about">{escape(", ".join(words))}</p>'


def _heads(group: Group) -> str:
    """The change of the chosen round in large figures: on test problems where there are any, else on validation."""
    for purpose in ("test", "validation"):
        cards = []
        for k in group.runs[0].k:
            found = group.change(purpose, k, chosen=True)
            if found is not None:
                cards.append(_head(f"{purpose} pass@{k}", found))
        if cards:
            return f'<div class="heads">{"".join(cards)}</div>'
    return ""


def _head(name: str, found: Change) -> str:
    return (
        f'<div class="head"><span class="what">{escape(name)}</span><b>{found.change * 100:+.1f} points</b>'
        f"<span>95% interval {found.low * 100:+.1f} to {found.high * 100:+.1f}, p {_with_sign(told_p(found.p))}</span>"
        f"<span>from {found.before:.1%} to {found.after:.1%} on {found.problems} problems</span></div>"
    )


def _with_sign(p: str) -> str:
    return escape(p if p.startswith("<") else f"= {p}")


def _compared(groups: Sequence[Group]) -> str:
    parts = [html_table(table) for table in runs_tables(groups)]
    charts = [(k, chart) for k in groups[0].runs[0].k if (chart := _seeds_chart(groups, k))]
    if charts:
        pictures = "".join(figure(f"Validation pass@{k}", chart) for k, chart in charts)
        names = legend({group.name: f"fill{_color(number)}" for number, group in enumerate(groups)})
        note = "Thin lines are runs; thick ones the mean over seeds, with its 95% bootstrap interval over problems."
        parts.append(f'<h2>pass@k by round</h2><p class="note">{note}</p><div class="pair">{pictures}</div>{names}')
    for group in groups:
        if len(group.runs) > 1:
            table = changes_table(group)
            parts.append(f"<h2>Mean of {len(group.runs)} runs: {escape(group.name)}</h2>")
            parts.append(html_table(table, heading="h3"))
    return "".join(parts)


def _color(number: int) -> int:
    return number % _COLORS + 1


def _seeds_chart(groups: Sequence[Group], k: int) -> str:
    series: list[Series] = []
    for number, group in enumerate(groups):
        rounds = sorted({index for run in group.runs for index in run.counts("validation")})
        if len(group.runs) > 1:
            alone = [Group(run.name, (run,)) for run in group.runs]
            series += [Series("", _dots(one, rounds, k), _color(number), is_faint=True) for one in alone]
        shift = (number - (len(groups) - 1) / 2) * _SIDE_BY_SIDE
        series.append(Series(group.name, _dots(group, rounds, k), _color(number), shift=shift))
    if not any(one.dots for one in series):
        return ""
    axes = Axes("round", f"pass@{k}", percent, top=1.0, names_lines=False)
    return line_chart(f"pass@{k} on validation by round, for each run", series, axes)


def _dots(group: Group, rounds: Sequence[int], k: int) -> tuple[Dot, ...]:
    found = [(index, group.estimate("validation", index, k)) for index in rounds]
    return tuple(Dot(index, one.mean, one.low, one.high) for index, one in found if one is not None)
