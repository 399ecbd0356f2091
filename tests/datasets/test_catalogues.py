from collections import Counter
from typing import get_args

import numpy as np
import pytest

from datasets.compose.packshots import packshots
from datasets.products.catalogues import IN_MULTIPACKS, house_catalogue, random_catalogue
from datasets.products.packs import Catalogue, PackType, gtin13
from facings.ids import is_slug


def test_the_demo_has_24_skus_in_six_brands_of_three_owners(catalogue: Catalogue) -> None:
    assert len(catalogue) == 24
    owners = {pack.brand: pack.owner for pack in catalogue}
    assert Counter(owners.values()) == {"northwind": 3, "redfern": 2, "halden": 1}
    assert all(is_slug(pack.sku) and pack.name and pack.name_zh and pack.price > 0 for pack in catalogue)
    assert len({pack.gtin for pack in catalogue}) == 24


@pytest.mark.parametrize(("number", "gtin"), [(0, "0200000000004"), (1, "0200000000011"), (123456789, "0201234567899")])
def test_gtins_end_with_their_check_digit(number: int, gtin: str) -> None:
    assert gtin13(number) == gtin
    assert sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(gtin)) % 10 == 0


def test_the_house_has_20_brands_of_four_owners_in_every_type_of_pack() -> None:
    house = house_catalogue()
    assert len(house) >= 130
    owners = {pack.brand: pack.owner for pack in house}
    assert Counter(owners.values()) == dict.fromkeys(("northwind", "redfern", "halden", "meridale"), 5)
    assert {pack.pack_type for pack in house} == set(get_args(PackType))
    assert min(Counter(pack.brand for pack in house).values()) >= 5


def test_every_product_of_the_house_can_be_told_apart() -> None:
    house = list(house_catalogue())
    for told_by in ("sku", "name", "name_zh", "gtin"):
        assert len({getattr(pack, told_by) for pack in house}) == len(house), told_by
    assert all(is_slug(pack.sku) and pack.price > 0 for pack in house)
    assert all(sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(pack.gtin)) % 10 == 0 for pack in house)


def test_the_demo_is_part_of_the_house(catalogue: Catalogue) -> None:
    assert list(house_catalogue())[:24] == list(catalogue)


def test_multipacks_are_as_large_as_their_units_together() -> None:
    packs = [pack for pack in house_catalogue() if pack.bundle]
    assert {pack.bundle.wrap for pack in packs if pack.bundle} == {"film", "sleeve"}
    for pack in packs:
        assert pack.bundle is not None
        assert pack.size_ml == pack.bundle.count * pack.bundle.unit.size_ml
        assert 0 < pack.width_mm - pack.bundle.columns * pack.bundle.unit.width_mm < 3
        assert pack.volume.startswith(f"{pack.bundle.count} x ")


def test_random_catalogues_repeat_with_their_seed_and_differ_within() -> None:
    first, again = (random_catalogue(np.random.default_rng(3), 60) for _ in range(2))
    assert list(first) == list(again)
    assert len(first) == 60
    assert len({pack.look for pack in first}) == 60
    assert {pack.pack_type for pack in random_catalogue(np.random.default_rng(1), 200)} == set(get_args(PackType))


def test_a_catalogue_of_multipacks_has_many_and_none_too_heavy_to_carry() -> None:
    packs = random_catalogue(np.random.default_rng(2), 200, IN_MULTIPACKS)
    bundles = [pack.bundle for pack in packs if pack.bundle]
    assert 60 < len(bundles) < 100
    assert {bundle.count for bundle in bundles} == {4, 6, 8, 10, 12, 15, 24}
    assert all(bundle.count <= 6 or bundle.count * bundle.unit.size_ml <= 12_000 for bundle in bundles)


def test_packshots_are_three_pictures_cropped_to_the_pack(catalogue: Catalogue) -> None:
    for sku in ("northwind-cola-pet500", "lumaye-peach-carton250"):
        pictures = packshots(catalogue, sku)
        assert len(pictures) == 3
        wanted = catalogue[sku].height_mm / catalogue[sku].width_mm
        for picture in pictures:
            height, width = picture.shape[:2]
            assert 300 <= height <= 450
            assert 0.6 * wanted < height / width < 1.2 * wanted


def test_packshots_of_different_skus_differ(catalogue: Catalogue) -> None:
    fronts = {pack.sku: packshots(catalogue, pack.sku)[0].mean((0, 1)).round(1) for pack in catalogue}
    assert len({tuple(colour) for colour in fronts.values()}) == 24
