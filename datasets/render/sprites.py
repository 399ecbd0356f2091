"""Draws one pack as seen by the camera: a `Sprite` that the scene pastes at its place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from datasets.render.arrays import FloatArray, Pixels
from datasets.render.artwork import bgr
from datasets.render.solids import BARE, CAP, LABEL, LIQUID, METAL, PER_MM, Solid

_LUT = 256
_HALO_MM = 6.0
"""How far around a pack its shadow falls on what stands behind."""


@dataclass(frozen=True)
class Sprite:
    """A drawn pack, its top left pixel at (`x`, `y`) of the canvas.

    Attributes:
        colour: (H, W, 3) float32 BGR, 0 to 255 and over where it shines, already multiplied by `hides`.
        hides: (H, W) float32, share of what is behind that it hides.
        cover: (H, W) float32, share of the pixel that belongs to the pack, also where it is see-through.
        shade: (H, W) float32, shadow that it throws on what is behind.
    """

    x: int
    y: int
    colour: FloatArray
    hides: FloatArray
    cover: FloatArray
    shade: FloatArray


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
    """Draws a pack.

    The surface is found per pixel: where the camera looks down by `tilt`, the pixel at height v of the pack's axis
    shows the surface at height v + tilt * r * cos(angle), since the front of the pack is nearer than its axis.
    """
    if solid.pack.pack_type == "carton":
        return _box_sprite(solid, view, light)
    scale = view.px_per_mm
    reach = solid.pack.width_mm / 2 + _HALO_MM
    drop = abs(view.tilt) * reach
    x0, x1 = int(np.floor(view.x - reach * scale)), int(np.ceil(view.x + reach * scale))
    y0, y1 = int(np.floor(view.y - (solid.height_mm + drop) * scale)), int(np.ceil(view.y + drop * scale)) + 1
    u = ((np.arange(x0, x1, dtype=np.float32) + 0.5 - view.x) / scale)[None, :]
    v = ((view.y - np.arange(y0, y1, dtype=np.float32) - 0.5) / scale)[:, None]
    surface, radius, side = _surface(solid, u, v, view.tilt)
    cover = _edge(radius - np.abs(u), scale) * _edge(surface, scale) * _edge(solid.height_mm - surface, scale)
    colour, alpha = _body(solid, view, light, surface, side)
    hides = cover * alpha
    colour *= hides[..., None]
    if view.tilt > 0:
        cover, hides = _add_lid(solid, view, light, u, v, colour, cover, hides)
    return Sprite(x0, y0, colour, hides, cover, _shadow(solid, view, u, v, radius))


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
    texture = solid.texture_for(view.px_per_mm)
    rows, around = texture.shape[:2]
    map_x = (np.arcsin(side) + np.float32(view.turn)) * np.float32(around / (2 * np.pi)) + np.float32(around / 4 - 0.5)
    map_y = (1 - surface / solid.height_mm) * rows - np.float32(0.5)
    map_x = np.mod(map_x, around)
    colour = cv2.remap(texture, map_x, np.clip(map_y, 0, rows - 1), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    step = np.clip(surface * PER_MM, 0, len(solid.material) - 1).astype(np.intp)
    place = solid.material.take(step) * _LUT + ((side + 1) * ((_LUT - 1) / 2)).astype(np.intp)
    factor, added = _shading(light.lamp, light.shine)
    foot = np.clip(0.62 + surface / 45, 0, 1) * np.float32(light.level)
    lit = colour.astype(np.float32)
    lit *= (factor.take(place) * foot)[..., None]
    lit += (added.take(place) * foot)[..., None]
    return lit, solid.alpha.take(step)


def _add_lid(solid: Solid, view: View, light: Light, u: FloatArray, v: FloatArray, colour: FloatArray,
             cover: FloatArray, hides: FloatArray) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Adds the top, which shows from above, behind the rim that is already drawn; changes `colour` in place."""
    rim = float(solid.radius[-1])
    rho = np.sqrt((u / rim) ** 2 + ((v - solid.height_mm) / (view.tilt * rim)) ** 2)
    inside = np.clip((1 - rho) * rim * view.px_per_mm * min(view.tilt * 2, 1) + 0.5, 0, 1) * (1 - cover)
    tone = np.full(rho.shape, 0.88, np.float32)
    if solid.lid_is_metal:
        tone = np.where(rho > 0.86, 1.05, np.where(rho > 0.76, 0.6, 0.84)).astype(np.float32)
        tab = (np.abs(u) < 0.22 * rim) & (np.abs(v - solid.height_mm) < 0.45 * view.tilt * rim)
        tone[tab] = 0.98
    lid = np.array(bgr(solid.lid), np.float32) * np.float32(light.level * 1.02)
    colour += (inside * tone)[..., None] * lid
    return cover + inside, hides + inside


def _shadow(solid: Solid, view: View, u: FloatArray, v: FloatArray, radius: FloatArray) -> FloatArray:
    """Shadow on the board around the foot, and the dark seam towards what stands behind."""
    out = np.clip(1 - (np.abs(u) - radius) / _HALO_MM, 0, 1) * ((v > 0) & (v < solid.height_mm - 2))
    half = solid.pack.width_mm / 2
    rho = np.sqrt((u / half) ** 2 + (v / (max(view.tilt, 0.06) * half)) ** 2)
    foot = np.clip((1.3 - rho) / 0.5, 0, 1)
    return np.maximum(0.28 * out**2, 0.55 * foot).astype(np.float32)


def _box_sprite(solid: Solid, view: View, light: Light) -> Sprite:
    """A carton: front, the side that shows, and the top where seen from above."""
    pack, scale, tilt = solid.pack, view.px_per_mm, view.tilt
    # Only so much of the side shows as the carton is turned.
    lean = float(np.clip(view.turn, -0.3, 0.3))
    width, side = pack.width_mm * np.cos(lean) * scale, pack.depth_mm * np.sin(abs(lean)) * scale
    height, top = pack.height_mm * scale, max(tilt, 0) * pack.depth_mm * scale
    front_drop = tilt * pack.depth_mm / 2 * scale
    pad = _HALO_MM * scale
    left = view.x - (width + side) / 2
    x0, x1 = int(np.floor(left - pad)), int(np.ceil(left + width + side + pad))
    y0, y1 = (
        int(np.floor(view.y - height - top - abs(front_drop))),
        int(np.ceil(view.y + max(front_drop, 0) + 0.3 * pad)) + 1,
    )
    origin = np.array([x0, y0], np.float32)
    front_x = left if lean >= 0 else left + side
    side_x = left + width if lean >= 0 else left
    foot, head = view.y + front_drop, view.y + front_drop - height
    back = top * 0.94
    inner, outer = (front_x + width, side_x + side) if lean >= 0 else (front_x, side_x)
    faces = {
        "top": (
            [
                (front_x, head),
                (front_x + width, head),
                (front_x + width - 0.02 * width, head - back),
                (front_x + 0.02 * width, head - back),
            ],
            1.0,
        ),
        "side": ([(inner, head), (outer, head - side * tilt), (outer, foot - side * tilt), (inner, foot)], 0.62),
        "front": ([(front_x, head), (front_x + width, head), (front_x + width, foot), (front_x, foot)], 0.95),
    }
    shape = (y1 - y0, x1 - x0)
    colour = np.zeros((*shape, 3), np.float32)
    cover = np.zeros(shape, np.float32)
    texture = solid.texture_for(scale)
    split = round(texture.shape[1] * pack.width_mm / (pack.width_mm + pack.depth_mm))
    lid = np.full((8, 8, 3), bgr(solid.lid), np.uint8)
    art = {"front": texture[:, :split], "side": texture[:, split:], "top": lid}
    for name, (corners, tone) in faces.items():
        _paste_face(colour, cover, art[name], np.array(corners, np.float32) - origin, tone * light.level)
    blurred = cv2.blur(cover, (max(int(pad) | 1, 3), max(int(pad * 0.6) | 1, 3)))
    return Sprite(x0, y0, colour, cover, cover, np.clip(blurred - 0.2, 0, 0.6) * 0.6)


def _paste_face(colour: FloatArray, cover: FloatArray, art: Pixels, corners: FloatArray, tone: float) -> None:
    height, width = art.shape[:2]
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    if cv2.contourArea(corners) < 2:
        return
    warp = cv2.getPerspectiveTransform(flat, corners)
    size = (colour.shape[1], colour.shape[0])
    face = cv2.warpPerspective(art, warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros(size[::-1], np.uint8)
    cv2.fillConvexPoly(mask, np.round(corners * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    share = mask.astype(np.float32) / 255
    colour *= (1 - share)[..., None]
    colour += face.astype(np.float32) * (share * np.float32(tone))[..., None]
    np.maximum(cover, share, out=cover)
