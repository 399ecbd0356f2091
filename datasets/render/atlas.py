"""All colours and prints of a scene on one sheet, so that few materials serve every surface.

Mitsuba compiles a program for each set of meshes and materials. With one sheet for the colours there is one material
for each finish, any two scenes have the same set, and the program is compiled once instead of once per photo.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from datasets.products.arrays import FloatArray, Pixels
from datasets.render.model import Surface

WIDTH, HEIGHT = 4096, 2560
_RIM = 2
"""Pixels around each print that repeat its edge, so that neighbours do not shine through."""
_FLAT = 4
_SHRINK = 0.93
_MOST_USED = 0.9


@dataclass(frozen=True, eq=False)
class Atlas:
    """The sheet, and where each surface is on it.

    Attributes:
        sheet: (2560, 4096, 3) uint8 RGB, first row at v = 1.
        spots: x, y, width, height of each surface, pixels from the sheet's top left.
    """

    sheet: Pixels
    spots: Mapping[Surface, tuple[int, int, int, int]]

    def on_sheet(self, surface: Surface, uvs: FloatArray) -> FloatArray:
        """(N, 2) places on the whole sheet from places on the surface's own print."""
        x, y, width, height = self.spots[surface]
        across, down = np.clip(uvs[:, 0], 0, 1), 1 - np.clip(uvs[:, 1], 0, 1)
        return np.stack([(x + across * width) / WIDTH, 1 - (y + down * height) / HEIGHT], 1).astype(np.float32)


def make_atlas(surfaces: Iterable[Surface]) -> Atlas:
    """A sheet of these surfaces, the prints made smaller together until all have room."""
    wanted = list(dict.fromkeys(surfaces))
    prints = [surface for surface in wanted if surface.texture is not None]
    area = sum(surface.texture.shape[0] * surface.texture.shape[1] for surface in prints if surface.texture is not None)
    scale = min(1.0, float(np.sqrt(_MOST_USED * WIDTH * HEIGHT / max(area, 1))))
    spots = _packed(wanted, scale)
    while spots is None:
        scale *= _SHRINK
        spots = _packed(wanted, scale)
    sheet: Pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for surface, (x, y, width, height) in spots.items():
        face = _print(surface, width, height)
        rim = cv2.copyMakeBorder(face, _RIM, _RIM, _RIM, _RIM, cv2.BORDER_REPLICATE)
        sheet[y - _RIM : y + height + _RIM, x - _RIM : x + width + _RIM] = rim
    return Atlas(sheet, spots)


def _packed(surfaces: list[Surface], scale: float) -> dict[Surface, tuple[int, int, int, int]] | None:
    """Prints in rows, tall ones first; None where they do not all fit."""
    sizes = {surface: _size(surface, scale) for surface in surfaces}
    spots: dict[Surface, tuple[int, int, int, int]] = {}
    x = y = tallest = 0
    for surface in sorted(surfaces, key=lambda one: sizes[one], reverse=True):
        height, width = sizes[surface]
        if x + width + 2 * _RIM > WIDTH:
            x, y, tallest = 0, y + tallest, 0
        tallest = max(tallest, height + 2 * _RIM)
        if y + tallest > HEIGHT:
            return None
        spots[surface] = (x + _RIM, y + _RIM, width, height)
        x += width + 2 * _RIM
    return spots


def _size(surface: Surface, scale: float) -> tuple[int, int]:
    if surface.texture is None:
        return _FLAT, _FLAT
    height, width = surface.texture.shape[:2]
    return max(round(height * scale), 2), min(max(round(width * scale), 2), WIDTH - 2 * _RIM)


def _print(surface: Surface, width: int, height: int) -> Pixels:
    if surface.texture is None:
        return np.full((height, width, 3), surface.colour, np.uint8)
    return cv2.resize(surface.texture, (width, height), interpolation=cv2.INTER_AREA)
