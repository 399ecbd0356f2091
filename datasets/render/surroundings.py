"""The room around the furniture: floor, walls, ceiling with lamps, a window, shelves across the aisle."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from datasets.products.arrays import FloatArray, Pixels
from datasets.products.artwork import mixed
from datasets.products.packs import Colour
from datasets.render.furniture.furniture import Furniture, Lamp
from datasets.render.model import Part, Surface
from datasets.render.shapes import box, quad

_HIGH = 2900.0
_FLOORS: tuple[Colour, ...] = ((196, 190, 180), (150, 146, 140), (214, 210, 204), (120, 96, 72), (92, 94, 98))
_WALLS: tuple[Colour, ...] = (
    (220, 216, 206), (196, 204, 206), (226, 222, 214), (140, 112, 84), (96, 100, 106), (182, 160, 128),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Room:
    """What surrounds the furniture; `ahead` are those of its parts that a pane in the furniture's front reflects."""

    parts: tuple[Part, ...]
    ahead: tuple[Part, ...]
    lamps: tuple[Lamp, ...]


def build_room(furniture: Furniture, seed: int, eye: FloatArray) -> Room:
    """The room of a seed, large enough for the furniture and a camera at `eye` (mm)."""
    rng = np.random.default_rng([seed, 7])
    back = -furniture.depth_mm - float(rng.uniform(20, 90))
    side = max(furniture.width_mm / 2 + float(rng.uniform(700, 1900)), abs(eye[0]) + 200)
    front = max(float(rng.uniform(2300, 3600)), eye[2] + 500)
    wall = _WALLS[int(rng.integers(len(_WALLS)))]
    plain = Surface("matte", wall)
    ahead = [
        quad([(-side, 0, front), (side, 0, front), (side, 0, back), (-side, 0, back)], _floor(rng)),
        quad([(-side, 0, front), (-side, 0, back), (-side, _HIGH, back), (-side, _HIGH, front)], plain),
        quad([(side, 0, back), (side, 0, front), (side, _HIGH, front), (side, _HIGH, back)], plain),
        quad([(side, 0, front), (-side, 0, front), (-side, _HIGH, front), (side, _HIGH, front)], plain),
        quad([(-side, _HIGH, back), (side, _HIGH, back), (side, _HIGH, front), (-side, _HIGH, front)],
             Surface("matte", (206, 206, 202))),
        *_opposite_shelves(rng, side, front),
    ]  # fmt: skip
    behind = [
        quad([(-side, 0, back), (side, 0, back), (side, _HIGH, back), (-side, _HIGH, back)], _wall(rng, wall)),
        *_neighbours(rng, furniture, back, side),
    ]
    return Room((*ahead, *behind), tuple(ahead), (*_ceiling_lamps(rng, side, front), _window(rng, side, front)))


def _floor(rng: np.random.Generator) -> Surface:
    colour = _FLOORS[int(rng.integers(len(_FLOORS)))]
    size, tiles = 768, int(rng.integers(7, 14))
    face = np.full((size, size, 3), colour, np.float32)
    step = size // tiles
    shade = rng.normal(0, 5, (tiles + 1, tiles + 1, 1)).astype(np.float32)
    face += cv2.resize(shade, (size, size), interpolation=cv2.INTER_NEAREST)[..., None]
    face[::step] *= 0.72
    face[:, ::step] *= 0.72
    face += cv2.GaussianBlur(rng.normal(0, 40, (size, size)).astype(np.float32), (0, 0), 3)[..., None]
    return Surface("satin", colour, np.clip(face, 0, 255).astype(np.uint8))


def _wall(rng: np.random.Generator, colour: Colour) -> Surface:
    """Plaster, planks or tiles."""
    high, wide = 384, 768
    face = np.full((high, wide, 3), colour, np.float32)
    face += cv2.GaussianBlur(rng.normal(0, 60, (high, wide)).astype(np.float32), (0, 0), 9)[..., None]
    style = int(rng.integers(3))
    if style == 1:
        step = int(rng.integers(22, 60))
        planks = rng.normal(0, 7, wide // step + 1).astype(np.float32).repeat(step)[:wide]
        face += planks[None, :, None]
        face[:, ::step] *= 0.7
    elif style == 2:
        face[:: int(rng.integers(14, 30))] *= 0.86
        face[:, :: int(rng.integers(20, 44))] *= 0.86
    return Surface("matte", colour, np.clip(face, 0, 255).astype(np.uint8))


def _opposite_shelves(rng: np.random.Generator, side: float, front: float) -> list[Part]:
    """A shelf of goods across the aisle, seen only in reflections: a board with a picture of coloured packs."""
    face = np.full((256, 512, 3), (60, 58, 56), np.uint8)
    for top in range(10, 250, 48):
        x = 4
        while x < 500:
            wide, high = int(rng.integers(8, 30)), int(rng.integers(18, 40))
            colour = tuple(int(c) for c in 128 + 0.45 * (rng.integers(30, 250, 3) - 128))
            cv2.rectangle(face, (x, top + 40 - high), (x + wide - 2, top + 40), colour, -1)
            x += wide
        face[top + 40 : top + 46] = 200
    z = front - 300
    share = float(rng.uniform(0.3, 0.9))
    ends = (side * share, -side * float(rng.uniform(0.1, 0.9)))
    corners = [(ends[0], 0, z), (ends[1], 0, z), (ends[1], 1800, z), (ends[0], 1800, z)]
    return [quad(corners, Surface("matte", texture=_blurred(face)))]


def _blurred(face: Pixels) -> Pixels:
    return cv2.GaussianBlur(face, (0, 0), 0.8)


def _neighbours(rng: np.random.Generator, furniture: Furniture, back: float, side: float) -> list[Part]:
    """Cupboards, crates or shelves beside the furniture."""
    parts = []
    for direction in (-1, 1):
        if rng.random() < 0.35:
            continue
        near = furniture.width_mm / 2 + float(rng.uniform(25, 300))
        far = min(near + float(rng.uniform(250, 900)), side - 10)
        if far - near < 80:
            continue
        colour = mixed(_WALLS[int(rng.integers(len(_WALLS)))], (70, 60, 52), float(rng.uniform(0, 0.7)))
        x = sorted((direction * near, direction * far))
        high, deep = float(rng.uniform(500, 2000)), float(rng.uniform(0.4, 1.0)) * -back
        parts.append(box((x[0], 0, back), (x[1], high, back + deep), Surface("satin", colour)))
    return parts


def _ceiling_lamps(rng: np.random.Generator, side: float, front: float) -> list[Lamp]:
    count = int(rng.integers(1, 4))
    wide, long = float(rng.uniform(90, 300)), float(rng.uniform(600, 1300))
    lamps = []
    for place in range(count):
        x = side * ((place + 0.5) / count * 2 - 1) * 0.9 + float(rng.normal(0, 60))
        z, y = float(rng.uniform(0.25, 0.6)) * front, _HIGH - 8
        corners = [(x - wide, y, z - long), (x + wide, y, z - long), (x + wide, y, z + long), (x - wide, y, z + long)]
        lamps.append(Lamp(quad(corners, Surface("matte")), "ceiling"))
    return lamps


def _window(rng: np.random.Generator, side: float, front: float) -> Lamp:
    """Daylight through the far half of a side wall."""
    direction = 1.0 if rng.random() < 0.5 else -1.0
    near, far = 0.25 * front, 0.85 * front
    x = direction * (side - 5)
    ends = (far, near) if direction < 0 else (near, far)
    corners = [(x, 900, ends[0]), (x, 900, ends[1]), (x, 2300, ends[1]), (x, 2300, ends[0])]
    return Lamp(quad(corners, Surface("matte")), "window")
