"""What a Problem is: a statement, an entry point, public examples, hidden tests and limits.

The JSON schema of a problem line is public; :func:`problem_from_json` is its definition. Which file and
line a problem came from is added by the reader (:mod:`axiom.problems.jsonl`).
"""

import ast
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from keyword import iskeyword
from typing import Any, Literal

from axiom.errors import ProblemError
from axiom.problems.hidden_tests import (
    UNPARSABLE,
    CallTest,
    ClassTest,
    HiddenTest,
    ProgramTest,
    hidden_test_from_json,
    hidden_test_to_json,
    refuse_unparsable,
)

ProblemKind = Literal["function", "class", "program"]
WALL_TO_CPU = 10.0
_LEAST_CPU_S, _CPU_TO_REFERENCE = 0.5, 20.0
_MOST = {"cpu_s": 3600.0, "wall_s": 36_000.0, "memory_bytes": 1 << 40, "input_cpu_s": 3600.0}
_CALLS_IN_FULL = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """What one program may use over all its tests.

    Attributes:
        cpu_s: processor seconds, user and system.
        wall_s: seconds on the clock; catches programs that sleep.
        memory_bytes: address space that the program may add.
        input_cpu_s: of a whole program's processor seconds those on one input, and a tenth of what it may take on the
            clock; None bounds the sum alone.
    """

    cpu_s: float = 2.0
    wall_s: float = 20.0
    memory_bytes: int = 256 * 1024 * 1024
    input_cpu_s: float | None = None

    @classmethod
    def by_reference(cls, cpu_s: float) -> "Limits":
        """For a problem that names none: the larger of 0.5 s and twenty times what its reference used."""
        allowed_s = max(_LEAST_CPU_S, _CPU_TO_REFERENCE * cpu_s)
        return cls(allowed_s, WALL_TO_CPU * allowed_s)

    def over(self, tests: int, *, are_calls: bool) -> "Limits":
        """Where these are what a program may use on one test: what it may use on that many together.

        A whole program is limited on each input as well. Calls share a process, and one of them may take what others
        leave over, so that a call which never ends is stopped only when all of it is used up: they have the time of ten
        tests at most. No time is longer than a problem may name; memory stays as it is.

        Args:
            tests: how many.
            are_calls: whether they call a function, and are no inputs of a whole program.
        """
        times = min(tests, _CALLS_IN_FULL) if are_calls else tests
        cpu_s, wall_s = min(times * self.cpu_s, _MOST["cpu_s"]), min(times * self.wall_s, _MOST["wall_s"])
        return replace(self, cpu_s=cpu_s, wall_s=wall_s, input_cpu_s=None if are_calls else self.cpu_s)


@dataclass(frozen=True, slots=True)
class Problem:
    """A programming problem whose answers can be checked.

    Attributes:
        id: unique name, ``source/name``.
        entry_point: the function or class that the tests call; empty for a whole program.
        statement: what the model is asked, in prose.
        starter: the line that the answer starts with (``def add(a: int, b: int) -> int:``), or empty.
        examples: public; they are part of the prompt.
        tests: hidden; they never reach the model or the program's process as expected values.
        limits: CPU, wall clock and memory of one program; None lets the judge set them by the reference.
        difficulty: ``easy``, ``medium``, ``hard`` or empty.
        tags: topics.
        source: where the problem came from.
        family: problems that share an idea; a family stands in one split only.
        reference: a solution known to be right, or empty.
        prelude: code that belongs to the statement, such as imports and helpers; it runs before the program and
            before ``check`` and ``checker``.
        checker: code of a comparison where several results are right: it defines ``checker(args, expected, actual)``,
            which says whether ``actual`` is. It runs in a jail of its own. Empty where tests compare by themselves.
    """

    id: str
    entry_point: str
    statement: str
    tests: tuple[HiddenTest, ...]
    starter: str = ""
    examples: tuple[CallTest, ...] = ()
    limits: Limits | None = None
    difficulty: str = ""
    tags: tuple[str, ...] = ()
    source: str = ""
    family: str = ""
    reference: str = ""
    prelude: str = ""
    checker: str = ""

    @property
    def kind(self) -> ProblemKind:
        """What is asked for, as the first test says."""
        if isinstance(self.tests[0], ProgramTest):
            return "program"
        return "class" if isinstance(self.tests[0], ClassTest) else "function"


def problem_from_json(record: object) -> Problem:
    """Check one decoded JSON line and make it a Problem.

    Raises:
        ProblemError: naming the field, what was found and what was expected.
    """
    if not isinstance(record, dict):
        raise ProblemError(f"expected a JSON object, got {type(record).__name__}")
    unknown = sorted(set(record) - _FIELDS)
    if unknown:
        raise ProblemError(f"unknown field '{unknown[0]}'; a problem has {', '.join(sorted(_FIELDS))}")
    tests = _tests(record, "tests")
    if not tests:
        raise ProblemError("field 'tests': expected at least one test")
    programs = [isinstance(test, ProgramTest) for test in tests]
    if any(programs) and not all(programs):
        raise ProblemError("field 'tests': tests of whole programs ('stdin') stand with none of another kind")
    entry_point = _text(record, "entry_point", default="" if all(programs) else None)
    if (not entry_point.isidentifier() or iskeyword(entry_point)) and not all(programs):
        raise ProblemError(f"field 'entry_point': {entry_point!r} is not a Python name")
    for index, test in enumerate(tests):
        if isinstance(test, ClassTest) and test.methods[0] != entry_point:
            raise ProblemError(
                f"field 'tests[{index}].methods': expected the class first, '{entry_point}', got '{test.methods[0]}'"
            )
    return Problem(
        id=_text(record, "id"),
        entry_point=entry_point,
        statement=_text(record, "statement"),
        tests=tests,
        starter=_starter(record),
        examples=_examples(record),
        limits=_limits(record.get("limits")),
        difficulty=_text(record, "difficulty", default=""),
        tags=_tags(record.get("tags", [])),
        source=_text(record, "source", default=""),
        family=_text(record, "family", default=""),
        reference=_text(record, "reference", default=""),
        prelude=_code(record, "prelude"),
        checker=_checker(record),
    )


def problem_to_json(problem: Problem) -> dict[str, Any]:
    """The JSON object of a problem; fields at their default are left out."""
    record: dict[str, Any] = {
        "id": problem.id,
        "entry_point": problem.entry_point,
        "statement": problem.statement,
        "starter": problem.starter,
        "examples": [hidden_test_to_json(test) for test in problem.examples],
        "tests": [hidden_test_to_json(test) for test in problem.tests],
        "difficulty": problem.difficulty,
        "tags": list(problem.tags),
        "source": problem.source,
        "family": problem.family,
        "reference": problem.reference,
        "prelude": problem.prelude,
        "checker": problem.checker,
    }
    if problem.limits is not None:
        record["limits"] = {name: limit for name, limit in asdict(problem.limits).items() if limit is not None}
    return {key: value for key, value in record.items() if value not in ("", [])}


_FIELDS = frozenset(Problem.__slots__)


def _text(record: Mapping[str, Any], name: str, *, default: str | None = None) -> str:
    value = record.get(name, default)
    if value is None:
        raise ProblemError(f"field '{name}' is missing")
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise ProblemError(f"field '{name}': expected a non-empty string, got {value!r}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ProblemError(f"field '{name}': {value[error.start]!r} is half a character, and no text") from error
    return value


def _starter(record: Mapping[str, Any]) -> str:
    starter = _text(record, "starter", default="")
    if starter:
        try:
            ast.parse(starter.rstrip() + "\n    pass\n")
        except UNPARSABLE as error:
            raise ProblemError(f"field 'starter': {starter!r} is not the first line of a function") from error
    return starter


def _code(record: Mapping[str, Any], name: str) -> str:
    source = _text(record, name, default="")
    refuse_unparsable(source, name)
    return source


def _checker(record: Mapping[str, Any]) -> str:
    source = _code(record, "checker")
    if source and "def checker(" not in source:
        raise ProblemError("field 'checker': expected code that defines checker(args, expected, actual)")
    return source


def _tags(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise ProblemError(f"field 'tags': expected a list of strings, got {value!r}")
    return tuple(value)


def _limits(value: object) -> Limits | None:
    """The limits of a line; the wall clock is ten times the CPU's where it is not given."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise ProblemError(f"field 'limits': expected an object, got {value!r}")
    for name, number in value.items():
        if name not in Limits.__slots__:
            raise ProblemError(f"field 'limits': unknown limit '{name}'; expected {', '.join(Limits.__slots__)}")
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not 0 < number <= _MOST[name]:
            raise ProblemError(f"field 'limits.{name}': expected a positive number up to {_MOST[name]}, got {number!r}")
    cpu_s = float(value.get("cpu_s", Limits().cpu_s))
    memory_bytes = math.ceil(value.get("memory_bytes", Limits().memory_bytes))
    of_an_input = float(value["input_cpu_s"]) if "input_cpu_s" in value else None
    return Limits(cpu_s, float(value.get("wall_s", WALL_TO_CPU * cpu_s)), memory_bytes, of_an_input)


def _tests(record: Mapping[str, Any], name: str) -> tuple[HiddenTest, ...]:
    value = record.get(name, [])
    if not isinstance(value, list):
        raise ProblemError(f"field '{name}': expected a list of tests, got {value!r}")
    return tuple(hidden_test_from_json(item, f"{name}[{index}]") for index, item in enumerate(value))


def _examples(record: Mapping[str, Any]) -> tuple[CallTest, ...]:
    examples = _tests(record, "examples")
    for index, example in enumerate(examples):
        if not isinstance(example, CallTest):
            raise ProblemError(f"field 'examples[{index}]': expected a call with 'args' and 'expected'")
    return tuple(example for example in examples if isinstance(example, CallTest))
