"""Formats of published problem files and how a record of each becomes a Problem."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from axiom.errors import ProblemError
from axiom.problems.formats.apps import apps_problem
from axiom.problems.formats.code_contests import code_contests_problem
from axiom.problems.formats.evalplus import evalplus_problem
from axiom.problems.formats.livecodebench import livecodebench_problem
from axiom.problems.formats.mbpp import mbpp_problem
from axiom.problems.humaneval import humaneval_problem
from axiom.problems.problem import Problem, problem_from_json, problem_to_json
from axiom.verification.judge import make_sandbox

Reader = Callable[[Mapping[str, Any]], Problem]


@dataclass(frozen=True, slots=True)
class Format:
    """A published format.

    Attributes:
        name: as ``problems import`` asks for it.
        fields: that a record of it has, and of no other format together; the first format that fits is taken.
        about: where its files come from, and their licence.
        read: makes a record a problem; None for EvalPlus, which needs a sandbox.
    """

    name: str
    fields: frozenset[str]
    about: str
    read: Reader | None


FORMATS = (
    Format("axiom", frozenset({"tests", "entry_point", "statement"}), "axiom's own schema", problem_from_json),
    Format(
        "evalplus",
        frozenset({"base_input", "canonical_solution", "entry_point", "prompt"}),
        "HumanEval+ and MBPP+ (github.com/evalplus/evalplus, Apache-2.0)",
        None,
    ),
    Format(
        "humaneval",
        frozenset({"canonical_solution", "entry_point", "prompt", "test"}),
        "HumanEval (github.com/openai/human-eval, MIT) and files of its form",
        humaneval_problem,
    ),
    Format(
        "mbpp",
        frozenset({"task_id", "code", "test_list"}),
        "MBPP (github.com/google-research/google-research/tree/master/mbpp, CC-BY-4.0)",
        mbpp_problem,
    ),
    Format("apps", frozenset({"question", "input_output"}), "APPS (github.com/hendrycks/apps, MIT)", apps_problem),
    Format(
        "livecodebench",
        frozenset({"question_content", "public_test_cases", "private_test_cases"}),
        "LiveCodeBench (huggingface.co/livecodebench, CC)",
        livecodebench_problem,
    ),
    Format(
        "code_contests",
        frozenset({"description", "private_tests", "generated_tests"}),
        "CodeContests (github.com/google-deepmind/code_contests, CC-BY-4.0)",
        code_contests_problem,
    ),
)
FORMAT_NAMES = tuple(known.name for known in FORMATS)


def format_of(record: Mapping[str, Any]) -> Format:
    """The format whose fields a record has.

    Raises:
        ProblemError: if it is none of the known ones.
    """
    for known in FORMATS:
        if known.fields <= record.keys():
            return known
    raise ProblemError(f"a record of {', '.join(sorted(record))} is of no known format: {', '.join(FORMAT_NAMES)}")


@contextmanager
def reader(name: str) -> Iterator[Reader]:
    """What makes a record of a format a checked problem, for as long as the context lasts.

    Raises:
        ProblemError: for an unknown format; by the reader, for a record that is not of the format.
        SandboxError: where EvalPlus's canonical solutions cannot be run.
    """
    known = next((each for each in FORMATS if each.name == name), None)
    if known is None:
        raise ProblemError(f"format '{name}': expected one of {', '.join(FORMAT_NAMES)}")
    if known.read is not None:
        yield _checked(known.name, known.read)
        return
    sandbox = make_sandbox("auto")
    try:
        yield _checked(known.name, lambda record: evalplus_problem(record, sandbox=sandbox))
    finally:
        sandbox.close()


def _checked(name: str, read: Reader) -> Reader:
    """The reader with one error for whatever is wrong with a record, its result held against axiom's schema."""

    def checked(record: Mapping[str, Any]) -> Problem:
        if not isinstance(record, Mapping):
            raise ProblemError(f"expected a JSON object, got {type(record).__name__}")
        try:
            return problem_from_json(problem_to_json(read(record)))
        except ProblemError:
            raise
        except KeyError as error:
            raise ProblemError(f"not a record of {name}: field {error} is missing") from error
        except Exception as error:
            raise ProblemError(f"not a record of {name}: {type(error).__name__}: {error}") from error

    return checked
