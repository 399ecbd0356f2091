"""The house's catalogue and the part of it that the demo sells."""

from __future__ import annotations

from functools import lru_cache

from datasets.products.house.reading import OWNERS, owner_packs
from datasets.products.packs import Catalogue


@lru_cache(maxsize=1)
def demo_catalogue() -> Catalogue:
    """The 24 SKUs of the demo: six brands of three owners; `northwind` is the brand that runs the coolers."""
    return Catalogue(tuple(pack for owner in OWNERS for pack in owner_packs(owner)[0]))


@lru_cache(maxsize=1)
def house_catalogue() -> Catalogue:
    """The products of the simulated world: 20 brands of 4 owners in every type of pack, the demo's SKUs first.

    The variants of a brand share their layout and differ in little: a claim, a flavour, a festive edition.
    """
    others = tuple(pack for owner in OWNERS for pack in owner_packs(owner)[1])
    return Catalogue((*demo_catalogue(), *others))
