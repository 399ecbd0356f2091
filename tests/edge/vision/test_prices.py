"""Reading of price tags: from the network's columns to a price, and whose tag it is."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
import pytest

from edge.vision.detections import CLASSES, Detections
from edge.vision.gallery import Names
from edge.vision.price_tags import once, tagged
from edge.vision.prices import CHARACTERS, Price, spelled, tag_crop
from edge.vision.reading import PhotoQuality, PlacedProduct, ReadingPriceTag, ShelfReading
from edge.vision.sighting import Sighting

GOOD = PhotoQuality("good", 0.5, 0.5, 100.0)


def columns(*shown: str, sure: float = 12.0) -> np.ndarray:
    """What the network gives where its columns show these letters; a blank is nothing."""
    logits = np.zeros((len(shown), 1 + len(CHARACTERS)), np.float32)
    for column, letter in enumerate(shown):
        logits[column, 0 if letter == " " else 1 + CHARACTERS.index(letter)] = sure
    return logits


@pytest.mark.parametrize(
    ("shown", "text", "value"),
    [
        ("1 . 9 9 ", "1.99", 1.99),
        ("11..99 99", "1.99", 1.99),
        ("  128  ", "128", 128.0),
        ("0.5", "0.5", 0.5),
        ("      ", "", None),
        (".99", "", None),
        ("1.2.3", "", None),
        ("1.9 9 9", "", None),
        ("123456", "", None),
    ],
)
def test_columns_spell_a_price_or_none(shown: str, text: str, value: float | None) -> None:
    (price,) = spelled(columns(*shown)[None])
    assert (price.text, price.value) == (text, value)


def test_the_probability_is_that_of_all_ways_to_spell_it() -> None:
    rng = np.random.default_rng(5)
    logits = columns("1", " ", "1", "2", sure=2.0) + rng.normal(0, 0.3, (4, 12)).astype(np.float32)
    (price,) = spelled(logits[None])
    chances = np.exp(logits.astype(float)) / np.exp(logits.astype(float)).sum(axis=1, keepdims=True)

    def text_of(way: tuple[int, ...]) -> str:
        kept = [one for n, one in enumerate(way) if one and (n == 0 or way[n - 1] != one)]
        return "".join(CHARACTERS[one - 1] for one in kept)

    ways = (way for way in product(range(12), repeat=4) if text_of(way) == price.text)
    whole = sum(prod(chances[n, one] for n, one in enumerate(way)) for way in ways)
    assert price.text == "112"
    assert price.confidence == pytest.approx(whole, rel=1e-9)


def test_tags_read_together_say_what_each_says_alone() -> None:
    rng = np.random.default_rng(6)
    shown = ["1 . 9 9 ", "        ", "1234.50 ", "    5   ", "1.2.3.4 ", "11 1 .99"]
    logits = np.stack([columns(*one, sure=3.0) for one in shown])
    logits += rng.normal(0, 0.3, logits.shape).astype(np.float32)
    together = spelled(logits)
    alone = [spelled(one[None])[0] for one in logits]
    assert (
        [price.text for price in together]
        == [price.text for price in alone]
        == ["1.99", "", "1234.50", "5", "", "11.9"]
    )
    assert [price.confidence for price in together] == pytest.approx([price.confidence for price in alone], rel=1e-12)


@pytest.mark.parametrize("box", [(-5.0, -5.0, 30.0, 20.0), (90.0, 40.0, 130.0, 70.0), (50.0, 30.0, 50.0, 30.0)])
def test_a_tag_at_the_edge_is_cut_out_all_the_same(box: tuple[float, ...]) -> None:
    assert tag_crop(np.zeros((60, 100, 3), np.uint8), box, (112, 48)).shape == (48, 112, 3)


def reading(*products: tuple[str | None, float, int]) -> ShelfReading:
    """Products 0.1 wide and 0.2 high: SKU, left edge, row; row 0 stands on 0.4, row 1 on 0.8."""
    placed = tuple(
        PlacedProduct((x, 0.2 + 0.4 * row, x + 0.1, 0.4 + 0.4 * row), sku, 0.9, 0.9, row, n)
        for n, (sku, x, row) in enumerate(products)
    )
    return ShelfReading(1000, 1000, placed, (), (), 2, GOOD, 0.9, {})


def seen(*tags: tuple[float, float, Price]) -> Sighting:
    """Tags 60 wide and 30 high around a middle, in pixels."""
    boxes = np.array([[x - 30, y - 15, x + 30, y + 15] for x, y, _ in tags], np.float32).reshape(-1, 4)
    sights = Detections(boxes, np.full(len(tags), 0.9, np.float32),
                        np.full(len(tags), CLASSES.index("price-tag"), np.int64), CLASSES)  # fmt: skip
    return Sighting((1000, 1000), Detections.empty(), Detections.empty(), Names.unknown(0), GOOD, sights,
                    prices=tuple(price for _, _, price in tags))  # fmt: skip


RIGHT = Price("1.99", 0.99)


@pytest.mark.parametrize(
    ("x", "y", "sku"),
    [
        (150, 425, "cola"),
        (250, 425, "lemon"),
        (150, 385, "cola"),
        (150, 825, "water"),
        (335, 425, "lemon"),
        (600, 425, None),
        (150, 570, None),
        (450, 825, None),
    ],
    ids=["under it", "under the next", "before its foot", "lower shelf", "a little beside", "far beside",
         "between the shelves", "under an unknown one"],
)  # fmt: skip
def test_a_tag_belongs_to_the_product_over_it(x: float, y: float, sku: str | None) -> None:
    shelf = reading(("cola", 0.1, 0), ("lemon", 0.2, 0), ("water", 0.1, 1), (None, 0.4, 1))
    (tag,) = tagged(shelf, seen((x, y, RIGHT))).price_tags
    assert (tag.sku, tag.price, tag.confidence) == (sku, 1.99, 0.99)
    assert tag.box == pytest.approx(((x - 30) / 1000, (y - 15) / 1000, (x + 30) / 1000, (y + 15) / 1000))


def test_a_tag_that_cannot_be_read_is_there_without_a_price() -> None:
    (tag,) = tagged(reading(("cola", 0.1, 0)), seen((150, 425, Price("", 0.8)))).price_tags
    assert (tag.sku, tag.price, tag.confidence) == ("cola", None, 0.8)


def test_without_a_reader_no_tag_is_told() -> None:
    sighting = seen((150, 425, RIGHT))
    unread = Sighting(sighting.size, sighting.found, sighting.weak, sighting.names, GOOD, sighting.sights)
    assert tagged(reading(("cola", 0.1, 0)), unread).price_tags == ()


def test_of_several_photos_each_product_has_the_tags_of_the_one_that_tells_most() -> None:
    def tag(sku: str | None, price: float | None, view: int) -> ReadingPriceTag:
        return ReadingPriceTag((0.1, 0.1 * view, 0.2, 0.2), sku, price, 0.9, view)

    upper = [tag("cola", None, 0), tag("lemon", 2.0, 0), tag(None, 1.0, 0)]
    lower = [tag("cola", 1.5, 1), tag("lemon", 2.0, 1), tag("water", 1.0, 1), tag(None, 1.0, 1), tag(None, 3.0, 1)]
    told = [(one.sku, one.price, one.view) for one in once([upper, lower])]
    assert sorted(told, key=str) == sorted(
        [("cola", 1.5, 1), ("lemon", 2.0, 0), ("water", 1.0, 1), (None, 1.0, 1), (None, 3.0, 1)], key=str
    )
