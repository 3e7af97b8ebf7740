"""The CPU's kernel against the same in PyTorch, and what happens where it cannot be made."""

import logging
import os
import stat
from pathlib import Path
from typing import NamedTuple

import pytest
import torch

from axiom.generation import block_attention
from axiom.generation.attention_parts import HIDDEN, shared_part, with_own_blocks
from axiom.generation.block_attention import COLUMNS, RowTable, attend_step, is_served


class Case(NamedTuple):
    """Rows with prompts and blocks of random lengths in random places."""

    query: torch.Tensor
    new: tuple[torch.Tensor, torch.Tensor]
    prompt: tuple[torch.Tensor, torch.Tensor]
    own: tuple[torch.Tensor, torch.Tensor]
    table: RowTable


def case(*, dtype: torch.dtype, kv_heads: int, repeat: int, width: int, window: int | None = None) -> Case:
    rows, of_prompts = 12, torch.tensor([70, 0, 33])
    torch.manual_seed(0)
    counts = torch.tensor([1, 31, 32, 33, 64, 65, 100, 7, 2, 96, 40, 128])
    assert len(counts) == rows
    held = -(-counts // COLUMNS)
    blocks, offsets = torch.randperm(int(held.sum())), torch.cat([torch.zeros(1, dtype=torch.long), held.cumsum(0)])
    groups = torch.arange(rows) % len(of_prompts)
    lengths, unseen = of_prompts[groups], torch.zeros(rows, dtype=torch.long)
    first, prompt_first = unseen, unseen
    if window is not None:
        first, prompt_first = ((before - window).clamp(min=0) for before in (counts, lengths + counts))
    table = RowTable(*(t.int() for t in (groups, lengths, prompt_first, counts, first, offsets, blocks)))

    def random(*shape: int) -> torch.Tensor:
        return torch.randn(*shape).to(dtype)

    cache, prompts = (len(blocks), kv_heads, COLUMNS, width), (len(of_prompts), kv_heads, 80, width)
    return Case(
        random(rows, kv_heads, repeat, width),
        (random(rows, kv_heads, width), random(rows, kv_heads, width)),
        (random(*prompts), random(*prompts)),
        (random(*cache), random(*cache)),
        table,
    )


def in_pytorch(
    given: Case, *, scaling: float, softcap: float, sink: torch.Tensor | None
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    rows = len(given.query)
    groups, lengths, prompt_first, counts, first, offsets, blocks = (part.long() for part in given.table)
    key, value = (part.clone() for part in given.own)
    owners, starts = torch.empty_like(blocks), torch.empty_like(blocks)
    for row in range(rows):
        for number, block in enumerate(blocks[offsets[row] : offsets[row + 1]]):
            owners[block], starts[block] = row, number * COLUMNS
    newest, column = blocks[offsets[1:] - 1], (counts - 1) % COLUMNS
    key[newest, :, column], value[newest, :, column] = given.new
    place = starts[:, None] + torch.arange(COLUMNS)
    hidden = (place >= counts[owners][:, None]) | (place < first[owners][:, None])
    columns = torch.arange(given.prompt[0].shape[2])
    beyond = (columns >= lengths[:, None]) | (columns < prompt_first[:, None])
    prompt_mask = (beyond * HIDDEN)[:, None, None].to(given.query.dtype)
    prompts = (part[groups] for part in given.prompt)
    of_rows = shared_part(given.query, *prompts, prompt_mask, scaling=scaling, softcap=softcap)
    mask = (hidden * HIDDEN)[:, None, None].float()
    out = with_own_blocks(of_rows, given.query, key, value, mask, owners, scaling=scaling, softcap=softcap, sink=sink)
    return out, key, value


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    ("kv_heads", "repeat", "width"), [(3, 3, 64), (2, 1, 128), (1, 16, 256), (2, 2, 80), (1, 4, 64), (4, 7, 8)]
)
def test_the_kernel_gives_what_pytorch_gives_and_stores_what_is_new(
    dtype: torch.dtype, kv_heads: int, repeat: int, width: int
) -> None:
    given = case(dtype=dtype, kv_heads=kv_heads, repeat=repeat, width=width)
    expected, key, value = in_pytorch(given, scaling=width**-0.5, softcap=0.0, sink=None)
    got = attend_step(*given, scaling=width**-0.5)
    tolerance = 1e-5 if dtype == torch.float32 else 0.02
    torch.testing.assert_close(got, expected, rtol=tolerance, atol=tolerance)
    assert torch.equal(given.own[0], key)
    assert torch.equal(given.own[1], value)


@pytest.mark.parametrize(("window", "softcap", "with_sink"), [(20, 0.0, False), (None, 1.5, False), (40, 1.5, True)])
def test_windows_soft_caps_and_sinks_are_the_same_too(window: int | None, softcap: float, with_sink: bool) -> None:
    given = case(dtype=torch.float32, kv_heads=2, repeat=3, width=64, window=window)
    sink = torch.randn(2, 3) if with_sink else None
    expected, _, _ = in_pytorch(given, scaling=0.3, softcap=softcap, sink=sink)
    got = attend_step(*given, scaling=0.3, softcap=softcap, sink=sink)
    torch.testing.assert_close(got, expected, rtol=1e-5, atol=1e-5)
    plain = attend_step(*case(dtype=torch.float32, kv_heads=2, repeat=3, width=64), scaling=0.3)
    assert not torch.allclose(got, plain, atol=1e-2)


def test_scores_far_apart_neither_overflow_nor_vanish() -> None:
    given = case(dtype=torch.float32, kv_heads=1, repeat=1, width=64)
    expected, _, _ = in_pytorch(given, scaling=40.0, softcap=0.0, sink=None)
    got = attend_step(*given, scaling=40.0)
    assert torch.isfinite(got).all()
    torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-4)


def test_what_the_kernel_does_not_take_is_said() -> None:
    value = torch.zeros(1, 1, 64)
    assert is_served(torch.zeros(1, 1, 1, 64), value)
    for query in (
        torch.zeros(1, 1, 1, 64, dtype=torch.float16),
        torch.zeros(1, 1, 17, 64),
        torch.zeros(1, 1, 1, 32),
        torch.zeros(1, 1, 1, 64, device="meta"),
    ):
        assert not is_served(query, value)


@pytest.fixture
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(block_attention, "_library", block_attention._library.__wrapped__)
    return tmp_path / "axiom"


def test_the_kernel_is_compiled_once_and_leaves_nothing_beside_it(
    fresh_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert block_attention._library() is not None
    (made,) = fresh_cache.iterdir()
    monkeypatch.setattr(block_attention, "_compile", lambda *_: pytest.fail("it is there already"))
    assert block_attention._library() is not None
    assert list(fresh_cache.iterdir()) == [made]


@pytest.mark.slow
def test_another_compiler_makes_another_file(
    fresh_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    block_attention._library()
    other = tmp_path / "other-c++"
    other.write_text('#!/bin/sh\n[ "$1" = --version ] && echo other || exec c++ "$@"\n')
    other.chmod(other.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("CXX", str(other))
    assert block_attention._library() is not None
    assert len(list(fresh_cache.iterdir())) == 2


@pytest.mark.parametrize("compiler", ["no-such-compiler", "false"])
def test_without_a_compiler_that_works_it_says_so_and_goes_without(
    fresh_cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, compiler: str
) -> None:
    monkeypatch.setenv("CXX", compiler)
    with caplog.at_level(logging.INFO):
        assert block_attention._library() is None
    assert "without its kernel" in caplog.text


def test_a_cache_that_cannot_be_written_is_no_error(
    tmp_path: Path, fresh_cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "a-file"
    file.touch()
    monkeypatch.setenv("XDG_CACHE_HOME", os.fspath(file))
    with caplog.at_level(logging.INFO):
        assert block_attention._library() is None
    assert str(file) in caplog.text
