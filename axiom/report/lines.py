"""Line charts: figures by round with their intervals, and what training logged by step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from axiom.report.svg import SMALLEST_RANGE, Frame, dot, line, path, picture, scaled, spread, text, ticks

_LABEL_GAP = 15
_MOST_DOTS = 40
_MOST_X_TICKS = 8


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a line.

    Attributes:
        x, y: where it stands, in data.
        low, high: its interval; None where there is none.
    """

    x: float
    y: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A line.

    Attributes:
        name: written at its end; empty for a line that others speak for.
        dots: from left to right.
        color: number of the style sheet's colour.
        is_faint: drawn thin, without dots: one of several that a mean sums up.
        is_dashed: drawn with gaps: the second line of its colour.
        shift: to the right, in the picture's units, so that intervals stand side by side.
    """

    name: str
    dots: tuple[Dot, ...]
    color: int = 1
    is_faint: bool = False
    is_dashed: bool = False
    shift: float = 0.0


@dataclass(frozen=True, slots=True)
class Axes:
    """What the axes say.

    Attributes:
        x, y: their names, with the unit.
        shown: a value of y as text.
        by_round: whether x counts whole rounds.
        top: largest y there can be, such as 1 for a share; None for no bound.
        last: largest x that charts side by side share; None takes the dots'.
        names_lines: whether lines have their names at their ends, or their last values alone.
    """

    x: str
    y: str
    shown: Callable[[float], str]
    by_round: bool = True
    top: float | None = None
    last: float | None = None
    names_lines: bool = True


def percent(value: float) -> str:
    """A share as ``12.3%``."""
    return f"{value:.1%}"


def line_chart(label: str, series: Sequence[Series], axes: Axes, *, width: float = 460, height: float = 270) -> str:
    """Lines with dots, intervals as bars, and names at the lines' ends.

    Args:
        label: of the whole picture, for a screen reader.
        series: lines; those without a dot are left out.
        axes: what the axes say.
        width, height: in the picture's units.
    """
    drawn = [one for one in series if one.dots]
    ends = [_end_label(one, axes) for one in drawn]
    frame = Frame(width, height, right=14 + 8.8 * max((len(words) for words in ends), default=0))
    plot = _Plot.over(drawn, frame, axes)
    parts = plot.grid(axes)
    for one in sorted(drawn, key=lambda one: not one.is_faint):
        parts += plot.drawn(one, axes)
    named = [(one, words) for one, words in zip(drawn, ends, strict=True) if words]
    heights = spread([plot.y(one.dots[-1].y) for one, _ in named], gap=_LABEL_GAP, low=frame.y1 + 4, high=frame.y0)
    end = max(
        (plot.x(one.dots[-1].x) for one, _ in named), default=0.0
    )  # of the longest, so that no name lies on a line
    for (one, words), y in zip(named, heights, strict=True):
        parts.append(text(end + 9, y + 4, words, kind=f"end ink{one.color}"))
    return picture(frame, label, parts)


def _end_label(one: Series, axes: Axes) -> str:
    if not one.name:
        return ""
    value = axes.shown(one.dots[-1].y)
    return f"{one.name} {value}" if axes.names_lines else value


@dataclass(frozen=True, slots=True)
class _Plot:
    frame: Frame
    left: float
    right: float
    low: float
    high: float

    @classmethod
    def over(cls, series: Sequence[Series], frame: Frame, axes: Axes) -> "_Plot":
        xs = [point.x for one in series for point in one.dots] or [0.0]
        ys = [y for one in series for point in one.dots for y in (point.y, point.low, point.high) if y is not None]
        high = max(ys, default=1.0)
        low = min(0.0, min(ys, default=0.0))
        high = high if high - low >= SMALLEST_RANGE else low + 1.0
        marks = ticks(low, high)
        step = marks[1] - marks[0] if len(marks) > 1 else high - low
        top = marks[-1] if marks[-1] >= high - 1e-9 * (high - low) else marks[-1] + step
        return cls(
            frame,
            min(xs),
            max(xs) if axes.last is None else axes.last,
            low,
            top if axes.top is None else min(top, axes.top),
        )

    def x(self, value: float) -> float:
        return scaled(value, self.left, self.right, self.frame.x0 + 10, self.frame.x1)

    def y(self, value: float) -> float:
        return scaled(value, self.low, self.high, self.frame.y0, self.frame.y1)

    def grid(self, axes: Axes) -> list[str]:
        frame = self.frame
        marks = ticks(self.low, self.high)
        plain = all(abs(mark * 100 - round(mark * 100)) < 1e-6 for mark in marks)
        parts = []
        for mark in marks:
            words = f"{mark:.0%}" if axes.shown is percent and plain else axes.shown(mark)
            parts.append(line(frame.x0, self.y(mark), frame.x1, self.y(mark), kind="grid" if mark else "axis"))
            parts.append(text(frame.x0 - 7, self.y(mark) + 4, words, anchor="end"))
        for mark in ticks(self.left, self.right, most=_MOST_X_TICKS, whole=axes.by_round):
            parts.append(text(self.x(mark), frame.y0 + 17, f"{mark:g}", anchor="middle"))
        parts.append(text((frame.x0 + frame.x1) / 2, frame.height - 6, axes.x, kind="name", anchor="middle"))
        middle = (frame.y0 + frame.y1) / 2
        parts.append(text(11, middle, axes.y, kind="name", anchor="middle", turn=-90))
        return parts

    def drawn(self, one: Series, axes: Axes) -> list[str]:
        color = f"line{one.color}"
        points = [(self.x(point.x) + one.shift, self.y(point.y)) for point in one.dots]
        kind = color + " faint" * one.is_faint + " dashed" * one.is_dashed
        parts = [path(points, kind=kind)] if len(points) > 1 else []
        if one.is_faint or len(points) > _MOST_DOTS:
            return parts
        for point, (x, y) in zip(one.dots, points, strict=True):
            told = f"{one.name}, {axes.x} {point.x:g}: {axes.shown(point.y)}"
            if point.low is not None and point.high is not None:
                low, high = self.y(point.low), self.y(point.high)
                parts.append(line(x, low, x, high, kind=f"{color} interval"))
                told += f" (95% interval {axes.shown(point.low)} to {axes.shown(point.high)})"
            parts.append(dot(x, y, kind=f"fill{one.color}", hint=told))
        return parts
