"""Pictures: well-formed SVG that stays in its frame, with marks where the data says."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axiom.report.bars import stacked_bars
from axiom.report.lines import Axes, Dot, Series, line_chart, percent
from axiom.report.sections import thinned
from axiom.report.solve_map import order_of, solve_map
from axiom.report.svg import spread, ticks

AXES = Axes("round", "pass@k", percent, top=1.0)
FINITE = st.floats(-1e6, 1e6, allow_nan=False)


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def words(svg: str) -> list[str]:
    return [node.text or "" for node in parsed(svg).iter("text")]


def test_names_of_lines_stand_in_one_column_right_of_them_all() -> None:
    shorter, longer = Series("short", (Dot(0, 0.5),)), Series("long", (Dot(0, 0.1), Dot(4, 0.6)))
    drawn = parsed(line_chart("x", [shorter, longer], AXES))
    places = {node.get("x") for node in drawn.iter("text") if "end" in (node.get("class") or "")}
    last = max(float(node.get("cx") or 0) for node in drawn.iter("circle"))
    assert len(places) == 1
    assert float(places.pop() or 0) > last


def test_a_second_line_of_a_colour_is_drawn_dashed() -> None:
    dots = (Dot(0, 0.1), Dot(1, 0.2))
    shown = line_chart("x", [Series("one", dots), Series("two", dots, is_dashed=True)], AXES)
    assert [node.get("class") for node in parsed(shown).iter("path")] == ["line1", "line1 dashed"]


@pytest.mark.parametrize(
    ("low", "high", "whole", "expected"),
    [
        (0, 1, False, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (0, 0.31, False, [0, 0.1, 0.2, 0.3]),
        (0, 3, True, [0, 1, 2, 3]),
        (0, 1, True, [0, 1]),
        (0, 24, True, [0, 5, 10, 15, 20]),
        (2, 2, False, [2]),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, whole: bool, expected: list[float]) -> None:
    assert ticks(low, high, whole=whole) == pytest.approx(expected)


@given(FINITE, FINITE, st.integers(2, 12))
def test_ticks_lie_in_the_range_and_are_few(one: float, other: float, most: int) -> None:
    low, high = min(one, other), max(one, other)
    found = ticks(low, high, most=most)
    slack = 1e-6 * max(high - low, 1e-300)
    assert all(low - slack <= tick <= high + slack for tick in found)
    assert len(found) <= most


@given(st.lists(st.floats(0, 100), max_size=6))
def test_labels_keep_their_order_and_their_distance(wanted: list[float]) -> None:
    placed = spread(wanted, gap=10, low=0, high=100)
    pairs = sorted(zip(wanted, placed, strict=True))
    assert all(b[1] - a[1] >= 10 - 1e-6 or a[0] == b[0] for a, b in pairwise(pairs))
    ordered = sorted(placed)
    assert all(b - a >= 10 - 1e-6 for a, b in pairwise(ordered))
    assert all(-1e-6 <= y <= 100 + 1e-6 for y in placed)


def test_a_line_has_its_dots_intervals_and_its_name_with_the_last_value() -> None:
    one = Series("pass@1", (Dot(0, 0.1, 0.05, 0.2), Dot(1, 0.5, 0.4, 0.6)))
    svg = line_chart("by round", [one], AXES)
    dots = list(parsed(svg).iter("circle"))
    assert len(dots) == 2
    assert float(dots[0].get("cx", "")) < float(dots[1].get("cx", ""))
    assert float(dots[0].get("cy", "")) > float(dots[1].get("cy", ""))
    assert dots[1][0].text == "pass@1, round 1: 50.0% (95% interval 40.0% to 60.0%)"
    assert len(re.findall('interval"', svg)) == 2
    assert {"pass@1 50.0%", "round", "pass@k", "0", "1", "0%", "60%"} <= set(words(svg))


@given(st.lists(st.tuples(FINITE, FINITE), max_size=8))
def test_whatever_the_points_a_chart_is_well_formed_and_stays_in_its_frame(points: list[tuple[float, float]]) -> None:
    series = [Series("a & <b>", tuple(Dot(x, y) for x, y in sorted(points)))]
    root = parsed(line_chart("a & <b>", series, Axes("step", "loss", "{:.3g}".format, by_round=False), width=400))
    for node in root.iter("circle"):
        assert -0.1 <= float(node.get("cx", "")) <= 400.1
        assert -0.1 <= float(node.get("cy", "")) <= 270.1


def test_bars_are_as_long_as_their_parts_and_named_where_there_is_room() -> None:
    svg = stacked_bars(
        "outcomes",
        [("round 0", {"passed": 0.25, "wrong": 0.745, "rare": 0.005})],
        {"passed": "passed", "wrong": "wrong_answer light", "rare": "forbidden"},
        x_name="share",
        shown=percent,
        right=1.0,
    )
    starts = [float(node.get("x", "")) for node in parsed(svg).iter("rect")]
    widths = [float(node.get("width", "")) + 1 for node in parsed(svg).iter("rect")]
    assert widths[1] / widths[0] == pytest.approx(0.745 / 0.25, rel=1e-3)
    assert starts[1] == pytest.approx(starts[0] + widths[0], abs=0.02)
    assert {"passed 25.0%", "wrong 74.5%", "round 0", "share"} <= set(words(svg))
    assert "rare 0.5%" not in words(svg)
    assert "round 0: rare 0.5%" in svg


def test_the_map_sorts_problems_by_how_much_they_are_solved_and_leaves_blank_what_was_not_sampled() -> None:
    by_round = {0: {"never": (4, 0), "some": (4, 1), "most": (4, 3)}, 1: {"never": (4, 0), "most": (4, 4)}}
    assert order_of(by_round) == ["most", "some", "never"]
    boxes = list(parsed(solve_map("map", by_round)).iter("rect"))
    assert [box[0].text for box in boxes] == [
        "most, round 0: 3 of 4 samples passed",
        "some, round 0: 1 of 4 samples passed",
        "never, round 0: 0 of 4 samples passed",
        "most, round 1: 4 of 4 samples passed",
        "never, round 1: 0 of 4 samples passed",
    ]
    assert [box.get("class") for box in boxes] == ["fill1", "fill1", "never", "fill1", "never"]
    shades = [float(box.get("fill-opacity", "0")) for box in boxes]
    assert shades[1] < shades[0] < shades[3] == 1.0
    assert "never solved" not in words(solve_map("map", {0: {"a": (2, 1)}}))


def test_a_long_curve_is_thinned_to_means_of_neighbours() -> None:
    assert thinned([(0, 1.0), (1, 3.0), (2, 5.0)], most=2) == [(0.5, 2.0), (2.0, 5.0)]
    assert thinned([(0, 1.0)], most=2) == [(0.0, 1.0)]
