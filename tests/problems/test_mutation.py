"""The list of equivalent mutants: each exists, passes the hidden tests, and agrees with its reference."""

import pytest

from axiom.problems.basics.equivalent import EQUIVALENT
from axiom.problems.basics.mutation import difference
from axiom.problems.basics.rebuild import draft_modules, load_drafts
from axiom.problems.mutants import mutants
from axiom.problems.sources import load_problems
from axiom.verification.judge import Judge

DRAFTS = {draft.entry_point: draft for module in draft_modules() for draft in load_drafts(module)}
PROBLEMS = {problem.entry_point: problem for problem in load_problems("basics")}


@pytest.mark.parametrize("name", EQUIVALENT)
def test_what_is_called_equivalent_agrees_with_its_reference(name: str) -> None:
    found = {mutant.what: mutant for mutant in mutants(PROBLEMS[name].reference)}
    assert EQUIVALENT[name].keys() <= found.keys()
    for what in EQUIVALENT[name]:
        assert difference(DRAFTS[name], found[what], inputs=100) is None, what


def test_what_is_called_equivalent_passes_the_hidden_tests() -> None:
    with Judge(workers=2, isolation="namespaces") as judge:
        verdicts = [
            judge.submit(PROBLEMS[name], mutant.source)
            for name, listed in EQUIVALENT.items()
            for mutant in mutants(PROBLEMS[name].reference)
            if mutant.what in listed
        ]
        assert all(verdict.result().passed for verdict in verdicts)


def test_a_mutant_that_differs_is_found_with_its_input() -> None:
    draft = DRAFTS["letter_grade"]
    (mutant,) = [each for each in mutants(draft.reference.strip()) if each.what.endswith("80 made 79")]
    assert difference(draft, mutant, inputs=2000) == (79,)
