"""Draws scenes by chance: furniture, its looks, what stands in it, light and camera, as hard as the stress says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, get_args

import numpy as np

from datasets.products.packs import Catalogue, Pack
from datasets.products.stock import sold_down
from datasets.render.cameras import draw_camera, mounts
from datasets.render.disorder import draw_care, put_foreign
from datasets.render.furniture.chest import draw_chest
from datasets.render.furniture.floor_display import draw_floor_display
from datasets.render.furniture.open_shelves import draw_open_shelves
from datasets.render.furniture.upright import Upright, draw_upright
from datasets.render.furniture.vending import VendingMachine, draw_vending_machine
from datasets.render.lights import draw_lights
from datasets.render.people import draw_person
from datasets.render.rendering import Mount
from datasets.render.scene import FurnitureDesign, Scene
from datasets.render.stickers import draw_stickers
from datasets.render.stocking import Assortment, fill_shelf
from datasets.render.stress import Stress, StressKind
from datasets.render.tags import Tags

FurnitureKind = Literal[
    "upright-one-door", "upright-two-doors", "chest", "open-shelves", "floor-display", "vending-machine"
]
FURNITURE_KINDS: tuple[FurnitureKind, ...] = get_args(FurnitureKind)
SIZES = ((960, 1280), (1280, 960))

_KIND_CHANCES = (0.4, 0.18, 0.1, 0.16, 0.08, 0.08)
_UPRIGHT_CHANCE = 0.65
_STICKERS = (0.15, 0.8, 1.6, 3.0)
"""Mean number of stickers on the doors by level of occlusion."""


def random_scene(
    rng: np.random.Generator,
    catalogue: Catalogue,
    stress: Stress,
    furniture: FurnitureKind | None = None,
    mount: Mount | None = None,
    sold: float = 0.0,
) -> Scene:
    """A scene of the catalogue's products; the same generator state gives the same scene.

    Args:
        rng: decides everything that is left open.
        catalogue: what may stand in it.
        stress: of its kinds, the first seven change the scene.
        furniture: which kind, else any that has a place for the camera.
        mount: where the camera hangs, a place that the furniture has (`mounts`), else any of these.
        sold: share of the lanes sold from the front (`sold_down`); in a vending machine units are moved up.
    """
    looks, goods, view, rest = rng.spawn(4)
    packs = _assortment(goods, catalogue)
    kind = furniture or _any_kind(looks, mount)
    design = _DESIGNERS[kind](looks, catalogue, packs)
    choice = mounts(kind)
    mount = mount or choice[int(view.integers(len(choice)))]
    design = _door_for(design, mount)
    built = design.build()
    assortment = Assortment(packs, stress)
    lane_mm = design.lane_mm if isinstance(design, VendingMachine) else None
    stock = tuple(fill_shelf(goods, shelf, assortment, lane_mm) for shelf in built.shelves)
    if sold and lane_mm is None:
        stock = sold_down(rng.spawn(1)[0], stock, sold)
    stock, foreign = put_foreign(rest, built, stock, stress)
    camera = draw_camera(view, built, mount, SIZES[int(view.random() > _UPRIGHT_CHANCE)])
    level = stress[StressKind.PERSON]
    return Scene(
        design,
        stock,
        camera,
        draw_lights(rest, stress, has_lamps=any(lamp.group == "cabinet" for lamp in built.lamps)),
        draw_care(rest, stress),
        tags=_tags(rest),
        person=draw_person(rest, built, camera, level) if level else None,
        foreign=foreign,
        stickers=draw_stickers(rest, built.panes, int(rest.poisson(_STICKERS[stress[StressKind.OCCLUSION]]))),
        surroundings=int(rest.integers(1 << 30)),
        stress=stress,
    )


def _any_kind(rng: np.random.Generator, mount: Mount | None) -> FurnitureKind:
    chances = np.array([mount is None or mount in mounts(kind) for kind in FURNITURE_KINDS]) * _KIND_CHANCES
    return FURNITURE_KINDS[int(rng.choice(len(FURNITURE_KINDS), p=chances / chances.sum()))]


def _assortment(rng: np.random.Generator, catalogue: Catalogue) -> list[Pack]:
    packs = list(catalogue)
    count = min(int(rng.integers(16, 40)), len(packs))
    return [packs[i] for i in np.sort(rng.choice(len(packs), count, replace=False))]


def _door_for(design: FurnitureDesign, mount: Mount) -> FurnitureDesign:
    """A camera on the door or in the corner looks into an open cabinet, past the door."""
    if isinstance(design, Upright) and mount != "aisle":
        return replace(design, door="absent")
    return design


def _upright(rng: np.random.Generator, catalogue: Catalogue, packs: list[Pack], bays: int) -> Upright:
    return draw_upright(
        rng,
        catalogue,
        draw_compartments(rng, packs, float(rng.uniform(1150, 1480)), spare=(22, 75)),
        width_mm=float(rng.uniform(520, 720) if bays == 1 else rng.uniform(480, 620)),
        depth_mm=float(rng.uniform(430, 560)),
        bays=bays,
    )


def draw_compartments(
    rng: np.random.Generator, packs: list[Pack], total: float, spare: tuple[float, float]
) -> tuple[float, ...]:
    """Clear heights from the top that suit packs of the assortment, with `spare` mm over them; about `total` mm."""
    heights = sorted(pack.height_mm for pack in packs if pack.height_mm < 0.4 * total)
    clear: list[float] = []
    while sum(clear) < total - 150:
        tall = heights[int(rng.integers(len(heights)))] if heights else 250.0
        double = tall < 140 and rng.random() < 0.25
        clear.append(round(max((2 if double else 1) * tall + float(rng.uniform(*spare)), 110.0), 1))
    return tuple(sorted(clear)) if rng.random() < 0.6 else tuple(clear)


_DESIGNERS: dict[FurnitureKind, Callable[[np.random.Generator, Catalogue, list[Pack]], FurnitureDesign]] = {
    "upright-one-door": lambda rng, catalogue, packs: _upright(rng, catalogue, packs, 1),
    "upright-two-doors": lambda rng, catalogue, packs: _upright(rng, catalogue, packs, 2),
    "chest": lambda rng, catalogue, _: draw_chest(rng, catalogue),
    "open-shelves": lambda rng, catalogue, packs: draw_open_shelves(
        rng, catalogue, draw_compartments(rng, packs, float(rng.uniform(1200, 1650)), spare=(35, 110))
    ),
    "floor-display": lambda rng, catalogue, packs: draw_floor_display(
        rng, catalogue, draw_compartments(rng, packs, float(rng.uniform(750, 1250)), spare=(14, 50))
    ),
    "vending-machine": lambda rng, catalogue, _: draw_vending_machine(rng, catalogue),
}


def _tags(rng: np.random.Generator) -> Tags | None:
    if rng.random() < 0.25:
        return None
    return Tags(
        seed=int(rng.integers(1 << 30)),
        missing=float(rng.uniform(0, 0.4)),
        askew_deg=float(rng.uniform(0.2, 2.5)),
        style=int(rng.integers(4)),
    )
