"""The curriculum: bands by what was solved so far, samples by weight, retirement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axiom.errors import ConfigError
from axiom.learning.curriculum import Curriculum, allotments, bands

NAMES = ["never", "some", "all", "new"]
HISTORY = [
    {"never": (8, 0), "some": (8, 0), "all": (8, 8)},
    {"never": (8, 0), "some": (8, 8), "all": (8, 8)},
]


def test_a_problem_s_band_is_what_all_its_samples_say() -> None:
    assert bands(NAMES, HISTORY, Curriculum()) == {
        "never": "unsolved", "some": "sometimes", "all": "always", "new": "unsolved",
    }  # fmt: skip


def test_only_problems_solved_by_every_sample_of_the_last_rounds_retire() -> None:
    assert bands(NAMES, HISTORY, Curriculum(retire_after=2))["all"] == "retired"
    assert bands(NAMES, HISTORY, Curriculum(retire_after=2))["some"] == "sometimes"
    assert bands(NAMES, HISTORY, Curriculum(retire_after=1))["some"] == "retired"
    assert bands(NAMES, HISTORY, Curriculum(retire_after=3))["all"] == "always"


def test_what_was_retired_stays_so_although_later_rounds_do_not_sample_it() -> None:
    later = [*HISTORY, {"never": (8, 1), "some": (8, 4)}]
    assert bands(NAMES, later, Curriculum(retire_after=2))["all"] == "retired"


def test_by_default_every_problem_gets_the_same() -> None:
    assert allotments(NAMES, HISTORY, Curriculum(), samples=8, least=1) == dict.fromkeys(NAMES, 8)


def test_the_first_round_knows_nothing() -> None:
    assert allotments(NAMES, [], Curriculum(unsolved=9.0), samples=8, least=1) == dict.fromkeys(NAMES, 8)


def test_weights_move_samples_at_the_same_total() -> None:
    found = allotments(NAMES, HISTORY, Curriculum(unsolved=1.0, sometimes=5.0, always=1.0), samples=8, least=1)
    assert found == {"never": 4, "some": 20, "all": 4, "new": 4}
    assert sum(found.values()) == 8 * len(NAMES)


def test_retired_problems_give_theirs_to_the_others() -> None:
    found = allotments(NAMES, HISTORY, Curriculum(retire_after=2), samples=6, least=1)
    assert found == {"never": 8, "some": 8, "new": 8}


def test_a_small_weight_still_gives_enough_for_pass_at_k_and_a_weight_of_0_gives_none() -> None:
    found = allotments(NAMES, HISTORY, Curriculum(always=0.0, sometimes=100.0), samples=8, least=4)
    assert found["never"] == 4
    assert "all" not in found
    assert sum(found.values()) == 8 * len(NAMES)


@given(
    weights=st.tuples(*[st.sampled_from([0.5, 1.0, 4.0])] * 3),
    counts=st.lists(st.tuples(st.just(8), st.integers(0, 8)), min_size=1, max_size=30),
    samples=st.integers(1, 40),
    least=st.integers(1, 40),
)
def test_the_total_is_kept_whatever_a_problem_gets_at_least(
    weights: tuple[float, float, float], counts: list[tuple[int, int]], samples: int, least: int
) -> None:
    history = {str(name): count for name, count in enumerate(counts)}
    unsolved, sometimes, always = weights
    curriculum = Curriculum(unsolved=unsolved, sometimes=sometimes, always=always)
    least = min(least, samples)
    found = allotments(list(history), [history], curriculum, samples=samples, least=least)
    assert list(found) == list(history)
    assert sum(found.values()) == samples * len(history)
    assert min(found.values()) >= least
    worth = {name: curriculum.weight(band) for name, band in bands(list(history), [history], curriculum).items()}
    assert all(found[one] >= found[other] for one in found for other in found if worth[one] > worth[other])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"unsolved": -1.0}, "expected 0 or more"),
        ({"unsolved": 0.0, "sometimes": 0.0, "always": 0.0}, "one above it"),
        ({"retire_after": 0}, "retire_after: expected 1 or more, got 0"),
    ],
)
def test_a_curriculum_that_samples_nothing_is_refused(changed: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Curriculum(**changed)  # type: ignore[arg-type]


def test_when_all_are_retired_harder_problems_are_asked_for() -> None:
    with pytest.raises(ConfigError, match="all 1 train problems are retired"):
        allotments(["all"], HISTORY, Curriculum(retire_after=1), samples=8, least=1)
