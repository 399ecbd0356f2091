"""A cooler of the living world before a camera: what stands there now, and who opens its door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from facings.clock import Clock, format_utc
from facings.errors import BadInputError
from firmware_sim.device.spoiling import Pixels
from firmware_sim.world.calendar import moment
from firmware_sim.world.history import CoolerHistory, Kind
from firmware_sim.world.job import WorldJob, catalogue_named
from firmware_sim.world.live import LiveWorld
from firmware_sim.world.outlet_life import simulate_outlet
from firmware_sim.world.photos import draw, look_of
from firmware_sim.world.state import ShelfState

SHOPPER_S = 8.0
"""How long someone who takes a drink holds the door open."""
STAFF_S_PER_UNIT = 3.0
"""How long staff hold it open for each unit they put in or take out."""


@dataclass(frozen=True)
class Visit:
    """The door is opened `at` seconds after the begin and stays open for `lasts` seconds."""

    at: float
    lasts: float


class LiveScene:
    """A `SceneSource`: the cooler number `cooler` of an outlet, from `begins` after the world's first moment on.

    What stands there is drawn anew only where it has changed since the picture before.
    """

    def __init__(
        self, job: WorldJob, outlet: int, cooler: int, clock: Clock, speed: float, begins: timedelta = timedelta()
    ) -> None:
        self._job, self._outlet, self._cooler = job, outlet, cooler
        self._clock, self._speed, self._begins = clock, speed, begins
        self._history: CoolerHistory | None = None
        self._live: LiveWorld | None = None
        self._drawn: tuple[ShelfState, Pixels] | None = None

    def start(self) -> None:
        """Simulate the outlet and let its time run; the first picture is drawn, so that a camera answers at once.

        Raises:
            BadInputError: there is no such outlet or cooler.
        """
        self._history = self._find()
        self._live = LiveWorld(self._history, self._clock, self._speed, moment(self._history.begins) + self._begins)
        self._live.start()
        self.pixels()
        self._live.start()

    def pixels(self) -> Pixels:
        """What stands in the cooler now."""
        state, drawn = self._state(), self._drawn
        if drawn is not None and drawn[0].rows == state.rows:
            return drawn[1]
        pixels = draw(state, catalogue_named(self._job.catalogue), look_of(self._found.cooler, self._job.seed)).pixels
        self._drawn = state, pixels
        return pixels

    def describe(self) -> dict[str, Any]:
        """The moment and how many units stand there."""
        state = self._state()
        return {
            "moment": format_utc(state.at),
            "cooler": state.cooler,
            "units": state.units().total(),
            "speed": self._speed,
        }

    def visits(self) -> Iterator[Visit]:
        """Everyone who opens the door, in order and by the camera's clock: each second at which units moved is one."""
        history = self._found
        first = history.begins + self._begins.total_seconds()
        moved = (movement for movement in history.movements if movement.at >= first)
        for at, movements in groupby(moved, lambda movement: movement.at):
            together = list(movements)
            staff = sum(movement.units for movement in together if movement.kind is not Kind.SALE)
            yield Visit((at - first) / self._speed, max(SHOPPER_S, STAFF_S_PER_UNIT * staff) / self._speed)

    @property
    def _found(self) -> CoolerHistory:
        assert self._history, "start() comes first"
        return self._history

    def _state(self) -> ShelfState:
        assert self._live, "start() comes first"
        return self._live.state_now()

    def _find(self) -> CoolerHistory:
        try:
            return simulate_outlet(self._job, self._outlet).coolers[self._cooler]
        except IndexError:
            raise BadInputError(
                f"the world has no cooler {self._cooler} in an outlet {self._outlet}; both count from 0"
            ) from None
