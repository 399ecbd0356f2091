"""What a photo says of a planned SKU that it does not name, depending on the products it could not name."""

import uuid
from datetime import UTC, datetime

import pytest

from cloud.analytics.photo_reading import PhotoReading

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PLANNED = {"cola", "lemon", "lime"}


def photo(named: dict[str, int], unnamed: int = 0, none_of_them: float = 0.5) -> PhotoReading:
    skus = {sku: (units, 0.95) for sku, units in named.items()}
    return PhotoReading(NOON, uuid.uuid4(), 0.8, skus, (unnamed, none_of_them))


@pytest.mark.parametrize(
    ("seen", "usable", "confidence"),
    [
        pytest.param(photo({"lemon": 2, "lime": 1}), True, 0.8, id="nothing unnamed: as sure as the photo"),
        pytest.param(photo({"lemon": 2, "lime": 1}, 1), True, 0.4, id="one unnamed: it may be the missing SKU"),
        pytest.param(photo({"lemon": 2, "lime": 1}, 2), False, None, id="two unnamed: nothing is said"),
        pytest.param(photo({"lemon": 2, "lime": 1}, 5, 1.0), True, 0.8, id="surely strangers: no doubt"),
        pytest.param(photo({"water": 1}, 1), True, 0.8 * 5 / 6, id="three missing: it can be only one of them"),
        pytest.param(photo({}, 9, 1.0), False, None, id="none of many named: the gallery may be lost"),
        pytest.param(photo({}), True, 0.8, id="an empty cooler: surely missing"),
    ],
)
def test_an_unnamed_product_may_be_the_missing_one(seen: PhotoReading, usable: bool, confidence: float | None) -> None:
    reading = seen.of("cola", PLANNED)
    assert (reading.units, reading.usable) == (0, usable)
    if confidence is not None:
        assert reading.confidence == pytest.approx(confidence)


def test_a_named_sku_is_as_sure_as_its_line() -> None:
    reading = photo({"cola": 3}, unnamed=9).of("cola", PLANNED)
    assert (reading.units, reading.confidence, reading.usable) == (3, 0.95, True)
