"""Price tags on the strips before the shelves: which lanes have one, what it says, and where a photo shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from datasets.compose.optics import Optics
from datasets.compose.spec import SceneSpec
from datasets.compose.truth import Box, clipped, photo_box
from datasets.products.arrays import Pixels
from datasets.products.artwork import put_text
from datasets.products.packs import Catalogue, Pack

LEAST_LIP_MM = 12.0
"""Strips less high bear no tags."""
STRIP_OVER_SHELF_MM, STRIP_Z_MM = 5.0, -4.0
"""How far a strip reaches over its shelf, and how far it stands before the shelf's edge."""
MISSING = 0.08
"""Of the tags: fallen off."""
_ASPECT = 1.75
_TALL = 0.86
"""Of a tag, in parts of its strip."""


@dataclass(frozen=True)
class ShelfTag:
    """A tag: before which row and where, in mm right of the left wall, and which price it says for which product."""

    row: int
    x_mm: float
    pack: Pack
    price: float


@dataclass(frozen=True)
class RenderedTag:
    """A tag on a finished photo."""

    sku: str
    price: float
    row: int
    box: Box


def tags_of(spec: SceneSpec, catalogue: Catalogue) -> Iterator[ShelfTag]:
    """The tags of a scene: one before the first of neighbouring lanes of the same product, but for those that fell off.

    A tag says the catalogue's price, or the one that `spec.prices` has for its product.
    """
    if not spec.cabinet.price_tags or spec.cabinet.lip_mm < LEAST_LIP_MM:
        return
    for row, lanes in enumerate(spec.rows):
        x_mm, before = 0.0, None
        chances = np.random.default_rng([spec.backdrop, row]).random(len(lanes))
        for lane, chance in zip(lanes, chances, strict=True):
            if lane.planned and lane.planned != before and chance >= MISSING:
                pack = catalogue[lane.planned]
                yield ShelfTag(row, x_mm + lane.width_mm / 2, pack, spec.prices.get(pack.sku, pack.price))
            before, x_mm = lane.planned, x_mm + lane.width_mm


def paint_tag(strip: Pixels, x: float, tag: ShelfTag) -> None:
    """A tag on the picture of a strip, its middle `x` pixels from the left: name, and under it the price."""
    height = len(strip)
    tall = _TALL * height
    left, right = int(x - _ASPECT * tall / 2), int(x + _ASPECT * tall / 2)
    top, foot = int((height - tall) / 2), int((height + tall) / 2)
    cv2.rectangle(strip, (left, top), (right, foot), (243, 246, 246), -1)
    cv2.rectangle(strip, (left, top), (right, foot), (150, 150, 150), 1)
    put_text(strip, tag.pack.name, (x, top + 0.15 * tall), 0.16 * tall, 1.5 * tall, (60, 60, 60), "sans", 600)
    put_text(strip, f"{tag.price:.2f}", (x, top + 0.62 * tall), 0.54 * tall, 1.6 * tall, (30, 30, 30), "sans", 700)


def rendered_tags(spec: SceneSpec, catalogue: Catalogue, optics: Optics) -> Iterator[RenderedTag]:
    """Where the photo shows the tags; products that reach over the strip may hide some of them."""
    half, levels = spec.cabinet.width_mm / 2, spec.cabinet.shelf_levels()
    tall = _TALL * spec.cabinet.lip_mm
    for tag in tags_of(spec, catalogue):
        middle = levels[tag.row] + STRIP_OVER_SHELF_MM - spec.cabinet.lip_mm / 2
        xs = (tag.x_mm - half - _ASPECT * tall / 2, tag.x_mm - half + _ASPECT * tall / 2)
        corners = [optics.project(x, middle + up, STRIP_Z_MM) for x in xs for up in (-tall / 2, tall / 2)]
        box = clipped(photo_box(optics, np.array(corners)), spec.camera)
        if box:
            yield RenderedTag(tag.pack.sku, tag.price, tag.row, box)
