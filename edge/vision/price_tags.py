"""Whose price a tag tells: a tag hangs on the edge of the shelf on which its product stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from edge.vision.detections import PRICE_TAG
from edge.vision.reading import ReadingPriceTag, ShelfReading
from edge.vision.sighting import Sighting

NEAREST = 3
"""Products of a row, the nearest ones, that tell how high the row's shelf lies where a tag hangs."""
OVER_FOOT = 0.3
"""How far the middle of a tag may lie over the foot of its product, as a share of the product's height: where shelves
are seen from above, or tags reach up before the goods."""
UNDER_FOOT = 0.6
"""And how far under it."""
BESIDE = 0.5
"""How far a tag may hang beside its product, as a share of the product's width."""

Floats = npt.NDArray[np.float64]


def tags_of(reading: ShelfReading, seen: Sighting, view: int = 0) -> Iterator[ReadingPriceTag]:
    """The price tags on one photo, each with the SKU of the product that it belongs to, as `reading` places them.

    A tag under a product that the gallery does not know, or under none, has no SKU. A price that is not sure enough is
    left out: the tag is there, and cannot be read.
    """
    scale = np.array([reading.width, reading.height] * 2, np.float64)
    boxes = np.array([one.box for one in reading.products], np.float64).reshape(-1, 4) * scale
    tags = seen.sights.of(PRICE_TAG).boxes.astype(np.float64)
    for box, owner, price in zip(tags, _owners(tags, boxes, reading), seen.prices, strict=False):
        x1, y1, x2, y2 = np.clip(box / scale, 0, 1).tolist()
        sku = None if owner is None else reading.products[owner].sku
        yield ReadingPriceTag((x1, y1, x2, y2), sku, price.value, price.confidence, view)


def tagged(reading: ShelfReading, seen: Sighting) -> ShelfReading:
    """`reading` of one photo with its price tags."""
    return replace(reading, price_tags=tuple(tags_of(reading, seen)))


def once(of_photos: Sequence[Sequence[ReadingPriceTag]]) -> tuple[ReadingPriceTag, ...]:
    """The tags of several photos of one cooler, of each SKU those of the photo that shows the most of them.

    Tags that belong to no known product are those of the photo with the most of them: which of them another photo
    shows as well, nothing tells.
    """
    skus = {tag.sku for tags in of_photos for tag in tags}
    kept: list[ReadingPriceTag] = []
    for sku in skus:
        own = [tuple(tag for tag in tags if tag.sku == sku) for tags in of_photos]
        best: tuple[ReadingPriceTag, ...] = max(own, key=_told)
        kept += best
    return tuple(sorted(kept, key=lambda tag: (tag.view, tag.box[1], tag.box[0])))


def _told(tags: tuple[ReadingPriceTag, ...]) -> tuple[int, int]:
    """How much some tags tell: prices first, then tags."""
    return sum(tag.price is not None for tag in tags), len(tags)


def _owners(tags: Floats, boxes: Floats, reading: ShelfReading) -> list[int | None]:
    """For each tag the product in the front of the nearest shelf over its middle; None where nothing stands there."""
    x, y = (tags[:, 0] + tags[:, 2]) / 2, (tags[:, 1] + tags[:, 3]) / 2
    best = np.full(len(tags), np.inf)
    found: list[int | None] = [None] * len(tags)
    for row in range(reading.rows if len(tags) else 0):
        own = np.array([n for n, one in enumerate(reading.products) if one.front and one.row == row], np.int64)
        if not len(own):
            continue
        beside = np.maximum(np.maximum(boxes[own, 0] - x[:, None], x[:, None] - boxes[own, 2]), 0)
        near = boxes[own[np.argsort(beside, axis=1, kind="stable")[:, :NEAREST]]]
        foot, tall = np.median(near[..., 3], axis=1), np.median(near[..., 3] - near[..., 1], axis=1)
        under = y - foot
        hangs = (-OVER_FOOT * tall <= under) & (under <= UNDER_FOOT * tall) & (np.abs(under) < best)
        for tag in np.flatnonzero(hangs):
            best[tag], found[tag] = abs(under[tag]), _over(beside[tag], own, boxes)
    return found


def _over(beside: Floats, own: npt.NDArray[np.int64], boxes: Floats) -> int | None:
    """The product of a row that stands over a place, `beside` which the others do; of a stack the lowest."""
    over = own[beside <= 0]
    if len(over):
        return int(over[np.argmax(boxes[over, 3])])
    nearest = int(own[np.argmin(beside)])
    return nearest if beside.min() <= BESIDE * (boxes[nearest, 2] - boxes[nearest, 0]) else None
