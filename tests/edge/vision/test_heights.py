"""Heights: what looks alike is told apart by how tall it stands among the others."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.detections import FloatArray
from edge.vision.heights import with_heights

SKUS = ("cola-pet500", "cola-pet1500", "lime-can330", "water-pet1500")
HEIGHTS = np.array([232, 335, 115, 330], np.float32)
SHELVES = ("lime-can330", "cola-pet500", "cola-pet1500", "cola-pet500", "water-pet1500", "lime-can330", "cola-pet1500")


def boxes_of(skus: tuple[str, ...], across: float = 0.0, down: float = 0.0, pixels: float = 0.4) -> FloatArray:
    """Products side by side on three shelves, seen by a camera under which the scale changes over the photo."""
    boxes = []
    for row, foot in enumerate((300, 600, 900)):
        for column, sku in enumerate(skus):
            x = 60 + 130 * column
            scale = pixels * np.exp(
                across * (x / 1000 - 0.5) + down * (foot / 1000 - 0.5) + 0.03 * ((row + column) % 3)
            )
            boxes.append((x, foot - scale * HEIGHTS[SKUS.index(sku)], x + 50, foot))
    return np.array(boxes, np.float32)


def looks_of(skus: tuple[str, ...]) -> FloatArray:
    """Both sizes of cola look alike, cans and water like nothing else."""
    chance = {"cola": (0.46, 0.48, 0.01, 0.02), "lime": (0.01, 0.01, 0.9, 0.01), "water": (0.02, 0.03, 0.01, 0.85)}
    return np.array([chance[sku.split("-")[0]] for sku in skus] * 3, np.float32)


@pytest.mark.parametrize(
    ("across", "down"),
    [
        pytest.param(0.0, 0.0, id="straight before the cooler"),
        pytest.param(0.6, -0.2, id="from the side"),
        pytest.param(-1.2, 0.5, id="from a corner of the cabinet"),
    ],
)
@pytest.mark.parametrize("pixels", [0.15, 0.4, 1.1])
def test_two_sizes_of_one_drink_are_told_apart(across: float, down: float, pixels: float) -> None:
    likely = with_heights(looks_of(SHELVES), boxes_of(SHELVES, across, down, pixels), HEIGHTS)
    assert [SKUS[at] for at in likely.argmax(axis=1)] == list(SHELVES) * 3
    assert likely.max(axis=1).min() > 0.7
    assert likely.min() >= 0
    assert likely.max() <= 1


def test_a_fallen_bottle_and_what_is_no_product_do_not_tilt_the_scale() -> None:
    boxes, looks = boxes_of(SHELVES), looks_of(SHELVES)
    boxes[1] = (190, 260, 270, 300)
    likely = with_heights(looks, boxes, HEIGHTS, sure=np.arange(len(boxes)) % 5 > 0)
    told = [SKUS[at] for at in likely.argmax(axis=1)]
    assert told[2:] == (list(SHELVES) * 3)[2:]


def test_a_strange_height_makes_a_name_less_likely() -> None:
    boxes, looks = boxes_of(SHELVES), looks_of(SHELVES)
    boxes[0, 1] = boxes[0, 3] - 3 * (boxes[0, 3] - boxes[0, 1])
    assert with_heights(looks, boxes, HEIGHTS)[0, 2] < 0.5 < looks[0, 2]


@pytest.mark.parametrize(
    ("count", "heights"),
    [
        pytest.param(3, HEIGHTS, id="too few products to tell the scale"),
        pytest.param(21, np.full(4, np.nan, np.float32), id="no heights"),
        pytest.param(0, HEIGHTS, id="no products"),
    ],
)
def test_where_nothing_tells_the_scale_looks_stay_as_they_are(count: int, heights: FloatArray) -> None:
    looks = looks_of(SHELVES)[:count]
    assert with_heights(looks, boxes_of(SHELVES)[:count], heights) == pytest.approx(looks)


def test_skus_without_a_height_are_left_to_their_looks() -> None:
    known = np.array([232, 335, 115, np.nan], np.float32)
    likely = with_heights(looks_of(SHELVES), boxes_of(SHELVES), known)
    assert [SKUS[at] for at in likely.argmax(axis=1)] == list(SHELVES) * 3
