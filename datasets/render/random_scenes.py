"""Draws scenes by chance: furniture, its looks, what stands in it, light and camera, as hard as the stress says."""

from __future__ import annotations

from typing import Literal

import numpy as np

from datasets.products.packs import Catalogue, Pack
from datasets.render.cameras import draw_camera, mounts
from datasets.render.furniture.upright import draw_upright
from datasets.render.lights import draw_lights
from datasets.render.placing import Care
from datasets.render.scene import FurnitureDesign, Scene
from datasets.render.stocking import Assortment, fill_shelf
from datasets.render.stress import Stress, StressKind

FurnitureKind = Literal["upright-one-door", "upright-two-doors"]
SIZES = ((960, 1280), (1280, 960), (960, 1280), (1080, 1080))


def random_scene(
    rng: np.random.Generator, catalogue: Catalogue, stress: Stress, furniture: FurnitureKind | None = None
) -> Scene:
    """A scene of the catalogue's products; the same generator state gives the same scene.

    Args:
        rng: decides everything that is left open.
        catalogue: what may stand in it.
        stress: of its kinds, the first seven change the scene.
        furniture: which kind, else any.
    """
    kinds: tuple[FurnitureKind, ...] = ("upright-one-door", "upright-two-doors")
    kind = furniture or kinds[int(rng.integers(len(kinds)))]
    packs = _assortment(rng, catalogue)
    design = _upright(rng, catalogue, packs, 1 if kind == "upright-one-door" else 2)
    built = design.build()
    sold = Assortment(packs, stress)
    stock = tuple(fill_shelf(rng, shelf, sold) for shelf in built.shelves)
    choice = mounts(built)
    camera = draw_camera(rng, built, choice[int(rng.choice(len(choice)))], SIZES[int(rng.integers(len(SIZES)))])
    return Scene(
        design,
        stock,
        camera,
        draw_lights(rng, stress, has_lamps=any(lamp.group == "cabinet" for lamp in built.lamps)),
        _care(rng, stress),
        surroundings=int(rng.integers(1 << 30)),
        stress=stress,
    )


def _assortment(rng: np.random.Generator, catalogue: Catalogue) -> list[Pack]:
    packs = list(catalogue)
    count = min(int(rng.integers(14, 36)), len(packs))
    return [packs[i] for i in np.sort(rng.choice(len(packs), count, replace=False))]


def _upright(rng: np.random.Generator, catalogue: Catalogue, packs: list[Pack], bays: int) -> FurnitureDesign:
    return draw_upright(
        rng,
        catalogue,
        draw_compartments(rng, packs, float(rng.uniform(1150, 1500))),
        width_mm=float(rng.uniform(520, 720) if bays == 1 else rng.uniform(480, 620)),
        depth_mm=float(rng.uniform(430, 560)),
        bays=bays,
    )


def draw_compartments(rng: np.random.Generator, packs: list[Pack], total: float) -> tuple[float, ...]:
    """Clear heights from the top that suit packs of the assortment and make up about `total` mm."""
    heights = sorted(pack.height_mm for pack in packs if pack.height_mm < 0.4 * total)
    clear: list[float] = []
    while sum(clear) < total - 150:
        tall = heights[int(rng.integers(len(heights)))] if heights else 250.0
        double = tall < 140 and rng.random() < 0.25
        clear.append(round(max((2 if double else 1) * tall + float(rng.uniform(22, 75)), 130.0), 1))
    return tuple(sorted(clear)) if rng.random() < 0.6 else tuple(clear)


def _care(rng: np.random.Generator, stress: Stress) -> Care:
    fallen, occlusion = stress[StressKind.FALLEN], stress[StressKind.OCCLUSION]
    return Care(
        seed=int(rng.integers(1 << 30)),
        turned=float(rng.uniform(0.08, 0.4)) + 0.15 * fallen,
        careless=float(rng.uniform(0, 0.05)) + 0.1 * fallen,
        uneven_mm=float(rng.uniform(1, 9)) + 8.0 * occlusion,
        pushed_back=0.02 + 0.12 * occlusion,
        beside_mm=float(rng.uniform(0.6, 2.5)),
    )
