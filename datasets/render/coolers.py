"""The cooler of the simulated world, photo-real: a cabinet whose shelves hold exactly the given lanes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from datasets.products.packs import Catalogue
from datasets.products.stock import Lane
from datasets.render.cameras import looking_at
from datasets.render.furniture.upright import draw_upright
from datasets.render.lights import draw_lights
from datasets.render.placing import Care
from datasets.render.scene import Scene
from datasets.render.stress import Stress
from facings.errors import BadInputError

_DEPTH_MM = 520.0
_SPARE_MM = 24.0
_HEADROOM_MM = 26.0


def cooler_scene(
    rows: tuple[tuple[Lane, ...], ...],
    look: int,
    catalogue: Catalogue,
    clear_mm: tuple[float, ...] | None = None,
    size: tuple[int, int] = (960, 1280),
    stress: Stress | None = None,
    owner: str | None = None,
) -> Scene:
    """A one-door upright whose shelves hold exactly these lanes.

    Two photos of one cooler differ in their stock only: cabinet, camera, room and the place of each unit are fixed by
    `look` and by the lanes' widths and planned SKUs, so keep these the same (or give `clear_mm`).

    Args:
        rows: shelf rows from the top, lanes from the left, front to back.
        look: which cabinet, room and camera, any number from 0.
        catalogue: of every SKU in the lanes.
        clear_mm: height over each shelf; by default what the planned SKUs and the units at hand need.
        size: width and height of the photo, pixels.
        stress: levels for kinds that change the scene's light; the stock is left as it is.
        owner: whose brands the cabinet bears; any of the catalogue's by default.

    Raises:
        BadInputError: no rows, other numbers of rows than heights, or a unit that is too tall for its shelf.
    """
    clear = _clear(rows, catalogue, clear_mm)
    rng = np.random.default_rng([look, 11])
    stress = stress or Stress()
    width = max(sum(lane.width_mm for lane in lanes) for lanes in rows) + _SPARE_MM
    theirs = Catalogue(tuple(pack for pack in catalogue if owner in {None, pack.owner}))
    upright = draw_upright(rng, theirs, clear, width_mm=width, depth_mm=_DEPTH_MM, bays=1)
    upright = replace(upright, door="absent", compartments=clear)
    furniture = upright.build()
    tall = furniture.height_mm
    eye = np.array([float(rng.normal(0, 90)), 0.56 * tall + float(rng.normal(60, 50)), 0.0])
    field = float(rng.uniform(54, 62))
    span = max(1.08 * tall, 1.2 * furniture.width_mm * size[1] / size[0]) * max(size) / size[1]
    eye[2] = span / 2 / np.tan(np.radians(field) / 2)
    camera = looking_at(eye, np.array([0.0, 0.5 * tall, 0.0]), size, field, "aisle")
    lights = draw_lights(rng, stress, has_lamps=True)
    lights = replace(lights, cabinet=max(lights.cabinet, 0.8))
    return Scene(upright, rows, camera, lights, Care(seed=look), surroundings=look, stress=stress)


def _clear(rows: tuple[tuple[Lane, ...], ...], catalogue: Catalogue,
           given: tuple[float, ...] | None) -> tuple[float, ...]:  # fmt: skip
    if not rows or not all(rows):
        raise BadInputError("a cooler needs at least one row, and each row at least one lane")
    if given is not None and len(given) != len(rows):
        raise BadInputError(f"{len(rows)} rows of lanes, but {len(given)} heights: give one height per row")
    needed = [_tallest(lanes, catalogue) for lanes in rows]
    if given is None:
        return tuple(float(np.ceil((need + _HEADROOM_MM) / 5) * 5) for need in needed)
    for row, (need, clear) in enumerate(zip(needed, given, strict=True)):
        if need > clear:
            raise BadInputError(f"row {row}: a unit is {need:g} mm tall, but there are {clear:g} mm over its shelf")
    return given


def _tallest(lanes: tuple[Lane, ...], catalogue: Catalogue) -> float:
    heights = [catalogue[lane.planned].height_mm for lane in lanes if lane.planned]
    for lane in lanes:
        heights += [sum(catalogue[sku].height_mm for sku in (unit.sku, *unit.stacked)) for unit in lane.places if unit]
    return max(heights, default=200.0)
