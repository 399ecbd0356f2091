"""Which places look empty beside the products around them."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.arrange import arrange
from edge.vision.bare import without_bare
from edge.vision.detections import Detections
from edge.vision.emptiness import Looks
from edge.vision.gallery import Names
from tests.edge.vision.shelves import CAN, found, row, standing
from tests.edge.vision.test_arrange import GOOD

PLACE = standing(100 + 2 * 66, 300, CAN)
BOXES = row(300, CAN, CAN, None, CAN, CAN)


def shelf(place: str) -> np.ndarray:
    """Four printed cans before a grey wall; in the middle `place`."""
    rng = np.random.default_rng(2)
    pixels = np.full((400, 500, 3), 110, np.uint8)
    cans = [*BOXES, PLACE] if place == "a missed can" else BOXES
    for x1, y1, x2, y2 in np.array(cans, int):
        print_ = rng.integers(0, 255, ((y2 - y1) // 10, (x2 - x1) // 10, 3))
        pixels[y1:y2, x1:x2] = np.kron(print_, np.ones((10, 10, 1)))[: y2 - y1, : x2 - x1]
    if place == "shadow":
        x1, y1, x2, y2 = (int(v) for v in PLACE)
        pixels[y1:y2, x1:x2] = 25
    return pixels


@pytest.mark.parametrize(("place", "empty"), [("back wall", True), ("shadow", True), ("a missed can", False)])
def test_a_gap_must_look_empty(place: str, empty: bool) -> None:
    boxes = np.array(BOXES)
    emptiness = Looks(shelf(place), boxes).emptiness(np.array(PLACE))
    assert emptiness > 0.9 if empty else emptiness < 0.5
    reading = arrange((500, 400), found(BOXES), Names.unknown(4), GOOD, {}, pixels=shelf(place))
    assert len(reading.gaps) == int(empty)


def test_without_products_every_place_is_empty() -> None:
    assert Looks(shelf("back wall"), np.zeros((0, 4))).emptiness(np.array(PLACE)) == 1.0


def test_places_at_the_photos_edge_can_be_asked() -> None:
    looks = Looks(shelf("back wall"), np.array(BOXES))
    for place in ((-50, -50, 20, 30), (480, 350, 560, 480), (700, 700, 800, 800)):
        assert 0 <= looks.emptiness(np.array(place, float)) <= 1


@pytest.mark.parametrize(
    ("place", "score", "kept"),
    [("shadow", 0.6, False), ("shadow", 0.8, True), ("a missed can", 0.6, True)],
    ids=["a dark hole", "a dark bottle of which the detector is sure", "a can"],
)
def test_a_doubtful_product_that_looks_bare_is_none(place: str, score: float, kept: bool) -> None:
    boxes = np.array([*BOXES, PLACE], np.float32)
    scores = np.array([0.9] * len(BOXES) + [score], np.float32)
    told = without_bare(Detections(boxes, scores, np.zeros(len(boxes), np.int64)), shelf(place), 0.475)
    assert (told.scores.min() > 0.475) == kept
    assert np.all(np.diff(told.scores) <= 0)
    assert sorted(map(tuple, told.boxes.tolist())) == sorted(map(tuple, boxes.tolist()))
