"""Photo-real photos of shelf states, rendered with Mitsuba: seconds each, where `photos.draw` takes a part of one."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from datasets.compose.scene import RenderedScene
from datasets.compose.truth import Box, RenderedGap, RenderedUnit
from datasets.products.arrays import FloatArray
from datasets.products.catalogues import OWN_BRAND_OWNER
from datasets.products.packs import Catalogue
from datasets.render.coolers import cooler_scene
from datasets.render.develop import Developed
from datasets.render.labels import visible_fractions
from datasets.render.photograph import photograph
from datasets.render.rendering import Place, Rendering, Thing
from firmware_sim.world.photos import CoolerLook
from firmware_sim.world.state import ShelfState

_SAMPLES = 6


def render_photo(state: ShelfState, catalogue: Catalogue, look: CoolerLook, samples: int = _SAMPLES) -> RenderedScene:
    """A photo of a shelf state as light makes it; cabinet, room and camera are the look's own.

    Raises:
        BadInputError: Mitsuba is missing, or a unit is too tall for its shelf.
        KeyError: a SKU that is not in the catalogue.
    """
    size = look.camera.width, look.camera.height
    scene = cooler_scene(state.rows, look.number, catalogue, look.cabinet.compartments, size,
                         owner=OWN_BRAND_OWNER)  # fmt: skip
    rng = np.random.default_rng([look.seed, 7, look.number, int(state.at.timestamp())])
    rendering, developed = photograph(scene, catalogue, rng, (max(size), min(size)), samples)
    return RenderedScene(developed.pixels, _units(rendering, developed), _gaps(rendering, developed))


def _units(rendering: Rendering, developed: Developed) -> tuple[RenderedUnit, ...]:
    seen = np.where(developed.hidden, 0, developed.things_shown)
    found = ndimage.find_objects(seen, len(rendering.things))
    fractions = visible_fractions(rendering, developed).tolist()
    units = [
        _unit(thing, fraction, _box_of(place), developed)
        for thing, fraction, place in zip(rendering.things, fractions, found, strict=True)
        if thing.kind == "product"
    ]
    return tuple(sorted(units, key=lambda unit: (unit.row, unit.column, unit.depth, unit.level)))


def _unit(thing: Thing, fraction: float, box: Box | None, developed: Developed) -> RenderedUnit:
    assert thing.sku is not None
    assert thing.row is not None
    assert thing.column is not None
    assert thing.depth is not None
    assert thing.level is not None
    x1, y1, x2, y2 = thing.full_box
    full_box = _around(developed.warp.to_photo(np.array([(x1, y1), (x2, y1), (x2, y2), (x1, y2)])))
    return RenderedUnit(
        sku=thing.sku,
        row=thing.row,
        column=thing.column,
        depth=thing.depth,
        level=thing.level,
        front=thing.front,
        fallen=thing.pose == "fallen",
        box=box,
        full_box=full_box,
        visible_fraction=round(fraction, 4) if box else 0.0,
    )


def _gaps(rendering: Rendering, developed: Developed) -> tuple[RenderedGap, ...]:
    return tuple(_gap(place, developed) for place in rendering.places if not place.filled)


def _gap(place: Place, developed: Developed) -> RenderedGap:
    height, width = developed.things_shown.shape
    outline = np.clip(developed.warp.to_photo(place.outline), 0, (width, height))
    return RenderedGap(place.row, place.column, place.lane_empty, place.planned, _around(outline))


def _box_of(place: tuple[slice, slice] | None) -> Box | None:
    if place is None:
        return None
    rows, columns = place
    return float(columns.start), float(rows.start), float(columns.stop), float(rows.stop)


def _around(points: FloatArray) -> Box:
    x1, y1, x2, y2 = (round(float(side), 2) for side in (*points.min(0), *points.max(0)))
    return x1, y1, x2, y2
