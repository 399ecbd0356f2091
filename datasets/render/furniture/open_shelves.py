"""Open shelves along an aisle: a back panel, shelves with price strips, perhaps a canopy with lamps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datasets.products.packs import Catalogue, Colour
from datasets.render.furniture.furniture import Furniture, Lamp, Shelf
from datasets.render.furniture.shelving import Shelving, draw_shelving, shelf_parts
from datasets.render.furniture.signs import Sign, draw_sign, sign_texture
from datasets.render.model import Part, Surface
from datasets.render.shapes import box, quad

_POST = 26.0
_BASE = 130.0
_PANELS: tuple[Colour, ...] = ((226, 228, 228), (44, 46, 50), (176, 150, 116), (200, 203, 206))


@dataclass(frozen=True)
class OpenShelves:
    """Open shelves.

    Attributes:
        size_mm: width of one bay, and depth of the lowest shelf.
        compartments: clear height over each shelf, top row first.
        bays: side by side, with posts between.
        step_mm: how much less deep each shelf is than the one below.
        panel: colour of back and posts.
        canopy: a roof with lamps and a sign.
    """

    size_mm: tuple[float, float]
    compartments: tuple[float, ...]
    shelving: Shelving
    sign: Sign
    bays: int = 1
    step_mm: float = 0.0
    panel: Colour = (226, 228, 228)
    canopy: bool = False

    @property
    def _wide(self) -> float:
        return self.bays * self.size_mm[0] + (self.bays + 1) * _POST

    @property
    def _high(self) -> float:
        return _BASE + sum(self.compartments) + self.shelving.board_mm * len(self.compartments)

    def build(self) -> Furniture:
        """The shelves, bay by bay within each row."""
        lefts = [-self._wide / 2 + _POST + bay * (self.size_mm[0] + _POST) for bay in range(self.bays)]
        shelves = tuple(self._shelf(row, left) for row in range(len(self.compartments)) for left in lefts)
        parts = self._frame(lefts)
        for shelf in shelves:
            parts += shelf_parts(shelf, self.shelving)
        lamps = self._canopy(parts) if self.canopy else ()
        depth = self.size_mm[1] + 20
        return Furniture("open-shelves", self._wide, self._high + 60, depth, tuple(parts), shelves, lamps)

    def _shelf(self, row: int, left: float) -> Shelf:
        below = self.compartments[row + 1 :]
        level = _BASE + sum(below) + self.shelving.board_mm * len(below)
        back = self.step_mm * len(below)
        room = (self.size_mm[0], self.size_mm[1] - back - 8, self.compartments[row])
        return self.shelving.shelf(row, (left, level, -back - 6), room)

    def _frame(self, lefts: list[float]) -> list[Part]:
        half, depth = self._wide / 2, self.size_mm[1]
        panel, steel = Surface("matte", self.panel), Surface("satin", self.panel)
        back = box((-half, 0, -depth - 20), (half, self._high, -depth - 4), panel)
        foot = box((-half, 0, -depth), (half, _BASE - 16, -14), steel)
        posts = [box((left - _POST, 0, -depth - 4), (left, self._high, -depth + 34), steel) for left in lefts]
        last = box((half - _POST, 0, -depth - 4), (half, self._high, -depth + 34), steel)
        holes = Surface("matte", (58, 60, 62))
        slots = [box((left - _POST / 2 - 2, y, -depth + 34), (left - _POST / 2 + 2, y + 16, -depth + 34.6), holes)
                 for left in lefts for y in np.arange(_BASE, self._high, 50)]  # fmt: skip
        return [back, foot, *posts, last, *slots]

    def _canopy(self, parts: list[Part]) -> tuple[Lamp, ...]:
        half, high, depth = self._wide / 2, self._high, self.size_mm[1]
        parts.append(box((-half, high, -depth), (half, high + 18, -20), Surface("satin", self.panel)))
        y = high - 3
        strip = quad([(-half + 40, y, -70), (half - 40, y, -70), (half - 40, y, -40), (-half + 40, y, -40)],
                     Surface("matte"))  # fmt: skip
        tall = 150.0
        texture = sign_texture(self.sign, 2 * half / tall)
        front = quad([(-half, high, -18), (half, high, -18), (half, high + tall, -18), (-half, high + tall, -18)],
                     Surface("satin", texture=texture))  # fmt: skip
        parts.append(front)
        return (Lamp(strip, "cabinet"),)


def draw_open_shelves(rng: np.random.Generator, catalogue: Catalogue, compartments: tuple[float, ...]) -> OpenShelves:
    """Open shelves of these heights whose looks are drawn by chance."""
    sign = draw_sign(rng, catalogue)
    return OpenShelves(
        (float(rng.uniform(820, 1250)), float(rng.uniform(330, 470))),
        compartments,
        draw_shelving(rng, sign, boards="solid"),
        sign,
        bays=int(rng.choice([1, 2], p=[0.7, 0.3])),
        step_mm=float(rng.choice([0, 25])),
        panel=_PANELS[int(rng.integers(len(_PANELS)))],
        canopy=bool(rng.random() < 0.4),
    )
