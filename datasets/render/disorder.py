"""What the stress does to the stock: careless placing, and objects between the products that do not belong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from datasets.products.stock import Lane
from datasets.render.foreign import FOREIGN_KINDS, ForeignObject, footprint
from datasets.render.furniture.furniture import Furniture, Shelf
from datasets.render.placing import Care, lane_middles
from datasets.render.stress import Stress, StressKind

_OBJECTS = (0, 1, 3, 6)
"""Foreign objects by level."""
_HIGHEST_MM = 122.0
_EDGE_MM = 10.0


def draw_care(rng: np.random.Generator, stress: Stress) -> Care:
    """How carefully the shelves were filled."""
    fallen, occlusion = stress[StressKind.FALLEN], stress[StressKind.OCCLUSION]
    return Care(
        seed=int(rng.integers(1 << 30)),
        turned=float(rng.uniform(0.08, 0.4)) + 0.15 * fallen,
        careless=float(rng.uniform(0, 0.05)) + 0.1 * fallen,
        uneven_mm=float(rng.uniform(1, 9)) + 8.0 * occlusion,
        pushed_back=0.02 + 0.12 * occlusion,
        beside_mm=float(rng.uniform(0.6, 2.5)),
    )


def put_foreign(
    rng: np.random.Generator, furniture: Furniture, stock: tuple[tuple[Lane, ...], ...], stress: Stress
) -> tuple[tuple[tuple[Lane, ...], ...], tuple[ForeignObject, ...]]:
    """The stock with some fronts cleared, and the objects that stand there instead."""
    shelves = [list(lanes) for lanes in stock]
    objects = []
    taken: set[tuple[int, int]] = set()
    for _ in range(_OBJECTS[stress[StressKind.FOREIGN_OBJECTS]]):
        number = int(rng.integers(len(shelves)))
        shelf, lanes = furniture.shelves[number], shelves[number]
        kind = FOREIGN_KINDS[int(rng.integers(len(FOREIGN_KINDS)))]
        span = _span(rng, shelf, lanes, footprint(kind)[0])
        if span is None or shelf.pitch_mm or taken & {(number, place) for place in span}:
            continue
        taken |= {(number, place) for place in span}
        deep = footprint(kind)[1]
        for place in span:
            lanes[place] = _cleared(lanes[place], shelf, deep)
        middles = lane_middles(shelf, stock[number])
        back = _EDGE_MM + deep / 2 + 2
        level = shelf.level_mm + np.tan(np.radians(shelf.tilt_deg)) * (back + deep / 2)
        x = (middles[span[0]] + middles[span[-1]]) / 2
        at = (round(float(x), 2), round(float(level), 2), round(shelf.front_mm - back, 2))
        objects.append(ForeignObject(kind, at, float(rng.normal(0, 4)), int(rng.integers(1 << 30))))
    return tuple(tuple(lanes) for lanes in shelves), tuple(objects)


def _span(rng: np.random.Generator, shelf: Shelf, lanes: list[Lane], wide: float) -> list[int] | None:
    """Neighbouring lanes that are as wide together; None where the shelf has no room."""
    if not lanes or shelf.clear_mm < _HIGHEST_MM or shelf.width_mm < wide:
        return None
    first = int(rng.integers(len(lanes)))
    span: list[int] = []
    while first < len(lanes) and sum(lanes[place].width_mm for place in span) < wide:
        span.append(first)
        first += 1
    return span if sum(lanes[place].width_mm for place in span) >= wide else None


def _cleared(lane: Lane, shelf: Shelf, deep: float) -> Lane:
    """The lane with so much of its front emptied."""
    pitch = max(shelf.depth_mm / max(len(lane.places), 1), 1.0)
    least = min(pitch, 50.0)
    count = min(int(np.ceil((deep + _EDGE_MM) / least)) + 1, len(lane.places))
    return replace(lane, places=(*(None,) * count, *lane.places[count:]))
