"""The packed row, against one written down by hand."""

import torch

from axiom.learning.packing import PackedBatch, TokenizedExample, pack

EXAMPLES = [
    TokenizedExample((1, 2), (3, 4, 5)),
    TokenizedExample((6,), (7,)),
    TokenizedExample((1, 2), (8, 9)),
]


def as_lists(batch: PackedBatch) -> dict[str, list[int]]:
    names = ("input_ids", "position_ids", "branches", "sources", "targets")
    return {name: getattr(batch, name).flatten().tolist() for name in names}


def test_a_shared_prompt_is_written_once_and_every_completion_token_is_a_target() -> None:
    batch = pack(EXAMPLES)
    assert as_lists(batch) == {
        "input_ids": [1, 2, 3, 4, 8, 6],
        "position_ids": [0, 1, 2, 3, 2, 0],
        "branches": [-1, -1, 0, 0, 2, -1],
        "sources": [1, 2, 3, 5, 1, 4],
        "targets": [3, 4, 5, 7, 8, 9],
    }
    assert batch.input_ids.shape == batch.position_ids.shape == (1, 6)
    assert (batch.tree_lengths, tuple(batch.target_counts.tolist())) == ((5, 1), (3, 1, 2))


def test_one_example_is_a_prompt_and_its_completion_but_the_last_token() -> None:
    batch = pack(EXAMPLES[:1])
    assert batch.input_ids.tolist() == [[1, 2, 3, 4]]
    assert batch.sources.tolist() == [1, 2, 3]
    assert (batch.tree_lengths, tuple(batch.target_counts.tolist())) == ((4,), (3,))


def test_each_example_taken_out_of_a_batch_is_what_it_is_packed_alone() -> None:
    parts = list(pack(EXAMPLES).single())
    assert len(parts) == len(EXAMPLES)
    for part, example in zip(parts, EXAMPLES, strict=True):
        alone = pack([example])
        assert as_lists(part) == as_lists(alone)
        assert (part.tree_lengths, part.target_counts.tolist()) == (alone.tree_lengths, alone.target_counts.tolist())


def test_a_batch_moves_to_a_device_with_all_its_tensors() -> None:
    moved = pack(EXAMPLES).to(torch.device("meta"))
    tensors = (moved.input_ids, moved.position_ids, moved.branches, moved.sources, moved.targets)
    assert {tensor.device.type for tensor in tensors} == {"meta"}
    assert moved.tree_lengths == (5, 1)


def test_padding_is_a_tree_of_its_own_that_nobody_looks_at() -> None:
    batch = pack([TokenizedExample((1, 2, 3), (4, 5)), TokenizedExample((6,), (7,))])
    padded = batch.padded(8)
    assert padded.input_ids.shape == (1, 8)
    assert padded.tree_lengths == (*batch.tree_lengths, 8 - batch.input_ids.shape[1])
    assert padded.input_ids[:, : batch.input_ids.shape[1]].equal(batch.input_ids)
    assert (padded.sources.equal(batch.sources), padded.targets.equal(batch.targets)) == (True, True)
    assert batch.padded(1) is batch
    assert padded.padded(8) is padded
