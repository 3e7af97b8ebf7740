"""What the judge found about one program: a closed set of outcomes, and what was measured."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any


class Outcome(str, Enum):
    """How judging ended; the first failing test decides.

    ``forbidden`` is for isolation levels that stop system calls. ``internal_error`` is the judge's own fault:
    it is never counted and never trained on.
    """

    passed = "passed"
    wrong_answer = "wrong_answer"
    runtime_error = "runtime_error"
    time_limit = "time_limit"
    memory_limit = "memory_limit"
    output_limit = "output_limit"
    syntax_error = "syntax_error"
    no_program = "no_program"
    forbidden = "forbidden"
    internal_error = "internal_error"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of judging one program.

    Attributes:
        outcome: how judging ended.
        passed_tests: tests passed; where judging stops early, those before the first failure.
        total_tests: tests that the problem has.
        cpu_s: processor seconds of the program.
        wall_s: seconds on the clock.
        peak_bytes: largest resident set of the program's process.
        message: one line for people.
    """

    outcome: Outcome
    passed_tests: int
    total_tests: int
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_bytes: int = 0
    message: str = ""

    @property
    def passed(self) -> bool:
        """Whether every test passed."""
        return self.outcome is Outcome.passed

    @property
    def score(self) -> float:
        """Fraction of the tests that passed, 0.0 to 1.0."""
        return self.passed_tests / self.total_tests if self.total_tests else 0.0

    def to_json(self) -> dict[str, Any]:
        """The verdict's fields, and whether it passed, as ``json.dumps`` accepts them."""
        fields = asdict(self)
        del fields["outcome"]
        return {"outcome": self.outcome.value, "passed": self.passed, **fields}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Verdict":
        """The inverse of :meth:`to_json`.

        Raises:
            ValueError: for an unknown outcome.
            TypeError: for a missing or an unknown field.
        """
        fields = {name: value for name, value in record.items() if name != "passed"}
        return cls(**{**fields, "outcome": Outcome(record.get("outcome"))})
