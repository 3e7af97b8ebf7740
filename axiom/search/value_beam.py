"""Search over lines of code: half-written programs that the value function thinks best are gone on with.

At each step every program under way is continued by a line in several ways, the value function reads them all, and the
best go on (OVM, arXiv 2311.09724, whose steps are lines of reasoning). With N rows and a beam of B, N / B ways lead on
from each, so that a search costs about as much as N samples. Continuations go on with the very tokens that were drawn,
never with their text: a line's break and the next one's indent are often one token.

axiom's engine reads at each step what the last one drew, and copies the keys of all before it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from axiom.errors import SamplingError
from axiom.generation.sampler import FinishReason, Sample
from axiom.generation.stops import cut_at_stop
from axiom.prompts import Prompt, PromptStyle, build_prompt
from axiom.search.drawing import Drawing, Solution
from axiom.search.scoring import Sampled
from axiom.search.steps import Steps

_LINE_BREAK = "\n"
Values = Callable[[Sequence["Partial"]], list[float]]
Decode = Callable[[Sequence[int]], str]


@dataclass(frozen=True, slots=True)
class Partial:
    """A completion under way, or whole.

    Attributes:
        token_ids, log_probs: of it.
        finish_reason: of its last line; one that was cut off is none of the model's.
    """

    token_ids: tuple[int, ...] = ()
    log_probs: tuple[float, ...] = ()
    finish_reason: FinishReason = "length"

    def with_line(self, line: Sample) -> "Partial":
        """It with what was drawn after it."""
        return Partial(self.token_ids + line.token_ids, self.log_probs + line.log_probs, line.finish_reason)


def value_beam(
    drawing: Drawing,
    *,
    style: PromptStyle,
    values: Values,
    decode: Decode,
    beams: int | None = None,
) -> Steps[Solution]:
    """Write programs line by line, the most promising first.

    Args:
        drawing: what is asked, and what may be drawn; its ``samples`` are the rows of each step.
        style: of the prompt.
        values: P(pass) of completions that are not whole.
        decode: tokens to text, special tokens left out.
        beams: programs that go on after each step; None takes the square root of the rows.

    Raises:
        SamplingError: if the engine fails or does not tell tokens, or the budget does not hold one token a row.
    """
    prompt, rows = build_prompt(drawing.problem, style=style), drawing.samples
    count, most = beams or max(math.isqrt(rows), 1), drawing.params.max_new_tokens
    stops = (*prompt.stop, *drawing.params.stop)
    under_way = [Partial()]
    while under_way:
        room = drawing.tokens_for(rows)
        if room < 1:
            break
        lines = yield from drawing.extend(
            prompt,
            [one.token_ids for one in under_way],
            each=_divided(rows, len(under_way)),
            max_new_tokens=[min(most - len(one.token_ids), room) for one in under_way],
            stop=_LINE_BREAK,
        )
        whole: list[Partial] = []
        going_on: list[Partial] = []
        for one, continuations in zip(under_way, lines, strict=True):
            for line in continuations:
                if not line.token_ids:
                    raise SamplingError(f"a beam goes on with tokens, and the engine '{line.sampler}' tells none")
                is_open = line.finish_reason == "stop" and line.text.endswith(_LINE_BREAK)
                longer = one.with_line(line)
                if not is_open or any(stop in decode(longer.token_ids) for stop in stops):
                    whole.append(longer)
                elif len(longer.token_ids) == most:
                    whole.append(replace(longer, finish_reason="length"))
                else:
                    going_on.append(longer)
        drawing.add([_sampled(drawing, prompt, one, decode) for one in whole])
        rows -= len(whole)
        under_way = _best(going_on, values, decode, min(count, rows))
    if not drawing.candidates:
        cut_off = [replace(one, finish_reason="length") for one in under_way if one.token_ids]
        drawing.add([_sampled(drawing, prompt, one, decode) for one in cut_off])
    return drawing.solution()


def _divided(rows: int, among: int) -> list[int]:
    """Rows for each, as even as can be."""
    return [rows // among + (place < rows % among) for place in range(among)]


def _best(partials: Sequence[Partial], values: Values, decode: Decode, count: int) -> list[Partial]:
    """The distinct ones of the highest values; a text that was drawn twice stands once."""
    by_text: dict[str, Partial] = {}
    for one in partials:
        by_text.setdefault(decode(one.token_ids), one)
    distinct = list(by_text.values())
    if len(distinct) <= count:
        return distinct
    found = values(distinct)
    order = sorted(range(len(distinct)), key=lambda place: (-found[place], place))
    return [distinct[place] for place in order[:count]]


def _sampled(drawing: Drawing, prompt: Prompt, whole: Partial, decode: Decode) -> Sampled:
    """What is scored of a whole completion."""
    text = cut_at_stop(decode(whole.token_ids), (*prompt.stop, *drawing.params.stop))
    return drawing.sampled(prompt.opening, text, whole, finish_reason=whole.finish_reason)
