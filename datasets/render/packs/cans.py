"""Aluminium cans: printed body with a necked shoulder, double seam, lid with tab, concave base."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from datasets.products.arrays import FloatArray, Pixels
from datasets.products.packs import Pack
from datasets.render.model import Model, Surface
from datasets.render.packs.labels import around_texture
from datasets.render.packs.shapes import Profile, Shape, disc, joined, patch, turned

_ALUMINIUM = (205, 208, 212)
_TEXTURE = 1280
_LID_INSET_MM = 4.2


def can_model(pack: Pack, around: int) -> Model:
    """A can; `around` is how many sides it has."""
    radius, height = pack.width_mm / 2, pack.height_mm
    seam = seam_radius(pack)
    body = turned(_side(radius, seam - 0.8, height), around)
    tall = round(_TEXTURE * height / (2 * np.pi * radius))
    metal = Surface("metal", _ALUMINIUM)
    end = joined([turned(_seam(seam, height), around), _tab(seam, height)])
    lid = disc(seam - 1.6, height - _LID_INSET_MM, around)
    return Model((
        body.part(Surface("metal", texture=around_texture(pack.look, _TEXTURE, tall, pack.volume))),
        end.part(metal),
        lid.part(Surface("metal", texture=_lid_texture())),
        turned(_base(radius), around).part(metal),
    ))  # fmt: skip


def seam_radius(pack: Pack) -> float:
    """Radius in mm of a can's upper rim.

    Ends are made in few sizes: 202 (54 mm) on the wide cans, 200 (49 mm) on the sleek and slim ones.
    """
    return 27.0 if pack.width_mm > 62 else min(25.2, pack.width_mm / 2 - 1.6)


def _side(radius: float, neck: float, height: float) -> Profile:
    drop = 1.15 * (radius - neck) + 5.0
    foot = [(0.86 * radius, 2.6), (0.93 * radius, 5.6), (0.985 * radius, 9.0), (radius, 12.0)]
    shares = ((1.0, 0.0), (0.96, 0.2), (0.8, 0.45), (0.35, 0.78), (0.08, 0.94), (0.0, 1.0))
    shoulder = [(neck + share * (radius - neck), height - 2.6 - (1 - up) * drop) for share, up in shares]
    return [*foot, *shoulder]


def _base(radius: float) -> Profile:
    return [(0.0, 9.5), (0.38 * radius, 7.6), (0.66 * radius, 1.6), (0.7 * radius, 0.2), (0.73 * radius, 0.0),
            (0.76 * radius, 0.3), (0.86 * radius, 2.6)]  # fmt: skip


def _seam(seam: float, height: float) -> Profile:
    return [(seam - 0.8, height - 2.7), (seam, height - 2.3), (seam, height - 0.5), (seam - 0.5, height),
            (seam - 1.1, height - 0.3), (seam - 1.6, height - _LID_INSET_MM)]  # fmt: skip


def _tab(seam: float, height: float) -> Shape:
    """The ring pull: a rounded plate with a finger hole, above the lid and below the seam."""
    length, width, sides = 0.46 * seam, 0.3 * seam, 14
    angle = np.linspace(0, 2 * np.pi, sides + 1)
    shape = np.stack([-width * np.cos(angle), length * np.sin(angle)], 1)
    hole = np.stack([-0.55 * width * np.cos(angle), -0.42 * length + 0.36 * length * np.sin(angle)], 1)
    low, high = height - _LID_INSET_MM + 0.7, height - _LID_INSET_MM + 1.9
    loops = ((shape, low), (shape, high), (0.9 * shape, high + 0.2), (hole, high), (hole, low))
    return patch(np.stack([_loop(points, y) for points, y in loops]))


def _loop(points: FloatArray, y: float) -> FloatArray:
    return np.stack([points[:, 0], np.full(len(points), y), points[:, 1]], 1)


@lru_cache(maxsize=1)
def _lid_texture() -> Pixels:
    """The flat of the lid: countersink in shadow, bead, score line of the opening, rivet."""
    size = 192
    lid: Pixels = np.full((size, size, 3), 206, np.uint8)
    middle = (size // 2, size // 2)
    for radius, tone, thick in ((0.97, 120, 9), (0.88, 236, 3), (0.8, 186, 2)):
        cv2.circle(lid, middle, int(radius * size / 2), (tone, tone, tone + 4), thick, cv2.LINE_AA)
    mouth = (size // 2, int(0.7 * size))
    cv2.ellipse(lid, mouth, (int(0.17 * size), int(0.14 * size)), 0, 0, 360, (150, 152, 156), 2, cv2.LINE_AA)
    cv2.ellipse(lid, middle, (int(0.17 * size), int(0.25 * size)), 0, 0, 360, (160, 162, 166), 6, cv2.LINE_AA)
    cv2.circle(lid, middle, 7, (235, 236, 238), -1, cv2.LINE_AA)
    return lid
