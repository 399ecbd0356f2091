"""Coolers: their types and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from datasets.compose.spec import Cabinet
from firmware_sim.world.job import WorldJob
from firmware_sim.world.places import Outlet

CoolerType = Literal["upright", "double-door", "counter"]

CABINETS: dict[CoolerType, Cabinet] = {
    "upright": Cabinet(740.0, 470.0, (168.0, 168.0, 248.0, 248.0, 248.0), header_mm=110.0),
    "double-door": Cabinet(1240.0, 470.0, (168.0, 168.0, 248.0, 248.0, 248.0), header_mm=110.0),
    "counter": Cabinet(560.0, 470.0, (168.0, 248.0, 248.0), header_mm=70.0, plinth_mm=80.0),
}
"""The inside of each type, mm."""

_SPOTS = (("entrance", "门口"), ("counter", "收银台旁"), ("aisle", "过道"))


@dataclass(frozen=True)
class Cooler:
    """A cooler in an outlet.

    Attributes:
        number: from 0; which of the random streams is its own.
        type: its size and shelves.
        gravity: the rear units slide forward when the front one is taken.
        variant: which of the planograms of its outlet's class and its type it follows.
    """

    id: str
    number: int
    name: str
    name_zh: str
    outlet_id: str
    type: CoolerType
    gravity: bool
    variant: int

    @property
    def cabinet(self) -> Cabinet:
        """Its inside, mm."""
        return CABINETS[self.type]


def make_coolers(job: WorldJob, outlet: Outlet) -> tuple[Cooler, ...]:
    """The coolers of an outlet; number k of outlet n is number n + k times the outlets of all coolers."""
    settings = job.settings
    rng = np.random.default_rng([job.seed, 13, outlet.number])
    coolers = []
    for spot in range(_count(job, outlet, rng)):
        number = outlet.number + spot * job.outlets
        place, place_zh = _SPOTS[spot % len(_SPOTS)]
        again = f" {spot // len(_SPOTS) + 1}" if spot >= len(_SPOTS) else ""
        draws = rng.random(3)
        coolers.append(
            Cooler(
                id=f"cooler-{number + 1:0{_digits(job)}d}",
                number=number,
                name=f"{outlet.name}, {place}{again}",
                name_zh=f"{outlet.name_zh}（{place_zh}{again}）",
                outlet_id=outlet.id,
                type=_type(job, float(draws[0])),
                gravity=bool(draws[1] < settings.outlets.gravity),
                variant=int(draws[2] * settings.planograms.variants),
            )
        )
    return tuple(coolers)


def _count(job: WorldJob, outlet: Outlet, rng: np.random.Generator) -> int:
    if job.coolers is not None:
        return job.coolers // job.outlets + (outlet.number < job.coolers % job.outlets)
    more = rng.random(2) < (job.settings.outlets.second_cooler, job.settings.outlets.third_cooler)
    return 1 + int(more[0]) + int(more[1])


def _digits(job: WorldJob) -> int:
    return 2 if (job.coolers or 3 * job.outlets) < 100 else 4


def _type(job: WorldJob, draw: float) -> CoolerType:
    outlets = job.settings.outlets
    if draw < outlets.double_door:
        return "double-door"
    return "counter" if draw < outlets.double_door + outlets.counter else "upright"
