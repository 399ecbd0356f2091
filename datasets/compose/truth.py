"""What a finished scene shows of each unit, and where its gaps are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datasets.compose.canvas import Canvas
from datasets.compose.optics import Optics
from datasets.compose.placing import Placed
from datasets.compose.silhouettes import Silhouette
from datasets.compose.spec import Camera, SceneSpec
from datasets.products.arrays import FloatArray
from datasets.products.packs import Catalogue

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the photo."""


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


def judge(canvas: Canvas, placed: list[Placed], silhouettes: list[Silhouette]) -> tuple[RenderedUnit, ...]:
    """How much of each unit the finished canvas shows, and where; unit i is number i + 1 on the canvas."""
    full = _photo_boxes(canvas.optics, [silhouette.outline for silhouette in silhouettes])
    seen = [_seen(canvas, silhouette, number) for number, silhouette in enumerate(silhouettes, start=1)]
    shown = _photo_boxes(canvas.optics, [outline for outline, _ in seen])
    units = []
    for unit, silhouette, full_box, shown_box, (_, area) in zip(placed, silhouettes, full, shown, seen, strict=True):
        box = clipped(shown_box, canvas.optics.camera)
        fraction = 0.0
        if box:
            inside = _area(box) / max(_area(shown_box), 1e-6)
            fraction = round(min(inside * area / silhouette.area, 1.0), 4)
        units.append(
            RenderedUnit(unit.sku, unit.row, unit.column, unit.depth, unit.level, unit.front, unit.fallen, box,
                         full_box, fraction)
        )  # fmt: skip
    return tuple(units)


def _seen(canvas: Canvas, silhouette: Silhouette, number: int) -> tuple[FloatArray, int]:
    """Outline and area, in canvas pixels, of what shows of a unit."""
    left, top = np.maximum(np.floor(silhouette.outline.min(0)).astype(int) - 2, 0)
    right, bottom = np.maximum(np.ceil(silhouette.outline.max(0)).astype(int) + 3, 0)
    shows = canvas.shows[top:bottom, left:right] == number
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


def photo_box(optics: Optics, outline: FloatArray) -> Box:
    """The box in the photo around the points (N, 2) of the canvas."""
    return _photo_boxes(optics, [outline])[0]


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


def clipped(box: Box, camera: Camera) -> Box | None:
    """What of a box lies inside the photo; None where less than a pixel does."""
    x1, y1 = max(box[0], 0.0), max(box[1], 0.0)
    x2, y2 = min(box[2], float(camera.width)), min(box[3], float(camera.height))
    return (x1, y1, x2, y2) if x2 - x1 >= 1 and y2 - y1 >= 1 else None


def find_gaps(spec: SceneSpec, catalogue: Catalogue, optics: Optics) -> tuple[RenderedGap, ...]:
    """The lanes with nothing in the first place."""
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
            box = clipped(photo_box(optics, np.array(corners)), spec.camera)
            if box:
                gaps.append(RenderedGap(row, column, not any(lane.places), lane.planned, box))
    return tuple(gaps)
