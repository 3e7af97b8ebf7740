"""What is taken of which sources, in one text: ``leetcode:easy,medium[:80%]``, ``3*basics/train + mine.jsonl``.

::

    TEXT    = PIECE [" + " PIECE]...
    PIECE   = [WEIGHT "*"] SOURCE [":" WORD ["," WORD]...] ["[" [FROM "%"] ":" [TO "%"] "]"]

Words keep the problems that have any of them as their difficulty or among their tags. Percents keep the problems whose
id's hash falls between them, so a problem's side of a cut depends on nothing but its id. Weights set how many problems
each piece gives: as many as its weight's share, evenly spread, and no problem twice; what the shares' whole numbers
leave over goes to the largest fractions, and a piece whose share comes to none is told of in the log.
"""

import hashlib
import logging
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
_ROUNDING = 1e-9  # more than what floating point takes from a whole number
_logger = logging.getLogger(__name__)


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
        ProblemError: if an id stands in two pieces, the limit is below 1, or nothing is kept.
    """
    if limit is not None and limit < 1:
        raise ProblemError(f"cannot keep {limit} problems; expected 1 or more")
    if any(piece.weight is not None for piece in pieces):
        weights = [1.0 if piece.weight is None else piece.weight for piece in pieces]
        shares = _shares(weights, [len(kept) for kept in problems], limit=limit)
        for piece in (piece for piece, share in zip(pieces, shares, strict=True) if share == 0):
            _logger.warning(
                "source '%s': its weight's share of %d problems comes to none; raise its weight or the limit",
                piece.source,
                sum(shares),
            )
        problems = [_spread(kept, share) for kept, share in zip(problems, shares, strict=True)]
    every = [problem for kept in problems for problem in kept]
    if not every:
        raise ProblemError(
            f"{' + '.join(piece.source for piece in pieces)} keeps no problem; name a source that has some"
        )
    _refuse_repeated(every)
    return every if limit is None else _spread(every, limit)


def _shares(weights: Sequence[float], counts: Sequence[int], *, limit: int | None) -> list[int]:
    """How many problems each piece gives: as many in all as the scarcest allows, by the largest remainders.

    No share is larger than its count, because a fraction below a whole count rounds up to that count at most.
    """
    total = min(count * sum(weights) / weight for count, weight in zip(counts, weights, strict=True))
    total = (total if limit is None else min(total, limit)) + _ROUNDING
    exact = [total * weight / sum(weights) + _ROUNDING for weight in weights]
    shares = [math.floor(share) for share in exact]
    by_fraction = sorted(range(len(shares)), key=lambda index: round(shares[index] - exact[index], 6))
    for index in by_fraction[: max(math.floor(total) - sum(shares), 0)]:
        shares[index] += 1
    return shares


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
