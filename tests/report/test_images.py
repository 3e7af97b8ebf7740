"""Pictures as pixels: the page's colours, in the place that the figures say."""

import pytest

from axiom.report.images import outcomes_image, solve_rates_image
from axiom.report.palette import over, palette
from axiom.verification.verdict import Outcome

BLUE, GREY, GROUND = (0, 103, 165), (231, 229, 223), (253, 253, 252)
GREEN, YELLOW = (0, 121, 92), (227, 160, 8)
LEFT, WIDTH, TOP, ROW = 84, 480, 10, 30


def test_colours_are_those_of_the_light_page() -> None:
    found = palette()
    assert (found["c1"], found["grid"], found["surface"]) == (BLUE, GREY, GROUND)
    assert (found["passed"], found["wrong_answer"]) == (GREEN, YELLOW)
    assert found["c6"] == (0x44, 0x44, 0x44)
    assert {outcome.value for outcome in Outcome} <= found.keys()


def test_a_colour_lies_over_another_by_its_opacity() -> None:
    assert over((0, 100, 200), (100, 100, 100), 0.25) == (75, 100, 125)
    assert over(BLUE, GROUND, 1.0) == BLUE
    assert over(BLUE, GROUND, 0.0) == GROUND


def test_a_cell_of_the_map_is_as_dark_as_its_problem_was_solved_and_blank_where_it_was_not_sampled() -> None:
    by_round = {0: {"never": (4, 0), "some": (4, 2), "most": (4, 4)}, 3: {"never": (4, 0), "most": (4, 4)}}
    image = solve_rates_image(by_round)

    def cell(row: int, column: int) -> object:
        return image.getpixel((LEFT + 34 * column + 17, TOP + ROW * row + 13))

    # Half solved: an opacity of 0.12 + 0.88 / 2.
    assert [cell(0, column) for column in range(3)] == [BLUE, (111, 169, 203), GREY]
    assert [cell(1, column) for column in range(3)] == [BLUE, GROUND, GREY]
    assert image.height == solve_rates_image({0: by_round[0]}).height + ROW


@pytest.mark.parametrize("problems", [1, 7, 480, 481, 5000])
def test_any_number_of_problems_fills_a_map_of_one_width_without_gaps(problems: int) -> None:
    solved = problems - problems // 2
    counts = {f"{number:05d}": (2, 2 if number < solved else 0) for number in range(problems)}
    image = solve_rates_image({0: counts})
    assert image.width == LEFT + WIDTH + 12
    right = LEFT + min(WIDTH, 34 * problems)
    row = [image.getpixel((x, TOP + 12)) for x in range(LEFT, right)]
    assert row[0] == BLUE
    if problems > 100:
        assert len(set(row) - {BLUE, GREY}) <= 1  # a column that both kinds of problem share
        assert abs(row.count(BLUE) / len(row) - 0.5) < 0.02
    assert image.getpixel((right + 2, TOP + 12)) == GROUND


def test_problems_that_share_a_column_have_their_mean_there() -> None:
    rates = {f"{number:04d}": (4, 4 if number % 2 else 0) for number in range(960)}
    assert solve_rates_image({0: rates}).getpixel((LEFT, TOP + 12)) == BLUE  # sorted: the solved stand together
    # Sorted by the mean over rounds, in which all are equal; then by name, so that each column has one of both.
    other = {name: (4, 4 - passed) for name, (_, passed) in rates.items()}
    assert solve_rates_image({0: rates, 1: other}).getpixel((LEFT, TOP + 12)) == (111, 169, 203)


def test_outcomes_are_stacked_by_their_shares_and_only_those_seen_are_named() -> None:
    image = outcomes_image({0: {"passed": 1, "wrong_answer": 3}, 1: {"wrong_answer": 2, "internal_error": 0}})
    first = [image.getpixel((x, TOP + 2)) for x in range(LEFT, LEFT + WIDTH)]
    assert first[0] == first[115] == GREEN
    assert first[122] == first[-5] == YELLOW
    second = [image.getpixel((x, TOP + ROW + 2)) for x in range(LEFT, LEFT + WIDTH)]
    assert second[0] == second[-5] == YELLOW
    thirds = outcomes_image({0: {"passed": 1, "wrong_answer": 1, "runtime_error": 1}})
    assert [thirds.getpixel((LEFT + x, TOP + 2)) for x in (5, 155, 165, 315, 325, 475)] == [
        *(GREEN, GREEN, YELLOW, YELLOW),
        *(palette()["runtime_error"],) * 2,
    ]
    everything = outcomes_image({0: {outcome.value: 1 for outcome in Outcome}, 1: {}})
    assert everything.height > image.height
    assert everything.width == image.width
