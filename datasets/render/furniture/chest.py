"""Chest coolers, looked into from above: a well with baskets, the lid slid away."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from datasets.products.packs import Catalogue, Colour
from datasets.render.furniture.furniture import Furniture, Lamp, Shelf
from datasets.render.furniture.signs import Sign, draw_sign, sign_texture
from datasets.render.model import Part, Surface
from datasets.render.shapes import box, quad, tube

_WALL = 55.0
_GAP = 14.0


@dataclass(frozen=True)
class Chest:
    """A chest cooler.

    Attributes:
        size_mm: width and depth outside, height of the rim.
        well_mm: from the rim down to what the products stand on.
        baskets: across, in each of the two rows.
        wires: baskets of wire, else low dividers.
        lamps: a strip under the rim.
    """

    size_mm: tuple[float, float, float]
    well_mm: float
    baskets: int
    sign: Sign
    wires: bool = True
    body: Colour = (236, 238, 240)
    inside: Colour = (230, 233, 235)
    lamps: bool = True

    def build(self) -> Furniture:
        """The chest; row 0 is the one at the back."""
        width, depth, high = self.size_mm
        shelves = tuple(self._shelf(row, basket) for row in range(2) for basket in range(self.baskets))
        parts = self._body()
        for shelf in shelves:
            parts += self._basket(shelf)
        return Furniture("chest", width, high, depth, tuple(parts), shelves, self._lamps())

    def _shelf(self, row: int, basket: int) -> Shelf:
        width, depth, high = self.size_mm
        wide = (width - 2 * _WALL - (self.baskets + 1) * _GAP) / self.baskets
        deep = (depth - 2 * _WALL - 3 * _GAP) / 2
        left = -width / 2 + _WALL + _GAP + basket * (wide + _GAP)
        front = -_WALL - _GAP - (0 if row == 1 else deep + _GAP)
        return Shelf(row, left, high - self.well_mm, front, wide, deep, self.well_mm, from_above=True)

    def _body(self) -> list[Part]:
        width, depth, high = self.size_mm
        half = width / 2
        paint, lining = Surface("satin", self.body), Surface("satin", self.inside)
        rim = Surface("satin", (52, 54, 58))
        floor = high - self.well_mm - 12
        front = quad([(-half, 90, 1), (half, 90, 1), (half, high - 60, 1), (-half, high - 60, 1)],
                     Surface("satin", texture=sign_texture(self.sign, width / (high - 150))))  # fmt: skip
        walls = []
        for low, top in (
            ((-half, 60, -_WALL), (half, high, 0)),
            ((-half, 60, -depth), (half, high, -depth + _WALL)),
            ((-half, 60, -depth), (-half + _WALL, high, 0)),
            ((half - _WALL, 60, -depth), (half, high, 0)),
        ):
            walls += [box(low, (top[0], top[1] - 14, top[2]), paint), box((low[0], high - 14, low[2]), top, rim)]
        inner = half - _WALL
        linings = [
            box((-inner, floor, -depth + _WALL), (inner, high - 15, -depth + _WALL + 2), lining),
            box((-inner, floor, -_WALL - 2), (inner, high - 15, -_WALL), lining),
            box((-inner, floor, -depth + _WALL), (-inner + 2, high - 15, -_WALL), lining),
            box((inner - 2, floor, -depth + _WALL), (inner, high - 15, -_WALL), lining),
            box((-inner, floor - 10, -depth + _WALL), (inner, floor, -_WALL), lining),
        ]
        foot = box((-half + 30, 0, -depth + 30), (half - 30, 60, -30), rim)
        return [front, *walls, *linings, foot]

    def _basket(self, shelf: Shelf) -> list[Part]:
        left, right = shelf.left_mm - _GAP / 3, shelf.left_mm + shelf.width_mm + _GAP / 3
        near, far = shelf.front_mm + _GAP / 3, shelf.front_mm - shelf.depth_mm - _GAP / 3
        low = shelf.level_mm
        floor = box((left, low - 6, far), (right, low - 0.5, near), Surface("satin", self.inside))
        ring = [(left, near), (right, near), (right, far), (left, far), (left, near)]
        if not self.wires:
            wall, tall = Surface("satin", (206, 210, 214)), low + 110
            return [floor, *(box((min(a[0], b[0]) - 1, low, min(a[1], b[1]) - 1),
                                 (max(a[0], b[0]) + 1, tall, max(a[1], b[1]) + 1), wall)
                             for a, b in pairwise(ring))]  # fmt: skip
        steel, tall = Surface("satin", (226, 228, 230)), low + 0.62 * shelf.clear_mm
        hoops = [
            tube([(a[0], y, a[1]), (b[0], y, b[1])], 2.4, steel, 6)
            for y in (low + 40, (low + tall) / 2, tall)
            for a, b in pairwise(ring)
        ]
        posts = [
            tube([(x, low, z), (x, tall, z)], 1.6, steel, 5) for z in (near, far) for x in np.arange(left, right, 36)
        ]
        sides = [tube([(x, low, z), (x, tall, z)], 1.6, steel, 5)
                 for x in (left, right) for z in np.arange(far, near, 36)]  # fmt: skip
        return [floor, *hoops, *posts, *sides]

    def _lamps(self) -> tuple[Lamp, ...]:
        if not self.lamps:
            return ()
        width, depth, high = self.size_mm
        inner, z = width / 2 - _WALL - 30, -depth + _WALL + 4
        corners = [(-inner, high - 34, z), (inner, high - 34, z), (inner, high - 22, z), (-inner, high - 22, z)]
        return (Lamp(quad(corners, Surface("matte")), "cabinet"),)


def draw_chest(rng: np.random.Generator, catalogue: Catalogue) -> Chest:
    """A chest whose size and looks are drawn by chance."""
    sign = draw_sign(rng, catalogue)
    width = float(rng.uniform(950, 1500))
    return Chest(
        (width, float(rng.uniform(620, 760)), float(rng.uniform(830, 920))),
        float(rng.uniform(260, 420)),
        max(2, int(width // 420)),
        sign,
        wires=bool(rng.random() < 0.6),
        body=sign.ground if rng.random() < 0.5 else (236, 238, 240),
        lamps=bool(rng.random() < 0.7),
    )
