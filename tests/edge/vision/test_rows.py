"""Rows, columns and depth of hand-made shelves."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.rows import Place, lay_out
from edge.vision.slant import measure_slant
from tests.edge.vision.shelves import BOTTLE, CAN, CARTON, PITCH, row, standing, tilted

FIVE = (CAN,) * 5


def shelves(*rows: tuple) -> list[list[float]]:
    return [box for number, sizes in enumerate(rows) for box in row(300 + number * PITCH, *sizes)]


@pytest.mark.parametrize(
    ("boxes", "per_row"),
    [
        pytest.param(shelves(FIVE), [5], id="one row"),
        pytest.param(shelves(FIVE, FIVE, FIVE), [5, 5, 5], id="three rows"),
        pytest.param(shelves((CAN,)), [1], id="one product"),
        pytest.param(shelves((CAN, BOTTLE, CAN, CARTON), (BOTTLE, CAN)), [4, 2], id="products of different height"),
        pytest.param(tilted(shelves(FIVE, FIVE, FIVE), 0.15), [5, 5, 5], id="tilted"),
        pytest.param(tilted(shelves((CAN,) * 9, (CAN,) * 9), -0.3), [9, 9], id="steep: a row falls more than a shelf"),
        pytest.param(tilted(shelves(FIVE, FIVE, FIVE), 0.9), [5, 5, 5], id="from a corner, at 42 degrees"),
        pytest.param(tilted(shelves(FIVE, FIVE, FIVE, FIVE), 0.0, 0.0004), [5] * 4, id="perspective: slants differ"),
        pytest.param(shelves(FIVE, (CAN,), FIVE), [5, 1, 5], id="a row of one"),
        pytest.param(shelves((BOTTLE,) * 4, (CAN,) * 6, (BOTTLE,) * 4), [4, 6, 4], id="tall, low, tall"),
    ],
)
def test_rows_from_top_to_bottom(boxes: list, per_row: list[int]) -> None:
    boxes = np.random.default_rng(1).permutation(np.array(boxes, np.float32))
    layout = lay_out(boxes)
    assert np.bincount(layout.row).tolist() == per_row
    for number in range(layout.rows):
        members = np.flatnonzero(layout.row == number)
        left_to_right = members[np.argsort(boxes[members, 0])]
        assert layout.column[left_to_right].tolist() == list(range(len(members)))
    assert set(layout.place) == {Place.FRONT}


def test_nothing_has_no_row() -> None:
    assert lay_out(np.zeros((0, 4), np.float32)).rows == 0


@pytest.mark.parametrize(
    ("extra", "place", "column"),
    [
        pytest.param(standing(166, 189, CAN), Place.STACKED, 1, id="a can on a can"),
        pytest.param(standing(166, 192, CAN), Place.STACKED, 1, id="boxes of a stack overlap a little"),
        pytest.param(standing(172, 230, (50, 92)), Place.BEHIND, 1, id="smaller, higher, mostly covered"),
        pytest.param(
            standing(212, 296, (28, 104)), Place.BEHIND, 1, id="a sliver of it shows beside the one before it"
        ),
        pytest.param(standing(170, 190, (52, 40)), Place.BEHIND, 1, id="only its top shows above the one before it"),
    ],
)
def test_depth_and_stacks_share_the_column_below(extra: list[float], place: Place, column: int) -> None:
    boxes = np.array([*row(300, *FIVE), extra], np.float32)
    if place is Place.BEHIND and extra[3] < 200:  # what only touches is judged by its neighbours: they do the same
        boxes = np.array([*row(300, *FIVE), *(standing(104 + 66 * i, 190, (52, 40)) for i in range(5))], np.float32)
        extra = boxes[6].tolist()
    layout = lay_out(boxes)
    at = boxes.tolist().index(pytest.approx(extra))
    assert (layout.place[at], int(layout.column[at]), layout.rows) == (place, column, 1)


def test_two_cans_high_is_one_row_of_stacks() -> None:
    layout = lay_out(np.array([*row(300, *FIVE), *row(188, *FIVE)], np.float32))
    assert layout.rows == 1
    assert layout.place.count(Place.STACKED) == 5
    assert layout.column.tolist() == [0, 1, 2, 3, 4] * 2


def test_three_high_on_one_column() -> None:
    layout = lay_out(np.array([*row(400, *FIVE), standing(100, 289, CAN), standing(100, 178, CAN)], np.float32))
    assert layout.rows == 1
    assert layout.column[-2:].tolist() == [0, 0]


def test_a_thin_shelf_between_cans_and_bottles_is_no_stack() -> None:
    layout = lay_out(np.array([*row(300, *FIVE), *row(300 + 10 + 220, *(BOTTLE,) * 5)], np.float32))
    assert layout.rows == 2
    assert set(layout.place) == {Place.FRONT}


def test_one_product_set_back_stands_in_the_row_around_it() -> None:
    boxes = [box for i, box in enumerate(row(300, *FIVE)) if i != 2]
    layout = lay_out(np.array([*boxes, standing(235, 240, (52, 96))], np.float32))
    assert layout.rows == 1
    assert layout.place[-1] is Place.FRONT
    assert layout.column[-1] == 2


@pytest.mark.parametrize(("slope", "change"), [(0.0, 0.0), (0.2, 0.0), (-0.1, 0.0), (0.05, 0.0003)])
def test_slant_is_measured(slope: float, change: float) -> None:
    boxes = tilted(shelves(*((CAN, BOTTLE, CAN, CAN, BOTTLE, CAN),) * 4), slope, change).astype(float)
    slant = measure_slant(boxes)
    assert slant.level + slant.change * (400 - slant.y_middle) == pytest.approx(slope, abs=0.01)
    assert slant.change == pytest.approx(change, abs=0.00012)
