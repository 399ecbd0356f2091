"""What the price tags of a cooler say: most shops keep to the price of the catalogue, some products cost otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from datasets.products.packs import Pack

KEPT = 0.85
"""Of the products of a cooler: priced as in the catalogue."""
_OFF = (-0.2, -0.1, 0.1, 0.15, 0.25)
"""By which part the others are off."""


def tag_prices(packs: Iterable[Pack], cooler: int, seed: int) -> Mapping[str, float]:
    """The prices on a cooler's tags that are not the catalogue's, by SKU; `cooler` is its number."""
    prices = {}
    for pack in packs:
        rng = np.random.default_rng([seed, 11, cooler, int(pack.gtin[-9:])])
        if rng.random() >= KEPT:
            prices[pack.sku] = round(pack.price * (1 + float(rng.choice(_OFF))), 1)
    return prices
