"""The ways of searching: best-of-N, and repair of what failed a public example."""

from axiom.errors import SamplingError
from axiom.prompts import PromptStyle, build_prompt, repair_prompt
from axiom.search.choosers import Candidate
from axiom.search.drawing import Drawing, Solution
from axiom.search.steps import Steps

_TOGETHER = 16


def best_of_n(drawing: Drawing, *, style: PromptStyle) -> Steps[Solution]:
    """Independent samples until the budget is spent; the best one by what is known of them.

    Args:
        drawing: what is asked, and what may be drawn.
        style: of the prompt.

    Raises:
        SamplingError: if the engine fails, or the budget does not hold one sample.
    """
    prompt = build_prompt(drawing.problem, style=style)
    while drawing.room > 0:
        yield from drawing.draw([prompt], each=min(_TOGETHER, drawing.room))
    return drawing.solution()


def repair(drawing: Drawing, *, style: PromptStyle, turns: int = 3, programs: int = 4) -> Steps[Solution]:
    """Half of the budget at once, the rest in turns: the best programs that fail go back with what was wrong.

    A turn shows the model its own program and what the first public example that failed came to (Self-Debug, arXiv
    2304.05128). It ends where a program passes all public examples or a prompt no longer fits the model, and needs some
    examples: without, it is best-of-N.

    Args:
        drawing: what is asked, and what may be drawn.
        style: of the prompts.
        turns: at most.
        programs: distinct programs that a turn takes up.

    Raises:
        SamplingError: if the engine fails, or the budget does not hold one sample.
    """
    if not drawing.problem.examples:
        return (yield from best_of_n(drawing, style=style))
    yield from drawing.draw([build_prompt(drawing.problem, style=style)], each=max((drawing.room + 1) // 2, 1))
    for turn in range(turns):
        failing = _most_promising(drawing.candidates, programs)
        if drawing.room < 1 or not failing or any(one.examples == 1.0 for one in drawing.candidates):
            break
        prompts = [repair_prompt(drawing.problem, one.source or "", one.feedback or "", style=style) for one in failing]
        try:
            yield from drawing.draw(prompts, each=max(drawing.room // ((turns - turn) * len(prompts)), 1))
        except SamplingError:  # with a program and what it came to, the prompt no longer fits the model's context
            break
    return drawing.solution()


def _most_promising(candidates: list[Candidate], count: int) -> list[Candidate]:
    """The distinct programs that fail fewest public examples, the newest of equals first."""
    distinct = {one.source: one for one in candidates if one.source is not None and one.examples != 1.0}
    newest = list(reversed(distinct.values()))
    return sorted(newest, key=lambda one: -(one.examples or 0.0))[:count]
