"""How the problems of ``basics`` are written: a draft with a reference, made into a Problem with hidden tests.

A draft gives a reference solution, edge cases and a seeded generator of further inputs; the expected values
of all tests are what the reference returns. A draft also brings plausible wrong solutions, each of which the
hidden tests must fail; they are kept out of the problem files.

``python -m axiom.problems.basics.rebuild`` checks every draft and rewrites the JSONL files.
"""

import ast
import copy
import random
import re
import signal
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from axiom.problems.hidden_tests import CallTest, Compare
from axiom.problems.problem import Problem
from axiom.sandbox.values import encode

TESTS_PER_PROBLEM = 16
_DRAWS_PER_TEST = 40
_NODES_OF_A_SHORT_LINE = 12

Args = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A problem before its hidden tests are made.

    Attributes:
        family: problems that share an idea; the whole family stands in one split.
        difficulty: ``easy`` or ``medium``.
        tags: topics, most specific first.
        statement: one to three sentences.
        reference: source of the right solution; its first ``def`` is the entry point and the starter.
        wrong: sources of plausible wrong solutions; each must fail at least one hidden test.
        examples: two or three argument tuples shown to the model.
        edges: argument tuples that are always among the hidden tests.
        generate: draws one further argument tuple from a seeded generator.
        compare: how results are compared.
        level: 1 to 5; 0 lets :attr:`grade` say.
    """

    family: str
    difficulty: Literal["easy", "medium"]
    tags: tuple[str, ...]
    statement: str
    reference: str
    wrong: tuple[str, ...]
    examples: tuple[Args, ...]
    edges: tuple[Args, ...]
    generate: Callable[[random.Random], Args]
    compare: Compare = "exact"
    level: int = 0

    @property
    def grade(self) -> int:
        """1 is one short line, 2 one line, 3 several, 4 an idea, 5 like LeetCode's medium problems."""
        if self.level:
            return self.level
        if self.difficulty == "medium":
            return 4
        function = next(node for node in ast.parse(self.reference).body if isinstance(node, ast.FunctionDef))
        if len(function.body) > 1:
            return 3
        return 1 if sum(1 for _ in ast.walk(function.body[0])) <= _NODES_OF_A_SHORT_LINE else 2

    @property
    def entry_point(self) -> str:
        """The name of the function that the reference defines first."""
        match = re.search(r"^def (\w+)\(", self.reference, re.MULTILINE)
        if match is None:
            raise ValueError(f"no function in the reference: {self.reference[:60]!r}")
        return match.group(1)

    @property
    def starter(self) -> str:
        """The ``def`` line of the entry point."""
        return next(line for line in self.reference.splitlines() if line.startswith("def "))


def build(draft: Draft) -> Problem:
    """Make the Problem of a draft; the same draft gives the same tests on every machine.

    Raises:
        ValueError: if the generator is too poor for ``TESTS_PER_PROBLEM`` distinct hidden tests, or an
            example repeats a hidden test.
    """
    function = load_function(draft.reference, draft.entry_point)
    examples = tuple(_observe(function, args, draft.compare) for args in draft.examples)
    taken = {_key(args) for args in draft.examples}
    if any(_key(args) in taken for args in draft.edges):
        raise ValueError(f"{draft.entry_point}: an example repeats an edge case")
    inputs = list(draft.edges)
    taken |= {_key(args) for args in inputs}
    rng = random.Random(zlib.crc32(draft.entry_point.encode()))
    for _ in range(TESTS_PER_PROBLEM * _DRAWS_PER_TEST):
        if len(inputs) >= TESTS_PER_PROBLEM:
            break
        args = draft.generate(rng)
        if _key(args) not in taken:
            taken.add(_key(args))
            inputs.append(args)
    if len(inputs) < TESTS_PER_PROBLEM:
        raise ValueError(f"{draft.entry_point}: only {len(inputs)} distinct hidden tests of {TESTS_PER_PROBLEM}")
    return Problem(
        id=f"basics/{draft.entry_point}",
        entry_point=draft.entry_point,
        statement=draft.statement.strip(),
        starter=draft.starter,
        examples=examples,
        tests=tuple(_observe(function, args, draft.compare) for args in inputs),
        difficulty=draft.difficulty,
        tags=(*draft.tags, f"level-{draft.grade}"),
        source="axiom",
        family=draft.family,
        reference=draft.reference.strip() + "\n",
    )


def draw_ints(rng: random.Random, least: int, most: int, low: int, high: int) -> list[int]:
    """From ``least`` to ``most`` numbers between ``low`` and ``high``."""
    return [rng.randint(low, high) for _ in range(rng.randint(least, most))]


def draw_letters(rng: random.Random, least: int, most: int, of: str = "abc") -> str:
    """From ``least`` to ``most`` characters of ``of``."""
    return "".join(rng.choice(of) for _ in range(rng.randint(least, most)))


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Bound trusted code that may not end, in the main thread.

    Raises:
        TimeoutError: when the time is over.
    """

    def expire(number: int, frame: object) -> None:
        raise TimeoutError

    former = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, former)


def load_function(source: str, entry_point: str) -> Callable[..., Any]:
    """Execute trusted source, written in this folder, and return the function it defines."""
    namespace: dict[str, Any] = {"__name__": "solution"}
    exec(compile(source, f"<{entry_point}>", "exec"), namespace)
    function = namespace[entry_point]
    assert callable(function)
    return function  # type: ignore[no-any-return]  # asserted on the line above


def _observe(function: Callable[..., Any], args: Args, compare: Compare) -> CallTest:
    try:
        expected = function(*copy.deepcopy(args))
    except Exception as error:  # noqa: BLE001 (the reference defines what a wrong input raises)
        return CallTest(args=args, raises=type(error).__name__)
    return CallTest(args=args, expected=expected, compare=compare)


def _key(args: Args) -> str:
    return repr(encode(list(args)))
