"""Draws what stands in a cooler as its camera sees it, and says what the photo shows."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from datasets.compose.drawing import draw_pack
from datasets.compose.scene import RenderedScene, render
from datasets.compose.spec import Cabinet, Camera, SceneSpec, Sensor
from datasets.products.packs import Catalogue
from facings.clock import format_utc
from firmware_sim.world.coolers import Cooler
from firmware_sim.world.price_tags import tag_prices
from firmware_sim.world.state import ShelfState

JPEG_QUALITY = 88
VISIBLE_FROM = 0.3
"""A unit counts as visible where at least this share of it shows."""

_TALL, _WIDE = (720, 960), (1280, 960)
"""Width and height of photos of tall and of wide coolers, pixels; a bottle is about 50 pixels wide."""

# A cooler's next photo shows most packs as they stood before; 512 is more than stand in one.
_draw = lru_cache(maxsize=512)(draw_pack)


@dataclass(frozen=True)
class CoolerLook:
    """What the photos of one cooler have in common.

    Attributes:
        number: of the cooler; it decides how the packs stand and what is around.
        seed: of the world, for what differs from photo to photo.
        cabinet: its inside.
        camera: where its camera hangs; `sensor` how that sees.
    """

    number: int
    seed: int
    cabinet: Cabinet
    camera: Camera
    sensor: Sensor


def look_of(cooler: Cooler, seed: int) -> CoolerLook:
    """How the photos of a cooler look; its camera hangs as well as someone in a hurry hung it."""
    cabinet, rng = cooler.cabinet, np.random.default_rng([cooler.number, 5])
    size = _WIDE if cabinet.width_mm > cabinet.inside_height_mm else _TALL
    distance = float(rng.uniform(1250, 1400))
    side, height = float(rng.normal(0, 25)), float(rng.uniform(0.565, 0.675))
    aim_side, aim_height = float(rng.normal(0, 6)), float(rng.uniform(0.509, 0.528))
    shown = max(cabinet.inside_height_mm * 1.135, (cabinet.width_mm + 2 * cabinet.frame_mm + 20) * size[1] / size[0])
    camera = Camera(
        width=size[0],
        height=size[1],
        distance_mm=distance,
        x_mm=side,
        y_mm=height * cabinet.inside_height_mm,
        aim_x_mm=aim_side,
        aim_y_mm=aim_height * cabinet.inside_height_mm,
        field_deg=math.degrees(2 * math.atan(shown / 2 / 1325)) + float(rng.uniform(-1, 1)),
        roll_deg=float(rng.normal(0, 0.35)),
        barrel=float(rng.uniform(0.005, 0.03)),
    )
    sensor = Sensor(exposure=1.02, warmth=float(rng.normal(0, 0.02)), blur_px=0.5, noise=2.0)
    return CoolerLook(cooler.number, seed, cabinet, camera, sensor)


def draw(state: ShelfState, catalogue: Catalogue, look: CoolerLook) -> RenderedScene:
    """A photo of a shelf state, composed from drawn packs; the same state and look give the same pixels.

    Raises:
        KeyError: a SKU that is not in the catalogue.
    """
    rng = np.random.default_rng([look.seed, 6, look.number, int(state.at.timestamp())])
    daylight = 1 + 0.06 * math.sin((state.at.hour + look.number) / 24 * 2 * math.pi)
    sensor = Sensor(
        exposure=look.sensor.exposure * daylight,
        warmth=look.sensor.warmth,
        blur_px=look.sensor.blur_px,
        noise=look.sensor.noise,
    )
    spec = SceneSpec(look.cabinet, state.rows, look.camera, sensor, turned=0.22, backdrop=look.number,
                     placement=look.number, prices=tag_prices(catalogue, look.number, look.seed))  # fmt: skip
    return render(spec, catalogue, rng, _draw)


def photo_truth(state: ShelfState, scene: RenderedScene) -> dict[str, Any]:
    """What the photo shows and what the cooler holds, per SKU, with gaps, occupancy and price tags."""
    capacity, total = state.capacity(), state.units()
    shown = [unit for unit in scene.units if unit.visible_fraction >= VISIBLE_FROM]
    visible = Counter(unit.sku for unit in shown)
    facings = state.facings()
    return {
        "cooler": state.cooler,
        "at": format_utc(state.at),
        "lines": [
            {"sku": sku, "units_visible": visible[sku], "units_total": total[sku], "facings": facings[sku]}
            for sku in sorted({*total, *capacity})
        ],
        "units_visible": len(shown),
        "units_total": total.total(),
        "lanes": sum(map(len, state.rows)),
        "lanes_filled": facings.total(),
        "occupancy": round(total.total() / capacity.total(), 4),
        "gaps": [
            {"row": gap.row, "column": gap.column, "sku": gap.planned, "empty": gap.empty, "box": gap.box}
            for gap in scene.gaps
        ],
        "price_tags": [{"row": tag.row, "sku": tag.sku, "price": tag.price, "box": tag.box} for tag in scene.tags],
    }
