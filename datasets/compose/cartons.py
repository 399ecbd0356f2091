"""Draws cartons: front, the side that shows, and the top where seen from above."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from datasets.compose.solids import Solid
from datasets.compose.sprites import HALO_MM, Light, Sprite, View
from datasets.products.arrays import FloatArray, Pixels
from datasets.products.artwork import bgr

_MOST_LEAN = 0.3
_TOP_NARROWER = 0.02


@dataclass(frozen=True)
class Face:
    """One face of a carton: its corners on the canvas from top left clockwise, (4, 2), and its brightness."""

    name: str
    corners: FloatArray
    tone: float


def carton_faces(solid: Solid, view: View) -> tuple[Face, ...]:
    """The faces that show, far ones first."""
    pack, scale, tilt = solid.pack, view.px_per_mm, view.tilt
    lean = float(np.clip(view.turn, -_MOST_LEAN, _MOST_LEAN))
    width, side = pack.width_mm * np.cos(lean) * scale, pack.depth_mm * np.sin(abs(lean)) * scale
    left = view.x - (width + side) / 2 + (side if lean < 0 else 0)
    right = left + width
    foot = view.y + tilt * pack.depth_mm / 2 * scale
    head = foot - pack.height_mm * scale
    near, far = (right, right + side) if lean >= 0 else (left, left - side)
    rise = side * tilt
    faces = [
        Face("side", np.array([(near, head), (far, head - rise), (far, foot - rise), (near, foot)], np.float32), 0.62),
        Face("front", np.array([(left, head), (right, head), (right, foot), (left, foot)], np.float32), 0.95),
    ]
    if tilt > 0:
        back, inset = head - 0.94 * tilt * pack.depth_mm * scale, _TOP_NARROWER * width
        top = np.array([(left + inset, back), (right - inset, back), (right, head), (left, head)], np.float32)
        faces.insert(0, Face("top", top, 1.0))
    return tuple(faces)


def carton_sprite(solid: Solid, view: View, light: Light) -> Sprite:
    """Draws a carton."""
    faces = carton_faces(solid, view)
    pad = HALO_MM * view.px_per_mm
    points = np.concatenate([face.corners for face in faces])
    x0, y0 = np.floor(points.min(0) - pad).astype(int)
    x1, y1 = np.ceil(points.max(0) + pad).astype(int)
    colour = np.zeros((y1 - y0, x1 - x0, 3), np.float32)
    cover = np.zeros((y1 - y0, x1 - x0), np.float32)
    art = _art(solid, view.px_per_mm)
    for face in faces:
        _paste_face(colour, cover, art[face.name], face.corners - (x0, y0), face.tone * light.level)
    size = max(int(pad) | 1, 3)
    shade = np.clip(cv2.blur(cover, (size, size)) - 0.2, 0, 0.6) * 0.6
    return Sprite(int(x0), int(y0), colour, (1 - cover) * (1 - shade), cover >= 0.5)


def _art(solid: Solid, scale: float) -> dict[str, Pixels]:
    texture = solid.texture_for(scale)
    split = round(texture.shape[1] * solid.pack.width_mm / (solid.pack.width_mm + solid.pack.depth_mm))
    lid = np.full((8, 8, 3), bgr(solid.lid), np.uint8)
    return {"front": texture[:, :split], "side": texture[:, split:], "top": lid}


def _paste_face(colour: FloatArray, cover: FloatArray, art: Pixels, corners: FloatArray, tone: float) -> None:
    corners = corners.astype(np.float32)
    if cv2.contourArea(corners) < 2:
        return
    height, width = art.shape[:2]
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    warp = cv2.getPerspectiveTransform(flat, corners)
    size = (colour.shape[1], colour.shape[0])
    face = cv2.warpPerspective(art, warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros(size[::-1], np.uint8)
    cv2.fillConvexPoly(mask, np.round(corners * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    share = mask.astype(np.float32) / 255
    colour *= (1 - share)[..., None]
    colour += face.astype(np.float32) * (share * np.float32(tone))[..., None]
    np.maximum(cover, share, out=cover)
