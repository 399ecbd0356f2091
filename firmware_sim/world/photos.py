"""Turns what stands in a cooler into a photo, and the photo into its truth."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

import numpy as np

from datasets.compose.drawing import draw_pack
from datasets.compose.scene import RenderedScene, render
from datasets.compose.spec import Camera, SceneSpec, Sensor
from datasets.products.packs import Catalogue
from datasets.products.stock import Lane, Unit
from facings.clock import format_utc
from firmware_sim.world.places import CABINET, Cooler
from firmware_sim.world.week import PhotoMoment

PHOTO_SIZE = (720, 960)
"""Width and height, pixels; a bottle is about 50 pixels wide."""

JPEG_QUALITY = 88
VISIBLE_FROM = 0.3
"""A unit counts as visible where at least this share of it shows."""

# A cooler's next photo shows most packs as they stood before; 512 is more than stand in one.
_draw = lru_cache(maxsize=512)(draw_pack)


def photo_scene(cooler: Cooler, moment: PhotoMoment, number: int) -> SceneSpec:
    """The scene of one photo; `number` is the cooler's, which decides its camera's place and its surroundings."""
    fixed = np.random.default_rng([number, 5])
    rows = tuple(
        tuple(
            Lane(plan.width_mm, tuple(Unit(sku) if sku else None for sku in places), plan.sku)
            for plan, places in zip(plans, row, strict=True)
        )
        for plans, row in zip(cooler.planogram, moment.rows, strict=True)
    )
    width, height = PHOTO_SIZE
    camera = Camera(
        width=width,
        height=height,
        distance_mm=float(fixed.uniform(1250, 1400)),
        x_mm=float(fixed.normal(0, 25)),
        y_mm=float(fixed.uniform(640, 760)),
        aim_x_mm=float(fixed.normal(0, 6)),
        aim_y_mm=float(fixed.uniform(575, 595)),
        field_deg=float(fixed.uniform(50.5, 52.5)),
        roll_deg=float(fixed.normal(0, 0.35)),
        barrel=float(fixed.uniform(0.005, 0.03)),
    )
    daylight = 1 + 0.06 * np.sin((moment.at.hour + number) / 24 * 2 * np.pi)
    sensor = Sensor(exposure=float(1.02 * daylight), warmth=float(fixed.normal(0, 0.02)), blur_px=0.5, noise=2.0)
    return SceneSpec(CABINET, rows, camera, sensor, turned=0.22, backdrop=number, placement=number)


def take_photo(cooler: Cooler, moment: PhotoMoment, catalogue: Catalogue, number: int, seed: int) -> RenderedScene:
    """Renders the photo of a moment."""
    rng = np.random.default_rng([seed, 6, number, int(moment.at.timestamp())])
    return render(photo_scene(cooler, moment, number), catalogue, rng, _draw)


def photo_truth(cooler: Cooler, moment: PhotoMoment, scene: RenderedScene) -> dict[str, Any]:
    """What the photo shows and what the cooler holds, per SKU, with gaps and occupancy."""
    shown = [unit for unit in scene.units if unit.visible_fraction >= VISIBLE_FROM]
    visible = Counter(unit.sku for unit in shown)
    total = Counter(unit.sku for unit in scene.units)
    facings = Counter(unit.sku for unit in scene.units if unit.front and unit.level == 0)
    skus = sorted({*total, *cooler.capacity()})
    places = sum(cooler.capacity().values())
    return {
        "cooler": cooler.id,
        "at": format_utc(moment.at),
        "lines": [
            {"sku": sku, "units_visible": visible[sku], "units_total": total[sku], "facings": facings[sku]}
            for sku in skus
        ],
        "units_visible": len(shown),
        "units_total": len(scene.units),
        "lanes": sum(len(row) for row in moment.rows),
        "lanes_filled": sum(facings.values()),
        "occupancy": round(len(scene.units) / places, 4),
        "gaps": [
            {"row": gap.row, "column": gap.column, "sku": gap.planned, "empty": gap.empty, "box": gap.box}
            for gap in scene.gaps
        ],
    }
