"""Labels: the same for the same SKU, alike within a brand, never the same for two looks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from datasets.products.artwork import panel, wrap_label
from datasets.products.catalogues import house_catalogue, random_catalogue
from datasets.products.packs import Look

WIDTH, HEIGHT = 256, 140


def looks_by_brand() -> dict[str, list[Look]]:
    """What is printed for each brand, its bottles' colours left out."""
    found: dict[str, list[Look]] = defaultdict(list)
    for pack in house_catalogue():
        printed = replace(pack.look, cap=(0, 0, 0), opacity=1.0)
        if printed not in found[pack.brand]:
            found[pack.brand].append(printed)
    return found


@pytest.mark.parametrize("brand", looks_by_brand())
def test_variants_differ_and_share_their_layout(brand: str) -> None:
    looks = looks_by_brand()[brand]
    fronts = [panel(look, 120, 160).astype(np.int16) for look in looks]
    assert len(looks) >= 2
    assert len({look.layout for look in looks}) == 1
    for first, second in combinations(fronts, 2):
        assert (np.abs(first - second).max(-1) > 8).any()


def test_some_variants_differ_in_a_small_part_of_their_front_only() -> None:
    fine = 0
    for looks in looks_by_brand().values():
        fronts = [panel(look, 120, 160).astype(np.int16) for look in looks]
        shares = [(np.abs(a - b).max(-1) > 30).mean() for a, b in combinations(fronts, 2)]
        fine += sum(share < 0.25 for share in shares)
    assert fine >= 8


def test_a_label_is_the_same_each_time_and_shows_its_front_twice() -> None:
    look = house_catalogue()["northwind-cola-can330"].look
    label = wrap_label(look, WIDTH, HEIGHT)
    assert label.shape == (HEIGHT, WIDTH, 3)
    assert np.array_equal(label, wrap_label(look, WIDTH, HEIGHT))
    quarter, wide = WIDTH // 4, 40
    left, right = (label[:, middle - wide : middle + wide] for middle in (quarter, 3 * quarter))
    assert np.array_equal(left, right)


def test_the_volume_is_printed() -> None:
    look = house_catalogue()["northwind-cola-can330"].look
    small, large = (panel(look, 300, 400, volume) for volume in ("330 ml", "500 ml"))
    changed = np.argwhere((small != large).any(-1))
    assert len(changed) > 0
    assert changed[:, 0].min() > 0.9 * 400


def test_random_looks_can_all_be_drawn_in_any_shape() -> None:
    for number, pack in enumerate(random_catalogue(np.random.default_rng(5), 32)):
        width, height = [(160, 200), (200, 60), (60, 180), (33, 20)][number % 4]
        assert panel(pack.look, width, height).shape == (height, width, 3)
        assert wrap_label(pack.look, 2 * width + 1, height).shape == (height, 2 * width + 1, 3)
