"""Floor displays: trays of cardboard stacked on a pallet, with printed fronts and a header card."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datasets.products.packs import Catalogue, Colour
from datasets.render.furniture.furniture import Furniture, Shelf
from datasets.render.furniture.signs import Sign, draw_sign, sign_texture, strip_texture
from datasets.render.model import Part, Surface
from datasets.render.shapes import box, quad

_CARD = 5.0
_PALLET = 144.0
_KRAFT: Colour = (176, 138, 94)
_WOOD: Colour = (184, 152, 108)


@dataclass(frozen=True)
class FloorDisplay:
    """A stack of trays.

    Attributes:
        size_mm: width and depth of a tray.
        compartments: height of each tray's products with the room over them, top tray first.
        sign: on the trays' fronts and the header card.
        lip_mm: height of a tray's front.
        walled: tall cardboard sides, as of a shelf, else low tray walls.
        header: a card stands on top.
        pallet: on wood, else on a printed base.
    """

    size_mm: tuple[float, float]
    compartments: tuple[float, ...]
    sign: Sign
    lip_mm: float = 46.0
    walled: bool = True
    header: bool = True
    pallet: bool = True

    @property
    def _base(self) -> float:
        return _PALLET if self.pallet else 180.0

    def build(self) -> Furniture:
        """The display, one shelf for each tray."""
        shelves = tuple(self._shelf(row) for row in range(len(self.compartments)))
        high = shelves[0].level_mm + self.compartments[0]
        parts = self._foot()
        for shelf in shelves:
            parts += self._tray(shelf)
        if self.header:
            parts += self._card(high)
        total = high + (260 if self.header else 0)
        return Furniture("floor-display", self.size_mm[0] + 20, total, self.size_mm[1], tuple(parts), shelves)

    def _shelf(self, row: int) -> Shelf:
        below = self.compartments[row + 1 :]
        level = self._base + _CARD + sum(below) + _CARD * len(below)
        width, depth = self.size_mm
        inner = width - 2 * _CARD
        return Shelf(row, -inner / 2, level, -_CARD - 2, inner, depth - 3 * _CARD, self.compartments[row],
                     lip_mm=self.lip_mm, lip_top_mm=level + self.lip_mm - 8)  # fmt: skip

    def _tray(self, shelf: Shelf) -> list[Part]:
        half, depth, level = self.size_mm[0] / 2, self.size_mm[1], shelf.level_mm
        card = Surface("matte", self.sign.ground if self.walled else _KRAFT)
        side = shelf.clear_mm if self.walled else self.lip_mm
        texture = strip_texture(self.sign, 2 * half / self.lip_mm, 2)
        low, high = level - 8, level + self.lip_mm - 8
        front = quad([(-half, low, 0.6), (half, low, 0.6), (half, high, 0.6), (-half, high, 0.6)],
                     Surface("matte", texture=texture))  # fmt: skip
        return [
            box((-half, level - _CARD, -depth), (half, level - 0.2, 0), Surface("matte", _KRAFT)),
            box((-half, level, -depth), (-half + _CARD, level + side, -1), card),
            box((half - _CARD, level, -depth), (half, level + side, -1), card),
            box((-half, level, -depth), (half, level + side, -depth + _CARD), card),
            box((-half, level - 0.2, -_CARD + 1), (half, high, 0), card),
            front,
        ]

    def _foot(self) -> list[Part]:
        half, depth = self.size_mm[0] / 2 + 10, self.size_mm[1] + 10
        if not self.pallet:
            texture = sign_texture(self.sign, 2 * half / self._base)
            front = quad([(-half, 0, 1), (half, 0, 1), (half, self._base, 1), (-half, self._base, 1)],
                         Surface("matte", texture=texture))  # fmt: skip
            return [box((-half, 0, -depth), (half, self._base, 0), Surface("matte", self.sign.ground)), front]
        wood = Surface("matte", _WOOD)
        boards = [box((-half, y, z), (half, y + 20, z + 110), wood)
                  for y in (_PALLET - 22, 0) for z in np.linspace(-depth, 10 - 110, 5)]  # fmt: skip
        blocks = [box((x, 20, -depth), (x + 100, _PALLET - 22, 8), wood)
                  for x in (-half, -50, half - 100)]  # fmt: skip
        return [*boards, *blocks]

    def _card(self, high: float) -> list[Part]:
        half, z = self.size_mm[0] / 2, -self.size_mm[1] * 0.6
        tall = 250.0
        texture = sign_texture(self.sign, 2 * half / tall)
        near, top = z + 3, high + tall
        face = quad([(-half, high, near), (half, high, near), (half, top, near), (-half, top, near)],
                    Surface("satin", texture=texture))  # fmt: skip
        return [box((-half, high - 30, z - 3), (half, high + tall, z + 2), Surface("matte", _KRAFT)), face]


def draw_floor_display(rng: np.random.Generator, catalogue: Catalogue,
                       compartments: tuple[float, ...]) -> FloorDisplay:  # fmt: skip
    """A display of these heights, dressed in a brand of the catalogue."""
    return FloorDisplay(
        (float(rng.uniform(560, 820)), float(rng.uniform(340, 520))),
        compartments,
        draw_sign(rng, catalogue),
        lip_mm=float(rng.uniform(30, 60)),
        walled=bool(rng.random() < 0.7),
        header=bool(rng.random() < 0.75),
        pallet=bool(rng.random() < 0.55),
    )
