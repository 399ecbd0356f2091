"""Paints what is not the cooler: the shop behind it, hands before it, stickers and reflections on its glass."""

from __future__ import annotations

import cv2
import numpy as np

from datasets.compose.canvas import Canvas
from datasets.compose.spec import Cabinet, Clutter
from datasets.products.arrays import FloatArray, Pixels
from datasets.products.artwork import put_text
from datasets.products.packs import Colour


def paint_backdrop(canvas: Canvas, cabinet: Cabinet, rng: np.random.Generator) -> None:
    """A shop out of focus: a wall with blurred things on it, and a floor of tiles or boards."""
    width, height = canvas.optics.width, canvas.optics.height
    small: FloatArray = np.full((48, 48, 3), rng.uniform(70, 210) * rng.uniform(0.85, 1.1, 3), np.float32)
    for _ in range(int(rng.integers(3, 14))):
        x, y = rng.integers(0, 44, 2)
        w, h = rng.integers(2, 18, 2)
        small[y : y + h, x : x + w] = rng.uniform(10, 240, 3)
    small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.6, 2.0)))
    cv2.resize(small, (width, height), canvas.pixels, interpolation=cv2.INTER_LINEAR)
    floor_mm = -cabinet.board_mm - cabinet.lip_mm - cabinet.plinth_mm
    tone = rng.uniform(60, 190) * rng.uniform(0.85, 1.1, 3)
    tiles = np.full((96, 96, 3), tone, np.float32)
    tiles += rng.normal(0, 6, (96, 96, 1)).astype(np.float32)
    tiles[:: int(rng.integers(8, 30))] *= 0.75
    tiles[:, :: int(rng.integers(8, 30))] *= 0.8
    near = -0.8 * canvas.optics.camera.distance_mm
    canvas.quad([(-3000, floor_mm, 900), (3000, floor_mm, 900), (3000, floor_mm, near), (-3000, floor_mm, near)], tiles)


def paint_clutter(canvas: Canvas, cabinet: Cabinet, clutter: Clutter, rng: np.random.Generator) -> None:
    """Everything that stands or sticks between the camera and the products."""
    for _ in range(clutter.stickers):
        _sticker(canvas, cabinet, rng)
    for _ in range(clutter.hands):
        _hand(canvas, cabinet, rng)


def _sticker(canvas: Canvas, cabinet: Cabinet, rng: np.random.Generator) -> None:
    size = rng.uniform(50, 170, 2)
    x = rng.uniform(-cabinet.width_mm / 2, cabinet.width_mm / 2 - size[0])
    y = rng.uniform(0, cabinet.inside_height_mm)
    face: Pixels = np.full((96, 128, 3), rng.integers(0, 256, 3), np.uint8)
    cv2.rectangle(face, (4, 4), (123, 91), rng.integers(0, 256, 3).tolist(), 3)
    ink: Colour = (255, 255, 255) if face[0, 0].sum() < 380 else (20, 20, 20)
    put_text(face, str(rng.choice(["SALE", "2+1", "-30%", "NEW", "特价", "OPEN"])), (64, 48), 44, 110, ink)
    canvas.quad([(x, y, -60), (x + size[0], y, -60), (x + size[0], y - size[1], -60), (x, y - size[1], -60)], face)


def _hand(canvas: Canvas, cabinet: Cabinet, rng: np.random.Generator) -> None:
    """A forearm that reaches in from below or from a side, fingers ahead."""
    optics = canvas.optics
    reach = (rng.uniform(-0.4, 0.4) * cabinet.width_mm, rng.uniform(0.1, 0.85) * cabinet.inside_height_mm)
    tip = np.array(optics.project(*reach, -40.0))
    mm = optics.scale(-40.0)
    side = rng.choice([-1.0, 1.0])
    towards = np.array([side * rng.uniform(0.3, 1.2), rng.uniform(0.4, 1.2)])
    towards /= np.linalg.norm(towards)
    across = np.array([-towards[1], towards[0]])
    tone = np.array([rng.uniform(0.45, 0.75), rng.uniform(0.6, 0.85), 1.0]) * rng.uniform(90, 225)
    skin = np.zeros((optics.height, optics.width), np.uint8)
    sleeve = np.zeros_like(skin)
    palm = tip + towards * 95 * mm
    for finger in range(4):
        start = palm + across * (finger - 1.5) * 21 * mm
        end = tip + across * (finger - 1.5) * 25 * mm - towards * (14 - abs(finger - 1.6) * 14) * mm
        _stroke(skin, start, end, 19 * mm)
    _stroke(skin, palm, tip + across * side * 60 * mm + towards * 50 * mm, 22 * mm)
    _stroke(skin, palm, palm + towards * 60 * mm, 84 * mm)
    _stroke(skin, palm + towards * 30 * mm, palm + towards * 1500 * mm, 62 * mm)
    _stroke(sleeve, palm + towards * rng.uniform(120, 400) * mm, palm + towards * 1500 * mm, 100 * mm)
    for mask, colour in ((skin, tone), (sleeve, rng.uniform(10, 220, 3))):
        _fill_soft(canvas, mask, colour, 26 * mm)


def _stroke(mask: Pixels, start: FloatArray, end: FloatArray, width: float) -> None:
    cv2.line(mask, start.astype(int).tolist(), end.astype(int).tolist(), 255, max(int(width), 1), cv2.LINE_AA)


def _fill_soft(canvas: Canvas, mask: Pixels, colour: FloatArray, round_px: float) -> None:
    """Fills a mask with a colour that darkens towards its rim, as round limbs do."""
    x, y, width, height = cv2.boundingRect(mask)
    if width == 0 or height == 0:
        return
    part = mask[y : y + height, x : x + width]
    inner = cv2.distanceTransform((part > 127).astype(np.uint8), cv2.DIST_L2, 3)
    tone = 0.45 + 0.55 * np.sqrt(np.clip(inner / max(round_px, 1), 0, 1))
    colours = (tone[..., None] * colour).astype(np.float32)
    canvas.blend((slice(y, y + height), slice(x, x + width)), colours, part.astype(np.float32) / 255)


def add_glass(photo: FloatArray, clutter: Clutter, rng: np.random.Generator) -> None:
    """Adds what the door's glass does to the finished picture: reflections, mist, a glaring lamp."""
    height, width = photo.shape[:2]
    if clutter.reflection > 0:
        photo += clutter.reflection * _reflection(width, height, rng)
    if clutter.mist > 0:
        fog = cv2.resize(rng.random((6, 5)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        share = (np.clip(fog * 1.6 - 0.5, 0, 1) * clutter.mist * 0.8)[..., None]
        photo += (205 - photo) * share
    if clutter.glare > 0:
        x = (np.arange(width, dtype=np.float32) - rng.uniform(-0.1, 1.1) * width) / (0.16 * width)
        y = (np.arange(height, dtype=np.float32) - rng.uniform(0, 1) * height) / (0.5 * height)
        photo += (clutter.glare * 240 * np.exp(-(x**2)[None, :] - (y**2)[:, None]))[..., None]


def _reflection(width: int, height: int, rng: np.random.Generator) -> FloatArray:
    small: FloatArray = np.zeros((96, 72, 3), np.float32)
    for _ in range(int(rng.integers(2, 7))):
        x, y = int(rng.integers(-10, 70)), int(rng.integers(-10, 90))
        w, h = int(rng.integers(3, 40)), int(rng.integers(6, 60))
        slant = int(rng.integers(-12, 12))
        corners = np.array([(x, y), (x + w, y + slant // 3), (x + w + slant, y + h), (x + slant, y + h)])
        cv2.fillConvexPoly(small, corners, (rng.uniform(60, 230) * rng.uniform(0.8, 1.1, 3)).tolist())
    small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.5, 2.5)))
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
