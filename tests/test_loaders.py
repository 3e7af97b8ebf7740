"""How an epoch's batches are made: every Example once, by the seed alone, as many for each rank."""

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from lightning.fabric.utilities.apply_func import move_data_to_device

from axiom.errors import ConfigError
from axiom.learning.examples import Choice
from axiom.learning.objectives import Average
from axiom.learning.packing import PackedBatch, TokenizedExample
from datamodules.judged import value_examples
from datamodules.loaders import Composition, Together, composed, even, example_loader, tokenized
from tests.runs import ONE
from tests.test_store import row
from tests.tiny import byte_tokenizer, spacing_tokenizer


def policy_of(tokenizer: Any, *more_ends: int) -> Any:
    """What is asked of a policy: its tokenizer, and the model's end tokens."""
    configured = SimpleNamespace(eos_token_id=[tokenizer.eos_token_id, *more_ends])
    return SimpleNamespace(tokenizer=tokenizer, model=SimpleNamespace(generation_config=configured))


def examples_of(sizes: list[int]) -> list[Together]:
    """So many Examples of each problem, all different."""
    return [
        (TokenizedExample((place,), (place, number)),) for place, size in enumerate(sizes) for number in range(size)
    ]


def batches_of(
    examples: list[Together], batch_size: int, *, share_prompts: bool = True, seed: int = 0
) -> list[list[Together]]:
    chance = torch.Generator().manual_seed(seed)
    composition = Composition(batch_size=batch_size, share_prompts=share_prompts)
    return composed(examples, composition, prompt_of=lambda example: example[0].prompt, generator=chance)


@given(
    sizes=st.lists(st.integers(1, 5), min_size=1, max_size=12),
    batch_size=st.integers(1, 9),
    share_prompts=st.booleans(),
    seed=st.integers(0, 2**31),
    world_size=st.integers(1, 4),
)
def test_every_example_is_in_one_batch_and_every_rank_has_as_many_batches(
    sizes: list[int], batch_size: int, share_prompts: bool, seed: int, world_size: int
) -> None:
    examples = examples_of(sizes)
    batches = even(batches_of(examples, batch_size, share_prompts=share_prompts, seed=seed), world_size=world_size)
    assert len(batches) % world_size == 0
    assert all(1 <= len(batch) <= batch_size for batch in batches)
    counts = Counter(example for batch in batches for example in batch)
    assert counts.keys() == set(examples)
    if len(examples) >= len(batches):
        assert set(counts.values()) == {1}
    if world_size == 1:
        assert sorted(len(batch) for batch in batches)[1:] == [batch_size] * (len(batches) - 1)


def test_fewer_examples_than_ranks_are_repeated_so_that_no_rank_waits_for_another() -> None:
    batches = even(batches_of(examples_of([1, 1, 1]), 8), world_size=7)
    assert [len(batch) for batch in batches] == [1] * 7
    assert len({batch[0] for batch in batches}) == 3


@pytest.mark.parametrize("share_prompts", [True, False])
def test_the_seed_alone_decides_the_order(share_prompts: bool) -> None:
    examples = examples_of([3] * 10)

    first, again, other = (batches_of(examples, 4, share_prompts=share_prompts, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    problems = [[one.prompt for batch in batches for (one,) in batch] for batches in (first, other)]
    assert problems[0] != problems[1]


def test_examples_of_a_problem_stand_together_only_where_prompts_are_shared() -> None:
    examples = examples_of([4] * 30)

    def trees(*, share_prompts: bool) -> int:
        batches = batches_of(examples, 4, share_prompts=share_prompts)
        return sum(len({one.prompt for (one,) in batch}) for batch in batches)

    assert trees(share_prompts=True) == 30
    assert trees(share_prompts=False) > 90


def test_the_ranks_loaders_give_packed_batches_of_all_examples_which_lightning_moves() -> None:
    examples = examples_of([2, 3, 4])
    loaders = [
        example_loader(examples, Composition(batch_size=3, share_prompts=True), seed=0, rank=rank, world_size=2)
        for rank in (0, 1)
    ]
    assert [len(loader) for loader in loaders] == [2, 2]
    for _ in range(2):  # an epoch can be gone through again
        packed = [batch for loader in loaders for batch in loader]
        assert len(packed) == 4
        targets = [
            tuple(part.tolist()) for batch in packed for part in batch.targets.split(batch.target_counts.tolist())
        ]
        assert sorted(targets) == sorted(one.completion for (one,) in examples)
    moved = move_data_to_device(packed[0], "meta")
    assert isinstance(moved, PackedBatch)
    assert moved.input_ids.device.type == "meta"


def test_a_pair_stays_together_in_its_batch() -> None:
    pairs: list[Together] = [
        (TokenizedExample((place,), (1, number)), TokenizedExample((place,), (2, number)))
        for place in range(3)
        for number in range(3)
    ]
    loader = example_loader(pairs, Composition(batch_size=2, share_prompts=True), seed=0, rank=0, world_size=1)
    for batch in loader:
        assert batch.targets[0::2].tolist() == [1, 2] * (len(batch.target_counts) // 2)


@pytest.mark.parametrize("averages_over", ["targets", "examples"])
@pytest.mark.parametrize(("accumulated", "world_size"), [(1, 1), (3, 1), (2, 2), (4, 1)])
def test_shares_make_the_mean_of_batches_the_mean_of_what_is_in_them(
    averages_over: Average, accumulated: int, world_size: int
) -> None:
    """Seven batches of one to three Examples, whose targets number one to four; each target's loss is its token."""
    examples: list[Together] = [
        (TokenizedExample((place,), tuple(range(1, 1 + (place + number) % 4 + 1))),)
        for place, size in enumerate([3, 1, 2, 3, 2, 1, 3])
        for number in range(size)
    ]
    loaders = [
        example_loader(
            examples,
            Composition(batch_size=3, share_prompts=True),
            seed=0,
            rank=rank,
            world_size=world_size,
            accumulated=accumulated,
            averages_over=averages_over,
        )
        for rank in range(world_size)
    ]
    ranks = [list(loader) for loader in loaders]
    for start in range(0, len(ranks[0]), accumulated):
        together = [batch for batches in ranks for batch in batches[start : start + accumulated]]
        parts = [batch.targets.float().split(batch.target_counts.tolist()) for batch in together]
        if averages_over == "targets":
            means = [torch.cat(part).mean() for part in parts]
            wanted = torch.cat([torch.cat(part) for part in parts]).mean()
        else:
            means = [torch.stack([one.mean() for one in part]).mean() for part in parts]
            wanted = torch.stack([one.mean() for part in parts for one in part]).mean()
        got = sum(mean * batch.share for mean, batch in zip(means, together, strict=True))
        assert float(got) / (accumulated * world_size) == pytest.approx(float(wanted))
        if accumulated * world_size == 1:
            assert [batch.share for batch in together] == [1.0]


def test_a_text_is_ended_by_the_end_token_and_drawn_tokens_are_taken_as_they_are() -> None:
    tokenizer, drawn = byte_tokenizer(), row(ONE.id, solution="ab")
    examples = [(Choice(drawn, 0.5),)]
    ((as_text,),) = tokenized(examples, {ONE.id: ONE}, policy=policy_of(tokenizer), style="direct", as_drawn=False)
    assert as_text.completion == (*tokenizer("ab")["input_ids"], tokenizer.eos_token_id)
    assert (as_text.weight, as_text.sampled) == (0.5, ())
    ((as_drawn,),) = tokenized(examples, {ONE.id: ONE}, policy=policy_of(tokenizer), style="direct", as_drawn=True)
    assert as_drawn.completion == drawn.token_ids
    assert as_drawn.sampled == drawn.log_probs
    assert as_drawn.prompt == as_text.prompt


def test_a_completion_gets_no_token_before_it_that_the_policy_does_not_draw() -> None:
    tokenizer = spacing_tokenizer()
    ids = tuple(tokenizer.convert_tokens_to_ids(["\n", "▁def", "▁", "a", "<end>"]))
    drawn = replace(row(ONE.id), completion="\n def a", token_ids=ids)
    silent = replace(drawn, token_ids=(), log_probs=())
    examples = [(Choice(drawn),), (Choice(silent),)]
    for (made,) in tokenized(examples, {ONE.id: ONE}, policy=policy_of(tokenizer), style="complete", as_drawn=False):
        assert made.completion == ids
    for judged in value_examples([drawn, silent], {ONE.id: ONE}, tokenizer=tokenizer, style="complete"):
        assert judged.tokens.completion == ids


def test_a_text_is_ended_by_the_end_token_that_was_drawn_or_else_by_the_turn_s() -> None:
    tokenizer = byte_tokenizer()
    tokenizer.add_special_tokens({"additional_special_tokens": ["<turn>", "<other>"]})
    tokenizer.chat_template = "{% for m in messages %}{{ m['content'] }}<turn>\\n<end>{% endfor %}"
    text, end = tuple(tokenizer("ab")["input_ids"]), tokenizer.eos_token_id
    turn, other = tokenizer.convert_tokens_to_ids(["<turn>", "<other>"])

    def learned(*drawn: int, ends: tuple[int, ...]) -> tuple[int, ...]:
        chosen = [(Choice(replace(row(ONE.id, solution="ab"), token_ids=drawn)),)]
        policy = policy_of(tokenizer, *ends)
        ((made,),) = tokenized(chosen, {ONE.id: ONE}, policy=policy, style="direct", as_drawn=False)
        return made.completion

    for drawn in (turn, other, end):
        assert learned(*text, drawn, ends=(turn, other)) == (*text, drawn)
    assert learned(*text, ends=(turn, other)) == (*text, turn)  # stopped at a text
    assert learned(ends=(turn, other)) == (*text, turn)  # by an engine that tells no tokens
    assert learned(*text, turn, ends=()) == (*text, end)  # a token that ends nothing


def test_an_engine_that_tells_no_tokens_is_named_where_they_are_needed() -> None:
    silent = replace(row(ONE.id), token_ids=(), log_probs=(), sampler="openai")
    with pytest.raises(ConfigError, match="'openai' did not tell"):
        tokenized([(Choice(silent),)], {ONE.id: ONE}, policy=policy_of(byte_tokenizer()), style="direct", as_drawn=True)
