"""Programs grouped by what they do, in the real sandbox."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Limits, Problem
from axiom.problems.sources import load_problems
from axiom.sandbox.process import ProcessSandbox
from axiom.sandbox.protocol import Sandbox
from axiom.search.behaviour import behaviours, generated_inputs

PROBLEM = Problem(
    id="t/f",
    entry_point="f",
    statement="Return the sum of the list.",
    tests=(CallTest(args=([9],), expected=9),),
    examples=(CallTest(args=([1, 2],), expected=3), CallTest(args=([4],), expected=4)),
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = ProcessSandbox()
    yield made
    made.close()


@given(st.integers(0, 1000), st.integers(1, 30))
def test_inputs_are_distinct_reproducible_and_begin_with_the_examples(seed: int, count: int) -> None:
    found = generated_inputs(PROBLEM, count=count, seed=seed)
    assert found == generated_inputs(PROBLEM, count=count, seed=seed)
    assert len({repr(args) for args in found}) == len(found) == count
    assert found[:2] == [([1, 2],), ([4],)][:count]
    assert all(isinstance(items, list) and all(isinstance(item, int) for item in items) for (items,) in found)


def test_inputs_keep_the_types_of_the_examples_of_every_problem_of_basics() -> None:
    for problem in load_problems("basics/validation"):
        found = generated_inputs(problem, count=20, seed=0)
        assert len(found) > 5, problem.id
        for place in range(len(problem.examples[0].args)):
            known = {type(example.args[place]) for example in problem.examples}
            assert {type(args[place]) for args in found} <= known, problem.id


def test_a_problem_without_examples_or_arguments_has_few_inputs_or_none() -> None:
    assert generated_inputs(replace(PROBLEM, examples=()), count=5, seed=0) == []
    no_argument = replace(PROBLEM, examples=(CallTest(args=(), expected=1),))
    assert generated_inputs(no_argument, count=5, seed=0) == [()]


def test_an_argument_that_may_be_left_out_is_changed_where_it_is_given() -> None:
    examples = (CallTest(args=(), expected=0), CallTest(args=(2,), expected=4))
    for seed in range(20):
        found = generated_inputs(replace(PROBLEM, examples=examples), count=5, seed=seed)
        assert found[:2] == [(), (2,)]
        assert [len(args) for args in found[2:]] == [1, 1, 1]


def test_programs_that_do_the_same_have_one_behaviour(sandbox: Sandbox) -> None:
    sources = [
        "def f(x): return sum(x)",
        "def f(x):\n    t = 0\n    for n in x: t += n\n    return t",
        "def f(x): return len(x)",
        "def f(x): return sum(x) if x else 1 / 0",
        None,
        "def f(x): return undefined",
        "def f(x) return",
    ]
    inputs = [([1, 2],), ([4],), ([],)]
    found = behaviours(PROBLEM, sources, inputs, sandbox=sandbox, workers=2)
    assert found[0] == found[1] == "3\n4\n0"
    assert found[2] == "2\n1\n0"
    assert found[3] == "3\n4\n!ZeroDivisionError"
    assert found[4:] == [None, None, None]


def test_sums_in_another_order_are_no_other_behaviour(sandbox: Sandbox) -> None:
    sources = ["def f(x): return (0.1 + 0.2) + 0.3, [1.5]", "def f(x): return 0.1 + (0.2 + 0.3), [1.5]"]
    one, other = behaviours(PROBLEM, sources, [([],)], sandbox=sandbox)
    assert one == other is not None


def test_a_result_that_is_nested_too_deep_to_be_told_apart_ends_no_search(sandbox: Sandbox) -> None:
    deep = "def f(x):\n    made = 1\n    for _ in range(199): made = {0: made}\n    return made if len(x) == 1 else 0"
    found, other = behaviours(PROBLEM, [deep, "def f(x): return 1"], [([1, 2],), ([4],)], sandbox=sandbox)
    assert other == "1\n1"
    assert found is not None
    # How deep is too deep is Python's to say, and differs between its versions.
    assert found.startswith(("0\n!RecursionError", '0\n{"$dict": [[0, {"$dict": '))


def test_a_program_that_never_ends_is_stopped_and_what_it_did_before_counts(sandbox: Sandbox) -> None:
    source = "def f(x):\n    while len(x) == 1: pass\n    return len(x)"
    limits = Limits(cpu_s=0.3, wall_s=10.0)
    (found,) = behaviours(PROBLEM, [source], [([1, 2],), ([4],), ([],)], sandbox=sandbox, limits=limits)
    assert found is not None
    assert found.splitlines()[0] == "2"
    assert found.splitlines()[1] == "!Stopped"
