"""What a batch of the embedder's training is made of."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from models.embedder.batches import Batching, Source, batches, source_of
from models.embedder.sources import Crop, brand_of


def crop(identity: str, *, value: int = 0, brand: str = "", picture: bool = False) -> Crop:
    pixels = np.full((40, 20, 3), value, np.uint8)
    return Crop(pixels, np.array([0, 0, 20, 40], np.float32), identity, "photo", brand, picture)


def shelf(brands: int, skus: int) -> Source:
    """A source of so many brands with so many SKUs each, three crops and a picture of every one."""
    names = [(f"b{brand}", f"b{brand}-{sku}") for brand in range(brands) for sku in range(skus)]
    return source_of(
        crop(sku, brand=brand, picture=picture) for brand, sku in names for picture in (False, False, False, True)
    )


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        pytest.param(shelf(brands=9, skus=6), {4: 2}, id="several SKUs of each brand drawn"),
        pytest.param(shelf(brands=3, skus=2), {2: 3}, id="all, where there are fewer"),
        pytest.param(source_of(crop(str(n)) for n in range(20)), {1: 8}, id="without brands, each stands alone"),
    ],
)
def test_variants_of_a_brand_meet_in_a_batch(source: Source, drawn: dict[int, int]) -> None:
    chosen = source.choose(8, 4, random.Random(3))
    brands = Counter(identity.brand or str(number) for number, identity in enumerate(chosen))
    assert Counter(brands.values()) == drawn


@pytest.mark.parametrize(
    ("crops", "pictures"),
    [
        pytest.param([crop("a"), crop("a", picture=True)], [True, False, False, False], id="one picture, then photos"),
        pytest.param([crop("a")], [False] * 4, id="photos only"),
        pytest.param([crop("a", picture=True)], [True] * 4, id="pictures only"),
    ],
)
def test_a_gallery_picture_stands_beside_what_is_on_shelves(crops: list[Crop], pictures: list[bool]) -> None:
    (identity,) = source_of(crops).brands[0]
    assert [drawn.picture for drawn in identity.draw(4, random.Random(3))] == pictures


def test_a_seed_gives_the_same_batches_again() -> None:
    how = Batching(identities=3, of_brand=2, views=2, size=(20, 40), weights={"shelf": 1.0})
    (views, numbers), (again, _) = (next(batches(how, {"shelf": shelf(4, 3)}, seed=5)) for _ in range(2))
    assert views.shape == (6, 40, 20, 3) and numbers.tolist() == [0, 0, 1, 1, 2, 2]
    assert np.array_equal(views, again)


def test_the_brand_is_the_first_word_of_a_rendered_sku() -> None:
    assert brand_of("rendered/house/baruk-latte-can150") == "rendered/house/baruk"
