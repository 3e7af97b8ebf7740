"""Pictures of a run as pixels, for TensorBoard, which draws neither maps nor stacked bars: what the page has as SVG.

Each has a row for each round, the oldest first, on the page's light ground.
"""

from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw, ImageFont

from axiom.report.palette import Colour, over, palette
from axiom.report.sections import LIGHT, OUTCOMES, words
from axiom.report.solve_map import FAINTEST, order_of
from axiom.rounds.choice import Counts

# Small enough to be read where TensorBoard shrinks it to a card.
_ROW, _LEFT, _RIGHT, _TOP, _LINE, _FONT = 30, 84, 12, 10, 22, 16
_PLOT = 480
_WIDEST = 34.0


def solve_rates_image(by_round: Mapping[int, Counts]) -> Image.Image:
    """The solve-rate map: a column for each problem, a row for each round, as dark as the problem's samples passed.

    Args:
        by_round: (samples, samples that passed) of each problem; one that a round did not sample is left blank there.
            Where there are more problems than columns, neighbours in the order share one, by their mean.
    """
    problems = order_of(by_round)
    shared = max(-(-len(problems) // _PLOT), 1)
    columns = [problems[start : start + shared] for start in range(0, len(problems), shared)]
    step = min(_PLOT / max(len(columns), 1), _WIDEST)
    image, pen = _canvas(len(by_round), lines=2)
    for row, (index, counts) in enumerate(by_round.items()):
        top = _row(pen, row, index)
        for column, names in enumerate(columns):
            rates = [counts[name][1] / counts[name][0] for name in names if name in counts]
            if rates:
                # Both edges rounded, so that neighbours meet.
                left, following = _LEFT + round(column * step), _LEFT + round((column + 1) * step)
                right = following - (2 if step > 4 else 1)
                pen.rectangle((left, top, right, top + _ROW - 3), fill=_shade(sum(rates) / len(rates)))
    below = _TOP + _ROW * len(by_round) + 3
    pen.text((_LEFT, below), "solved most", fill=palette()["soft"], font=_font())
    right = _LEFT + max(round(step * len(columns)), 220)
    pen.text((right, below), "solved least", fill=palette()["soft"], font=_font(), anchor="ra")
    told = f"{len(problems)} problems by share of samples that passed; grey: none"
    pen.text((_LEFT, below + _LINE), told, fill=palette()["soft"], font=_font())
    return image


def outcomes_image(by_round: Mapping[int, Mapping[str, int]]) -> Image.Image:
    """Outcomes stacked: a bar for each round, whose parts are the shares of its samples.

    Args:
        by_round: samples by outcome; a round without any has no bar.
    """
    seen = [name for name in OUTCOMES if any(counts.get(name) for counts in by_round.values())]
    legend = _legend_lines(seen)
    image, pen = _canvas(len(by_round), lines=len(legend))
    for row, (index, counts) in enumerate(by_round.items()):
        top, total, so_far = _row(pen, row, index), sum(counts.values()), 0
        for name in seen:
            part = counts.get(name, 0)
            if part:
                _bar_part(pen, name, part / total, start=_LEFT + _PLOT * so_far / total, top=top)
            so_far += part
    below = _TOP + _ROW * len(by_round) + 3
    for number, line in enumerate(legend):
        for name, x in line:
            y = below + number * _LINE
            pen.rectangle((x, y + 3, x + 12, y + 15), fill=palette()[name])
            pen.text((x + 18, y), words(name), fill=palette()["soft"], font=_font())
    return image


def _canvas(rounds: int, *, lines: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    height = _TOP + _ROW * rounds + lines * _LINE + 10
    image = Image.new("RGB", (_LEFT + _PLOT + _RIGHT, height), palette()["surface"])
    return image, ImageDraw.Draw(image)


def _row(pen: ImageDraw.ImageDraw, row: int, index: int) -> int:
    """Write a row's name; returns the row's upper edge."""
    top = _TOP + row * _ROW
    pen.text((_LEFT - 9, top + _ROW / 2 - 1), f"round {index}", fill=palette()["soft"], font=_font(), anchor="rm")
    return top


def _shade(rate: float) -> Colour:
    colours = palette()
    return over(colours["c1"], colours["surface"], FAINTEST + (1 - FAINTEST) * rate) if rate else colours["grid"]


def _bar_part(pen: ImageDraw.ImageDraw, name: str, share: float, *, start: float, top: int) -> None:
    end = start + _PLOT * share
    pen.rectangle((round(start), top, max(round(end) - 2, round(start)), top + _ROW - 5), fill=palette()[name])
    ink = palette()["ink"] if name in LIGHT else (255, 255, 255)
    for told in (f"{words(name)} {share:.0%}", f"{share:.0%}"):
        if pen.textlength(told, font=_font()) + 10 < end - start:
            pen.text(((start + end) / 2, top + _ROW / 2 - 2), told, fill=ink, font=_font(), anchor="mm")
            break


def _legend_lines(names: Sequence[str]) -> list[list[tuple[str, float]]]:
    """The outcomes' names in lines that fit, each with where it begins."""
    lines: list[list[tuple[str, float]]] = [[]]
    x = float(_LEFT)
    for name in names:
        width = 18 + _font().getlength(words(name)) + 18
        if lines[-1] and x + width > _LEFT + _PLOT:
            lines.append([])
            x = float(_LEFT)
        lines[-1].append((name, x))
        x += width
    return lines


def _font() -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(_FONT)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font
