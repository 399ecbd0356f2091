"""Upright coolers with one or two glass doors, which stand closed, open or are missing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from datasets.products.arrays import FloatArray
from datasets.products.packs import Catalogue, Colour
from datasets.render.furniture.furniture import Furniture, Lamp, Pane, Shelf
from datasets.render.furniture.shelving import Shelving, draw_shelving, shelf_parts
from datasets.render.furniture.signs import Sign, draw_sign, sign_texture
from datasets.render.model import Part, Surface
from datasets.render.shapes import box, moved, quad, shift, tube, turn

Door = Literal["closed", "open", "absent"]

_WALL = 45.0
_SET_BACK = 30.0
"""From the front plane to the shelves' front edge: room for lamps and the door's gasket."""
_RAIL = 52.0
_DOOR_THICK = 34.0
_BLACK: Colour = (24, 24, 26)


@dataclass(frozen=True)
class Upright:
    """An upright cooler.

    Attributes:
        inside_mm: width of the inside of one door's bay, and depth.
        compartments: clear height over each shelf, top row first; the same in each bay.
        bays: doors side by side, one or two.
        door, open_deg: how the doors stand and by how much an open one is turned.
        hinge: the side on which a single door hangs.
        shelving: boards, lips and rails.
        leds: where the cabinet's lamps are.
        walls: what its side walls throw back.
    """

    inside_mm: tuple[float, float]
    compartments: tuple[float, ...]
    shelving: Shelving
    sign: Sign
    bays: int = 1
    door: Door = "closed"
    open_deg: float = 95.0
    hinge: Literal["left", "right"] = "right"
    body: Colour = (30, 34, 40)
    inside: Colour = (236, 238, 240)
    walls: Literal["white", "mirror"] = "white"
    leds: Literal["sides", "top", "both"] = "sides"
    header_mm: float = 190.0
    plinth_mm: float = 190.0
    handle: Colour = (180, 182, 186)

    @property
    def inside_height_mm(self) -> float:
        """From the lowest shelf's face to the ceiling."""
        return sum(self.compartments) + self.shelving.board_mm * (len(self.compartments) - 1) + 25

    @property
    def outside_width_mm(self) -> float:
        """With both side walls and what stands between the bays."""
        return self.bays * self.inside_mm[0] + (self.bays + 1) * _WALL

    def lefts(self) -> tuple[float, ...]:
        """x of the left wall's inner face of each bay."""
        start = -self.outside_width_mm / 2 + _WALL
        return tuple(start + bay * (self.inside_mm[0] + _WALL) for bay in range(self.bays))

    def build(self) -> Furniture:
        """The cooler, its shelves bay by bay within each row."""
        name = "upright-one-door" if self.bays == 1 else "upright-two-doors"
        shelves = tuple(self._shelf(row, left) for row in range(len(self.compartments)) for left in self.lefts())
        doors = [self._door(bay) for bay in range(self.bays)] if self.door != "absent" else []
        parts = [*self._body(), *self._inside(), *(part for door in doors for part in door[0])]
        for shelf in shelves:
            parts += shelf_parts(shelf, self.shelving)
        total = self.plinth_mm + self.inside_height_mm + self.header_mm
        panes = tuple(pane for _, pane in doors)
        return Furniture(name, self.outside_width_mm, total, self.inside_mm[1] + _WALL,
                         tuple(parts), shelves, tuple(self._lamps()), panes)  # fmt: skip

    def _shelf(self, row: int, left: float) -> Shelf:
        below = self.compartments[row + 1 :]
        level = self.plinth_mm + 12 + sum(below) + self.shelving.board_mm * len(below)
        room = (self.inside_mm[0], self.inside_mm[1] - _SET_BACK - 12, self.compartments[row])
        return self.shelving.shelf(row, (left, level, -_SET_BACK), room)

    def _body(self) -> list[Part]:
        half, depth = self.outside_width_mm / 2, self.inside_mm[1] + _WALL
        low, high = self.plinth_mm, self.plinth_mm + self.inside_height_mm
        paint, dark = Surface("satin", self.body), Surface("satin", _BLACK)
        edges = [-half, *(x for left in self.lefts() for x in (left, left + self.inside_mm[0])), half]
        walls = [box((a, low, -depth), (b, high, 0), paint) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        back = box((-half, low, -depth), (half, high, -depth + _WALL), paint)
        top = box((-half, high, -depth), (half, high + self.header_mm, 0), paint)
        foot = box((-half + 8, 30, -depth + 20), (half - 8, low, -6), dark)
        grille = [box((-half * 0.86, y, -6), (half * 0.86, y + 5, -1), paint)
                  for y in np.arange(60, low - 30, 16)]  # fmt: skip
        return [*walls, back, top, foot, *grille]

    def _inside(self) -> list[Part]:
        depth, low = self.inside_mm[1], self.plinth_mm
        high = low + self.inside_height_mm
        lining = Surface("satin", self.inside)
        side = lining if self.walls == "white" else Surface("metal", (228, 230, 232))
        parts: list[Part] = []
        for left in self.lefts():
            right = left + self.inside_mm[0]
            parts += [
                box((left, low, -depth), (left + 2, high, -2), side),
                box((right - 2, low, -depth), (right, high, -2), side),
                box((left, low, -depth), (right, high, -depth + 3), lining),
                box((left, high - 3, -depth), (right, high, -2), lining),
                box((left, low, -depth), (right, low + 3, -2), lining),
                *self._air_vents(left, right, high, lining),
                *self._pilasters(left, right, low, high),
            ]
        return parts

    def _air_vents(self, left: float, right: float, high: float, lining: Surface) -> list[Part]:
        """The evaporator's cover under the ceiling, with its slots."""
        depth, slot = self.inside_mm[1], Surface("matte", (52, 54, 58))
        cover = box((left + 40, high - 60, -depth + 3), (right - 40, high - 4, -depth + 46), lining)
        slots = [box((left + 60, y, -depth + 46), (right - 60, y + 4, -depth + 47), slot)
                 for y in np.arange(high - 52, high - 12, 11)]  # fmt: skip
        return [cover, *slots]

    def _pilasters(self, left: float, right: float, low: float, high: float) -> list[Part]:
        """The slotted rails that the shelves hang on."""
        steel, hole = Surface("satin", (206, 208, 210)), Surface("matte", (60, 62, 64))
        parts: list[Part] = []
        for x, inward in ((left + 2, 1), (right - 2, -1)):
            for z in (-70.0, -self.inside_mm[1] + 60):
                ends = sorted((x, x + 4 * inward))
                parts.append(box((ends[0], low, z - 9), (ends[1], high, z + 9), steel))
                face = sorted((x + 4 * inward, x + 4.6 * inward))
                parts += [box((face[0], y, z - 3), (face[1], y + 9, z + 3), hole) for y in np.arange(low, high, 25)]
        return parts

    def _lamps(self) -> list[Lamp]:
        low, high = self.plinth_mm + 20, self.plinth_mm + self.inside_height_mm - 20
        lamps = [self._sign()]
        strip = Surface("matte", (255, 255, 255))
        for left in self.lefts():
            right = left + self.inside_mm[0]
            if self.leds != "top":
                for x, inward in ((left + 2.5, 1), (right - 2.5, -1)):
                    across = [(x, -18.0), (x + 9 * inward, -5.0)][::inward]
                    (x1, z1), (x2, z2) = across
                    face = quad([(x2, low, z2), (x1, low, z1), (x1, high, z1), (x2, high, z2)], strip)
                    lamps.append(Lamp(face, "cabinet"))
            if self.leds != "sides":
                y = self.plinth_mm + self.inside_height_mm - 4
                ends = [(left + 20, y, -26.0), (right - 20, y, -26.0), (right - 20, y, -10.0), (left + 20, y, -10.0)]
                lamps.append(Lamp(quad(ends, strip), "cabinet"))
        return lamps

    def _sign(self) -> Lamp:
        half, low = self.outside_width_mm / 2 - 14, self.plinth_mm + self.inside_height_mm + 14
        high = low + self.header_mm - 28
        texture = sign_texture(self.sign, 2 * half / (high - low))
        face = quad([(-half, low, 1.5), (half, low, 1.5), (half, high, 1.5), (-half, high, 1.5)],
                    Surface("glossy", texture=texture))  # fmt: skip
        return Lamp(face, "sign")

    def _door(self, bay: int) -> tuple[list[Part], Pane]:
        """A door's frame, gasket and handle, and its pane, where it stands."""
        width = self.inside_mm[0] + 2 * _WALL - (24 if self.bays == 2 else 0)
        height = self.inside_height_mm + 20
        hinge_right = (self.hinge == "right") if self.bays == 1 else bay == 1
        matrix = self._door_pose(bay, width, hinge_right)
        parts = [moved(part, matrix) for part in _door_parts(width, height, self.body, self.handle, hinge_right)]
        r = _RAIL
        glass = np.array([(r, r, 8), (width - r, r, 8), (width - r, height - r, 8), (r, height - r, 8)], float)
        return parts, Pane(glass @ matrix[:3, :3].T + matrix[:3, 3])

    def _door_pose(self, bay: int, width: float, hinge_right: bool) -> FloatArray:
        """From the door's axes (hung left: its lower left corner at the origin) to the scene's."""
        middle = self.lefts()[bay] + self.inside_mm[0] / 2
        closed = shift(middle - width / 2, self.plinth_mm - 10, 6)
        if self.door == "closed":
            return closed
        swing = np.radians(self.open_deg)
        about = shift(width if hinge_right else 0.0)
        return closed @ about @ turn(1, swing if hinge_right else -swing) @ np.linalg.inv(about)


def _door_parts(width: float, height: float, colour: Colour, handle: Colour, hinge_right: bool) -> list[Part]:
    """Frame, gasket and handle of a closed door with its lower left corner at the origin, its front towards +z."""
    paint, rubber = Surface("satin", colour), Surface("matte", _BLACK)
    parts = []
    for (x1, x2), (y1, y2) in (
        ((0, _RAIL), (0, height)),
        ((width - _RAIL, width), (0, height)),
        ((_RAIL, width - _RAIL), (0, _RAIL)),
        ((_RAIL, width - _RAIL), (height - _RAIL, height)),
    ):
        parts.append(box((x1, y1, 0), (x2, y2, _DOOR_THICK), paint))
    inner = [(_RAIL - 9, _RAIL - 9), (width - _RAIL + 9, height - _RAIL + 9)]
    corners = [inner[0], (inner[1][0], inner[0][1]), inner[1], (inner[0][0], inner[1][1]), inner[0]]
    parts += [tube([(*a, -1), (*b, -1)], 5, rubber, 6) for a, b in pairwise(corners)]
    x = _RAIL * 0.5 if hinge_right else width - _RAIL * 0.5
    low, high = height * 0.42, height * 0.66
    z = _DOOR_THICK
    grip = [
        (x, low, z),
        (x, low, z + 38),
        (x, low + 14, z + 46),
        (x, high - 14, z + 46),
        (x, high, z + 38),
        (x, high, z),
    ]
    return [*parts, tube(grip, 9, Surface("metal", handle), 10)]


_BODIES: tuple[Colour, ...] = ((28, 30, 34), (236, 238, 238), (178, 182, 186), (120, 124, 128))


def draw_upright(
    rng: np.random.Generator,
    catalogue: Catalogue,
    compartments: tuple[float, ...],
    *,
    width_mm: float,
    depth_mm: float,
    bays: int,
) -> Upright:
    """An upright of these sizes whose looks are drawn by chance, dressed in a brand of the catalogue."""
    sign = draw_sign(rng, catalogue)
    branded = rng.random() < 0.55
    body = sign.ground if branded else _BODIES[int(rng.integers(len(_BODIES)))]
    return Upright(
        (width_mm, depth_mm),
        compartments,
        draw_shelving(rng, sign),
        sign,
        bays,
        door=("closed", "open", "absent")[int(rng.choice(3, p=[0.5, 0.3, 0.2]))],
        open_deg=float(rng.uniform(88, 125)),
        hinge="left" if rng.random() < 0.4 else "right",
        body=body,
        inside=((238, 240, 241), (216, 219, 222), (36, 38, 42))[int(rng.choice(3, p=[0.68, 0.2, 0.12]))],
        walls="mirror" if rng.random() < 0.2 else "white",
        leds=("sides", "top", "both")[int(rng.choice(3, p=[0.6, 0.2, 0.2]))],
        header_mm=float(rng.uniform(120, 260)),
        plinth_mm=float(rng.uniform(130, 260)),
        handle=(180, 182, 186) if rng.random() < 0.6 else (40, 42, 46),
    )
