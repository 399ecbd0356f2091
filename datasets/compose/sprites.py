"""Draws one pack as seen by the camera: a `Sprite` that the scene pastes at its place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from datasets.compose.solids import BARE, CAP, LABEL, LIQUID, METAL, PER_MM, WRAPS, Solid
from datasets.products.arrays import FloatArray, Mask
from datasets.products.artwork import bgr

_LUT = 256
_HALF = 0.5
HALO_MM = 6.0
"""How far around a pack its shadow falls on what stands behind."""


@dataclass(frozen=True)
class Sprite:
    """A drawn pack, its top left pixel at (`x`, `y`) of the canvas.

    Attributes:
        colour: (H, W, 3) float32 BGR, 0 to 255 and over where it shines, already multiplied by how much it hides.
        keeps: (H, W) float32, share of the light behind it that it lets through, its shadow included.
        owns: (H, W) bool, pixels of which at least half is the pack, also where it is see-through.
    """

    x: int
    y: int
    colour: FloatArray
    keeps: FloatArray
    owns: Mask


@dataclass(frozen=True)
class Light:
    """Light on one pack: where the lamps mirror (-1 left edge to 1 right edge), how strong, and brightness."""

    lamp: float = -0.55
    shine: float = 1.0
    level: float = 1.0


@dataclass(frozen=True)
class View:
    """How the camera sees a pack.

    Attributes:
        x, y: where the middle of its foot lies on the canvas, pixels.
        px_per_mm: scale at its distance.
        tilt: tangent of the angle by which the camera looks down on its foot; negative from below.
        turn: by how much the pack is turned about its axis, radians; 0 shows the front of the label.
    """

    x: float
    y: float
    px_per_mm: float
    tilt: float
    turn: float


def _bump(s: FloatArray, centre: float, width: float) -> FloatArray:
    bump: FloatArray = np.exp(-(((s - np.float32(centre)) / np.float32(width)) ** 2))
    return bump


@lru_cache(maxsize=32)
def _shading(lamp: float, shine: float) -> tuple[FloatArray, FloatArray]:
    """Per material and place across the pack (-1 to 1): what the colour is multiplied by, and what is added."""
    s = np.linspace(-1, 1, _LUT, dtype=np.float32)
    facing = np.sqrt(1 - s**2)
    factor = np.zeros((5, _LUT), np.float32)
    added = np.zeros((5, _LUT), np.float32)
    far = -lamp * 1.12
    factor[LABEL] = 0.42 + 0.58 * facing**0.8
    added[LABEL] = shine * (26 * _bump(s, lamp, 0.16) + 14 * _bump(s, far, 0.1))
    factor[METAL] = 0.3 + 0.68 * facing**0.9 + 0.16 * _bump(s, lamp + 0.25, 0.2) - 0.12 * _bump(s, 0.12, 0.14)
    added[METAL] = shine * (85 * _bump(s, lamp, 0.075) + 48 * _bump(s, far, 0.06) + 22 * _bump(s, lamp, 0.25))
    factor[LIQUID] = 0.5 + 0.42 * facing + 0.3 * _bump(s, -0.35 * np.sign(lamp), 0.4)
    added[LIQUID] = shine * (120 * _bump(s, lamp, 0.055) + 70 * _bump(s, far, 0.04) + 16 * _bump(s, 0.0, 0.5))
    factor[CAP] = 0.45 + 0.55 * facing
    added[CAP] = shine * 20 * _bump(s, lamp, 0.2)
    waves = 0.72 + 0.3 * np.cos(7 * (s - lamp)) * facing
    factor[BARE] = np.clip(waves, 0.3, 1.1)
    added[BARE] = shine * 70 * _bump(s, lamp, 0.1)
    return factor, added


def pack_sprite(solid: Solid, view: View, light: Light) -> Sprite:
    """Draws a pack that is a body of revolution.

    The surface is found per pixel: where the camera looks down by `tilt`, the pixel at height v of the pack's axis
    shows the surface at height v + tilt * r * cos(angle), since the front of the pack is nearer than its axis.
    """
    scale = view.px_per_mm
    reach = solid.pack.width_mm / 2 + HALO_MM
    drop = abs(view.tilt) * reach
    x0, x1 = int(np.floor(view.x - reach * scale)), int(np.ceil(view.x + reach * scale))
    y0, y1 = int(np.floor(view.y - (solid.height_mm + drop) * scale)), int(np.ceil(view.y + drop * scale)) + 1
    u = ((np.arange(x0, x1, dtype=np.float32) + 0.5 - view.x) / scale)[None, :]
    v = ((view.y - np.arange(y0, y1, dtype=np.float32) - 0.5) / scale)[:, None]
    surface, radius, side = _surface(solid, u, v, view.tilt)
    inside = np.minimum(np.minimum(surface, solid.height_mm - surface), radius - np.abs(u))
    cover = _edge(inside, scale)
    colour, alpha = _body(solid, view, light, surface, side)
    hides = cover * alpha
    colour *= hides[..., None]
    if view.tilt > 0:
        _add_lid(solid, view, light, (u, v), (colour, cover, hides))
    keeps = (1 - hides) * (1 - _shadow(solid, view, u, v, radius))
    return Sprite(x0, y0, colour, keeps, cover >= _HALF)


def _edge(inside_mm: FloatArray, scale: float) -> FloatArray:
    share: FloatArray = np.clip(inside_mm * np.float32(scale) + np.float32(0.5), 0, 1)
    return share


def _at(table: FloatArray, height: FloatArray) -> FloatArray:
    found: FloatArray = table.take((height * PER_MM).astype(np.intp), mode="clip")
    return found


def _surface(solid: Solid, u: FloatArray, v: FloatArray, tilt: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Height of the surface seen, its radius there, and the place across it, -1 to 1."""
    radius = np.broadcast_to(_at(solid.radius, v), (v.shape[0], u.shape[1]))
    surface = v
    for _ in range(2 if tilt else 1):
        depth = np.sqrt(np.maximum(radius**2 - u**2, 0))
        surface = v + np.float32(tilt) * depth
        radius = _at(solid.radius, surface)
    return surface, radius, np.clip(u / radius, -1, 1)


def _body(
    solid: Solid, view: View, light: Light, surface: FloatArray, side: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Lit colour of the side, and how much it hides."""
    texture = solid.texture_for(view.px_per_mm)
    rows, around = texture.shape[0], texture.shape[1] // WRAPS
    # The front's middle is a quarter around; counted from the second wrap, no place falls off the texture.
    turn = (view.turn / (2 * np.pi) + 0.25) % 1 + 1
    map_x = np.arcsin(side) * np.float32(around / (2 * np.pi)) + np.float32(turn * around - 0.5)
    map_y = surface * np.float32(-rows / solid.height_mm) + np.float32(rows - 0.5)
    lit = cv2.remap(texture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    step = np.minimum(np.maximum(surface * PER_MM, 0), len(solid.material) - 1).astype(np.intp)
    place = (side * ((_LUT - 1) / 2) + (_LUT - 1) / 2).astype(np.intp)
    place += solid.material.take(step) * _LUT
    factor, added = _shading(light.lamp, light.shine)
    foot = np.minimum(0.62 + surface / 45, 1) * np.float32(light.level)
    lit *= (factor.take(place) * foot)[..., None]
    lit += (added.take(place) * foot)[..., None]
    return lit, solid.alpha.take(step)


def _add_lid(
    solid: Solid,
    view: View,
    light: Light,
    grid: tuple[FloatArray, FloatArray],
    layers: tuple[FloatArray, FloatArray, FloatArray],
) -> None:
    """Adds the top, which shows from above, behind the rim that is already drawn; changes the layers in place."""
    (u, v), (colour, cover, hides) = grid, layers
    rim = float(solid.radius[-1])
    rows = slice(0, int(np.count_nonzero(v > solid.height_mm - view.tilt * rim)) + 1)
    across = np.flatnonzero(np.abs(u[0]) < rim + 2 / view.px_per_mm)
    part = (rows, slice(int(across[0]), int(across[-1]) + 1))
    u, v = u[:, part[1]], v[rows]
    rho = np.sqrt((u / rim) ** 2 + ((v - solid.height_mm) / (view.tilt * rim)) ** 2)
    inside = np.clip((1 - rho) * rim * view.px_per_mm * min(view.tilt * 2, 1) + 0.5, 0, 1) * (1 - cover[part])
    tone = np.full(rho.shape, 0.88, np.float32)
    if solid.lid_is_metal:
        tone = np.where(rho > 0.86, 1.05, np.where(rho > 0.76, 0.6, 0.84)).astype(np.float32)
        tone[(np.abs(u) < 0.22 * rim) & (np.abs(v - solid.height_mm) < 0.45 * view.tilt * rim)] = 0.98
    lid = np.array(bgr(solid.lid), np.float32) * np.float32(light.level * 1.02)
    colour[part] += (inside * tone)[..., None] * lid
    cover[part] += inside
    hides[part] += inside


def _shadow(solid: Solid, view: View, u: FloatArray, v: FloatArray, radius: FloatArray) -> FloatArray:
    """Shadow on the board around the foot, and the dark seam towards what stands behind."""
    out = np.clip(1 - (np.abs(u) - radius) / HALO_MM, 0, 1) * ((v > 0) & (v < solid.height_mm - 2))
    half = solid.pack.width_mm / 2
    rho = np.sqrt((u / half) ** 2 + (v / (max(view.tilt, 0.06) * half)) ** 2)
    foot = np.clip((1.3 - rho) / 0.5, 0, 1)
    return np.maximum(0.28 * out**2, 0.55 * foot).astype(np.float32)
