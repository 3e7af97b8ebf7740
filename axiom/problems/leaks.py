"""Problems that stand in two sets: what is learned from must not be what is measured on.

Two problems are the same where they share an id; the words of their statement; the entry point and most inputs of their
tests; or most runs of four words (Jaccard at least 0.6, computed outright: a few thousand problems need no MinHash), in
statements of at least 24 words, because in a shorter one a single word makes another problem. In scripts that set no
spaces between words (Chinese, Japanese, Thai and their kind) two characters count as a word. Not covered: the same idea
told in other words, which families of problems are for, or in another language.
"""

import json
import logging
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from axiom.errors import ProblemError
from axiom.problems.hidden_tests import CallTest, HiddenTest, hidden_test_to_json
from axiom.problems.problem import Problem

NEAR_DUPLICATE = 0.6
TEST_OVERLAP = 0.5
_HALF_WORDS_IN_A_RUN = 8
_LEAST_HALF_WORDS = 48
# Thai to Myanmar, Khmer; kana, Han, its compatibility forms, narrow kana, and Han beyond the first 65,536 characters.
_UNSPACED = (
    r"\u0e00-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff"
    r"\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# Accents and vowel signs, which Python does not count among letters: of Europe, Hebrew, Arabic, India.
_MARKS = r"\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u200c\u200d"
# Quotation marks and punctuation: ASCII's, typographic, East Asian, Indian, Arabic.
_SET_OFF = (
    "`'\".,:;!?"
    r"\u2018\u2019\u201c\u201d\u300c\u300d\u300e\u300f\uff0c\u3002\u3001\uff1a\uff1b\uff01\uff1f\u0964\u060c\u061b\u061f"
)
_WORD = re.compile(rf"[{_UNSPACED}]|(?:[^\W_{_UNSPACED}]|[{_MARKS}])+|[^\s\w{_SET_OFF}]")
_CHARACTER = re.compile(f"[{_UNSPACED}]")
_SHOWN = 5
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Leak:
    """One problem that stands in both sets.

    Attributes:
        one, other: the two ids.
        reason: what they share.
    """

    one: str
    other: str
    reason: str


def leaks(problems: Sequence[Problem], others: Sequence[Problem]) -> list[Leak]:
    """The pairs of problems that are the same, each with the first reason that holds.

    Args:
        problems: one set, such as what is trained on.
        others: the other; the same list finds its duplicates, each pair once.
    """
    index = _Index(others)
    found: dict[frozenset[str], Leak] = {}
    for position, problem in enumerate(problems):
        for other, reason in index.same_as(problem):
            is_itself = problems is others and other <= position
            pair = frozenset((problem.id, others[other].id))
            if not is_itself and pair not in found:
                found[pair] = Leak(problem.id, others[other].id, reason)
    return list(found.values())


def without_leaks(
    problems: Sequence[Problem],
    measured: Sequence[Problem],
    *,
    drop: bool,
    use: Literal["train", "validation"] = "train",
) -> list[Problem]:
    """What may be trained or validated on where other problems are measured on.

    Args:
        problems: to learn from, or to choose rounds on.
        measured: problems of validation and test, or of test alone.
        drop: leave out what is in both, and log it; otherwise it is an error.
        use: what the first are for.

    Raises:
        ProblemError: naming the first few that are in both, or if none is left.
    """
    found = leaks(problems, measured)
    if not found:
        return list(problems)
    done, also = ("trained", "measured") if use == "train" else ("validated", "tested")
    shown = "; ".join(f"{leak.one} and {leak.other} ({leak.reason})" for leak in found[:_SHOWN])
    told = shown + (f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else "")
    if not drop:
        raise ProblemError(
            f"{done} and {also} on: {told}. Leave out what is {also} on (--data.leaks drop), choose other problems, or "
            "measure all the same (--data.leaks allow)"
        )
    _logger.warning("not %s on, because they are %s on: %s", done, also, told)
    dropped = {leak.one for leak in found}
    kept = [problem for problem in problems if problem.id not in dropped]
    if not kept:
        raise ProblemError(f"every {use} problem is {also} on: {told}; choose other problems")
    return kept


class _Index:
    """Where each mark of a problem stands in a set."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self._ids: dict[str, list[int]] = defaultdict(list)
        self._statements: dict[str, list[int]] = defaultdict(list)
        self._names: dict[str, list[int]] = defaultdict(list)
        self._runs: dict[str, list[int]] = defaultdict(list)
        self._inputs = [_inputs(problem) for problem in problems]
        self._run_counts = []
        for index, problem in enumerate(problems):
            words = _words(problem.statement)
            runs = _runs_of(words)
            self._run_counts.append(len(runs))
            self._ids[problem.id].append(index)
            self._statements[" ".join(words)].append(index)
            self._names[problem.entry_point].append(index)
            for run in runs:
                self._runs[run].append(index)

    def same_as(self, problem: Problem) -> list[tuple[int, str]]:
        """The positions of what is the same as a problem, with the reason."""
        words = _words(problem.statement)
        found = [(index, "the same id") for index in self._ids.get(problem.id, ())]
        found += [(index, "the same statement") for index in self._statements.get(" ".join(words), ())]
        inputs = _inputs(problem)
        for index in self._names.get(problem.entry_point, ()) if problem.entry_point else ():
            shared = len(inputs & self._inputs[index])
            if shared >= TEST_OVERLAP * min(len(inputs), len(self._inputs[index])):
                found.append((index, "the same entry point and tests"))
        runs = _runs_of(words)
        together = Counter(index for run in runs for index in self._runs.get(run, ()))
        is_long = sum(map(_half_words, words)) >= _LEAST_HALF_WORDS
        for index, shared in together.items() if is_long else ():
            if shared >= NEAR_DUPLICATE * (len(runs) + self._run_counts[index] - shared):
                found.append((index, "nearly the same statement"))
        return found


def _words(text: str) -> list[str]:
    """Words of any script and signs, without case, white space and what only sets them off.

    Where a script sets no spaces, each character stands alone.
    """
    return _WORD.findall(unicodedata.normalize("NFC", text.casefold()))


def _half_words(word: str) -> int:
    return 1 if not word.isascii() and _CHARACTER.match(word) else 2


def _runs_of(words: list[str]) -> set[str]:
    """Every run of four words, or of as many characters as count for them; all of a shorter text as one run."""
    runs: set[str] = set()
    sizes = [_half_words(word) for word in words]
    end = size = 0
    for start in range(len(words)):
        while end < len(words) and size < _HALF_WORDS_IN_A_RUN:
            size, end = size + sizes[end], end + 1
        if size < _HALF_WORDS_IN_A_RUN and runs:
            break
        runs.add(" ".join(words[start:end]))
        size -= sizes[start]
    return runs


def _inputs(problem: Problem) -> set[str]:
    return {_input(test) for test in problem.tests}


def _input(test: HiddenTest) -> str:
    """What a test puts in, without what it expects."""
    record = hidden_test_to_json(test)
    kept = ("args", "kwargs") if isinstance(test, CallTest) else ("stdin", "methods", "arguments", "check")
    return json.dumps({name: record[name] for name in kept if name in record}, sort_keys=True)
