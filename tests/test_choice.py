"""The best round of a run, and when more of them are not worth their cost."""

import pytest

from axiom.errors import ConfigError
from axiom.rounds.choice import Counts, RoundChoice, best_round, is_over

LOW, HIGH = {"a": (4, 1), "b": (4, 1)}, {"a": (4, 3), "b": (4, 1)}
NARROW = {"a": (4, 4), "b": (4, 0)}  # pass@1 1/2 as HIGH's, pass@4 1/2 where LOW and HIGH have 1


@pytest.mark.parametrize(
    ("validation", "best"),
    [
        ({}, None),
        ({0: {}}, None),
        ({0: LOW}, 0),
        ({0: LOW, 1: HIGH, 2: LOW}, 1),
        ({0: LOW, 2: HIGH, 3: HIGH}, 2),  # the earliest of equals
        ({0: LOW, 1: {"a": (4, 4)}}, 0),  # an interrupted evaluation, of the easy problem alone
        ({0: LOW, 1: NARROW}, 0),
        ({0: NARROW, 1: HIGH}, 0),
        ({0: LOW | {"b": (3, 1)}, 1: NARROW}, 0),  # the judge failed on one sample
    ],
)
def test_the_best_round_has_the_highest_pass_at_1_of_whole_evaluations_that_lost_little_pass_at_k(
    validation: dict[int, Counts], best: int | None
) -> None:
    assert best_round(validation, k=4, choice=RoundChoice()) == best


def test_the_guard_allows_what_it_is_told_to_and_is_off_where_it_cannot_be_told() -> None:
    rounds = {0: LOW, 1: NARROW}
    assert best_round(rounds, k=4, choice=RoundChoice(most_lost=0.5)) == 1
    assert best_round(rounds, k=4, choice=RoundChoice(most_lost=0.49)) == 0
    assert best_round(rounds, k=4, choice=RoundChoice(most_lost=None)) == 1
    assert best_round(rounds, k=8, choice=RoundChoice()) == 1  # four samples say nothing of pass@8


def test_training_ends_after_so_many_rounds_without_a_new_best() -> None:
    rounds = {0: LOW, 1: HIGH, 2: LOW}
    assert is_over(rounds, k=4, choice=RoundChoice(patience=1))
    assert not is_over(rounds, k=4, choice=RoundChoice(patience=2))
    assert is_over(rounds | {3: LOW}, k=4, choice=RoundChoice(patience=2))
    assert not is_over(rounds | {3: LOW}, k=4, choice=RoundChoice())
    assert not is_over({0: LOW}, k=4, choice=RoundChoice(patience=1))
    assert not is_over({0: LOW, 1: {"a": (4, 1)}}, k=4, choice=RoundChoice(patience=1))  # under way
    assert not is_over({}, k=4, choice=RoundChoice(patience=1))


@pytest.mark.parametrize("bad", [{"most_lost": -0.1}, {"patience": 0}])
def test_an_impossible_choice_names_its_key(bad: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=rf"expert_iteration\.choice\.{next(iter(bad))}"):
        RoundChoice(**bad)  # type: ignore[arg-type]
