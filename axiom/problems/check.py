"""What is wrong with a set of problems: duplicates, references that fail, tests that let wrong programs pass, leaks."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from axiom.problems.hidden_tests import UNPARSABLE
from axiom.problems.leaks import Leak, leaks
from axiom.problems.mutants import mutants
from axiom.problems.problem import Problem
from axiom.verification.judge import Judge
from axiom.verification.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Report:
    """What :func:`check` found.

    Attributes:
        duplicates: pairs within the set.
        leaks: pairs with the other sets.
        failing: ids whose reference does not pass, with the verdict.
        without_reference: ids that have none, so that nothing of their tests is shown.
        killed, mutants: by id, how many changed references failed, of how many.
    """

    duplicates: list[Leak]
    leaks: list[Leak]
    failing: dict[str, Verdict] = field(default_factory=dict)
    without_reference: list[str] = field(default_factory=list)
    killed: dict[str, int] = field(default_factory=dict)
    mutants: dict[str, int] = field(default_factory=dict)

    @property
    def weak(self) -> list[str]:
        """Ids whose tests pass at least half of the changed references, weakest first."""
        shares = {name: self.killed[name] / count for name, count in self.mutants.items() if count}
        return sorted((name for name, share in shares.items() if share <= 0.5), key=lambda name: shares[name])

    @property
    def is_sound(self) -> bool:
        """Whether nothing has to be put right; weak tests and missing references are told, not held against it."""
        return not (self.duplicates or self.leaks or self.failing)


def check(problems: Sequence[Problem], *, against: Sequence[Problem], judge: Judge, mutants_per_problem: int) -> Report:
    """Check a set of problems.

    Args:
        problems: the set.
        against: problems that it must share none with.
        judge: runs the references and the changed ones.
        mutants_per_problem: how many changed references to try for each problem; 0 for none.
    """
    report = Report(duplicates=leaks(problems, problems), leaks=leaks(problems, against))
    report.without_reference.extend(problem.id for problem in problems if not problem.reference)
    told = [problem for problem in problems if problem.reference]
    runs = [(problem, judge.submit(problem, problem.reference)) for problem in told]
    changed = [
        (problem, [judge.submit(problem, mutant.source) for mutant in islice(mutants(problem.reference), most)])
        for problem in told
        if (most := mutants_per_problem) and _parses(problem.reference)  # the others fail, and are told so
    ]
    for problem, future in runs:
        if not (verdict := future.result()).passed:
            report.failing[problem.id] = verdict
    for problem, futures in changed:
        if problem.id not in report.failing:
            report.mutants[problem.id] = len(futures)
            report.killed[problem.id] = sum(not future.result().passed for future in futures)
    return report


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except UNPARSABLE:
        return False
    return True
