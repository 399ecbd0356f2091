"""Price tags on the strips of shelves: paper cards or electronic labels, some missing, some askew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from datasets.products.arrays import FloatArray, Pixels
from datasets.products.artwork import bgr, put_text
from datasets.products.packs import Catalogue, Colour, Pack
from datasets.products.stock import Lane
from datasets.render.furniture.furniture import Shelf
from datasets.render.model import Model, Surface
from datasets.render.placing import lane_middles
from datasets.render.shapes import quad, shift, turn

_PX_PER_MM = 4
_ASPECT = 1.6
_BEFORE_STRIP_MM = 2.5
_STRIP_MM = 9.0
"""From the shelf's edge to the front of its strip."""
_GROUNDS: tuple[Colour, ...] = ((247, 247, 244), (252, 226, 70), (247, 247, 244), (228, 232, 226))


@dataclass(frozen=True)
class Tags:
    """How a piece of furniture is tagged.

    Attributes:
        seed: which lanes lack their tag, and how the others hang.
        missing: chance that a lane has none.
        askew_deg: standard deviation of their tilt.
        style: paper, yellow, with a red flash, electronic.
    """

    seed: int = 0
    missing: float = 0.1
    askew_deg: float = 0.6
    style: int = 0


def shelf_tags(shelf: Shelf, first_column: int, lanes: tuple[Lane, ...], catalogue: Catalogue,
               tags: Tags) -> Iterator[tuple[Model, FloatArray]]:  # fmt: skip
    """Models and (4, 4) poses of a shelf's tags: one before the first of neighbouring lanes of the same product."""
    if shelf.lip_mm < 20:
        return
    before, taken_to = None, -np.inf
    for place, (lane, middle) in enumerate(zip(lanes, lane_middles(shelf, lanes), strict=True)):
        rng = np.random.default_rng([tags.seed, shelf.row, first_column + place])
        if lane.planned is None or lane.planned == before or rng.random() < tags.missing:
            before = lane.planned
            continue
        before = lane.planned
        tall = min(shelf.lip_mm * 0.92, 40.0)
        half = _ASPECT * tall / 2
        low = shelf.lip_top_mm - (shelf.lip_mm + tall) / 2
        x = middle + float(np.clip(rng.normal(0, 5), -12, 12))
        if x - half < max(taken_to, shelf.left_mm) or x + half > shelf.left_mm + shelf.width_mm:
            continue
        taken_to = x + half + 2
        model = tag_model(catalogue[lane.planned], tags.style, round(tall, 1))
        spot = shift(x, low, shelf.front_mm + _STRIP_MM + _BEFORE_STRIP_MM)
        yield model, spot @ turn(2, np.radians(float(rng.normal(0, tags.askew_deg))))


@lru_cache(maxsize=512)
def tag_model(pack: Pack, style: int, tall: float) -> Model:
    """A tag with the price of a pack, `tall` mm high; its foot's middle is the origin."""
    half = _ASPECT * tall / 2
    texture = tag_texture(pack, style, round(2 * half * _PX_PER_MM), round(tall * _PX_PER_MM))
    surface = Surface("satin", texture=texture)
    return Model((quad([(-half, 0, 0), (half, 0, 0), (half, tall, -1), (-half, tall, -1)], surface),))


def tag_texture(pack: Pack, style: int, width: int, height: int) -> Pixels:
    """(height, width, 3) RGB: name, price and bars."""
    ground = _GROUNDS[style % len(_GROUNDS)]
    face: Pixels = np.full((height, width, 3), bgr(ground), np.uint8)
    if style % 4 == 2:
        cv2.rectangle(face, (0, 0), (width, int(0.26 * height)), (40, 40, 214), -1)
    ink: Colour = (250, 250, 250) if style % 4 == 2 else (40, 40, 44)
    put_text(face, pack.name, (width / 2, 0.14 * height), 0.13 * height, 0.9 * width, ink, "sans", 600)
    put_text(face, f"{pack.price:.2f}", (0.58 * width, 0.5 * height), 0.38 * height, 0.7 * width, (24, 24, 26))
    put_text(face, "¥", (0.12 * width, 0.56 * height), 0.2 * height, 0.2 * width, (24, 24, 26))
    bars = np.random.default_rng(int(pack.gtin[-9:])).integers(1, 4, 40).cumsum()
    for x in bars[bars < 0.45 * width]:
        cv2.line(face, (int(x) + 4, int(0.78 * height)), (int(x) + 4, int(0.93 * height)), (30, 30, 30), 1)
    cv2.rectangle(face, (0, 0), (width - 1, height - 1), (150, 152, 154), 1)
    return np.ascontiguousarray(face[..., ::-1])
