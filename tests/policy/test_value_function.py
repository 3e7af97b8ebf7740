"""The value function on real, tiny models: what its states are, what it trains, and what it leaves on disk."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from axiom.errors import ModelError
from axiom.learning.packing import TokenizedExample, pack
from axiom.learning.value import value_loss
from axiom.policy.policy import Policy
from axiom.policy.value_function import ValueFunction, ValueHead, load_value_function
from tests.architectures import tiny
from tests.policy.test_tree_attention import noisy_policy, saved

BATCH = pack(
    [
        TokenizedExample((1, 2, 3), (4, 5, 6), sampled=(-0.5, -2.0, -0.1)),
        TokenizedExample((1, 2, 3), (7,), sampled=(-3.0,)),
        TokenizedExample((8,), (9, 1), sampled=(-1.0, -4.0)),
    ]
)


@pytest.fixture
def policy(tiny_model: Path) -> Policy:
    return noisy_policy(tiny_model)


def trained(value: ValueFunction) -> ValueFunction:
    """After some steps towards the first completion's passing and the others' failing."""
    optimizer = torch.optim.AdamW([p for p in value.parameters() if p.requires_grad], lr=1e-2)
    passing, failing = torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.0, 1.0, 1.0])
    for _ in range(20):
        optimizer.zero_grad()
        value_loss(value.logits(BATCH), passing, failing, BATCH.target_counts).backward()
        optimizer.step()
    return value


@pytest.mark.parametrize("name", ["llama", "gpt2", "qwen2"])
def test_the_output_head_makes_the_logits_of_the_states(name: str, tmp_path: Path) -> None:
    policy = noisy_policy(saved(tiny(name), tmp_path))
    with torch.no_grad():
        states = policy.completion_states(BATCH)
        head = policy.model.get_base_model().get_output_embeddings()
        torch.testing.assert_close(head(states), policy.completion_logits(BATCH), rtol=1e-4, atol=1e-4)
    assert states.shape[0] == len(BATCH.targets)


def test_before_training_every_value_is_one_half(policy: Policy) -> None:
    value = ValueFunction(policy, trains_adapter=False, hidden=16)
    assert value.logits(BATCH).sigmoid().tolist() == [0.5] * 6


def test_a_head_alone_learns_and_leaves_the_policy_as_it_is(policy: Policy) -> None:
    before = {name: tensor.clone() for name, tensor in policy.adapter_state().items()}
    value = trained(ValueFunction(policy, trains_adapter=False, hidden=16))
    found = value.logits(BATCH).sigmoid()
    assert found[:3].mean() > 0.6 > 0.4 > found[3:].mean()
    assert all(torch.equal(before[name], tensor) for name, tensor in policy.adapter_state().items())
    assert {name.split(".")[0] for name in value.trained_state()} == {"head"}


def test_with_its_adapter_the_policy_learns_too(policy: Policy) -> None:
    before = {name: tensor.clone() for name, tensor in policy.adapter_state().items()}
    value = trained(ValueFunction(policy, trains_adapter=True))
    assert value.logits(BATCH)[:3].mean() > value.logits(BATCH)[3:].mean() + 1.0
    assert not any(torch.equal(before[name], tensor) for name, tensor in policy.adapter_state().items())


@pytest.mark.parametrize("trains_adapter", [True, False])
def test_what_is_saved_gives_the_same_values_again(tiny_model: Path, tmp_path: Path, trains_adapter: bool) -> None:
    value = trained(ValueFunction(noisy_policy(tiny_model), trains_adapter=trains_adapter, hidden=8))
    value.save(tmp_path / "value")
    policy = noisy_policy(tiny_model)
    before = policy.adapter_hash()
    again = load_value_function(tmp_path / "value", policy)
    torch.testing.assert_close(again.logits(BATCH), value.logits(BATCH))
    assert policy.adapter_hash() == before
    again.save(tmp_path / "copy")
    copy = load_value_function(tmp_path / "copy", policy)
    torch.testing.assert_close(copy.logits(BATCH), value.logits(BATCH))


def test_a_likelihood_value_is_the_policy_s_own_against_who_sampled(tiny_model: Path, tmp_path: Path) -> None:
    policy = noisy_policy(tiny_model)
    value = ValueFunction(policy, trains_adapter=False, kind="likelihood", beta=0.5)
    with torch.no_grad():
        log_probs = policy.completion_log_probs(BATCH)
    ratios = log_probs - BATCH.sampled
    expected = [0.0, ratios[0], ratios[0] + ratios[1], 0.0, 0.0, ratios[4]]
    torch.testing.assert_close(value.logits(BATCH), 0.5 * torch.tensor(expected), rtol=1e-4, atol=1e-4)
    value.save(tmp_path / "value")
    bare = Policy(base=str(tiny_model), quantization="none", dtype="float32", rank=4)
    before = bare.adapter_hash()
    again = load_value_function(tmp_path / "value", bare)
    torch.testing.assert_close(again.logits(BATCH), value.logits(BATCH))
    assert bare.adapter_hash() == before
    with pytest.raises(ModelError, match="reads log-probabilities"):
        again.logits(replace(BATCH, sampled=torch.tensor([])))


def test_a_likelihood_value_that_was_told_to_read_no_confidence_is_read_again(policy: Policy, tmp_path: Path) -> None:
    value = ValueFunction(policy, trains_adapter=True, kind="likelihood", reads_confidence=False)
    value.save(tmp_path / "value")
    again = load_value_function(tmp_path / "value", policy)
    torch.testing.assert_close(again.logits(BATCH), value.logits(BATCH))


def test_a_folder_without_a_value_function_or_for_another_model_is_refused(
    policy: Policy, tmp_path: Path, tiny_model: Path
) -> None:
    with pytest.raises(ModelError, match="holds no value function that can be read"):
        load_value_function(tmp_path, policy)
    folder = tmp_path / "value"
    ValueFunction(policy, trains_adapter=False, hidden=8).save(folder)
    with pytest.raises(ModelError, match="was learned on the states of another adapter"):
        load_value_function(folder, Policy(base=str(tiny_model), quantization="none", dtype="float32", rank=4))
    settings = json.loads((folder / "value_head.json").read_text())
    (folder / "value_head.json").write_text(json.dumps(settings | {"hidden": 9}))
    with pytest.raises(ModelError, match="the value function does not fit"):
        load_value_function(folder, noisy_policy(tiny_model))


def test_two_completions_of_the_same_states_are_told_apart_by_how_sure_the_policy_was(policy: Policy) -> None:
    value = ValueFunction(policy, trains_adapter=False)
    torch.nn.init.ones_(value.head.out.weight)
    doubtful = replace(BATCH, sampled=BATCH.sampled * 2)
    states = policy.completion_states(BATCH)
    moved = value.logits(doubtful) - value.logits(BATCH)
    # After the first completion's first token: mean, least, sum and newest of -0.5, twice; -1 is below one half.
    assert moved[1].item() == pytest.approx(-0.5 - 0.05 - 0.1 - 0.5 + 0.2, abs=1e-4)
    assert moved[0].item() == moved[3].item() == 0.0
    assert value.head.width == states.shape[1] + 6
    blind = ValueFunction(policy, trains_adapter=False, reads_confidence=False)
    assert torch.equal(blind.logits(doubtful), blind.logits(replace(BATCH, sampled=torch.tensor([]))))
    with pytest.raises(ModelError, match="reads log-probabilities, and the samples have none"):
        value.logits(replace(BATCH, sampled=torch.tensor([])))


def test_a_head_reads_states_of_any_type_in_float32() -> None:
    head = ValueHead(width=4)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert head(torch.ones(2, 3, 4, dtype=torch.bfloat16)).dtype == torch.float32
