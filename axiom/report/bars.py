"""Horizontal bars in parts: outcomes as shares of a round's samples, seconds that a round took."""

from collections.abc import Callable, Mapping, Sequence

from axiom.report.svg import Frame, box, line, picture, scaled, text, ticks

_BAR, _STRIDE, _CHARACTER = 24.0, 34.0, 6.6


def stacked_bars(
    label: str,
    rows: Sequence[tuple[str, Mapping[str, float]]],
    kinds: Mapping[str, str],
    *,
    x_name: str,
    shown: Callable[[float], str],
    width: float = 940,
    right: float | None = None,
) -> str:
    """One bar for each row, its parts in the order of ``kinds``, each named in it where there is room.

    Args:
        label: of the whole picture, for a screen reader.
        rows: (name, amount of each part).
        kinds: class of the style sheet for each part, in drawing order.
        x_name: of the axis, with the unit.
        shown: an amount as text.
        width: in the picture's units.
        right: where the axis ends; None takes the longest bar.
    """
    names = max((len(name) for name, _ in rows), default=0)
    frame = Frame(width, 44 + _STRIDE * len(rows), left=14 + 7 * names, top=4, bottom=40)
    end = right or max((sum(parts.values()) for _, parts in rows), default=1.0) or 1.0
    drawn = []
    for mark in ticks(0.0, end):
        x = scaled(mark, 0.0, end, frame.x0, frame.x1)
        drawn.append(line(x, frame.y1, x, frame.y0, kind="grid"))
        drawn.append(text(x, frame.y0 + 17, shown(mark), anchor="middle"))
    for number, (name, parts) in enumerate(rows):
        y = frame.y1 + number * _STRIDE + (_STRIDE - _BAR) / 2
        drawn.append(text(frame.x0 - 9, y + _BAR / 2 + 4, name, anchor="end"))
        drawn += _bar(name, parts, kinds, frame, y=y, end=end, shown=shown)
    drawn.append(text((frame.x0 + frame.x1) / 2, frame.height - 6, x_name, kind="name", anchor="middle"))
    return picture(frame, label, drawn)


def _bar(
    name: str,
    parts: Mapping[str, float],
    kinds: Mapping[str, str],
    frame: Frame,
    *,
    y: float,
    end: float,
    shown: Callable[[float], str],
) -> list[str]:
    drawn, so_far = [], 0.0
    for part, kind in kinds.items():
        amount = parts.get(part, 0.0)
        if amount <= 0:
            continue
        x0 = scaled(so_far, 0.0, end, frame.x0, frame.x1)
        x1 = scaled(so_far + amount, 0.0, end, frame.x0, frame.x1)
        drawn.append(box(x0, y, x1 - x0 - 1, _BAR, kind=kind, hint=f"{name}: {part} {shown(amount)}"))
        for words in (f"{part} {shown(amount)}", shown(amount)):
            if len(words) * _CHARACTER + 10 < x1 - x0:
                drawn.append(text((x0 + x1) / 2, y + _BAR / 2 + 4, words, kind=f"on {kind}", anchor="middle"))
                break
        so_far += amount
    return drawn
