"""Units, facings, share, doubts and gaps of hand-made shelves."""

from __future__ import annotations

import math

import numpy as np
import pytest

from edge.vision.arrange import arrange, unusable
from edge.vision.detections import Detections
from edge.vision.gallery import Names
from edge.vision.reading import PhotoQuality, ShelfReading
from tests.edge.vision.shelves import BOTTLE, CAN, PITCH, found, row, standing, tilted

SIZE = (1000, 1200)
GOOD = PhotoQuality("good", 0.5, 0.8, 40.0)
POOR = PhotoQuality("poor", 0.1, 0.8, 40.0, ("too dark",))
SIX = (CAN,) * 6


def read(
    boxes: list | np.ndarray,
    skus: list[str | None] | None = None,
    score: float = 0.9,
    sure: float = 0.9,
    quality: PhotoQuality = GOOD,
    weak: Detections | None = None,
) -> ShelfReading:
    seen = found(boxes, score)
    names = Names(tuple(skus or [None] * len(seen)), np.full(len(seen), sure, np.float32))
    return arrange(SIZE, seen, names, quality, {"m": "0" * 64}, weak)


def lines(reading: ShelfReading) -> dict[str | None, tuple[int, int]]:
    return {line.sku: (line.units, line.facings) for line in reading.lines}


def test_units_and_facings_of_two_products() -> None:
    reading = read(row(300, CAN, CAN, CAN, BOTTLE, BOTTLE), ["cola"] * 3 + ["water"] * 2)
    assert lines(reading) == {"cola": (3, 3), "water": (2, 2)}
    assert [line.sku for line in reading.lines] == ["cola", "water"]
    assert sum(line.linear_share for line in reading.lines) == pytest.approx(1)
    assert reading.lines[0].linear_share == pytest.approx(3 / 5)


def test_a_stack_is_more_units_but_one_facing() -> None:
    reading = read([*row(300, *SIX), standing(100, 189, CAN)], ["cola"] * 7)
    assert lines(reading) == {"cola": (7, 6)}
    assert reading.lines[0].linear_share == pytest.approx(1)


def test_what_shows_behind_counts_as_a_unit_not_a_facing() -> None:
    reading = read([*row(300, *SIX), standing(105, 230, (50, 92))], ["cola"] * 6 + ["lime"])
    assert lines(reading) == {"cola": (6, 6), "lime": (1, 0)}
    assert [p.front for p in reading.products if p.sku == "lime"] == [False]


def test_unknown_products_are_one_line_and_the_last() -> None:
    reading = read(row(300, *SIX), [None, None, None, None, "cola", None])
    assert lines(reading) == {"cola": (1, 1), None: (5, 5)}
    assert reading.lines[-1].sku is None


def test_count_error_is_that_of_a_sum_of_uncertain_events() -> None:
    reading = read(row(300, *SIX), ["cola"] * 6, score=0.8, sure=0.5)
    assert reading.lines[0].count_sd == pytest.approx(math.sqrt(6 * 0.4 * 0.6))
    assert reading.lines[0].confidence == pytest.approx(0.4)


@pytest.mark.parametrize(("quality", "confidence"), [(GOOD, 0.81), (POOR, 0.81 * 0.6)])
def test_confidence_falls_with_the_photo(quality: PhotoQuality, confidence: float) -> None:
    assert read(row(300, *SIX), quality=quality).confidence == pytest.approx(confidence)


def test_an_empty_shelf_is_a_reading_without_lines() -> None:
    reading = read([])
    assert (reading.products, reading.lines, reading.gaps, reading.rows) == ((), (), (), 0)
    assert reading.confidence == 1.0


def test_an_unusable_photo_says_nothing_but_why() -> None:
    dark = PhotoQuality("unusable", 0.0, 0.0, 0.0, ("too dark",))
    reading = unusable(SIZE, dark, {})
    assert (reading.lines, reading.confidence, reading.quality) == ((), 0.0, dark)


def test_boxes_are_fractions_of_the_photo_and_stay_inside() -> None:
    reading = read([[-20, 100, 100, 600]])
    assert reading.products[0].box == pytest.approx((0, 100 / 1200, 0.1, 0.5))


def test_products_come_by_row_then_column() -> None:
    boxes = np.random.default_rng(3).permutation(tilted(row(300, *SIX) + row(300 + PITCH, *SIX), 0.1))
    order = [(p.row, p.column) for p in read(boxes).products]
    assert order == [(r, c) for r in (0, 1) for c in range(6)]


@pytest.mark.parametrize(
    ("boxes", "gaps"),
    [
        pytest.param(row(300, *SIX), [], id="full"),
        pytest.param(row(300, CAN, CAN, None, CAN, CAN), [(0, 226, 298)], id="one place"),
        pytest.param(row(300, CAN, None, None, CAN), [(0, 160, 298)], id="two places are one gap"),
        pytest.param(row(300, *SIX, apart=40), [], id="loosely placed"),
        pytest.param(tilted(row(300, CAN, CAN, None, CAN, CAN), 0.2), [(0, 226, 298)], id="tilted"),
        pytest.param(
            row(300, *SIX) + row(300 + PITCH, CAN, CAN, None, CAN, CAN, CAN), [(1, 226, 298)], id="second row"
        ),
        pytest.param(
            row(300, *SIX) + row(300 + PITCH, *SIX) + row(300 + 2 * PITCH, CAN, CAN, CAN),
            [(2, 292, 490)],
            id="the end of a row, where the other rows go on",
        ),
        pytest.param(
            [
                *row(300, CAN, CAN, CAN),
                *row(300 + PITCH, *SIX),
                *row(300 + 2 * PITCH, CAN),
                *row(300 + 3 * PITCH, *SIX[:4]),
                *row(300 + 4 * PITCH, *SIX),
            ],
            [(0, 292, 490), (2, 160, 490), (3, 358, 490)],
            id="the ends of most rows, where two reach the wall",
        ),
        pytest.param(
            [
                *row(300, *[CAN] * 12, start=0),
                *row(300 + PITCH, *[CAN] * 8, start=264),
                *row(300 + 2 * PITCH, *[CAN] * 12, start=0),
                *row(300 + 3 * PITCH, *[CAN] * 10, start=132),
                *row(300 + 4 * PITCH, *[CAN] * 12, start=0),
            ],
            [(1, 0, 264), (3, 0, 132)],
            id="the ends of rows, where others go on beyond the photo",
        ),
        pytest.param(
            [box for foot in (300, 560, 820, 1080) for box in row(foot, CAN, CAN, None, CAN, CAN)], [], id="a door post"
        ),
        pytest.param(row(300, CAN), [], id="a single product"),
    ],
)
def test_gaps(boxes: list, gaps: list[tuple[int, float, float]]) -> None:
    got = [(gap.row, gap.box[0] * SIZE[0], gap.box[2] * SIZE[0]) for gap in read(boxes).gaps]
    assert got == [pytest.approx(gap, abs=2) for gap in gaps]


def test_a_gap_is_doubtful_where_something_is_half_seen() -> None:
    boxes = row(300, CAN, CAN, None, CAN, CAN)
    (clear,) = read(boxes).gaps
    (doubtful,) = read(boxes, weak=found([standing(236, 300, CAN)], 0.4)).gaps
    assert doubtful.confidence == pytest.approx(0.6 * clear.confidence, rel=0.05)


def test_a_wider_gap_is_surer() -> None:
    narrow, wide = (read(row(300, CAN, *[None] * n, CAN)).gaps[0].confidence for n in (1, 4))
    assert 0.4 < narrow < wide <= 1


@pytest.mark.parametrize(
    ("left", "right", "missing"),
    [
        pytest.param("cola", "cola", "cola", id="between two facings of one SKU"),
        pytest.param("cola", "lime", None, id="between two SKUs only a planogram can tell"),
        pytest.param(None, None, None, id="between unknown products"),
    ],
)
def test_a_gap_is_named_after_its_neighbours(left: str | None, right: str | None, missing: str | None) -> None:
    reading = read(row(300, CAN, CAN, None, CAN, CAN), [left] * 2 + [right] * 2)
    assert [gap.sku for gap in reading.gaps] == [missing]
