"""Draws random scenes; `variety` says how far they stray from a well-kept cooler seen by a fixed camera.

0  the demo's coolers: full height, frontal, clean
1  the same with other cabinets, colours, light and a camera that is not quite straight
2  also close-ups, racks, stacks, wrong and fallen products, reflections, hands, stickers
3  also strong perspective, low resolution, motion, glare, heavy noise
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from datasets.compose.spec import Cabinet, Camera, Clutter, SceneSpec, Sensor
from datasets.products.packs import Catalogue, Colour, Pack
from datasets.products.stock import Lane, Unit

MAX_VARIETY = 3

_HEADROOM_MM = 12.0
_DEEPEST = 6
_WHITES: tuple[Colour, ...] = ((226, 230, 232), (240, 240, 236), (205, 210, 214), (60, 62, 66), (28, 28, 32))


def random_scene(rng: np.random.Generator, catalogue: Catalogue, variety: int) -> SceneSpec:
    """A scene of the given variety, 0 to 3."""
    cabinet = _cabinet(rng, variety)
    packs = _assortment(rng, catalogue)
    rows = tuple(_row(rng, packs, cabinet, clear, variety) for clear in cabinet.compartments)
    return SceneSpec(
        cabinet,
        rows,
        camera=_camera(rng, cabinet, variety),
        sensor=_sensor(rng, variety),
        clutter=_clutter(rng, variety),
        turned=float(rng.uniform(0.1, 0.35 + 0.25 * variety)),
        backdrop=int(rng.integers(1 << 30)),
    )


def _assortment(rng: np.random.Generator, catalogue: Catalogue) -> list[Pack]:
    packs = list(catalogue)
    count = min(int(rng.integers(12, 40)), len(packs))
    return [packs[i] for i in rng.choice(len(packs), count, replace=False)]


def _colour(rng: np.random.Generator) -> Colour:
    red, green, blue = (int(part) for part in rng.integers(10, 246, 3))
    return red, green, blue


def _cabinet(rng: np.random.Generator, variety: int) -> Cabinet:
    cabinet = Cabinet(float(rng.choice([640, 720, 820])), 470.0, (185.0, 245.0, 245.0, 245.0, 260.0))
    if variety == 0:
        return cabinet
    frame = _colour(rng) if rng.random() < 0.6 else (30, 32, 36)
    cabinet = replace(
        cabinet,
        inside=_WHITES[int(rng.choice(len(_WHITES), p=[0.3, 0.25, 0.2, 0.15, 0.1]))],
        frame=frame,
        lip=_colour(rng) if rng.random() < 0.5 else (225, 228, 230),
        header=_colour(rng),
        header_text=str(rng.choice(["COLD DRINKS", "Fresh", "冷饮", "Ice Cold", "Market", "Refresh"])),
        lip_text=str(rng.choice(["", "fresh", "refresh", "cool"])),
        price_tags=bool(rng.random() < 0.55),
        shelf=("wire", "solid", "glass")[int(rng.integers(3))],
        lamps=("sides", "top", "left", "front")[int(rng.integers(4))],
        lip_mm=float(rng.choice([6, 20, 34, 45])),
    )
    if variety == 1:
        return cabinet
    count = int(rng.integers(2, 7))
    rack = bool(rng.random() < 0.3)
    return replace(
        cabinet,
        width_mm=float(rng.uniform(900, 1900) if rack else rng.uniform(420, 1250)),
        depth_mm=float(rng.uniform(260, 520)),
        compartments=tuple(float(clear) for clear in rng.uniform(150, 330, count)),
        header_mm=float(rng.uniform(30, 260)),
        plinth_mm=float(rng.uniform(60, 300)),
        frame_mm=float(rng.uniform(20, 70)),
        open_front=rack,
    )


def _row(
    rng: np.random.Generator, packs: Sequence[Pack], cabinet: Cabinet, clear: float, variety: int
) -> tuple[Lane, ...]:
    fitting = [pack for pack in packs if pack.height_mm <= clear - _HEADROOM_MM]
    if not fitting:
        return (Lane(cabinet.width_mm, ()),)
    lanes: list[Lane] = []
    free = cabinet.width_mm
    spacing = float(rng.uniform(2, 6 + 5 * variety))
    keeps_height = rng.random() < 0.5
    ceiling = max(pack.height_mm for pack in fitting)
    while free > 0:
        candidates = [p for p in fitting if p.height_mm > 0.7 * ceiling] if keeps_height else fitting
        pack = candidates[int(rng.integers(len(candidates)))]
        width = pack.width_mm + spacing
        for _ in range(int(rng.integers(1, 4))):
            if width > free:
                return tuple(lanes)
            lanes.append(_lane(rng, pack, packs, cabinet.depth_mm, clear, width, variety))
            free -= width
    return tuple(lanes)


def _lane(rng: np.random.Generator, pack: Pack, packs: Sequence[Pack], depth_mm: float, clear: float, width: float,
          variety: int) -> Lane:  # fmt: skip
    room = max(min(int(depth_mm // (pack.depth_mm + 3)), _DEEPEST), 1)
    filled = 0 if rng.random() < 0.07 else int(rng.integers(1, room + 1))
    set_back = int(rng.integers(0, room - filled + 1)) if rng.random() < 0.06 * variety else 0
    stacks = pack.pack_type in {"can", "sleek-can", "carton"} and clear > 2 * pack.height_mm + _HEADROOM_MM
    stacked = (pack.sku,) if stacks and rng.random() < 0.45 else ()
    units: list[Unit | None] = [None] * set_back
    for place in range(filled):
        top = stacked if place or rng.random() < 0.8 else ()
        units.append(Unit(pack.sku, stacked=top))
    units += [None] * (room - len(units))
    if filled and rng.random() < 0.02 + 0.02 * variety:
        _misplace(rng, units, set_back, packs, width, clear)
    elif filled and variety >= 2 and pack.height_mm <= 1.9 * width and rng.random() < 0.02:
        units[set_back] = Unit(pack.sku, fallen=True)
    return Lane(width, tuple(units), pack.sku)


def _misplace(rng: np.random.Generator, units: list[Unit | None], place: int, packs: Sequence[Pack], width: float,
              clear: float) -> None:  # fmt: skip
    """Puts another product that fits in the lane's first place."""
    others = [pack for pack in packs if pack.width_mm <= width and pack.height_mm <= clear - _HEADROOM_MM]
    if others:
        units[place] = Unit(others[int(rng.integers(len(others)))].sku)


def _camera(rng: np.random.Generator, cabinet: Cabinet, variety: int) -> Camera:
    top = cabinet.inside_height_mm
    stray = (0.3, 0.8, 1.5, 2.6)[variety]
    size = (960, 1280)
    if variety >= 2:
        size = ((960, 1280), (960, 1280), (1280, 960), (1024, 1024), (720, 960))[int(rng.integers(5))]
    distance = float(rng.uniform(1250, 1450) if variety < 2 else rng.uniform(650, 2200))
    tall = top + 0.75 * cabinet.header_mm + 60
    wide = (cabinet.width_mm + 2 * cabinet.frame_mm + 20) * size[1] / size[0]
    shown = max(tall, wide) * float(rng.uniform(1.0, 1.08) if variety < 2 else rng.uniform(0.35, 1.1))
    roam_x = max(cabinet.width_mm / 2 - 0.4 * shown * size[0] / size[1], 0)
    roam_y = max(top / 2 - 0.4 * shown, 0)
    aim_x = float(rng.uniform(-roam_x, roam_x) + rng.normal(0, 12))
    aim_y = float(top / 2 + 20 + rng.uniform(-roam_y, roam_y) + rng.normal(0, 12))
    return Camera(
        *size,
        distance_mm=distance,
        x_mm=aim_x + float(np.clip(rng.normal(0, 90), -230, 230)) * stray * distance / 1400,
        y_mm=aim_y + float(np.clip(rng.normal(60, 110), -260, 320)) * stray * distance / 1400,
        aim_x_mm=aim_x,
        aim_y_mm=aim_y,
        field_deg=float(np.degrees(2 * np.arctan(shown / 2 / distance))),
        roll_deg=float(rng.normal(0, 0.8 * stray)),
        barrel=float(rng.uniform(0.0, 0.03 + 0.04 * variety)),
    )


def _sensor(rng: np.random.Generator, variety: int) -> Sensor:
    if variety == 0:
        return Sensor(exposure=float(rng.uniform(0.95, 1.1)), warmth=float(rng.normal(0, 0.015)), blur_px=0.6)
    wild = variety == 3
    return Sensor(
        exposure=float(np.exp(np.clip(rng.normal(0.12, 0.1 * variety), -0.45, 0.7))),
        warmth=float(np.clip(rng.normal(0, 0.035 * variety), -0.25, 0.25)),
        contrast=float(rng.uniform(1 - 0.12 * variety, 1 + 0.1 * variety)),
        noise=float(rng.uniform(1, 3 + 3 * variety)),
        blur_px=float(rng.uniform(0.4, 0.7 + 0.45 * variety)),
        motion_px=float(rng.uniform(2, 9)) if wild and rng.random() < 0.2 else 0.0,
        motion_deg=float(rng.uniform(0, 180)),
        vignette=float(rng.uniform(0, 0.15 + 0.15 * variety)),
        low_res=float(rng.uniform(0.3, 0.8)) if wild and rng.random() < 0.4 else 1.0,
        jpeg_quality=int(rng.integers(88 - 18 * variety, 95)),
    )


def _clutter(rng: np.random.Generator, variety: int) -> Clutter:
    if variety < 2:
        return Clutter()
    wild = variety == 3
    return Clutter(
        hands=int(rng.random() < 0.12 * variety / 2),
        stickers=int(rng.integers(1, 4)) if rng.random() < 0.15 else 0,
        reflection=float(rng.uniform(0.05, 0.3)) if rng.random() < 0.35 else 0.0,
        mist=float(rng.uniform(0.1, 0.6)) if rng.random() < 0.12 else 0.0,
        glare=float(rng.uniform(0.2, 1.0)) if wild and rng.random() < 0.25 else 0.0,
    )
