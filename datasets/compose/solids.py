"""`Solid`: a pack as a body of revolution (or a box), with its flat texture and what it is made of at each height."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from datasets.products.arrays import FloatArray, Pixels
from datasets.products.artwork import bgr, mixed, panel, wrap_label
from datasets.products.packs import Colour, Pack, PackType

LABEL, METAL, LIQUID, CAP, BARE = range(5)
"""Materials, the rows of the light's table."""

PER_MM = 2
"""Steps per millimetre of height in `Solid.radius`, `material` and `alpha`."""

WRAPS = 3
"""How often a round pack's texture goes around it, so that no view falls off its edge."""

_AROUND = 512
_ALUMINIUM: Colour = (200, 203, 208)

BOXED: frozenset[PackType] = frozenset({"carton", "pouch", "multipack"})
"""Types that the quick composer draws as boxes."""

_OUTLINES: dict[str, tuple[tuple[float, float], ...]] = {
    "can": (
        (0, 0.78), (0.015, 0.82), (0.06, 0.995), (0.08, 1), (0.885, 1), (0.91, 0.97), (0.955, 0.83), (0.965, 0.82),
        (0.97, 0.85), (1, 0.85),
    ),
    "sleek-can": (
        (0, 0.8), (0.012, 0.84), (0.045, 0.995), (0.06, 1), (0.91, 1), (0.93, 0.97), (0.965, 0.86), (0.972, 0.85),
        (0.977, 0.88), (1, 0.88),
    ),
    "pet": (
        (0, 0.84), (0.015, 0.95), (0.04, 1), (0.2, 1), (0.225, 0.96), (0.25, 1), (0.29, 0.965), (0.36, 0.965),
        (0.6, 0.965), (0.62, 1), (0.68, 0.98), (0.75, 0.84), (0.82, 0.58), (0.87, 0.41), (0.89, 0.385), (0.9, 0.385),
        (0.902, 0.47), (0.912, 0.47), (0.914, 0.4), (0.925, 0.4), (0.927, 0.455), (0.99, 0.455), (1, 0.43),
    ),
    "glass": (
        (0, 0.86), (0.01, 0.95), (0.03, 1), (0.42, 1), (0.5, 0.97), (0.6, 0.76), (0.7, 0.52), (0.8, 0.43), (0.92, 0.4),
        (0.94, 0.44), (0.955, 0.44), (0.96, 0.47), (0.995, 0.47), (1, 0.44),
    ),
    "cup": ((0, 0.74), (0.92, 0.95), (0.922, 1), (0.96, 1), (0.965, 0.94), (1, 0.92)),
}  # fmt: skip
"""Height and radius along each pack's side, as shares of its height and half its width."""

_LABEL_SPAN = {
    "can": (0.0, 0.955),
    "sleek-can": (0.0, 0.965),
    "pet": (0.3, 0.59),
    "glass": (0.1, 0.44),
    "cup": (0.0, 0.92),
}
_CAP_FROM = {"can": 0.955, "sleek-can": 0.965, "pet": 0.914, "glass": 0.955, "cup": 0.92}


@dataclass(frozen=True, eq=False)
class Solid:
    """Everything needed to draw one pack.

    Attributes:
        radius: radius in mm at each step of height, `PER_MM` steps per mm; of a carton, half its width.
        material: index of the material at each step.
        alpha: how much it hides at each step, 0 to 1.
        pyramid: the flat texture at full, half, quarter... size; of a round pack, `WRAPS` times side by side.
        lid: colour of the top seen from above.
        lid_is_metal: a can's end, with its ring and tab.
    """

    pack: Pack
    radius: FloatArray
    material: npt.NDArray[np.intp]
    alpha: FloatArray
    pyramid: tuple[Pixels, ...]
    lid: Colour
    lid_is_metal: bool

    @property
    def height_mm(self) -> float:
        """Height of the pack."""
        return self.pack.height_mm

    def texture_for(self, px_per_mm: float) -> Pixels:
        """The smallest texture that still has a texel per pixel."""
        texels_per_mm = _AROUND / (np.pi * self.pack.width_mm)
        level = int(np.clip(np.floor(np.log2(max(texels_per_mm / px_per_mm, 1.0))), 0, len(self.pyramid) - 1))
        return self.pyramid[level]


@lru_cache(maxsize=512)
def solid_of(pack: Pack) -> Solid:
    """The solid of a pack; drawn once per process."""
    heights = np.arange(int(pack.height_mm * PER_MM) + 2, dtype=np.float32) / (pack.height_mm * PER_MM)
    if pack.pack_type in BOXED:
        return _carton(pack, heights)
    points = np.array(_OUTLINES[pack.pack_type], np.float32)
    radius = np.interp(heights, points[:, 0], points[:, 1]).astype(np.float32) * np.float32(pack.width_mm / 2)
    material = _materials(pack, heights)
    alpha = np.where(material == LIQUID, np.float32(pack.look.opacity), np.float32(1))
    is_can = pack.pack_type in {"can", "sleek-can"}
    lid = _ALUMINIUM if is_can else pack.look.cap
    pyramid = tuple(np.tile(level, (1, WRAPS, 1)) for level in _pyramid(_flat(pack)))
    return Solid(pack, radius, material, alpha, pyramid, lid, is_can)


def _materials(pack: Pack, heights: FloatArray) -> npt.NDArray[np.intp]:
    kind = pack.pack_type
    low, high = _LABEL_SPAN[kind]
    is_can = kind in {"can", "sleek-can"}
    material = np.full(len(heights), BARE if is_can else LIQUID, np.intp)
    material[(heights >= low) & (heights < high)] = METAL if is_can else LABEL
    material[heights >= _CAP_FROM[kind]] = BARE if is_can or kind == "glass" else CAP
    return material


def _pyramid(flat: Pixels) -> tuple[Pixels, ...]:
    levels = [flat]
    while levels[-1].shape[1] > 48:
        height, width = levels[-1].shape[:2]
        levels.append(cv2.resize(levels[-1], (width // 2, max(height // 2, 2)), interpolation=cv2.INTER_AREA))
    return tuple(levels)


def _flat(pack: Pack) -> Pixels:
    """The whole side of the pack laid flat, top row first."""
    kind, look = pack.pack_type, pack.look
    height = int(_AROUND / (np.pi * pack.width_mm) * pack.height_mm)
    flat: Pixels = np.empty((height, _AROUND, 3), np.uint8)
    flat[:] = bgr(_ALUMINIUM if kind in {"can", "sleek-can"} else look.liquid)
    low, high = _LABEL_SPAN[kind]
    top, bottom = round((1 - high) * height), round((1 - low) * height)
    flat[top:bottom] = wrap_label(look, _AROUND, bottom - top, pack.volume)
    if kind in {"pet", "glass"}:
        _bottle_walls(flat, pack, top, bottom)
    return flat


def _bottle_walls(flat: Pixels, pack: Pack, label_top: int, label_bottom: int) -> None:
    height = len(flat)
    look = pack.look
    fill_line = round(0.15 * height)
    cap_bottom = round((1 - _CAP_FROM[pack.pack_type]) * height)
    air = mixed(look.liquid, (214, 220, 224), 0.75)
    flat[cap_bottom:fill_line] = bgr(air)
    flat[:cap_bottom] = bgr(look.cap)
    flat[:cap_bottom, ::8] = bgr(mixed(look.cap, (0, 0, 0), 0.25))
    flat[:cap_bottom, 1::8] = bgr(mixed(look.cap, (0, 0, 0), 0.12))
    if pack.pack_type == "pet":
        walls = flat[label_bottom + 6 :]
        ribs = 1 + 0.18 * np.sin(np.arange(_AROUND) / _AROUND * 2 * np.pi * 10)
        walls[:] = np.clip(walls * ribs[None, :, None], 0, 255).astype(np.uint8)
    flat[label_top - 2 : label_top] = flat[label_top - 2 : label_top] // 2


def _carton(pack: Pack, heights: FloatArray) -> Solid:
    texels_per_mm = _AROUND / (np.pi * pack.width_mm)
    height = int(pack.height_mm * texels_per_mm)
    front = panel(pack.look, int(pack.width_mm * texels_per_mm), height, pack.volume)
    side_width = int(pack.depth_mm * texels_per_mm)
    side: Pixels = np.full((height, side_width, 3), bgr(mixed(pack.look.base, pack.look.second, 0.25)), np.uint8)
    for row in range(int(0.2 * height), int(0.7 * height), 14):
        cv2.line(
            side, (12, row), (side_width - 12 - (row * 7) % 40, row), bgr(mixed(pack.look.base, pack.look.ink, 0.6)), 3
        )
    flat = np.concatenate([front, side], axis=1)
    count = len(heights)
    radius, material = np.full(count, pack.width_mm / 2, np.float32), np.full(count, LABEL, np.intp)
    lid = mixed(pack.look.base, (255, 255, 255), 0.3)
    return Solid(pack, radius, material, np.ones(count, np.float32), _pyramid(flat), lid, False)
