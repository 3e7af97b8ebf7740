"""What the judge says of everything that ``basics`` ships, at each level of isolation."""

import dataclasses
import random
from collections.abc import Iterator

import pytest

from axiom.problems.basics.authoring import build
from axiom.problems.basics.rebuild import draft_modules, load_drafts, passes
from axiom.problems.problem import Limits, Problem
from axiom.problems.sources import load_problems
from axiom.verification.judge import Judge
from axiom.verification.verdict import Outcome


@pytest.fixture(scope="module", params=["namespaces", pytest.param("process", marks=pytest.mark.slow)])
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    with Judge(workers=2, isolation=request.param) as judge:
        yield judge


def test_the_reference_of_every_shipped_problem_passes(judge: Judge) -> None:
    problems = load_problems("basics")
    assert len(problems) > 100
    futures = [(problem.id, judge.submit(problem, problem.reference)) for problem in problems]
    failed = {name: future.result() for name, future in futures if not future.result().passed}
    assert not failed


def _wrong_solutions() -> list[tuple[Problem, str]]:
    pairs = [(build(draft), draft) for module in draft_modules() for draft in load_drafts(module)]
    return [(problem, source) for problem, draft in pairs for source in draft.wrong]


def test_no_wrong_solution_of_a_draft_passes(judge: Judge) -> None:
    wrong = _wrong_solutions()
    assert [problem.id for problem, source in wrong if passes(problem, source)] == []
    quick = Limits(cpu_s=0.5, wall_s=10.0)
    sample = random.Random(0).sample(wrong, 40)
    futures = [judge.submit(dataclasses.replace(problem, limits=quick), source) for problem, source in sample]
    outcomes = {future.result().outcome for future in futures}
    assert outcomes <= {Outcome.wrong_answer, Outcome.runtime_error, Outcome.time_limit}
