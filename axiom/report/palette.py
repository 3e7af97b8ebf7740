"""The colours of reports, read from the page's style sheet, for pictures that are no part of the page."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

Colour = tuple[int, int, int]

_VARIABLE = re.compile(r"--([\w-]+): (#\w+)")
_RECTANGLE = re.compile(r"rect\.([\w-]+) \{ fill: (#\w+)")


@cache
def palette() -> Mapping[str, Colour]:
    """Red, green and blue, each of 0 to 255, of the light page's variables and of its rectangles' classes by name."""
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    light = style.partition("@media")[0]
    return {name: _colour(text) for name, text in (*_VARIABLE.findall(light), *_RECTANGLE.findall(style))}


def over(colour: Colour, ground: Colour, opacity: float) -> Colour:
    """A colour of this opacity, 0 to 1, laid over another."""
    red, green, blue = (round(below + (above - below) * opacity) for above, below in zip(colour, ground, strict=True))
    return red, green, blue


def _colour(text: str) -> Colour:
    digits = text.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
