"""Pieces of SVG as text: shapes, scales and ticks, by pure functions. Colours and type are the page's style sheet."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

SMALLEST_RANGE = 1e-300
"""What is closer together than this is one point: logarithms of less are no numbers."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The plotting area of a picture, in its own units.

    Attributes:
        width, height: of the picture.
        left, right, top, bottom: margins that axes and labels stand in.
    """

    width: float
    height: float
    left: float = 62
    right: float = 16
    top: float = 14
    bottom: float = 40

    @property
    def x0(self) -> float:
        """The left edge."""
        return self.left

    @property
    def x1(self) -> float:
        """The right edge."""
        return self.width - self.right

    @property
    def y0(self) -> float:
        """The lower edge; SVG counts downwards."""
        return self.height - self.bottom

    @property
    def y1(self) -> float:
        """The upper edge."""
        return self.top


def scaled(value: float, low: float, high: float, start: float, end: float) -> float:
    """Where a value of [low, high] stands in [start, end]; the middle where low equals high."""
    return (start + end) / 2 if high == low else start + (value - low) / (high - low) * (end - start)


def ticks(low: float, high: float, *, most: int = 6, whole: bool = False) -> list[float]:
    """Round numbers within [low, high], at most so many, in steps of 1, 2 or 5 times a power of ten.

    Args:
        low, high: the range.
        most: how many.
        whole: whole numbers only, as rounds are counted.
    """
    if high - low < SMALLEST_RANGE:
        return [low]
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    steps = [factor * power * scale for scale in (1, 10) for factor in (1, 2, 5)]
    if whole:
        steps = [step for step in steps if step >= 1] or [1.0]
    step = next((step for step in steps if (high - low) / step <= most - 1 + 1e-9), steps[-1])
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def picture(frame: Frame, label: str, parts: Sequence[str]) -> str:
    """The whole picture, which scales with the page; the label is what a screen reader says."""
    return (
        f'<svg viewBox="0 0 {frame.width:g} {frame.height:g}" role="img" aria-label="{escape(label)}">'
        + "".join(parts)
        + "</svg>"
    )


def text(x: float, y: float, words: str, *, kind: str = "label", anchor: str = "start", turn: float = 0) -> str:
    """A line of text.

    Args:
        x, y: of its anchor, on the base line.
        words: what it says.
        kind: classes of the style sheet.
        anchor: ``start``, ``middle`` or ``end``.
        turn: degrees, clockwise.
    """
    turned = f' transform="rotate({turn:g} {x:.1f} {y:.1f})"' if turn else ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{turned}>{escape(words)}</text>'


def line(x0: float, y0: float, x1: float, y1: float, *, kind: str) -> str:
    """A straight line."""
    return f'<line class="{kind}" x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}"/>'


def path(points: Sequence[tuple[float, float]], *, kind: str, closed: bool = False) -> str:
    """A line through points, or the area that they enclose."""
    drawn = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f'<path class="{kind}" d="M{drawn}{"Z" if closed else ""}"/>'


def box(
    x: float, y: float, width: float, height: float, *, kind: str, hint: str = "", opacity: float | None = None
) -> str:
    """A rectangle; the hint appears under the pointer."""
    faded = "" if opacity is None else f' fill-opacity="{opacity:.2f}"'
    shape = f'<rect class="{kind}" x="{x:.2f}" y="{y:.2f}" width="{max(width, 0):.2f}" height="{height:.2f}"{faded}'
    return f"{shape}><title>{escape(hint)}</title></rect>" if hint else f"{shape}/>"


def dot(x: float, y: float, *, kind: str, hint: str, radius: float = 3.5) -> str:
    """A point with its value as hint."""
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"><title>{escape(hint)}</title></circle>'


def spread(wanted: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Positions near the wanted ones, in their order, at least a gap apart, within [low, high] where they fit."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = list(wanted)
    floor = low
    for index in order:
        placed[index] = floor = max(wanted[index], floor)
        floor += gap
    ceiling = high
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed
