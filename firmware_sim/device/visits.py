"""Who opens the door of a cooler of the living world, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from firmware_sim.world.history import CoolerHistory, Kind

SHOPPER_S = 8.0
"""How long someone who takes a drink holds the door open."""
STAFF_S_PER_UNIT = 3.0
"""How long staff hold it open for each unit they put in or take out."""


@dataclass(frozen=True)
class Visit:
    """The door is opened `at` seconds after the begin and stays open for `lasts` seconds."""

    at: float
    lasts: float


def visits(history: CoolerHistory, begins: datetime, speed: float) -> Iterator[Visit]:
    """Everyone who opens the door from `begins` on, in order, where the world's time runs at `speed`.

    Each second at which units moved is one visit.
    """
    first = begins.timestamp()
    moved = (movement for movement in history.movements if movement.at >= first)
    for at, movements in groupby(moved, lambda movement: movement.at):
        together = list(movements)
        staff = sum(movement.units for movement in together if movement.kind is not Kind.SALE)
        yield Visit((at - first) / speed, max(SHOPPER_S, STAFF_S_PER_UNIT * staff) / speed)
