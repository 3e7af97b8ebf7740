"""What choosers look at, from the real judge, sandbox and a tiny model."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from axiom.errors import ModelError
from axiom.learning.packing import TokenizedExample, pack
from axiom.policy.value_function import ValueFunction
from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Problem
from axiom.sandbox.process import ProcessSandbox
from axiom.search.scoring import Sampled, Tried, candidates_of, tried_on_examples, values_of, values_so_far
from axiom.verification.judge import Judge
from tests.policy.test_tree_attention import noisy_policy

PROBLEM = Problem(
    id="t/double",
    entry_point="double",
    statement="Return twice n.",
    tests=(CallTest(args=(7,), expected=-1),),  # nothing right passes: whoever looks at these tests is seen
    examples=(CallTest(args=(2,), expected=4), CallTest(args=(3,), expected=6)),
)
RIGHT, HALF, WRONG = "def double(n): return n * 2", "def double(n): return 4", "def double(n): return -1"


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(workers=1, isolation="process", all_tests=True) as judge:
        yield judge


def test_public_examples_are_run_and_hidden_tests_are_not(judge: Judge) -> None:
    found = tried_on_examples(PROBLEM, [RIGHT, HALF, WRONG, None, RIGHT], judge)
    assert [one.share for one in found] == [1.0, 0.5, 0.0, 0.0, 1.0]
    assert [one.feedback for one in found[:3]] == [
        "",
        "double(3) returned 4, expected 6",
        "double(2) returned -1, expected 4",
    ]
    assert tried_on_examples(replace(PROBLEM, examples=()), [RIGHT, None], judge) == [Tried(), Tried()]


def test_a_completion_has_one_value_however_many_are_scored_with_it(tiny_model: Path) -> None:
    value = ValueFunction(noisy_policy(tiny_model), trains_adapter=False)
    torch.nn.init.normal_(value.head.out.weight)
    completions = [Sampled(None, tuple(range(2, 4 + n % 5)), (-0.1 * n,) * (2 + n % 5)) for n in range(20)]
    found = values_of(value, (1, 2, 3), completions)
    alone = [values_of(value, (1, 2, 3), [completion])[0] for completion in completions]
    assert found == pytest.approx(alone, abs=1e-5)
    assert len(set(alone)) > 3


def test_the_value_so_far_is_what_a_longer_completion_has_there(tiny_model: Path) -> None:
    value = ValueFunction(noisy_policy(tiny_model), trains_adapter=False)
    torch.nn.init.normal_(value.head.out.weight, std=0.1)
    whole, log_probs = tuple(range(30, 60)), tuple(-0.1 * n for n in range(30))
    batch = pack([TokenizedExample((1, 2, 3), whole, sampled=log_probs)])
    at_each = value.logits(batch).sigmoid().tolist()  # before the first token, after it, after the second
    begun = [Sampled(None, whole[:count], log_probs[:count]) for count in (0, 1, 7, 29)]
    found = values_so_far(value, (1, 2, 3), begun)
    assert found == pytest.approx([at_each[count] for count in (0, 1, 7, 29)], abs=1e-5)
    assert len({round(one, 4) for one in found}) == 4


def test_a_candidate_has_what_is_at_hand_and_nothing_else(judge: Judge, tiny_model: Path) -> None:
    samples = [Sampled(RIGHT, (1, 2), (-1.0, -3.0)), Sampled(None, (1,))]
    bare = candidates_of(PROBLEM, samples)
    assert [(one.tokens, one.log_prob, one.value, one.examples, one.behaviour) for one in bare] == [
        (2, -2.0, None, None, None),
        (1, None, None, None, None),
    ]
    sandbox = ProcessSandbox()
    try:
        value = ValueFunction(noisy_policy(tiny_model), trains_adapter=False, reads_confidence=False)
        whole = candidates_of(PROBLEM, samples, judge=judge, sandbox=sandbox, value=value, prompt=(5, 6), inputs=3)
    finally:
        sandbox.close()
    assert [(one.value, one.examples) for one in whole] == [(0.5, 1.0), (0.5, 0.0)]
    assert whole[0].behaviour is not None
    assert whole[0].behaviour.splitlines()[:2] == ["4", "6"]
    assert whole[1].behaviour is None
    reads_more = ValueFunction(noisy_policy(tiny_model), trains_adapter=False)
    with pytest.raises(ModelError, match="reads log-probabilities, and the samples have none"):
        candidates_of(PROBLEM, samples, value=reads_more, prompt=(5, 6))
