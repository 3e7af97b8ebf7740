"""Drawing tokens: against the exact distribution, and each filter against Transformers' own."""

from typing import Any

import pytest
import torch
from transformers import MinPLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from axiom.generation.decoding import draw, uniforms
from axiom.generation.sampler import SamplingParams


def drawn(logits: torch.Tensor, count: int, **settings: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens and log-probabilities of ``count`` draws from one row of logits."""
    uniform = uniforms(torch.arange(count), torch.zeros(count))
    return draw(logits.expand(count, -1), uniform, SamplingParams(**settings))


def chi_square(tokens: torch.Tensor, expected: torch.Tensor) -> float:
    observed = torch.bincount(tokens, minlength=len(expected)).double()
    kept = expected > 0
    assert not observed[~kept].any()
    return float(((observed - expected)[kept] ** 2 / expected[kept]).sum())


@pytest.mark.parametrize("temperature", [0.8, 1.0, 1.7])
def test_draws_follow_the_softmax_at_their_temperature(temperature: float) -> None:
    logits = torch.tensor([[0.0, 1.0, 2.0, -1.0, 0.5]])
    tokens, log_probs = drawn(logits, 20_000, temperature=temperature)
    expected = torch.softmax(logits[0].double() / temperature, -1) * 20_000
    assert chi_square(tokens, expected) < 18.5  # 99.9th percentile with four degrees of freedom
    assert log_probs.tolist() == pytest.approx(logits[0].log_softmax(-1)[tokens].tolist())  # temperature 1 whatever was


def test_draws_follow_the_softmax_of_a_vocabulary_of_many_blocks() -> None:
    torch.manual_seed(0)
    logits = torch.randn(1, 1_000) * 1.5
    tokens, _ = drawn(logits, 20_000, temperature=1.0)
    order = logits[0].softmax(-1).argsort(descending=True)
    probabilities = logits[0].double().softmax(-1)[order]
    rank = torch.empty(1_000, dtype=torch.long)
    rank[order] = torch.arange(1_000)
    expected = torch.cat([probabilities[:50], probabilities[50:].sum()[None]]) * 20_000
    assert chi_square(rank[tokens].clamp(max=50), expected) < 86.7  # 99.9th percentile with 50 degrees of freedom


@pytest.mark.parametrize(
    ("settings", "warpers"),
    [
        ({"top_k": 7}, [TopKLogitsWarper(7)]),
        ({"top_p": 0.6}, [TopPLogitsWarper(0.6)]),
        ({"top_p": 0.999}, [TopPLogitsWarper(0.999)]),
        ({"min_p": 0.1}, [MinPLogitsWarper(0.1)]),
        (
            {"top_k": 300, "top_p": 0.9, "min_p": 0.02},
            [TopKLogitsWarper(300), TopPLogitsWarper(0.9), MinPLogitsWarper(0.02)],
        ),
    ],
)
def test_filters_keep_what_transformers_keeps(settings: dict[str, Any], warpers: list[Any]) -> None:
    torch.manual_seed(1)
    logits = torch.randn(1, 600) * 2
    scores = logits / 0.9
    for warper in warpers:
        scores = warper(torch.zeros(1, 1, dtype=torch.long), scores)
    kept = scores[0] > -torch.inf
    tokens, _ = drawn(logits, 30_000, temperature=0.9, **settings)
    assert not set(tokens.tolist()) - set(kept.nonzero().flatten().tolist())
    likely = scores[0].double().softmax(-1) * 30_000
    order = likely.argsort(descending=True)[: int((likely > 30).sum())]
    observed = torch.bincount(tokens, minlength=600)[order].double()
    # Each count within five standard deviations: a filter that is off by one token moves or drops one.
    assert ((observed - likely[order]).abs() < 5 * likely[order].sqrt()).all()


def test_a_row_whose_likely_tokens_are_many_does_not_change_its_neighbours_nucleus() -> None:
    flat, peaked = torch.linspace(0, 0.001, 500)[None], torch.full((1, 500), -20.0)
    peaked[0, 3] = peaked[0, 4] = 0.0
    logits = torch.cat([flat, peaked]).repeat(2_000, 1)
    uniform = uniforms(torch.arange(4_000), torch.zeros(4_000))
    tokens, _ = draw(logits, uniform, SamplingParams(temperature=1.0, top_p=0.9))
    assert set(tokens[1::2].tolist()) == {3, 4}
    assert 440 <= len(set(tokens[0::2].tolist())) <= 450  # of the 450 that are kept, 2,000 draws miss about five


def test_the_last_token_with_probability_is_drawn_at_the_top_of_the_range() -> None:
    logits = torch.tensor([[0.0, 0.0, -float("inf")]])
    top = torch.tensor([1.0 - 2**-53], dtype=torch.float64)
    tokens, _ = draw(logits, top, SamplingParams(temperature=1.0))
    assert tokens.tolist() == [1]


def test_greedy_takes_the_likeliest_and_tells_its_probability() -> None:
    logits = torch.tensor([[0.0, 3.0, 1.0], [5.0, 3.0, 1.0]])
    tokens, log_probs = draw(logits, torch.zeros(2), SamplingParams(temperature=0))
    assert tokens.tolist() == [1, 0]
    assert log_probs.tolist() == pytest.approx(
        [logits[0].log_softmax(-1)[1].item(), logits[1].log_softmax(-1)[0].item()]
    )


def test_uniform_numbers_are_splitmix64() -> None:
    # The generator's first outputs from state 1234567, by the reference implementation in C (Vigna, prng.di.unimi.it).
    outputs = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    expected = [(value >> 11) / 2**53 for value in outputs]
    got = uniforms(torch.tensor([1234567] * 3), torch.tensor([0, 1, 2]))
    assert got.tolist() == expected
