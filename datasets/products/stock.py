"""What stands on a shelf: lanes of units, front to back. Both renderers and the simulated world speak of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Unit:
    """One product on the shelf, with the products stacked on it from low to high."""

    sku: str
    fallen: bool = False
    stacked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lane:
    """One column of a shelf: its width and what stands in it, front to back; None is an empty place."""

    width_mm: float
    places: tuple[Unit | None, ...]
    planned: str | None = None


def sold_from_front(lane: Lane) -> Lane:
    """The lane after shoppers took from its front: what is left stands at the back, the empty places before it.

    A lane with a fallen unit stays as it is: what a fallen one needs of the lane's depth is not known here.
    """
    left = [unit for unit in lane.places if unit]
    if any(unit.fallen for unit in left):
        return lane
    return replace(lane, places=(*[None] * (len(lane.places) - len(left)), *left))


def sold_down(rng: np.random.Generator, rows: Sequence[Sequence[Lane]], share: float) -> tuple[tuple[Lane, ...], ...]:
    """The rows with `share` (0 to 1) of their lanes sold from the front (`sold_from_front`)."""
    return tuple(tuple(sold_from_front(lane) if rng.random() < share else lane for lane in row) for row in rows)
