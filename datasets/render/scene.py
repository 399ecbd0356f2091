"""Renders a `SceneSpec` to a photo whose every unit is known."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from datasets.render import cooler
from datasets.render.arrays import FloatArray, Pixels
from datasets.render.canvas import Canvas
from datasets.render.optics import Optics, optics_of
from datasets.render.packs import Catalogue
from datasets.render.sensor import expose
from datasets.render.solids import Solid, solid_of
from datasets.render.spec import Cabinet, Camera, Lane, SceneSpec
from datasets.render.sprites import Light, Sprite, View, pack_sprite
from datasets.render.surroundings import add_glass, paint_backdrop, paint_clutter

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the photo."""

_BETWEEN_MM = 3.0
"""Free space between two packs of a lane, one behind the other."""


@dataclass(frozen=True)
class RenderedUnit:
    """One unit of the scene and how much of it the photo shows.

    Attributes:
        sku: what it is.
        row, column, depth, level: shelf row from the top, lane from the left, place from the front, place in a stack.
        front: nothing stands before it in its lane.
        fallen: it lies on its side.
        box: around what shows; None where nothing does.
        full_box: around the whole unit, as if nothing hid it; may reach out of the photo.
        visible_fraction: share of its outline's area that shows, 0 to 1.
    """

    sku: str
    row: int
    column: int
    depth: int
    level: int
    front: bool
    fallen: bool
    box: Box | None
    full_box: Box
    visible_fraction: float


@dataclass(frozen=True)
class RenderedGap:
    """An empty lane front: nothing in the first place; `empty` where nothing stands further back either."""

    row: int
    column: int
    empty: bool
    planned: str | None
    box: Box


@dataclass(frozen=True)
class RenderedScene:
    """A photo and the truth about it.

    Attributes:
        pixels: (H, W, 3) uint8 BGR.
        units: every unit of the cooler, also hidden ones, by row, column, depth and level.
        gaps: empty lane fronts.
    """

    pixels: Pixels
    units: tuple[RenderedUnit, ...]
    gaps: tuple[RenderedGap, ...]


@dataclass(frozen=True)
class _Placed:
    """A unit with its position: middle of its foot, mm."""

    sku: str
    row: int
    column: int
    depth: int
    level: int
    front: bool
    fallen: bool
    x: float
    y: float
    z: float


def render(spec: SceneSpec, catalogue: Catalogue, rng: np.random.Generator) -> RenderedScene:
    """Renders a scene; the same spec, catalogue and seed give the same pixels and labels.

    Raises:
        KeyError: a SKU that is not in the catalogue.
    """
    optics = optics_of(spec.camera)
    canvas = Canvas(optics)
    paint_backdrop(canvas, spec.cabinet, np.random.default_rng(spec.backdrop))
    cooler.paint_outside(canvas, spec.cabinet)
    cooler.paint_inside(canvas, spec.cabinet)
    placed = _place(spec, catalogue, rng)
    sprites = _paint_rows(canvas, spec, catalogue, placed, rng)
    cooler.paint_frame(canvas, spec.cabinet)
    paint_clutter(canvas, spec.cabinet, spec.clutter, rng)
    map_x, map_y = optics.canvas_maps()
    light = cv2.remap(canvas.pixels, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    add_glass(light, spec.clutter, rng)
    pixels = expose(light, spec.sensor, rng)
    return RenderedScene(pixels, _judge(canvas, placed, sprites), _gaps(spec, catalogue, optics))


def _place(spec: SceneSpec, catalogue: Catalogue, rng: np.random.Generator) -> list[_Placed]:
    placed: list[_Placed] = []
    levels = spec.cabinet.shelf_levels()
    for row, lanes in enumerate(spec.rows):
        x = -spec.cabinet.width_mm / 2
        for column, lane in enumerate(lanes):
            middle = x + lane.width_mm / 2
            x += lane.width_mm
            placed.extend(_place_lane(catalogue, lane, row, column, (middle, levels[row]), rng))
    return placed


def _place_lane(catalogue: Catalogue, lane: Lane, row: int, column: int, at: tuple[float, float],
                rng: np.random.Generator) -> list[_Placed]:  # fmt: skip
    placed: list[_Placed] = []
    pitch = _pitch(catalogue, lane)
    first = next((place for place, unit in enumerate(lane.places) if unit), -1)
    for place, unit in enumerate(lane.places):
        jitter = rng.normal(0, 1.6, 2)
        if unit is None:
            continue
        pack = catalogue[unit.sku]
        spare = max((lane.width_mm - pack.width_mm) / 2 - 1, 0)
        x = at[0] + float(np.clip(jitter[0], -spare, spare))
        z = 8 + pitch * place + pack.depth_mm / 2 + abs(float(jitter[1]))
        y = at[1] + (pack.width_mm / 2 if unit.fallen else 0)
        common = (row, column, place)
        placed.append(_Placed(unit.sku, *common, 0, place == first, unit.fallen, x, y, z))
        for level, sku in enumerate(unit.stacked, start=1):
            y += catalogue[placed[-1].sku].height_mm - 2
            placed.append(_Placed(sku, *common, level, place == first, False, x + float(rng.normal(0, 1.2)), y, z))
    return placed


def _pitch(catalogue: Catalogue, lane: Lane) -> float:
    depths = [catalogue[unit.sku].depth_mm for unit in lane.places if unit]
    if lane.planned:
        depths.append(catalogue[lane.planned].depth_mm)
    return max(depths, default=66.0) + _BETWEEN_MM


def _paint_rows(canvas: Canvas, spec: SceneSpec, catalogue: Catalogue, placed: list[_Placed],
                rng: np.random.Generator) -> list[Sprite]:  # fmt: skip
    """Paints the rows so that each shelf hides what it hides: from the outermost row towards the camera's height."""
    cabinet = spec.cabinet
    turns = rng.normal(0, spec.turned, len(placed))
    turns += np.where(rng.random(len(placed)) < 0.08 * min(spec.turned / 0.3, 3), rng.uniform(-3, 3, len(placed)), 0)
    tints = rng.normal(1, 0.035, len(placed))
    sprites: dict[int, Sprite] = {}
    levels = cabinet.shelf_levels()
    camera_y = spec.camera.y_mm
    for row in sorted(range(len(spec.rows)), key=lambda r: -abs(levels[r] + cabinet.compartments[r] / 2 - camera_y)):
        cooler.paint_board_top(canvas, cabinet, row)
        numbers = [i for i, unit in enumerate(placed) if unit.row == row]
        for i in sorted(numbers, key=lambda i: (-placed[i].z, placed[i].level)):
            light = _light(cabinet, placed[i], float(tints[i]))
            sprites[i] = _draw(canvas.optics, catalogue, placed[i], float(turns[i]), light)
            canvas.paste(sprites[i], i + 1)
        cooler.paint_board_underside(canvas, cabinet, row)
        cooler.paint_lip(canvas, cabinet, row, spec.rows[row], spec.backdrop + row)
    return [sprites[i] for i in range(len(placed))]


def _light(cabinet: Cabinet, unit: _Placed, strength: float) -> Light:
    half = cabinet.width_mm / 2
    across = unit.x / half
    lamp = {"sides": -0.62 if across < 0 else 0.62, "left": -0.6, "top": -0.3, "front": 0.25}[cabinet.lamps]
    near_lamp = abs(across) if cabinet.lamps == "sides" else (1 - across) / 2 if cabinet.lamps == "left" else 0.6
    depth = max(1 - 0.62 * unit.z / cabinet.depth_mm, 0.32)
    level = cooler.row_light(cabinet, unit.row) * (0.8 + 0.28 * near_lamp) * depth * strength * 1.12
    return Light(lamp=lamp, shine=round(0.55 + 0.45 * depth, 1), level=level)


def _draw(optics: Optics, catalogue: Catalogue, unit: _Placed, turn: float, light: Light) -> Sprite:
    solid = solid_of(catalogue[unit.sku])
    x, y = optics.project(unit.x, unit.y, unit.z)
    scale = optics.scale(unit.z)
    reach = max(solid.height_mm, solid.pack.width_mm) * 1.3 * scale
    if not (-reach < x < optics.width + reach and -reach < y < optics.height + reach):
        return _outside(solid, x, y, scale)
    if unit.fallen:
        return _fallen(pack_sprite(solid, View(0, 0, scale, 0.0, turn), light), x, y)
    # What shows of the side depends on where the camera stands.
    seen_from = turn + float(np.arctan2(optics.camera.x_mm - unit.x, optics.camera.distance_mm + unit.z))
    return pack_sprite(solid, View(x, y, scale, optics.tilt(unit.y, unit.z), seen_from), light)


def _outside(solid: Solid, x: float, y: float, scale: float) -> Sprite:
    """Stands for a pack that the photo cannot show: its place and size without its picture."""
    size = (max(round(solid.height_mm * scale), 1), max(round(solid.pack.width_mm * scale), 1))
    blank = np.zeros(size, np.float32)
    colour = np.zeros((*size, 3), np.float32)
    return Sprite(round(x - size[1] / 2), round(y - size[0]), colour, blank, blank + 1, blank)


def _fallen(upright: Sprite, x: float, y: float) -> Sprite:
    """The pack on its side, its middle where its foot was."""
    colour, hides, cover, shade = (
        np.ascontiguousarray(np.rot90(part)) for part in (upright.colour, upright.hides, upright.cover, upright.shade)
    )
    height, width = cover.shape
    return Sprite(round(x - width / 2), round(y - height / 2), colour, hides, cover, shade)


def _judge(canvas: Canvas, placed: list[_Placed], sprites: list[Sprite]) -> tuple[RenderedUnit, ...]:
    """How much of each unit the finished canvas shows, and where."""
    wholes = [sprite.cover >= 0.5 for sprite in sprites]
    full = _photo_boxes(canvas.optics, [_outline(w, s.x, s.y) for w, s in zip(wholes, sprites, strict=True)])
    seen = [_seen(canvas, sprite, number) for number, sprite in enumerate(sprites, start=1)]
    shown = _photo_boxes(canvas.optics, [outline for outline, _ in seen])
    units = []
    for unit, whole, full_box, shown_box, (_, area) in zip(placed, wholes, full, shown, seen, strict=True):
        box = _clipped(shown_box, canvas.optics.camera)
        fraction = 0.0
        if box:
            inside = _area(box) / max(_area(shown_box), 1e-6)
            fraction = round(min(inside * area / max(int(np.count_nonzero(whole)), 1), 1.0), 4)
        units.append(
            RenderedUnit(unit.sku, unit.row, unit.column, unit.depth, unit.level, unit.front, unit.fallen, box,
                         full_box, fraction)
        )  # fmt: skip
    return tuple(units)


def _seen(canvas: Canvas, sprite: Sprite, number: int) -> tuple[FloatArray, int]:
    """Outline and area, in canvas pixels, of what shows of a unit."""
    height, width = sprite.cover.shape
    top, left = max(sprite.y, 0), max(sprite.x, 0)
    shows = canvas.shows[top : max(sprite.y + height, 0), left : max(sprite.x + width, 0)] == number
    return _outline(shows, left, top), int(np.count_nonzero(shows))


def _outline(mask: FloatArray, x: int, y: int) -> FloatArray:
    """The first and last pixel of each row of a mask, as canvas positions (N, 2)."""
    rows = np.flatnonzero(mask.any(1))
    if not len(rows):
        return np.empty((0, 2))
    left = mask[rows].argmax(1) + x
    right = mask.shape[1] - mask[rows, ::-1].argmax(1) + x
    outline: FloatArray = np.empty((4 * len(rows), 2))
    outline[:, 0] = np.concatenate([left, left, right, right])
    outline[:, 1] = np.concatenate([rows, rows + 1, rows, rows + 1]) + y
    return outline


def _photo_boxes(optics: Optics, outlines: list[FloatArray]) -> list[Box]:
    """The box in the photo around each outline; an empty box for an empty outline."""
    sizes = np.array([len(outline) for outline in outlines], np.intp)
    boxes = np.zeros((len(outlines), 4))
    if sizes.sum():
        points = optics.to_photo(np.concatenate(outlines))
        held = np.flatnonzero(sizes)
        starts = np.concatenate([[0], np.cumsum(sizes[held])[:-1]])
        boxes[held, :2] = np.minimum.reduceat(points, starts)
        boxes[held, 2:] = np.maximum.reduceat(points, starts)
    return [(x1, y1, x2, y2) for x1, y1, x2, y2 in boxes.round(2).tolist()]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _clipped(box: Box, camera: Camera) -> Box | None:
    """What of a box lies inside the photo; None where less than a pixel does."""
    x1, y1 = max(box[0], 0.0), max(box[1], 0.0)
    x2, y2 = min(box[2], float(camera.width)), min(box[3], float(camera.height))
    return (x1, y1, x2, y2) if x2 - x1 >= 1 and y2 - y1 >= 1 else None


def _gaps(spec: SceneSpec, catalogue: Catalogue, optics: Optics) -> tuple[RenderedGap, ...]:
    gaps: list[RenderedGap] = []
    for row, (lanes, level) in enumerate(zip(spec.rows, spec.cabinet.shelf_levels(), strict=True)):
        x = -spec.cabinet.width_mm / 2
        for column, lane in enumerate(lanes):
            left, right = x + 2, x + lane.width_mm - 2
            x += lane.width_mm
            if lane.places and lane.places[0] is not None:
                continue
            clear = spec.cabinet.compartments[row]
            height = min(catalogue[lane.planned].height_mm if lane.planned else 0.75 * clear, clear)
            corners = [optics.project(a, level + b, 10.0) for a in (left, right) for b in (0.0, height)]
            box = _clipped(_photo_boxes(optics, [np.array(corners)])[0], spec.camera)
            if box:
                gaps.append(RenderedGap(row, column, not any(lane.places), lane.planned, box))
    return tuple(gaps)
