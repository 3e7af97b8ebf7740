"""The solve-rate map: one column for each problem, one row for each round, as dark as its samples passed."""

from collections.abc import Mapping

from axiom.report.svg import Frame, box, picture, text
from axiom.rounds.choice import Counts

_ROW = 26.0
_WIDTH = 940.0
_WIDEST = 34.0
FAINTEST = 0.12


def order_of(by_round: Mapping[int, Counts]) -> list[str]:
    """Problems from those that are solved most to those never solved, over all rounds; equals by name."""
    rates: dict[str, list[float]] = {}
    for counts in by_round.values():
        for name, (n, passed) in counts.items():
            rates.setdefault(name, []).append(passed / n)
    return sorted(rates, key=lambda name: (-sum(rates[name]) / len(rates[name]), name))


def solve_map(label: str, by_round: Mapping[int, Counts]) -> str:
    """The map of one purpose's problems.

    Args:
        label: of the whole picture, for a screen reader.
        by_round: (samples, samples that passed) of each problem; one that a round did not sample is left blank there.
    """
    problems = order_of(by_round)
    frame = Frame(_WIDTH, 42 + _ROW * len(by_round), left=70, top=4, bottom=38)
    step = min((frame.x1 - frame.x0) / max(len(problems), 1), _WIDEST)
    gap = 1.0 if step > 4 else 0.0
    drawn = []
    for row, (index, counts) in enumerate(by_round.items()):
        y = frame.y1 + row * _ROW
        drawn.append(text(frame.x0 - 9, y + _ROW / 2 + 4, f"round {index}", anchor="end"))
        for column, name in enumerate(problems):
            if name not in counts:
                continue
            n, passed = counts[name]
            hint = f"{name}, round {index}: {passed} of {n} samples passed"
            # Both edges as they are written, so that neighbours meet whatever the rounding.
            left, right = round(frame.x0 + column * step, 2), round(frame.x0 + (column + 1) * step, 2)
            place = {"x": left, "y": y, "width": right - left - gap, "height": _ROW - 2}
            shade = FAINTEST + (1 - FAINTEST) * passed / n
            kind, opacity = ("fill1", shade) if passed else ("never", None)
            drawn.append(box(**place, kind=kind, hint=hint, opacity=opacity))
    right = frame.x0 + step * len(problems)
    drawn.append(text(frame.x0, frame.y0 + 16, "solved most", kind="label"))
    if right - frame.x0 > 180:
        drawn.append(
            text(right, frame.y0 + 16, "never solved" if _has_unsolved(by_round) else "solved least", anchor="end")
        )
    words = f"{len(problems)} problems, sorted by the share of samples that passed"
    drawn.append(text(frame.x0, frame.height - 4, words, kind="name"))
    return picture(frame, label, drawn)


def _has_unsolved(by_round: Mapping[int, Counts]) -> bool:
    last = order_of(by_round)[-1:]
    return all(counts[name][1] == 0 for counts in by_round.values() for name in last if name in counts)
