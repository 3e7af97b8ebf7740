"""The best round of a run."""

import pytest

from axiom.rounds.choice import Counts, best_round

LOW, HIGH = {"a": (4, 1), "b": (4, 1)}, {"a": (4, 3), "b": (4, 1)}


@pytest.mark.parametrize(
    ("validation", "best"),
    [
        ({}, None),
        ({0: {}}, None),
        ({0: LOW}, 0),
        ({0: LOW, 1: HIGH, 2: LOW}, 1),
        ({0: LOW, 2: HIGH, 3: HIGH}, 2),  # the earliest of equals
        ({0: LOW, 1: {"a": (4, 4)}}, 0),  # an interrupted evaluation, of the easy problem alone
    ],
)
def test_the_best_round_has_the_highest_validation_pass_at_1_of_whole_evaluations(
    validation: dict[int, Counts], best: int | None
) -> None:
    assert best_round(validation) == best
