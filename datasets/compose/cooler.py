"""Paints the cooler around the products: walls, shelves, lips with price tags, frame, header."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from datasets.compose.canvas import Canvas
from datasets.compose.spec import Cabinet
from datasets.compose.tags import LEAST_LIP_MM, STRIP_OVER_SHELF_MM, STRIP_Z_MM, ShelfTag, paint_tag
from datasets.products.arrays import FloatArray, Pixels
from datasets.products.artwork import bgr, mixed, put_text
from datasets.products.packs import Colour

_PX_PER_MM = 2
"""Of the pictures of strips."""
_FRONT = -30.0
"""Depth of the door frame's face, mm before the shelves' front edge."""
_GLASS_HIDES = 0.55
"""How much a glass shelf hides of what is behind it."""


def _plain(colour: Colour, light: FloatArray) -> FloatArray:
    return np.array(bgr(colour), np.float32) * light[..., None]


def _fall(near: float, far: float, rows: int = 32) -> FloatArray:
    """Light that changes from the first row to the last."""
    return np.linspace(near, far, rows, dtype=np.float32)[:, None] * np.ones((1, 4), np.float32)


def row_light(cabinet: Cabinet, row: int) -> float:
    """Brightness of a shelf row against the others."""
    if cabinet.lamps == "top":
        return 1.08 - 0.09 * row
    return 1.0 - 0.03 * abs(row - len(cabinet.compartments) / 2)


def paint_inside(canvas: Canvas, cabinet: Cabinet) -> None:
    """Back wall and side walls, compartment by compartment."""
    half, depth = cabinet.width_mm / 2, cabinet.depth_mm
    for row, (level, clear) in enumerate(zip(cabinet.shelf_levels(), cabinet.compartments, strict=True)):
        low, high = level - cabinet.board_mm, level + clear + 1
        light = row_light(cabinet, row)
        back = _plain(cabinet.inside, _fall(0.5, 0.64) * light)
        canvas.quad([(-half, high, depth), (half, high, depth), (half, low, depth), (-half, low, depth)], back)
        if cabinet.open_front:
            continue
        wall = _plain(cabinet.inside, _fall(0.92, 0.55).T[:1] * _fall(0.85, 1.0)[:, :1] * light)
        left = [(-half, high, 0.0), (-half, high, depth), (-half, low, depth), (-half, low, 0.0)]
        right = [(half, high, 0.0), (half, high, depth), (half, low, depth), (half, low, 0.0)]
        canvas.quad(left, wall)
        canvas.quad(right, wall)
    _paint_lamps(canvas, cabinet)


def _paint_lamps(canvas: Canvas, cabinet: Cabinet) -> None:
    half, top, depth = cabinet.width_mm / 2, cabinet.inside_height_mm, cabinet.depth_mm
    ceiling = _plain(cabinet.inside, _fall(0.5, 0.8))
    canvas.quad([(-half, top, depth), (half, top, depth), (half, top, 0), (-half, top, 0)], ceiling)
    tube = np.full((4, 4, 3), 330, np.float32)
    if cabinet.lamps == "top":
        canvas.quad(
            [
                (-half * 0.9, top - 1, 70),
                (half * 0.9, top - 1, 70),
                (half * 0.9, top - 1, 30),
                (-half * 0.9, top - 1, 30),
            ],
            tube,
        )
    sides = {"sides": (-1, 1), "left": (-1,)}.get(cabinet.lamps, ())
    for side in sides:
        x = side * (half - 1)
        canvas.quad([(x, top, 8), (x, top, 26), (x, 0, 26), (x, 0, 8)], tube)


def paint_board_top(canvas: Canvas, cabinet: Cabinet, row: int) -> None:
    """A shelf's upper face, where the camera looks down on it."""
    half, depth, level = cabinet.width_mm / 2, cabinet.depth_mm, cabinet.shelf_levels()[row]
    if canvas.optics.camera.y_mm > level:
        corners = [(-half, level, depth), (half, level, depth), (half, level, 0.0), (-half, level, 0.0)]
        canvas.quad(corners, _board_texture(cabinet, row), _GLASS_HIDES if cabinet.shelf == "glass" else 1.0)


def paint_board_underside(canvas: Canvas, cabinet: Cabinet, row: int) -> None:
    """A shelf's underside, where the camera looks up at it; hides the feet of what stands far back on it."""
    half, depth, level = cabinet.width_mm / 2, cabinet.depth_mm, cabinet.shelf_levels()[row] - cabinet.board_mm
    if canvas.optics.camera.y_mm < level and row < len(cabinet.compartments) - 1:
        corners = [(-half, level, 0.0), (half, level, 0.0), (half, level, depth), (-half, level, depth)]
        canvas.quad(
            corners, _board_texture(cabinet, row)[::-1] * 0.72, _GLASS_HIDES if cabinet.shelf == "glass" else 1.0
        )


def _board_texture(cabinet: Cabinet, row: int) -> FloatArray:
    """Upper face, the back in the first texture row."""
    light = row_light(cabinet, row)
    shade = _fall(0.42, 0.95, 48)[:, :1] * light
    columns = max(int(cabinet.width_mm / 3), 8)
    if cabinet.shelf == "wire":
        pattern = np.where(np.arange(columns) % 6 < 2, 1.0, 0.45).astype(np.float32)[None, :]
        shade = shade * pattern
        shade[::16] = 0.9 * light
    else:
        shade = shade * np.ones((1, columns), np.float32) * 0.92
    return _plain(cabinet.inside, shade.astype(np.float32))


def paint_lip(canvas: Canvas, cabinet: Cabinet, row: int, tags: Iterable[ShelfTag]) -> None:
    """The strip along the shelf's front, with its price tags."""
    half = cabinet.width_mm / 2
    level = cabinet.shelf_levels()[row]
    high = level + STRIP_OVER_SHELF_MM
    low, z = high - cabinet.lip_mm, STRIP_Z_MM
    strip = _lip_texture(cabinet, tags).astype(np.float32) * np.float32(row_light(cabinet, row) * 0.92)
    canvas.quad([(-half, high, z), (half, high, z), (half, low, z), (-half, low, z)], strip)


def _lip_texture(cabinet: Cabinet, tags: Iterable[ShelfTag]) -> Pixels:
    width, height = int(cabinet.width_mm * _PX_PER_MM), max(int(cabinet.lip_mm * _PX_PER_MM), 6)
    strip: Pixels = np.full((height, width, 3), bgr(cabinet.lip), np.uint8)
    strip[: height // 9] = bgr(mixed(cabinet.lip, (255, 255, 255), 0.5))
    strip[-height // 9 :] = bgr(mixed(cabinet.lip, (0, 0, 0), 0.4))
    if cabinet.lip_mm < LEAST_LIP_MM:
        return strip
    ink: Colour = (245, 246, 248) if sum(cabinet.lip) < 400 else (40, 60, 110)
    if cabinet.lip_text and not cabinet.price_tags:
        for x in range(width // 6, width, width // 3):
            put_text(strip, cabinet.lip_text, (x, height / 2), height * 0.5, width / 4, ink, "sans", 700)
    for tag in tags:
        paint_tag(strip, tag.x_mm * _PX_PER_MM, tag)
    return strip


def paint_frame(canvas: Canvas, cabinet: Cabinet) -> None:
    """What stands before the products: jambs, header and plinth."""
    if cabinet.open_front:
        return
    half, frame = cabinet.width_mm / 2, cabinet.frame_mm
    top = cabinet.inside_height_mm
    jamb = _plain(cabinet.frame, np.array([[0.75, 1.0, 1.1, 0.9, 0.7, 0.45]], np.float32).repeat(4, 0))
    for side, texture in ((-1, jamb), (1, jamb[:, ::-1])):
        outer, inner = side * (half + frame), side * half
        left, right = min(outer, inner), max(outer, inner)
        head = top + cabinet.header_mm
        canvas.quad([(left, head, _FRONT), (right, head, _FRONT), (right, -40, _FRONT), (left, -40, _FRONT)], texture)
        seal = np.full((4, 4, 3), 38, np.float32)
        edge = (inner, inner + side * 7)
        canvas.quad(
            [(min(edge), top, _FRONT), (max(edge), top, _FRONT), (max(edge), -30, _FRONT), (min(edge), -30, _FRONT)],
            seal,
        )
    wide = half + frame
    header = _header_texture(cabinet).astype(np.float32) * 1.04
    canvas.quad(
        [
            (-wide, top + cabinet.header_mm, _FRONT),
            (wide, top + cabinet.header_mm, _FRONT),
            (wide, top - 4, _FRONT),
            (-wide, top - 4, _FRONT),
        ],
        header,
    )
    _paint_plinth(canvas, cabinet, wide)


def _header_texture(cabinet: Cabinet) -> Pixels:
    width, height = int((cabinet.width_mm + 2 * cabinet.frame_mm) * 1.2), max(int(cabinet.header_mm * 1.2), 8)
    face: Pixels = np.full((height, width, 3), bgr(cabinet.header), np.uint8)
    swing = np.stack([np.linspace(0, width, 40), (0.72 + 0.16 * np.sin(np.linspace(0, 6, 40))) * height], 1)
    band = np.vstack([swing, [[width, height], [0, height]]]).astype(np.int32)
    cv2.fillPoly(face, [band], bgr(mixed(cabinet.header, (255, 255, 255), 0.8)), cv2.LINE_AA)
    ink: Colour = (255, 255, 255) if sum(cabinet.header) < 500 else (30, 40, 80)
    put_text(face, cabinet.header_text, (width / 2, 0.4 * height), 0.42 * height, 0.8 * width, ink)
    return face


def _paint_plinth(canvas: Canvas, cabinet: Cabinet, wide: float) -> None:
    low = -cabinet.board_mm - cabinet.lip_mm
    face = np.full((48, 64, 3), bgr(mixed(cabinet.frame, (20, 20, 20), 0.55)), np.float32)
    face[18:40:4, 6:58] *= 0.35
    face[:5] = np.array(bgr(cabinet.frame), np.float32)
    bottom = low - cabinet.plinth_mm
    canvas.quad([(-wide, low, _FRONT), (wide, low, _FRONT), (wide, bottom, _FRONT), (-wide, bottom, _FRONT)], face)


def paint_outside(canvas: Canvas, cabinet: Cabinet) -> None:
    """The cabinet's body as seen from beside it, before anything inside is painted."""
    wide, top = cabinet.width_mm / 2 + cabinet.frame_mm, cabinet.inside_height_mm + cabinet.header_mm
    floor = -cabinet.board_mm - cabinet.lip_mm - cabinet.plinth_mm
    if cabinet.open_front:
        floor, wide = -60.0, cabinet.width_mm / 2 + 12
    back = cabinet.depth_mm + 30
    tone = _plain(mixed(cabinet.frame, (60, 60, 60), 0.3), _fall(0.75, 0.45))
    x = canvas.optics.camera.x_mm
    if abs(x) > wide:
        side = wide if x > 0 else -wide
        canvas.quad([(side, top, _FRONT), (side, top, back), (side, floor, back), (side, floor, _FRONT)], tone)
    front = _plain(cabinet.frame, _fall(0.5, 0.4))
    canvas.quad([(-wide, top, _FRONT), (wide, top, _FRONT), (wide, floor, _FRONT), (-wide, floor, _FRONT)], front)
