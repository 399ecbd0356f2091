"""Things, places and rows of a stage, as labels speak of them."""

from __future__ import annotations

import numpy as np

from datasets.products.arrays import FloatArray
from datasets.products.packs import Catalogue
from datasets.products.stock import Lane
from datasets.render.cameras import project
from datasets.render.furniture.furniture import Furniture, Shelf
from datasets.render.outlines import outline
from datasets.render.placing import lane_middles
from datasets.render.rendering import CameraModel, Place, Thing
from datasets.render.scene import Scene, first_columns
from datasets.render.stage import Exhibit, Stage

_OFF_MM = 2.0
"""A place ends so far before the lane's end."""
_UNKNOWN_HEIGHT = 0.75
"""Share of the clear height that a place without a planned product takes."""


def things_of(stage: Stage, camera: CameraModel) -> tuple[Thing, ...]:
    """What labels speak of, in the order of the exhibits."""
    return tuple(_thing(exhibit, camera) for exhibit in stage.exhibits)


def _thing(exhibit: Exhibit, camera: CameraModel) -> Thing:
    area, box = outline(exhibit.model, exhibit.matrix, camera)
    unit, placement = exhibit.unit, exhibit.matrix[:3]
    if unit is None:
        return Thing(exhibit.kind, None, None, None, None, None, False, exhibit.pose, area, box, placement)
    return Thing(exhibit.kind, unit.sku, unit.row, unit.column, unit.depth, unit.level, unit.front, exhibit.pose,
                 area, box, placement)  # fmt: skip


def places_of(scene: Scene, furniture: Furniture, catalogue: Catalogue, camera: CameraModel) -> tuple[Place, ...]:
    """The front place of every lane, by shelf and column."""
    columns = first_columns(furniture, scene.stock)
    return tuple(
        _place(shelf, lane, column + number, middle, catalogue, camera)
        for shelf, column, lanes in zip(furniture.shelves, columns, scene.stock, strict=True)
        for number, (lane, middle) in enumerate(zip(lanes, lane_middles(shelf, lanes), strict=True))
    )


def _place(shelf: Shelf, lane: Lane, column: int, middle: float, catalogue: Catalogue,
           camera: CameraModel) -> Place:  # fmt: skip
    half = lane.width_mm / 2 - _OFF_MM
    filled = bool(lane.places) and lane.places[0] is not None
    tall = catalogue[lane.planned].height_mm if lane.planned else _UNKNOWN_HEIGHT * shelf.clear_mm
    tall = min(tall, shelf.clear_mm)
    if shelf.from_above:
        deep = catalogue[lane.planned].depth_mm if lane.planned else lane.width_mm
        corners = _lying(middle - half, middle + half, shelf.level_mm + tall, shelf.front_mm, deep)
    else:
        corners = _upright(middle - half, middle + half, shelf.level_mm, tall, shelf.front_mm)
    pixels, _ = project(camera, corners)
    return Place(shelf.row, column, lane.planned, filled, not any(lane.places), pixels.astype(np.float32))


def rows_of(furniture: Furniture, camera: CameraModel) -> tuple[FloatArray, ...]:
    """The outline of each shelf row's front face from the top row down, (4, 2) pixels of the ideal photo."""
    outlines = []
    for row in sorted({shelf.row for shelf in furniture.shelves}):
        shelves = [shelf for shelf in furniture.shelves if shelf.row == row]
        left = min(shelf.left_mm for shelf in shelves)
        right = max(shelf.left_mm + shelf.width_mm for shelf in shelves)
        one = shelves[0]
        if one.from_above:
            corners = _lying(left, right, one.level_mm + one.clear_mm, one.front_mm, one.depth_mm)
        else:
            corners = _upright(left, right, one.level_mm, one.clear_mm, one.front_mm)
        outlines.append(project(camera, corners)[0].astype(np.float32))
    return tuple(outlines)


def _upright(left: float, right: float, level: float, tall: float, front: float) -> FloatArray:
    high = level + tall
    return np.array([(left, high, front), (right, high, front), (right, level, front), (left, level, front)])


def _lying(left: float, right: float, level: float, front: float, deep: float) -> FloatArray:
    back = front - deep
    return np.array([(left, level, back), (right, level, back), (right, level, front), (left, level, front)])
