"""Renders a `SceneSpec` to a photo whose every unit is known."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from datasets.compose import cooler
from datasets.compose.canvas import Canvas
from datasets.compose.drawing import Drawer, draw_pack
from datasets.compose.optics import Optics, optics_of
from datasets.compose.placing import Placed, place
from datasets.compose.sensor import expose
from datasets.compose.silhouettes import Silhouette, silhouette
from datasets.compose.solids import Solid, solid_of
from datasets.compose.spec import Cabinet, SceneSpec
from datasets.compose.sprites import Light, View
from datasets.compose.surroundings import add_glass, paint_backdrop, paint_clutter
from datasets.compose.tags import RenderedTag, ShelfTag, rendered_tags, tags_of
from datasets.compose.truth import RenderedGap, RenderedUnit, find_gaps, judge
from datasets.products.arrays import Pixels
from datasets.products.packs import Catalogue


@dataclass(frozen=True)
class RenderedScene:
    """A photo and the truth about it.

    Attributes:
        pixels: (H, W, 3) uint8 BGR.
        units: every unit of the cooler, also hidden ones, by row, column, depth and level.
        gaps: empty lane fronts.
        tags: price tags on the strips before the shelves.
    """

    pixels: Pixels
    units: tuple[RenderedUnit, ...]
    gaps: tuple[RenderedGap, ...]
    tags: tuple[RenderedTag, ...] = ()


@dataclass(frozen=True)
class _Seen:
    """A unit as the camera would see it with nothing before it."""

    solid: Solid
    view: View
    silhouette: Silhouette


def render(spec: SceneSpec, catalogue: Catalogue, rng: np.random.Generator, draw: Drawer = draw_pack) -> RenderedScene:
    """Renders a scene; the same spec, catalogue and seed give the same pixels and labels.

    Whoever renders the same place again and again may give a `draw` that remembers.

    Raises:
        KeyError: a SKU that is not in the catalogue.
    """
    optics = optics_of(spec.camera)
    canvas = Canvas(optics)
    placed = place(spec, catalogue, rng)
    seen = [_seen(optics, catalogue, unit) for unit in placed]
    paint_backdrop(canvas, spec.cabinet, np.random.default_rng(spec.backdrop))
    cooler.paint_outside(canvas, spec.cabinet)
    cooler.paint_inside(canvas, spec.cabinet)
    _paint_rows(canvas, spec, placed, seen, draw, tuple(tags_of(spec, catalogue)))
    cooler.paint_frame(canvas, spec.cabinet)
    paint_clutter(canvas, spec.cabinet, spec.clutter, rng)
    map_x, map_y = optics.canvas_maps()
    light = cv2.remap(canvas.pixels, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    add_glass(light, spec.clutter, rng)
    pixels = expose(light, spec.sensor, rng)
    units = judge(canvas, placed, [unit.silhouette for unit in seen])
    return RenderedScene(
        pixels, units, find_gaps(spec, catalogue, optics), tuple(rendered_tags(spec, catalogue, optics))
    )


def _seen(optics: Optics, catalogue: Catalogue, unit: Placed) -> _Seen:
    x, y = optics.project(unit.x, unit.y, unit.z)
    # What shows of the side depends on where the camera stands.
    sideways = float(np.arctan2(optics.camera.x_mm - unit.x, optics.camera.distance_mm + unit.z))
    tilt = 0.0 if unit.fallen else optics.tilt(unit.y, unit.z)
    view = View(x, y, optics.scale(unit.z), tilt, unit.turn + sideways)
    solid = solid_of(catalogue[unit.sku])
    return _Seen(solid, view, silhouette(solid, view, unit.fallen))


def _paint_rows(canvas: Canvas, spec: SceneSpec, placed: list[Placed], seen: list[_Seen], draw: Drawer,
                tags: tuple[ShelfTag, ...]) -> None:  # fmt: skip
    """Paints the rows so that each shelf hides what it hides: from the outermost row towards the camera's height."""
    cabinet, camera_y = spec.cabinet, spec.camera.y_mm
    levels = cabinet.shelf_levels()
    for row in sorted(range(len(spec.rows)), key=lambda r: -abs(levels[r] + cabinet.compartments[r] / 2 - camera_y)):
        cooler.paint_board_top(canvas, cabinet, row)
        of_row = [i for i, unit in enumerate(placed) if unit.row == row]
        for i in sorted(of_row, key=lambda i: (-placed[i].z, placed[i].level)):
            unit = seen[i]
            if canvas.holds(unit.silhouette.outline):
                light = _light(cabinet, placed[i])
                canvas.paste(draw(unit.solid, unit.view, light, placed[i].fallen), i + 1)
        cooler.paint_board_underside(canvas, cabinet, row)
        cooler.paint_lip(canvas, cabinet, row, [tag for tag in tags if tag.row == row])


def _light(cabinet: Cabinet, unit: Placed) -> Light:
    half = cabinet.width_mm / 2
    across = unit.x / half
    lamp = {"sides": -0.62 if across < 0 else 0.62, "left": -0.6, "top": -0.3, "front": 0.25}[cabinet.lamps]
    near_lamp = abs(across) if cabinet.lamps == "sides" else (1 - across) / 2 if cabinet.lamps == "left" else 0.6
    depth = max(1 - 0.62 * unit.z / cabinet.depth_mm, 0.32)
    level = cooler.row_light(cabinet, unit.row) * (0.8 + 0.28 * near_lamp) * depth * unit.lit * 1.12
    return Light(lamp=lamp, shine=round(0.55 + 0.45 * depth, 1), level=level)
