"""A head that is trained outside Lightning, on the states of a tiny model."""

from pathlib import Path

import pytest
import torch

from axiom.learning.packing import TokenizedExample
from axiom.learning.value import Target
from axiom.learning.value_examples import ValueExample, value_batch
from axiom.policy.value_function import ValueFunction, ValueKind
from axiom.policy.value_learning import known_of, learn_head, values_along
from tests.policy.test_tree_attention import noisy_policy


def example(*tokens: int, passed: bool, weight: float = 1.0) -> ValueExample:
    target = Target(weight * passed, weight * (not passed))
    sampled = tuple(-0.1 * token for token in tokens)
    return ValueExample(TokenizedExample((1, 2, 3), tokens, sampled=sampled), "p", passed, target)


EXAMPLES = [example(5, 5, 5 + n, passed=n % 2 == 0) for n in range(20)]


@pytest.fixture
def value(tiny_model: Path) -> ValueFunction:
    return ValueFunction(noisy_policy(tiny_model), trains_adapter=False, hidden=16)


def test_what_is_known_of_a_completion_is_the_same_alone_and_among_others(value: ValueFunction) -> None:
    together = known_of(value, EXAMPLES)
    alone = [value.known(value_batch([one]).packed) for one in EXAMPLES]
    assert len(together) == len(EXAMPLES)
    for left, right in zip(together, alone, strict=True):
        torch.testing.assert_close(left, right.cpu(), rtol=1e-4, atol=1e-4)


def test_the_head_learns_and_the_policy_stays_as_it_is_and_can_be_trained(value: ValueFunction) -> None:
    before = value.policy.adapter_hash()
    known = known_of(value, EXAMPLES)
    # The completions differ in their last token alone, which no state has read: something that tells is put in.
    for own, one in zip(known, EXAMPLES, strict=True):
        own[:, 0] += 2.0 if one.passed else -2.0
    learn_head(value, EXAMPLES, known, epochs=20, learning_rate=0.01)
    told = [value.head(own[-1]).item() for own in known]
    assert min(own for own, one in zip(told, EXAMPLES, strict=True) if one.passed) > 0
    assert max(own for own, one in zip(told, EXAMPLES, strict=True) if not one.passed) < 0
    assert value.policy.adapter_hash() == before
    assert any(parameter.requires_grad for parameter in value.policy.parameters())


@pytest.mark.parametrize("kind", ["head", "likelihood"])
def test_values_along_completions_are_the_value_function_s_of_either_kind(tiny_model: Path, kind: ValueKind) -> None:
    value = ValueFunction(noisy_policy(tiny_model), trains_adapter=False, kind=kind)
    torch.nn.init.normal_(value.head.out.weight, std=0.02)
    told = values_along(value, EXAMPLES)
    for own, one in zip(told, EXAMPLES, strict=True):
        with torch.no_grad():
            expected = value.logits(value_batch([one]).packed).sigmoid()
        torch.testing.assert_close(torch.tensor(own), expected, rtol=1e-4, atol=1e-4)
    assert len({round(state, 4) for state in told[0]}) == 3


def test_the_same_seed_learns_the_same_and_what_has_no_weight_says_nothing(tiny_model: Path) -> None:
    weightless = [example(9, 9, 9, 9, passed=True, weight=0.0)] * 5
    heads = []
    for examples in (EXAMPLES, [*EXAMPLES, *weightless]):
        value = ValueFunction(noisy_policy(tiny_model), trains_adapter=False)
        learn_head(value, examples, known_of(value, examples), epochs=2, learning_rate=0.01, seed=3)
        heads.append(value.head.out.weight.detach().clone())
    torch.testing.assert_close(heads[0], heads[1])
    assert heads[0].abs().sum() > 0
