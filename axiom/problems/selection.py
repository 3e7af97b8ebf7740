"""What is taken of which sources, in one text: ``leetcode:easy,medium[:80%]``, ``3*basics/train + mine.jsonl``.

::

    TEXT    = PIECE [" + " PIECE]...
    PIECE   = [WEIGHT "*"] SOURCE [":" WORD ["," WORD]...] ["[" [FROM "%"] ":" [TO "%"] "]"]

Words keep the problems that have any of them as their difficulty or among their tags. Percents keep the problems whose
id's hash falls between them, so a problem's side of a cut depends on nothing but its id. Weights set how many problems
each piece gives: as many as its weight's share, evenly spread, and no problem twice.
"""

import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from axiom.errors import ProblemError
from axiom.problems.problem import Problem

_PIECE = re.compile(
    r"(?:(?P<weight>\d+(?:\.\d+)?)\*)?(?P<source>(?:hf:)?[^:\[\]]+)(?::(?P<words>[\w-]+(?:,[\w-]+)*))?"
    r"(?:\[(?:(?P<start>\d+(?:\.\d+)?)%)?:(?:(?P<end>\d+(?:\.\d+)?)%)?\])?"
)
_FORM = "[WEIGHT*]SOURCE[:WORD,...][FROM%:TO%], several joined by ' + '"
_SHOWN_WORDS = 12


@dataclass(frozen=True, slots=True)
class Piece:
    """One source and what is taken of it.

    Attributes:
        source: its name.
        words: difficulties and tags, any of which a problem must have; empty takes all.
        start, end: fractions of the ids' hashes.
        weight: the piece's share, or None where none was given.
    """

    source: str
    words: tuple[str, ...] = ()
    start: float = 0.0
    end: float = 1.0
    weight: float | None = None


def parse(text: str) -> list[Piece]:
    """Read a selection.

    Raises:
        ProblemError: if the text has another form, a weight is not positive, or a cut is empty.
    """
    return [_piece(part.strip()) for part in text.split(" + ")]


def _piece(text: str) -> Piece:
    match = _PIECE.fullmatch(text)
    if match is None:
        raise ProblemError(f"source '{text}': expected {_FORM}")
    start, end = (float(match[name] or default) / 100.0 for name, default in (("start", "0"), ("end", "100")))
    if not 0.0 <= start < end <= 1.0:
        raise ProblemError(f"source '{text}': a cut goes from a smaller to a larger percent of at most 100")
    weight = None if match["weight"] is None else float(match["weight"])
    if weight == 0.0:
        raise ProblemError(f"source '{text}': a weight is more than 0")
    return Piece(
        match["source"], tuple((match["words"] or "").split(",")) if match["words"] else (), start, end, weight
    )


def chosen(piece: Piece, problems: Sequence[Problem]) -> list[Problem]:
    """The problems that a piece keeps, in their order.

    Raises:
        ProblemError: if it keeps none.
    """
    named = [problem for problem in problems if not piece.words or {problem.difficulty, *problem.tags} & {*piece.words}]
    if not named:
        known = sorted({word for problem in problems for word in (problem.difficulty, *problem.tags)} - {""})
        more = ", ..." if len(known) > _SHOWN_WORDS else ""
        listed = ", ".join(known[:_SHOWN_WORDS]) + more if known else "none"
        raise ProblemError(f"source '{piece.source}': no problem is {' or '.join(piece.words)}; it knows {listed}")
    kept = [problem for problem in named if piece.start <= _place(problem.id) < piece.end]
    if not kept:
        raise ProblemError(f"source '{piece.source}': none of {len(named)} problems falls in its cut; widen it")
    return kept


def _place(name: str) -> float:
    """Where an id falls, from 0 to just below 1."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big") / 2**48


def mixed(pieces: Sequence[Piece], problems: Sequence[Sequence[Problem]], *, limit: int | None) -> list[Problem]:
    """The problems of several pieces, in the pieces' order and by their weights.

    Args:
        pieces: what was asked for.
        problems: what each piece keeps.
        limit: how many to keep at most, evenly spread; None keeps all that the weights allow.

    Raises:
        ProblemError: if an id stands in two pieces, or the limit is below 1.
    """
    if limit is not None and limit < 1:
        raise ProblemError(f"cannot keep {limit} problems; expected 1 or more")
    if any(piece.weight is not None for piece in pieces):
        weights = [1.0 if piece.weight is None else piece.weight for piece in pieces]
        total = min(len(kept) * sum(weights) / weight for kept, weight in zip(problems, weights, strict=True))
        total = total if limit is None else min(total, limit)
        shares = [math.floor(total * weight / sum(weights) + 1e-9) for weight in weights]
        problems = [_spread(kept, share) for kept, share in zip(problems, shares, strict=True)]
    every = [problem for kept in problems for problem in kept]
    _refuse_repeated(every)
    return every if limit is None else _spread(every, limit)


def _spread(problems: Sequence[Problem], count: int) -> list[Problem]:
    if count >= len(problems):
        return list(problems)
    return [problems[index * len(problems) // count] for index in range(count)]


def _refuse_repeated(problems: Sequence[Problem]) -> None:
    seen: set[str] = set()
    for problem in problems:
        if problem.id in seen:
            raise ProblemError(f"problem '{problem.id}' stands in two of the sources; name it in one")
        seen.add(problem.id)
