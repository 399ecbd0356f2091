"""`LiveScene`: what a camera in a living cooler sees; the `SceneSource` of a snapshot camera."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

from datasets.products.arrays import Pixels
from facings.clock import Clock, format_utc
from facings.errors import BadInputError
from firmware_sim.world.calendar import hours_of, moment
from firmware_sim.world.history import CoolerHistory
from firmware_sim.world.job import WorldJob
from firmware_sim.world.live import LiveWorld
from firmware_sim.world.outlet_life import simulate_outlet
from firmware_sim.world.photos import draw, look_of
from firmware_sim.world.plan import plan_world
from firmware_sim.world.state import ShelfState


class LiveScene:
    """One cooler of a world, from the first morning on at which its outlet opens, at `speed` times the clock.

    Example:
        SnapshotCamera(LiveScene(WorldJob(seed=7, days=30), "cooler-01", speed=60, clock=SystemClock()), port=0)
    """

    def __init__(self, job: WorldJob, cooler: str, speed: float, clock: Clock) -> None:
        self._job, self._cooler, self.speed, self._clock = job, cooler, speed, clock
        self._world: LiveWorld | None = None
        self._history: CoolerHistory | None = None
        self._drawn: tuple[ShelfState, Pixels] | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Simulates the cooler's outlet, then lets its time run.

        Raises:
            BadInputError: the world has no such cooler.
        """
        self._history = find_cooler(self._job, self._cooler)
        self._world = LiveWorld(self._history, self._clock, self.speed, self.begins)
        self._world.start()

    @property
    def history(self) -> CoolerHistory:
        """Everything that happens in the cooler, also what is still to come."""
        assert self._history, "start() comes first"
        return self._history

    @property
    def begins(self) -> datetime:
        """The moment at which its time begins."""
        return _first_morning(self._job, self.history)

    def pixels(self) -> Pixels:
        """What is seen now, BGR; where nothing has changed since the last time, the same."""
        assert self._world, "start() comes first"
        with self._lock:
            state = self._world.state_now()
            if self._drawn is None or self._drawn[0].rows != state.rows:
                look = look_of(self.history.cooler, self._job.seed)
                self._drawn = state, draw(state, plan_world(self._job).catalogue, look).pixels
            return self._drawn[1]

    def describe(self) -> dict[str, Any]:
        """The moment, the cooler and how many units stand in it, for the camera's status."""
        assert self._world, "start() comes first"
        with self._lock:
            state = self._world.state_now()
        at = format_utc(state.at)
        units = state.units().total()
        return {"moment": at, "photo": state.cooler, "photo_at": at, "units": units, "speed": self.speed}


def find_cooler(job: WorldJob, cooler: str) -> CoolerHistory:
    """The history of one cooler, by its id.

    Raises:
        BadInputError: the world has no such cooler; the text names some that it has.
    """
    plan = plan_world(job)
    for outlet in plan.outlets:
        for number, found in enumerate(plan.coolers(outlet)):
            if found.id == cooler:
                return simulate_outlet(job, outlet.number).coolers[number]
    known = ", ".join(found.id for found in plan.coolers(plan.outlets[0]))
    raise BadInputError(f"there is no cooler {cooler!r} among {job.outlets} outlets; the first outlet has {known}")


def _first_morning(job: WorldJob, history: CoolerHistory) -> datetime:
    outlet = history.outlet
    hours = hours_of(outlet.region.timezone, job.settings.start, job.days)
    return moment(int(hours[0, outlet.store.opens]))
