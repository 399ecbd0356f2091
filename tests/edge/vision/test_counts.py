"""What is stated of the error of a count: more doubt never looks surer, and the shipped figures can be used."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge.vision.counts import FILE, FOLDER, CountErrors, read_count_errors
from edge.vision.detections import Detections
from edge.vision.doubts import NAMED, PARTS, THERE, covered, cut_off
from edge.vision.gallery import Names
from edge.vision.reading import PhotoQuality
from edge.vision.sighting import Sighting
from edge.vision.zoo import zoo_folder
from facings.errors import BadInputError, UnavailableError
from tests.edge.vision.shelves import BOTTLE, CAN, found, row

SHIPPED = read_count_errors(zoo_folder())
EVEN = CountErrors(
    detector="a",
    embedder="b",
    there=dict.fromkeys(THERE, 0.0) | {"score": 1.0},
    named=dict.fromkeys(NAMED, 0.0) | {"confidence": 1.0},
    line=dict.fromkeys(PARTS, 0.0) | {"own_doubt": 1.0},
    photo=dict.fromkeys(PARTS, 0.0) | {"own_doubt": 1.0},
)


def sighting(
    score: float = 0.9,
    sure: float | None = 0.9,
    weak: Detections | None = None,
    products: int = 5,
    sharpness: float = 40,
) -> Sighting:
    seen = found(row(300, *(CAN,) * products), score)
    names = (
        Names.unknown(products) if sure is None else Names(("cola",) * products, np.full(products, sure, np.float32))
    )
    quality = PhotoQuality("good", 0.5, 0.8, sharpness)
    return Sighting((1000, 1200), seen, weak or Detections.empty(), names, quality)


def told(**changes: dict[str, float]) -> str:
    return json.dumps(EVEN.model_dump() | changes)


def test_independent_doubts_add_up() -> None:
    doubts = EVEN.doubts(sighting(score=0.8, sure=0.5))
    assert doubts.right(range(5)) == pytest.approx(0.4)
    assert doubts.count_sd(range(5)) == pytest.approx((5 * 0.4 * 0.6) ** 0.5)
    assert doubts.total_sd() == pytest.approx((5 * 0.8 * 0.2) ** 0.5)


def test_without_a_gallery_unknown_is_no_answer_that_could_be_wrong() -> None:
    doubts = EVEN.doubts(sighting(score=0.8, sure=None))
    assert doubts.right(range(5)) == pytest.approx(0.8)
    assert doubts.count_sd(range(5)) == doubts.total_sd()


@pytest.mark.parametrize(
    ("sure", "doubtful"),
    [
        pytest.param(sighting(), sighting(score=0.4), id="lower scores"),
        pytest.param(sighting(), sighting(weak=found(row(300, None, BOTTLE), 0.2)), id="something half seen beside it"),
        pytest.param(sighting(products=3), sighting(products=9), id="more units"),
    ],
)
def test_more_doubt_never_looks_surer(sure: Sighting, doubtful: Sighting) -> None:
    low, high = (SHIPPED.doubts(seen) for seen in (sure, doubtful))
    assert low.count_sd(range(len(sure.found))) <= high.count_sd(range(len(doubtful.found)))
    assert low.total_sd() <= high.total_sd()


def test_the_shipped_figures_weigh_no_doubt_negatively() -> None:
    assert all(weight >= 0 for weights in (SHIPPED.line, SHIPPED.photo) for weight in weights.values())
    assert SHIPPED.there["score"] > 0


def test_a_product_at_the_edge_is_cut_off_and_one_before_another_covers_it() -> None:
    boxes = np.array([[0, 10, 50, 110], [40, 10, 90, 110], [200, 10, 250, 110]], float)
    assert cut_off(boxes, (400, 400)).tolist() == [1, 0, 0]
    assert covered(boxes).tolist() == pytest.approx([0.2, 0.2, 0.0])


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        pytest.param(None, UnavailableError, "models counts fit", id="no file"),
        pytest.param("{", BadInputError, "damaged", id="no JSON"),
        pytest.param(
            json.dumps(EVEN.model_dump() | {"line": {"constant": 1.0}}),
            BadInputError,
            "other figures",
            id="older figures",
        ),
        pytest.param(
            json.dumps(EVEN.model_dump() | {"photo": dict.fromkeys(PARTS, -1.0)}),
            BadInputError,
            "damaged",
            id="negative",
        ),
    ],
)
def test_what_cannot_be_used_says_why(tmp_path: Path, text: str | None, error: type[Exception], says: str) -> None:
    (tmp_path / FOLDER).mkdir()
    if text is not None:
        (tmp_path / FOLDER / FILE).write_text(text)
    with pytest.raises(error, match=says):
        read_count_errors(tmp_path)


def test_a_photo_without_products_has_no_doubts_to_state() -> None:
    none = replace(sighting(), found=Detections.empty(), names=Names.unknown(0))
    assert EVEN.doubts(none).total_sd() == 0
