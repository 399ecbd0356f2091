"""What is sent of a reading: small, rounded, and never too large for the wire."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from edge.device.identity import REPLAY_CLOCK, Identity
from edge.observe import observation
from edge.uplink.spool import SpooledPhoto
from edge.vision.decode import decode_photo
from edge.vision.reading import PhotoQuality, PlacedProduct, ReadingGap, ReadingLine, ShelfReading
from facings.messages import MAX_MESSAGE_BYTES, Observation
from tests.support.cooler import FIRST, square_photo


def reading(products: int, verdict: str = "good") -> ShelfReading:
    placed = tuple(
        PlacedProduct(
            (i / products, 1 / 3, (i + 0.9) / products, 2 / 3), "brand-cola-zero-330-can", 0.91234567, 0.7, 3, i
        )
        for i in range(products)
    )
    lines = (ReadingLine("brand-cola-zero-330-can", products, products, 1.0, 0.87654321, 1.23456789),)
    gaps = (ReadingGap((0.1, 0.1, 0.2, 0.2), 0, 0.51234567),)
    return ShelfReading(320, 96, placed, lines, gaps, 4, PhotoQuality(verdict, 0.5, 0.2, 0.3), 0.9, {"d": "0" * 64})


def observed(shelf: ShelfReading) -> Observation:
    encoded = square_photo(1)
    spooled = SpooledPhoto(
        uuid.uuid4(), "0" * 64, len(encoded), FIRST, FIRST, FIRST, "replay", REPLAY_CLOCK, None, None, None
    )
    envelope = Identity("acme", "cooler-01").envelope(FIRST, REPLAY_CLOCK)
    return observation(envelope, spooled, decode_photo(encoded), shelf, 12.3456, "camera-1")


def test_a_hundred_products_take_less_than_25_kb() -> None:
    message = observed(reading(100))
    assert message.schema_id == "facings/observation/2", "what older clouds understand too"
    assert len(message.to_wire()) < 25_000
    assert message.products[1].box.x == 0.01
    assert message.products[0].box.h == 0.3333


def test_an_unusable_photo_tells_its_verdict_and_nothing_else() -> None:
    message = observed(reading(10, verdict="unusable"))
    assert (message.quality.verdict, message.lines, message.products, message.gaps) == ("unusable", (), (), ())


def test_an_unknown_product_tells_what_it_resembles() -> None:
    shelf = reading(2)
    refused = replace(shelf.products[0], sku=None, look="AQID", resembles="cola-330")
    message = observed(replace(shelf, products=(refused, shelf.products[1])))
    assert [(one.sku, one.resembles) for one in message.products] == [
        (None, "cola-330"),
        ("brand-cola-zero-330-can", None),
    ]
    assert b'"resembles":null' not in message.to_wire()


@pytest.mark.parametrize("products", [9_000])
def test_a_message_too_large_for_the_wire_keeps_its_counts(products: int) -> None:
    message = observed(reading(products))
    assert len(message.to_wire()) < MAX_MESSAGE_BYTES
    assert (message.lines[0].units, message.products) == (products, ())
    assert "left out" in message.quality.reasons[-1]
