"""Boxes, pushed-apart labels and round grid lines."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts.place import Box, apart, first_free, places, span, ticks
from charts.style import blend

SHEET = Box(left=0, top=0, right=640, bottom=500)


@pytest.mark.parametrize(
    ("low", "high", "lines"),
    [
        (0, 10, (0, 2.5, 5, 7.5, 10)),
        (1640, 2500, (1800, 2000, 2200, 2400)),
        (-6, 15, (-5, 0, 5, 10, 15)),
        (0.52, 3.2, (1, 1.5, 2, 2.5, 3)),
        (99.2, 99.9, (99.2, 99.4, 99.6, 99.8)),
    ],
)
def test_grid_lines_are_round(low: float, high: float, lines: tuple[float, ...]) -> None:
    assert ticks(low, high) == lines


@given(st.floats(-1e12, 1e12), st.floats(1e-3, 1e12))
def test_there_are_never_too_many_grid_lines(low: float, size: float) -> None:
    lines = ticks(low, low + size)
    assert 1 <= len(lines) <= 5
    assert min(lines) >= low - size * 1e-6
    assert max(lines) <= low + size * (1 + 1e-6)


@pytest.mark.parametrize(("step", "decimals"), [(1, 0), (250, 0), (0.5, 1), (2.5, 1), (0.25, 2), (0.02, 2)])
def test_decimals_that_a_step_needs(step: float, decimals: int) -> None:
    assert places(step) == decimals


labels = st.lists(st.tuples(st.floats(100, 430), st.sampled_from([23.0, 46.0])), min_size=1, max_size=5)


@given(labels)
def test_labels_never_overlap_and_keep_their_order(wanted: list[tuple[float, float]]) -> None:
    middles, heights = [y for y, _ in wanted], [height for _, height in wanted]
    moved = apart(middles, heights, top=100, bottom=440, gap=5)
    order = sorted(range(len(moved)), key=lambda i: middles[i])
    for before, after in pairwise(order):
        assert moved[after] - heights[after] / 2 >= moved[before] + heights[before] / 2 + 5 - 1e-6
    for y, height in zip(moved, heights, strict=True):
        assert y - height / 2 >= 100 - 1e-6
        assert y + height / 2 <= 440 + 1e-6


def test_labels_with_room_stay_where_they_are() -> None:
    assert apart([150, 300], [46, 46], top=100, bottom=440, gap=5) == [150, 300]


def test_two_labels_on_one_point_move_alike() -> None:
    assert apart([200, 200], [40, 40], top=0, bottom=500, gap=10) == [175, 225]


def box(left: float, top: float, width: float = 100, height: float = 40) -> Box:
    return Box(left=left, top=top, right=left + width, bottom=top + height)


def test_a_note_takes_the_place_that_hides_least() -> None:
    line = np.array([[x, 20.0] for x in range(0, 200, 3)])
    spots = [box(0, 0), box(0, 100), box(0, 200)]
    assert first_free(spots, taken=[], points=line, bounds=SHEET) == 1
    assert first_free(spots, taken=[box(50, 110)], points=line, bounds=SHEET) == 2


def test_a_note_never_lies_on_text_or_outside() -> None:
    nothing = np.empty((0, 2))
    assert first_free([box(600, 0), box(-1, 50)], taken=[], points=nothing, bounds=SHEET) is None
    assert first_free([box(10, 10)], taken=[box(112, 10)], points=nothing, bounds=SHEET) is None  # 2 px apart


def test_boxes_that_touch_nothing_but_come_near() -> None:
    assert not box(0, 0).meets(box(110, 0))
    assert box(0, 0).meets(box(110, 0), gap=11)


@pytest.mark.parametrize("value", [0.0, 100.0, -5.0, 1e12])
def test_a_flat_line_has_a_scale(value: float) -> None:
    low, high = span([value, value])
    assert low < value < high


def test_blend_is_what_the_eye_sees() -> None:
    assert blend("#000000", "#FFFFFF", 0.5) == "#808080"
    assert blend("#1552F0", "#FFFFFF", 0.0) == "#FFFFFF"
