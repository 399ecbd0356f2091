"""Vending machines: products stand in spirals behind one large pane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datasets.products.packs import Catalogue, Colour
from datasets.render.furniture.furniture import Furniture, Lamp, Pane, Shelf
from datasets.render.furniture.signs import Sign, draw_sign, sign_texture
from datasets.render.model import Part, Surface
from datasets.render.shapes import box, quad, tube

_WALL = 40.0
_PANEL = 210.0
"""Width of the part with keypad and coin slot, on the right."""
_SET_BACK = 45.0
_FLOOR = 420.0
_TURN_POINTS = 20


@dataclass(frozen=True)
class VendingMachine:
    """A vending machine.

    Attributes:
        lane_mm: width of a spiral's lane; `lanes`: how many in each row.
        pitch_mm: how far a spiral moves a product with each turn.
        depth_mm: of a tray.
        compartments: clear height over each tray, top row first.
    """

    lane_mm: float
    lanes: int
    pitch_mm: float
    depth_mm: float
    compartments: tuple[float, ...]
    sign: Sign
    body: Colour = (30, 32, 36)
    inside: Colour = (52, 54, 58)
    coil: Colour = (198, 200, 204)

    @property
    def _inner(self) -> float:
        return self.lane_mm * self.lanes

    @property
    def _left(self) -> float:
        return -(self._inner + 2 * _WALL + _PANEL) / 2 + _WALL

    @property
    def _top(self) -> float:
        return _FLOOR + sum(self.compartments) + 20 * (len(self.compartments) - 1) + 30

    def build(self) -> Furniture:
        """The machine, a shelf for each tray."""
        shelves = tuple(self._shelf(row) for row in range(len(self.compartments)))
        parts = self._body()
        for shelf in shelves:
            parts += self._tray(shelf)
        left, right = self._left - 8, self._left + self._inner + 8
        pane = Pane(np.array([(left, _FLOOR - 20, 0), (right, _FLOOR - 20, 0), (right, self._top, 0),
                              (left, self._top, 0)], float))  # fmt: skip
        wide = self._inner + 2 * _WALL + _PANEL
        return Furniture("vending-machine", wide, self._top + 120, self.depth_mm + 120, tuple(parts), shelves,
                         self._lamps(), (pane,))  # fmt: skip

    def _shelf(self, row: int) -> Shelf:
        below = self.compartments[row + 1 :]
        level = _FLOOR + sum(below) + 20 * len(below)
        return Shelf(row, self._left, level, -_SET_BACK, self._inner, self.depth_mm, self.compartments[row],
                     lip_mm=30, lip_top_mm=level - 2, pitch_mm=self.pitch_mm)  # fmt: skip

    def _body(self) -> list[Part]:
        left, right = self._left, self._left + self._inner
        back, high = -self.depth_mm - 100, self._top
        paint, lining = Surface("satin", self.body), Surface("satin", self.inside)
        texture = sign_texture(self.sign, (right - left + 2 * _WALL) / 330)
        face = quad([(left - _WALL, 40, 1), (right + _WALL, 40, 1), (right + _WALL, 370, 1), (left - _WALL, 370, 1)],
                    Surface("satin", texture=texture))  # fmt: skip
        return [
            box((left - _WALL, 30, back), (left - 8, high + 120, 0), paint),
            box((right + 8, 30, back), (right + _WALL + _PANEL, high + 120, 0), paint),
            box((left - _WALL, high, back), (right + _WALL, high + 120, 0), paint),
            box((left - _WALL, 30, back), (right + _WALL, _FLOOR - 40, 0), paint),
            box((left - 8, _FLOOR - 40, back), (right + 8, high, back + 10), lining),
            box((left - 10, _FLOOR - 40, back), (left - 8, high, -2), lining),
            box((right + 8, _FLOOR - 40, back), (right + 10, high, -2), lining),
            face,
            *self._keypad(right + _WALL + _PANEL / 2),
        ]

    def _keypad(self, x: float) -> list[Part]:
        dark, key = Surface("glossy", (18, 18, 20)), Surface("satin", (190, 192, 196))
        y = 1050.0
        keys = [box((x - 45 + 34 * column, y - 34 * row, 4), (x - 21 + 34 * column, y - 34 * row + 24, 8), key)
                for row in range(4) for column in range(3)]  # fmt: skip
        return [box((x - 60, y + 60, 0), (x + 60, y + 130, 4), dark), *keys,
                box((x - 40, y - 230, 0), (x + 40, y - 180, 5), key)]  # fmt: skip

    def _tray(self, shelf: Shelf) -> list[Part]:
        left, right = shelf.left_mm, shelf.left_mm + shelf.width_mm
        near, far, level = shelf.front_mm, shelf.front_mm - shelf.depth_mm, shelf.level_mm
        steel = Surface("satin", (150, 153, 158))
        parts = [
            box((left, level - 10, far), (right, level - 3.5, near), steel),
            box((left, level - 34, near), (right, level - 2, near + 3), Surface("satin", (34, 36, 40))),
        ]
        wire = Surface("metal", self.coil)
        for lane in range(self.lanes):
            x = left + (lane + 0.5) * self.lane_mm
            parts.append(self._spiral(x, shelf, wire))
            parts.append(box((x + self.lane_mm / 2 - 0.6, level - 3, far),
                             (x + self.lane_mm / 2 + 0.6, level + 22, near - 4), steel))  # fmt: skip
        return parts

    def _spiral(self, x: float, shelf: Shelf, wire: Surface) -> Part:
        """A helix whose upper crossings fall between the products and whose lower ones pass under them."""
        radius = self.lane_mm / 2 - 3.5
        turns = int(shelf.depth_mm // self.pitch_mm)
        angle = np.linspace(0, turns * 2 * np.pi, turns * _TURN_POINTS + 1)
        z = shelf.front_mm - 3 - angle / (2 * np.pi) * self.pitch_mm
        path = np.stack([x + radius * np.sin(angle), shelf.level_mm + radius - 1 + radius * np.cos(angle), z], 1)
        return tube(path, 2.0, wire, 6)

    def _lamps(self) -> tuple[Lamp, ...]:
        low, high = _FLOOR, self._top - 10
        left, right, strip = self._left - 7, self._left + self._inner + 7, Surface("matte")
        ends = [
            (left + 20, high, -28.0),
            (right - 20, high, -28.0),
            (right - 20, high, -12.0),
            (left + 20, high, -12.0),
        ]
        side = [(right, low, -22.0), (right, low, -10.0), (right, high, -10.0), (right, high, -22.0)]
        return Lamp(quad(ends, strip), "cabinet"), Lamp(quad(side, strip), "cabinet")


def draw_vending_machine(rng: np.random.Generator, catalogue: Catalogue) -> VendingMachine:
    """A machine whose lanes suit cans and small bottles, its looks drawn by chance."""
    lane = float(rng.uniform(78, 92))
    return VendingMachine(
        lane,
        int(rng.integers(6, 9)),
        float(rng.uniform(76, 90)),
        float(rng.uniform(380, 480)),
        tuple(float(clear) for clear in np.sort(rng.uniform(175, 270, int(rng.integers(4, 6))))),
        draw_sign(rng, catalogue),
        body=((30, 32, 36), (196, 30, 40), (30, 60, 130), (220, 222, 224))[int(rng.integers(4))],
        inside=((52, 54, 58), (214, 217, 220), (28, 30, 34))[int(rng.integers(3))],
    )
