"""The promises of ``basics``: enough problems, no family or twin in two splits, tests that reach the edges."""

import ast
import json
from collections import Counter
from itertools import combinations, islice
from pathlib import Path

import pytest

from axiom.problems.basics import rebuild
from axiom.problems.basics.authoring import build
from axiom.problems.basics.splits import FAMILIES, split_of
from axiom.problems.mutants import mutants
from axiom.problems.problem import Problem, problem_to_json
from axiom.problems.sources import BASICS_SPLITS, load_problems
from axiom.verification.judge import Judge

SPLITS = {split: load_problems(f"basics/{split}") for split in BASICS_SPLITS}
EVERY = [problem for problems in SPLITS.values() for problem in problems]


def test_each_split_is_large_enough() -> None:
    assert len(SPLITS["train"]) >= 80
    assert len(SPLITS["validation"]) >= 40
    assert len(SPLITS["test"]) >= 40
    assert len(EVERY) >= 300


def test_every_split_has_problems_of_all_five_levels() -> None:
    for problems in SPLITS.values():
        counts = Counter(tag for problem in problems for tag in problem.tags if tag.startswith("level-"))
        assert counts.keys() == {f"level-{level}" for level in range(1, 6)}
        assert sum(counts.values()) == len(problems)


@pytest.mark.slow
def test_the_hidden_tests_kill_95_of_100_mutants_of_the_references() -> None:
    with Judge(workers=2, isolation="namespaces") as judge:
        tried = [judge.submit(p, mutant.source) for p in EVERY for mutant in islice(mutants(p.reference), 0, None, 3)]
        killed = sum(not future.result().passed for future in tried)
    assert len(tried) > 800
    assert killed >= 0.95 * len(tried)


@pytest.mark.parametrize("split", BASICS_SPLITS)
def test_the_shipped_file_is_what_the_drafts_build(split: str) -> None:
    built = [build(draft) for draft in rebuild.drafts_of(split)]
    lines = (Path(rebuild.__file__).with_name(f"{split}.jsonl")).read_text().splitlines()
    assert [json.loads(line) for line in lines] == [json.loads(json.dumps(problem_to_json(p))) for p in built]


def test_every_family_stands_in_the_table_of_splits_and_the_table_names_no_other() -> None:
    families = {draft.family for module in rebuild.draft_modules() for draft in rebuild.load_drafts(module)}
    assert families == {family for names in FAMILIES.values() for family in names}
    assert len(families) == sum(map(len, FAMILIES.values()))
    with pytest.raises(ValueError, match="family 'nowhere' stands in no split"):
        split_of("nowhere")


def test_no_draft_has_a_defect() -> None:
    for module in rebuild.draft_modules():
        for draft in rebuild.load_drafts(module):
            assert rebuild.defects(draft, build(draft)) == []


def test_a_wrong_solution_that_passes_is_seen_as_a_defect() -> None:
    draft = rebuild.load_drafts("numbers_1")[0]
    from dataclasses import replace

    found = rebuild.defects(replace(draft, wrong=(draft.reference, *draft.wrong)), build(draft))
    assert found == ["wrong[0] passes every hidden test"]


def test_every_problem_has_enough_hidden_tests_and_a_reference() -> None:
    for problem in EVERY:
        assert len(problem.tests) >= 12, problem.id
        assert problem.reference, problem.id
        assert len(problem.examples) >= 2, problem.id


def test_public_examples_repeat_no_hidden_test() -> None:
    for problem in EVERY:
        hidden = {repr(test.args) for test in problem.tests}
        assert not hidden & {repr(example.args) for example in problem.examples}, problem.id


def test_no_family_and_no_name_stands_in_two_splits() -> None:
    for one, other in combinations(BASICS_SPLITS, 2):
        assert not {p.family for p in SPLITS[one]} & {p.family for p in SPLITS[other]}
        assert not {p.entry_point for p in SPLITS[one]} & {p.entry_point for p in SPLITS[other]}


def _shape(problem: Problem) -> str:
    """The reference with every name replaced by its order of appearance: equal for renamed twins."""
    names: dict[str, str] = {}
    tree = ast.parse(problem.reference)
    for node in ast.walk(tree):
        for field in ("id", "arg", "name"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                setattr(node, field, names.setdefault(value, f"n{len(names)}"))
    return ast.dump(tree)


def test_no_renamed_twin_stands_in_two_splits() -> None:
    shapes = {split: {_shape(problem): problem.id for problem in problems} for split, problems in SPLITS.items()}
    for one, other in combinations(BASICS_SPLITS, 2):
        twins = shapes[one].keys() & shapes[other].keys()
        assert not twins, [(shapes[one][twin], shapes[other][twin]) for twin in twins]


@pytest.mark.slow
def test_no_reference_solves_a_problem_of_another_split() -> None:
    """Behavioural twins: a reference that passes another split's tests of the same arity."""
    for one, other in combinations(BASICS_SPLITS, 2):
        for a in SPLITS[one]:
            for b in SPLITS[other]:
                if len(a.tests[0].args) == len(b.tests[0].args) and _signature(a) == _signature(b):
                    renamed = f"{a.reference}\n{b.entry_point} = {a.entry_point}\n"
                    assert not rebuild.passes(b, renamed), (a.id, b.id)


def _signature(problem: Problem) -> tuple[str, ...]:
    return (*tuple(type(arg).__name__ for arg in problem.tests[0].args), type(problem.tests[0].expected).__name__)
