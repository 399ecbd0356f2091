"""Persons, gaps and price tags that the detector sees, and what they change of a reading."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.arrange import arrange
from edge.vision.detections import CLASSES, Detections
from edge.vision.gallery import Names
from edge.vision.reading import PhotoQuality, ReadingGap
from edge.vision.surroundings import doubted, reconsidered

GOOD = PhotoQuality("good", 0.5, 0.5, 100.0)
SIZE = (100, 100)
PLACE = (0.4, 0.4, 0.6, 0.6)
Sight = tuple[str, list[int], float]


def sights(*seen: Sight, names: tuple[str, ...] = CLASSES) -> Detections:
    boxes = np.asarray([box for _, box, _ in seen], np.float32).reshape(-1, 4)
    scores = np.asarray([score for _, _, score in seen], np.float32)
    return Detections(boxes, scores, np.asarray([names.index(name) for name, _, _ in seen], np.int64), names)


@pytest.mark.parametrize(
    ("seen", "verdict", "said"),
    [
        ([], "good", None),
        ([("person", [0, 0, 10, 100], 0.9)], "good", None),
        ([("person", [0, 0, 50, 100], 0.9)], "poor", "hides 50% of the photo"),
        ([("person", [0, 0, 50, 100], 0.9), ("person", [0, 0, 50, 100], 0.8)], "poor", "hides 50% of the photo"),
        ([("gap", [0, 0, 50, 100], 0.9)], "good", None),
    ],
    ids=["nobody", "a passer-by", "a customer", "the same twice", "no person"],
)
def test_a_photo_behind_a_person_is_a_poor_one(seen: list[Sight], verdict: str, said: str | None) -> None:
    judged = doubted(GOOD, sights(*seen), SIZE)
    assert judged.verdict == verdict
    assert (said is None and not judged.reasons) or (said is not None and said in judged.reasons[0])


def test_an_unusable_photo_stays_one() -> None:
    unusable = PhotoQuality("unusable", 0.0, 0.0, 0.0, ("too dark",))
    assert doubted(unusable, sights(("person", [0, 0, 90, 90], 0.9)), SIZE) == unusable


@pytest.mark.parametrize(
    ("seen", "names", "confidence"),
    [
        ([], ("product",), 0.6),
        ([], CLASSES, 0.9 * 0.6),
        ([("gap", [40, 40, 60, 60], 0.5)], CLASSES, 0.8),
        ([("gap", [40, 35, 62, 60], 0.5), ("gap", [0, 0, 10, 10], 0.9)], CLASSES, 0.8),
        ([("gap", [55, 40, 75, 60], 0.5)], CLASSES, 0.9 * 0.6),
        ([("price-tag", [40, 40, 60, 60], 0.9)], CLASSES, 0.9 * 0.6),
        ([("person", [0, 0, 42, 100], 0.9)], CLASSES, 0.9 * 0.6),
        ([("person", [0, 0, 55, 100], 0.9)], CLASSES, None),
    ],
    ids=["knows no gaps", "sees none", "sees it", "of several", "beside it", "a tag", "a person beside it", "beneath"],
)
def test_a_gap_after_the_second_opinion(seen: list[Sight], names: tuple[str, ...], confidence: float | None) -> None:
    empty = arrange(SIZE, Detections.empty(), Names.unknown(0), GOOD, {})
    gaps = (ReadingGap(PLACE, 0, 0.6),)
    heard = reconsidered(empty.__class__(**{**vars(empty), "gaps": gaps}), sights(*seen, names=names)).gaps
    assert [gap.confidence for gap in heard] == pytest.approx([] if confidence is None else [confidence])


SHELF = [[10.0 * x, 40.0, 10.0 * x + 8, 60.0] for x in (1, 2, 3)]


@pytest.mark.parametrize(
    ("seen", "gaps"),
    [
        pytest.param(("gap", [50, 41, 70, 61], 0.5), [(0, 0.4)], id="beside the products"),
        pytest.param(("gap", [19, 40, 29, 60], 0.9), [], id="a product stands there"),
        pytest.param(("gap", [50, 70, 70, 90], 0.9), [], id="no row runs there"),
        pytest.param(("price-tag", [50, 41, 70, 61], 0.9), [], id="no gap"),
    ],
)
def test_a_gap_that_only_the_detector_sees(seen: Sight, gaps: list[tuple[int, float]]) -> None:
    products = Detections(np.asarray(SHELF, np.float32), np.full(3, 0.9, np.float32), np.zeros(3, np.int64))
    heard = reconsidered(arrange(SIZE, products, Names.unknown(3), GOOD, {}), sights(seen)).gaps
    assert [(gap.row, gap.confidence) for gap in heard] == [pytest.approx(gap) for gap in gaps]
