"""Attention in parts where keys have a large bias, as Qwen2's do: scores of hundreds whose fractions decide."""

import pytest
import torch

from axiom.generation.attention_parts import HIDDEN, shared_part, with_own_blocks

WIDTH = 64
SCALING = WIDTH**-0.5


def biased(
    *batch: int, queries: int, columns: int, of_values: int = WIDTH, device: str = "cpu"
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Queries, keys and values in bfloat16 whose scores lie about 300."""
    torch.manual_seed(0)
    query, key = torch.randn(*batch, queries, WIDTH), torch.randn(*batch, columns, WIDTH)
    query[..., 0], key[..., 0] = 8.0, 300.0
    value = torch.randn(*batch, columns, of_values)
    return query.bfloat16().to(device), key.bfloat16().to(device), value.bfloat16().to(device)


def exactly(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Attention over all columns and the scores' log-sum-exponents, in float64."""
    scores = SCALING * query.double() @ key.double().transpose(-1, -2)
    return torch.softmax(scores, dim=-1) @ value.double(), torch.logsumexp(scores, dim=-1)


def check_the_shared_part(*, of_values: int, device: str = "cpu") -> None:
    query, key, value = biased(2, 2, queries=5, columns=40, of_values=of_values, device=device)
    mask = torch.zeros(2, 1, 1, 40, dtype=query.dtype, device=device)
    out, log_sum = shared_part(query, key, value, mask, scaling=SCALING)
    expected, expected_sum = exactly(query, key, value)
    torch.testing.assert_close(out.double(), expected, rtol=0.02, atol=0.02)
    torch.testing.assert_close(log_sum.double(), expected_sum, rtol=0, atol=0.01)


def check_own_blocks(*, device: str = "cpu") -> None:
    query, key, value = biased(3, 2, queries=4, columns=32, device=device)
    nothing = (torch.zeros_like(query), torch.full(query.shape[:3], HIDDEN, device=device))
    mask, owners = torch.zeros(3, 1, 1, 32, device=device), torch.tensor([2, 0, 1], device=device)
    out = with_own_blocks(nothing, query[owners.argsort()], key, value, mask, owners, scaling=SCALING)
    torch.testing.assert_close(out[owners].double(), exactly(query, key, value)[0], rtol=0.02, atol=0.02)


@pytest.mark.parametrize("of_values", [WIDTH, 48])
def test_the_shared_part_keeps_the_fractions_of_large_scores(of_values: int) -> None:
    check_the_shared_part(of_values=of_values)


def test_own_blocks_keep_the_fractions_of_large_scores() -> None:
    check_own_blocks()
