"""The parts of a page about one run, each a heading, a picture or table, and a sentence that says how to read it."""

import math
from collections.abc import Sequence
from html import escape

from axiom.report.bars import stacked_bars
from axiom.report.comparison import Group, estimate
from axiom.report.lines import Axes, Dot, Series, line_chart, percent
from axiom.report.numbers import RunNumbers
from axiom.report.solve_map import solve_map
from axiom.report.tables import Table, changes_table, collected_table, evaluations_table, rounds_table, spent_table
from axiom.rounds.store import Purpose

OUTCOMES = (
    *("passed", "wrong_answer", "runtime_error", "syntax_error", "no_program", "time_limit", "memory_limit"),
    *("output_limit", "forbidden", "internal_error"),
)
LIGHT = {"wrong_answer", "time_limit", "output_limit", "no_program", "internal_error"}
_CURVE_POINTS = 160


def html_table(table: Table, *, heading: str = "h2") -> str:
    """A table with its heading and note; nothing for one without rows."""
    if not table.rows:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    body = []
    for number, row in enumerate(table.rows):
        chosen = ' class="chosen"' if number in table.marked else ""
        body.append(f"<tr{chosen}>" + "".join(_cell(cell) for cell in row) + "</tr>")
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return (
        f"<{heading}>{escape(table.title)}</{heading}>"
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table></div>{note}'
    )


def _cell(words: str) -> str:
    value, bracket, interval = words.partition(" (")
    shown = escape(value) + (f" <small>({escape(interval)}</small>" if bracket else "")
    kind = ""
    if bracket and value[0] in "+-":  # a change; coloured where its interval is on one side of 0
        low, _, high = interval.rstrip(")").partition(" to ")
        kind = ' class="up"' if float(low) > 0 else ' class="down"' if float(high) < 0 else ""
    return f"<td{kind}>{shown}</td>"


def run_sections(run: RunNumbers) -> str:
    """Everything about one run."""
    alone = Group(run.name, (run,))
    return "".join(
        (
            _pass_section(run),
            html_table(rounds_table(run)),
            html_table(changes_table(alone)),
            html_table(evaluations_table(run)),
            _solved_section(run),
            html_table(collected_table(run)),
            _outcome_section(run),
            _map_section(run),
            _spent_section(run),
            _curve_section(run),
            _origin_section(run),
        )
    )


def pass_series(run: RunNumbers, purpose: Purpose) -> list[Series]:
    """pass@k by round with intervals, a line for each k."""
    series = []
    for color, k in enumerate(run.k, start=1):
        found = [(index, estimate(counts, k)) for index, counts in run.counts(purpose).items()]
        dots = tuple(Dot(index, one.mean, one.low, one.high) for index, one in found if one is not None)
        series.append(Series(f"pass@{k}", dots, color=min(color, 6)))
    return series


def _pass_section(run: RunNumbers) -> str:
    pictures = []
    for purpose in ("validation", "test"):
        counts = run.counts(purpose)
        if counts:
            problems = max(map(len, counts.values()))
            axes = Axes("round", "pass@k", percent, top=1.0, last=float(run.rounds[-1].index))
            chart = line_chart(f"pass@k on {purpose} by round", pass_series(run, purpose), axes)
            pictures.append(figure(f"{purpose.capitalize()}: {problems} problems", chart))
    if not pictures:
        return ""
    note = "Shaded bars are 95% bootstrap intervals over problems."
    return f'<h2>pass@k by round</h2><p class="note">{note}</p><div class="pair">{"".join(pictures)}</div>'


def figure(caption: str, picture: str) -> str:
    """A picture under its caption."""
    return f"<figure><figcaption>{escape(caption)}</figcaption>{picture}</figure>"


def _solved_section(run: RunNumbers) -> str:
    pictures = []
    for purpose in ("train", "validation"):
        found = [one for one in run.rounds if purpose in one.of]
        if not found:
            continue
        solved = tuple(Dot(one.index, float(one.of[purpose].solved)) for one in found)
        most = max(len(one.of[purpose].counts) for one in found)
        axes = Axes("round", "problems solved", lambda value: f"{value:.0f}", top=float(most))
        chart = line_chart(f"solved {purpose} problems by round", [Series("solved", solved)], axes)
        pictures.append(figure(f"{purpose.capitalize()}: of {most} problems, those that any sample solved", chart))
    return f'<h2>Solved problems</h2><div class="pair">{"".join(pictures)}</div>' if pictures else ""


def _outcome_section(run: RunNumbers) -> str:
    parts = []
    for purpose in ("train", "validation"):
        found = [one for one in run.rounds if purpose in one.of]
        if not found:
            continue
        rows = []
        for one in found:
            part = one.of[purpose]
            shares = {words(name): count / part.samples for name, count in part.outcomes.items()}
            rows.append((f"round {one.index}", shares))
        seen = [name for name in OUTCOMES if any(words(name) in shares for _, shares in rows)]
        kinds = {words(name): f"{name} light" if name in LIGHT else name for name in seen}
        chart = stacked_bars(
            f"outcomes of {purpose} samples by round",
            rows,
            kinds,
            x_name="share of samples",
            shown=lambda share: f"{share:.0%}" if share >= 0.01 or share == 0 else f"{share:.1%}",
            right=1.0,
        )
        parts.append(f"<h3>{purpose.capitalize()} samples</h3><figure>{chart}</figure>{legend(kinds)}")
    return f"<h2>Outcomes by round</h2>{''.join(parts)}" if parts else ""


def words(name: str) -> str:
    """An outcome as it is read."""
    return name.replace("_", " ")


def legend(kinds: dict[str, str]) -> str:
    items = [
        f'<li><svg viewBox="0 0 12 12" aria-hidden="true" style="display:inline-block"><rect class="{kind}" width="12" '
        f'height="12" rx="2"/></svg>{escape(name)}</li>'
        for name, kind in kinds.items()
    ]
    return f'<ul class="legend">{"".join(items)}</ul>'


def _map_section(run: RunNumbers) -> str:
    parts = []
    for purpose in ("train", "validation"):
        counts = run.counts(purpose)
        if counts:
            chart = solve_map(f"share of {purpose} samples that passed, by problem and round", counts)
            parts.append(f"<h3>{purpose.capitalize()} problems</h3><figure>{chart}</figure>")
    if not parts:
        return ""
    note = "One column is one problem: grey where no sample passed, the stronger coloured the more did; pointed at, it "
    note += "tells its name."
    return f'<h2>Solve rates</h2><p class="note">{note}</p>{"".join(parts)}'


def _spent_section(run: RunNumbers) -> str:
    rows = [
        (f"round {one.index}", {"collecting": one.time.collecting_s, "training": one.time.training_s})
        for one in run.rounds
        if one.time is not None
    ]
    table = html_table(spent_table(run))
    if not rows:
        return table
    longest = max(sum(parts.values()) for _, parts in rows)
    unit, name = (60.0, "minutes") if longest > 180 else (1.0, "seconds")
    scaled = [(label, {part: amount / unit for part, amount in parts.items()}) for label, parts in rows]
    kinds = {"collecting": "collecting", "training": "training"}
    chart = stacked_bars("time by round", scaled, kinds, x_name=f"{name} on the clock", shown=_two_digits)
    return f"{table}<figure>{chart}</figure>{legend(kinds)}"


def _two_digits(amount: float) -> str:
    return f"{amount:.2g}" if amount < 100 else f"{amount:.0f}"


def _curve_section(run: RunNumbers) -> str:
    """What training logged by step: the loss, and any divergence from the base that is there."""
    names = [name for name in run.curves if name == "train/loss" or "kl" in name.rpartition("/")[2].lower().split("_")]
    pictures = []
    for name in names:
        points = [(float(point.step), point.value) for point in run.curves[name] if math.isfinite(point.value)]
        if len(points) > 1:
            dots = tuple(Dot(x, y) for x, y in thinned(points, most=_CURVE_POINTS))
            axes = Axes("step", name.rpartition("/")[2] + ", nats", lambda value: f"{value:.3g}", by_round=False)
            pictures.append(figure(name, line_chart(name, [Series("last", dots)], axes)))
    return f'<h2>Training</h2><div class="pair">{"".join(pictures)}</div>' if pictures else ""


def thinned(points: Sequence[tuple[float, float]], *, most: int) -> list[tuple[float, float]]:
    """Means of neighbours, so that at most so many points are left."""
    size = -(-len(points) // most)
    chunks = [points[start : start + size] for start in range(0, len(points), size)]
    return [(sum(x for x, _ in chunk) / len(chunk), sum(y for _, y in chunk) / len(chunk)) for chunk in chunks]


def _origin_section(run: RunNumbers) -> str:
    manifest = run.manifest
    parts = []
    if manifest is not None:
        facts = {"base": manifest.base, "seed": manifest.seed, "engine": manifest.sampler}
        facts |= {"isolation": manifest.isolation, "enough_passing": manifest.enough_passing, **manifest.sampling}
        facts |= {f"problems, {purpose}": key for purpose, key in manifest.problems.items()} | dict(manifest.versions)
        rows = "".join(
            f"<tr><td>{escape(str(k))}</td><td>{escape(str(v))}</td></tr>"
            for k, v in facts.items()
            if v not in ("", None)
        )
        parts.append(f"<details open><summary>Manifest and versions</summary><table>{rows}</table></details>")
    if run.config_text:
        parts.append(f"<details><summary>Configuration</summary><pre>{escape(run.config_text)}</pre></details>")
    return f"<h2>How it was made</h2>{''.join(parts)}" if parts else ""
