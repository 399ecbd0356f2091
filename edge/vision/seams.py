"""Where photos of neighbouring parts of a cooler cut through products and share too little to tell which is which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from edge.vision.parts import step
from edge.vision.reading import PlacedProduct, ShelfReading
from facings.messages import CoolerPart

RIM = 0.005
"""A box that ends this near to the photo's edge, as a share of its side, is cut off by it."""
LEAST = 2
"""So many products must be cut on both sides: one alone may be a bottle that leans."""


def cut_on_both_sides(reading: ShelfReading, shows: Sequence[CoolerPart]) -> Iterator[tuple[int, int]]:
    """Pairs of photos without overlap that both cut through products at the edge they share: these count twice.

    Args:
        reading: of the photos together.
        shows: the part of the cooler that each of them shows.
    """
    for one, other in combinations(range(len(reading.views)), 2):
        way = step(shows[one], shows[other])
        if way and not (reading.views[one].linked and reading.views[other].linked):
            back = (-way[0], -way[1])
            if min(_cut(reading, one, way), _cut(reading, other, back)) >= LEAST:
                yield one, other


def _cut(reading: ShelfReading, view: int, edge: tuple[int, int]) -> int:
    return sum(product.view == view and _touches(product, edge) for product in reading.products)


def _touches(product: PlacedProduct, edge: tuple[int, int]) -> bool:
    """Whether the product is cut off by the photo's edge that lies in this direction."""
    x1, y1, x2, y2 = product.box
    distance = {(1, 0): 1 - x2, (-1, 0): x1, (0, 1): 1 - y2, (0, -1): y1}[edge]
    return distance <= RIM
