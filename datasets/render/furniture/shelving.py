"""Shelves and their fronts: wire grids, boards or glass, lips for price tags, rails of gravity lanes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from datasets.products.packs import Colour
from datasets.render.furniture.furniture import Shelf
from datasets.render.furniture.signs import Sign, strip_texture
from datasets.render.model import Part, Surface
from datasets.render.shapes import box, moved, quad, shift, tube, turn

_RAIL_EVERY = 70.0
_GREYS: tuple[Colour, ...] = ((236, 238, 240), (208, 212, 216), (52, 54, 58))
_PLAIN = Sign("", _GREYS[0], _GREYS[0])


@dataclass(frozen=True)
class Shelving:
    """How the shelves of a piece of furniture are made.

    Attributes:
        board: wire grid or solid board.
        board_mm: thickness, with what lies under it.
        lip_mm: height of the front strip, 0 without.
        lip_over_mm: how far the strip stands over the shelf.
        strip: colours and word of the strip; `words`: how often the word stands on it.
        tilt_deg: of gravity lanes, else 0; `rails`: guides between the lanes.
        guard: a thin rail before the first products.
    """

    board: Literal["wire", "solid"] = "wire"
    board_mm: float = 22.0
    lip_mm: float = 38.0
    lip_over_mm: float = 8.0
    strip: Sign = _PLAIN
    words: int = 0
    colour: Colour = (232, 234, 236)
    tilt_deg: float = 0.0
    rails: bool = False
    guard: bool = False

    def shelf(self, row: int, corner: tuple[float, float, float], room: tuple[float, float, float]) -> Shelf:
        """A shelf of this make: x, y, z of its left front corner, its width, depth and clear height."""
        return Shelf(row, *corner, *room, self.tilt_deg, self.lip_mm, corner[1] + self.lip_over_mm)


def shelf_parts(shelf: Shelf, shelving: Shelving) -> list[Part]:
    """Board, rails and lip of a shelf; only the space under its upper face is used, but for the lip's edge."""
    steel = Surface("satin", shelving.colour)
    board = _wires(shelf, steel) if shelving.board == "wire" else _solid(shelf, shelving, steel)
    if shelving.rails:
        board += _rails(shelf)
    slope = shift(0, shelf.level_mm, shelf.front_mm) @ turn(0, np.radians(shelf.tilt_deg))
    parts = [moved(part, slope @ shift(0, -shelf.level_mm, -shelf.front_mm)) for part in board]
    if shelving.lip_mm:
        parts.append(_lip(shelf, shelving))
    if shelving.guard:
        y, z = shelf.level_mm + 34, shelf.front_mm + 3
        ends = [(shelf.left_mm + 4, y, z), (shelf.left_mm + shelf.width_mm - 4, y, z)]
        parts.append(tube(ends, 2.2, Surface("metal", (200, 202, 205)), 6))
    return parts


def _wires(shelf: Shelf, steel: Surface) -> list[Part]:
    left, right = shelf.left_mm + 4, shelf.left_mm + shelf.width_mm - 4
    near, far = shelf.front_mm, shelf.front_mm - shelf.depth_mm
    y = shelf.level_mm - 1.6
    along = [tube([(x, y, near), (x, y, far)], 1.6, steel, 5) for x in np.arange(left, right, 22)]
    across = [tube([(left, y - 4.5, z), (right, y - 4.5, z)], 3.0, steel, 6) for z in np.linspace(near, far, 4)]
    return along + across


def _solid(shelf: Shelf, shelving: Shelving, steel: Surface) -> list[Part]:
    thick = min(shelving.board_mm * 0.6, 16)
    low = (shelf.left_mm + 2, shelf.level_mm - thick, shelf.front_mm - shelf.depth_mm)
    return [box(low, (shelf.left_mm + shelf.width_mm - 2, shelf.level_mm, shelf.front_mm), steel)]


def _rails(shelf: Shelf) -> list[Part]:
    dark = Surface("satin", (40, 42, 46))
    return [
        box((x - 1.2, shelf.level_mm - 3, shelf.front_mm - shelf.depth_mm),
            (x + 1.2, shelf.level_mm - 0.3, shelf.front_mm), dark)
        for x in np.arange(shelf.left_mm + _RAIL_EVERY, shelf.left_mm + shelf.width_mm, _RAIL_EVERY / 2)
    ]  # fmt: skip


def _lip(shelf: Shelf, shelving: Shelving) -> Part:
    left, right = shelf.left_mm + 2, shelf.left_mm + shelf.width_mm - 2
    high = shelf.lip_top_mm
    low, z = high - shelving.lip_mm, shelf.front_mm + 4
    texture = strip_texture(shelving.strip, (right - left) / shelving.lip_mm, shelving.words)
    corners = [(left, low, z + 4), (right, low, z + 4), (right, high, z), (left, high, z)]
    return quad(corners, Surface("satin", shelving.strip.ground, texture))


def draw_shelving(rng: np.random.Generator, sign: Sign, boards: Literal["any", "solid"] = "any") -> Shelving:
    """Shelves by chance, their strips in the colours of a sign, or plain."""
    grey: Colour = _GREYS[int(rng.integers(len(_GREYS)))]
    plain = Sign("", grey, grey)
    branded = rng.random() < 0.5
    return Shelving(
        board="wire" if rng.random() < 0.55 and boards == "any" else "solid",
        board_mm=float(rng.uniform(18, 28)),
        lip_mm=float(rng.choice([0, 28, 36, 44], p=[0.1, 0.25, 0.4, 0.25])),
        lip_over_mm=float(rng.uniform(2, 10)),
        strip=sign if branded else plain,
        words=int(rng.integers(2, 5)) if branded and rng.random() < 0.8 else 0,
        colour=((234, 236, 238), (196, 199, 203), (48, 50, 54))[int(rng.choice(3, p=[0.6, 0.25, 0.15]))],
        tilt_deg=float(rng.choice([0.0, 3.0, 5.0], p=[0.7, 0.15, 0.15])),
        rails=bool(rng.random() < 0.3),
        guard=bool(rng.random() < 0.25),
    )
