"""Photos of one cooler laid over each other: by looks and place, and not where they have nothing in common."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edge.vision.detections import Detections
from edge.vision.gallery import Names
from edge.vision.join import join
from edge.vision.merge import merge
from edge.vision.overlap import carried, find_overlap
from edge.vision.reading import PhotoQuality
from edge.vision.sighting import Sighting
from tests.edge.vision.shelves import CAN, row

GOOD = PhotoQuality("good", 0.5, 0.8, 40.0)
BLURRED = PhotoQuality("unusable", 0.5, 0.8, 1.0, ("blurred",))
SIZE = (1000, 1000)
SKUS = ("cola", "lime", "water", "orange", "grape", "mango")

SHELF = np.array([box for foot in (300, 560, 820) for box in row(foot, *(CAN,) * 20, start=-200.0)], np.float32)
"""Three shelves of twenty cans, wider than one photo."""
OF = np.array([SKUS[(i // 3 + 2 * (i // 20)) % 6] for i in range(len(SHELF))])
RNG = np.random.default_rng(3)
LOOKS = {sku: RNG.normal(size=32) for sku in SKUS}


def photo(
    left: float,
    zoom: float = 1.0,
    tilt: float = 0.0,
    hidden: tuple[int, ...] = (),
    named: bool = True,
    looks: dict[str, np.ndarray] = LOOKS,
    quality: PhotoQuality = GOOD,
) -> Sighting:
    """What a camera sees of the shelf from `left` on, turned by `tilt`; products `hidden` are not found."""
    turn = np.array([[zoom, -tilt, -left * zoom], [tilt, zoom, 0], [0, 0, 1]])
    boxes = carried(turn, SHELF.astype(float))
    shown = np.flatnonzero((boxes[:, 0] > 4) & (boxes[:, 2] < 996) & ~np.isin(np.arange(len(SHELF)), hidden))
    noise = np.random.default_rng(int(left) % 97 + 1)
    vectors = np.array([looks[OF[i]] + 0.35 * noise.normal(size=32) for i in shown]).reshape(-1, 32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    names = tuple(OF[i] if named else None for i in shown)
    scores = np.full(len(shown), 0.9, np.float32)
    return Sighting(
        SIZE,
        Detections(boxes[shown].astype(np.float32), scores, np.zeros(len(shown), np.int64)),
        Detections.empty(),
        Names(names, np.full(len(shown), 0.9, np.float32)),
        quality,
        vectors=vectors.astype(np.float32),
    )


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"left": 250.0}, id="moved aside"),
        pytest.param({"left": 150.0, "zoom": 0.8}, id="from farther away"),
        pytest.param({"left": 200.0, "tilt": 0.04}, id="tilted"),
        pytest.param({"left": 250.0, "hidden": (5, 11, 27, 33, 46)}, id="some not found"),
        pytest.param({"left": 250.0, "named": False}, id="unknown products"),
    ],
)
def test_the_same_products_meet(other: dict) -> None:
    one, two = photo(-150.0, named=other.get("named", True)), photo(**other)
    overlap = find_overlap(one, two)
    assert overlap is not None
    moved = carried(overlap.to_other, one.found.boxes.astype(float))
    apart = np.abs(moved[overlap.pairs[:, 0]] - two.found.boxes[overlap.pairs[:, 1]]).max(axis=1)
    assert (apart < 20).all()
    assert len(overlap.pairs) >= 15


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(photo(1e6), id="nothing found"),
        pytest.param(photo(0.0, looks={s: RNG.normal(size=32) for s in SKUS}, named=False), id="another cooler"),
    ],
)
def test_photos_with_nothing_in_common_do_not_overlap(other: Sighting) -> None:
    assert find_overlap(photo(-150.0, named=False), other) is None


def test_each_product_of_overlapping_photos_counts_once() -> None:
    views = [photo(-210.0), photo(100.0), photo(150.0, zoom=0.9)]
    reading = merge(views, {})
    assert sum(line.units for line in reading.lines) == len(SHELF)
    assert {line.sku: line.units for line in reading.lines} == {sku: int((sku == OF).sum()) for sku in SKUS}
    assert reading.rows == 3
    assert all(view.linked for view in reading.views)
    assert {product.view for product in reading.products} <= {0, 1, 2}


@pytest.mark.parametrize(
    ("named", "told"),
    [
        pytest.param(False, {"cola"}, id="no photo knows them: they resemble a SKU"),
        pytest.param(True, {None}, id="another photo knows them by name: nothing is left to be told"),
    ],
)
def test_what_products_resemble_is_told_where_no_photo_names_them(named: bool, told: set[str | None]) -> None:
    refused, other = photo(-210.0, named=False), photo(-210.0, named=named)
    hinted = replace(refused, names=replace(refused.names, resembles=("cola",) * len(refused.found)))
    reading = merge([hinted, other if named else hinted], {})
    assert {product.resembles for product in reading.products} == told


def test_products_keep_their_order_over_all_photos() -> None:
    reading = merge([photo(130.0), photo(-210.0)], {})
    for number in range(3):
        of_row = sorted((p.column, p.sku) for p in reading.products if p.row == number)
        assert [sku for _, sku in of_row] == OF[number * 20 : (number + 1) * 20].tolist()


def test_a_product_hidden_in_one_photo_is_counted_from_the_other() -> None:
    whole, without = photo(-210.0), photo(-150.0, hidden=(3, 4, 25))
    assert sum(line.units for line in merge([without, whole], {}).lines) >= len(whole.found)
    assert len(join([without, whole]).doubtful) <= 3


def test_photos_of_different_parts_add_up_and_say_so() -> None:
    other = photo(0.0, looks={s: RNG.normal(size=32) for s in SKUS}, named=False)
    one = photo(-150.0, named=False)
    reading = merge([one, other], {})
    assert sum(line.units for line in reading.lines) == len(one.found) + len(other.found)
    assert [view.linked for view in reading.views] == [False, False]


@pytest.mark.parametrize(
    ("views", "verdict", "reason"),
    [
        pytest.param([photo(0.0), photo(0.0)], "good", None, id="both good"),
        pytest.param([photo(0.0), photo(1e6, quality=BLURRED)], "poor", "photo 2: blurred", id="one blind"),
        pytest.param([photo(1e6, quality=BLURRED)] * 2, "unusable", "blurred", id="both blind"),
    ],
)
def test_a_blind_camera_makes_the_reading_poor(views: list[Sighting], verdict: str, reason: str | None) -> None:
    reading = merge(views, {})
    assert reading.quality.verdict == verdict
    assert reason is None or reason in reading.quality.reasons
    assert reading.confidence < 0.5 or verdict == "good"
