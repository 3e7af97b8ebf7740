"""Choices among candidates, each by hand, and what a choice is worth against all subsets."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axiom.errors import ConfigError
from axiom.pass_at_k import pass_at_k
from axiom.search.choosers import (
    ByValue,
    Candidate,
    Chooser,
    Consensus,
    First,
    InTurn,
    LogProbability,
    Mix,
    PublicExamples,
    chosen,
)
from axiom.search.expectation import expected_pass, expected_pass_by_draws

CANDIDATES = [
    Candidate("a", 5, log_prob=-0.5, value=0.2, examples=1.0, behaviour="1"),
    Candidate("b", 6, log_prob=-0.1, value=0.6, examples=0.5, behaviour="2"),
    Candidate("c", 7, log_prob=-0.9, value=0.9, examples=1.0, behaviour="1"),
    Candidate(None, 9, log_prob=0.0, value=1.0),
]


@pytest.mark.parametrize(
    ("chooser", "place"),
    [
        (First(), 0),
        (LogProbability(), 1),
        (ByValue(), 2),
        (PublicExamples(), 0),
        (Consensus(), 0),
        (InTurn([PublicExamples(), ByValue()]), 2),
        (InTurn([Consensus(), LogProbability()]), 0),
        (Mix({LogProbability(): 3.0, ByValue(): 1.0}), 1),
    ],
)
def test_each_chooser_takes_what_it_holds_best_and_never_an_answer_without_a_program(
    chooser: Chooser, place: int
) -> None:
    assert chosen(CANDIDATES, chooser) == place


def test_what_a_candidate_lacks_counts_as_the_worst() -> None:
    assert chosen([Candidate("a", 1), Candidate("b", 1, value=0.0)], ByValue()) == 1
    assert Consensus().scores([Candidate("a", 1), Candidate("b", 1)]) == [(0.0,), (0.0,)]


def test_where_no_answer_has_a_program_the_first_is_handed_out() -> None:
    assert chosen([Candidate(None, 1, value=0.1), Candidate(None, 1, value=0.9)], ByValue()) == 0


def test_a_mix_adds_the_ranks_by_weight() -> None:
    scores = Mix({LogProbability(): 1.0, ByValue(): 3.0}).scores(CANDIDATES[:3])
    assert [score for (score,) in scores] == [pytest.approx(x) for x in (0.5 / 4, (1 + 3 * 0.5) / 4, 3.0 / 4)]


@pytest.mark.parametrize("weights", [{}, {First(): 0.0}])
def test_a_mix_without_weight_is_refused(weights: dict[Chooser, float]) -> None:
    with pytest.raises(ConfigError, match="expected weights above 0"):
        Mix(weights)


def test_no_chooser_in_turn_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least one chooser"):
        InTurn([])


SAMPLES = st.lists(st.tuples(st.integers(0, 3).map(float), st.booleans()), min_size=1, max_size=8)


@given(SAMPLES, st.data())
def test_the_exact_expectation_is_the_mean_over_all_subsets(
    samples: list[tuple[float, bool]], data: st.DataObject
) -> None:
    n = data.draw(st.integers(1, len(samples)))
    chances = []
    for some in combinations(samples, n):
        best = [passed for score, passed in some if score == max(one for one, _ in some)]
        chances.append(sum(best) / len(best))
    got = expected_pass([(score,) for score, _ in samples], [passed for _, passed in samples], n)
    assert got == pytest.approx(sum(chances) / len(chances))


def test_a_score_that_is_the_verdict_is_the_oracle_and_one_for_all_is_chance() -> None:
    passed = [True, False, False, True, False, False]
    assert expected_pass([(float(p),) for p in passed], passed, 3) == pytest.approx(pass_at_k(6, 2, 3))
    assert expected_pass([(0.0,)] * 6, passed, 3) == pytest.approx(2 / 6)


def test_consensus_is_worth_what_the_larger_cluster_of_a_subset_passes() -> None:
    candidates = [Candidate(str(i), 1, behaviour=name) for i, name in enumerate("xxxy")]
    passed = [True, True, True, False]
    assert expected_pass_by_draws(candidates, passed, Consensus(), 4) == 1.0
    # Of two, three subsets of six have both kinds, and then each is as likely.
    got = expected_pass_by_draws(candidates, passed, Consensus(), 2, draws=4000)
    assert got == pytest.approx(0.75, abs=0.02)


@pytest.mark.parametrize("n", [0, 3])
def test_a_budget_beyond_the_samples_is_refused(n: int) -> None:
    with pytest.raises(ConfigError, match="a budget of"):
        expected_pass([(0.0,), (1.0,)], [True, False], n)
