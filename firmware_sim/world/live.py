"""`LiveWorld`: a cooler's history as if it happened now, for a camera that shows the present moment."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from facings.clock import Clock
from firmware_sim.world.calendar import moment
from firmware_sim.world.history import CoolerHistory
from firmware_sim.world.replay import ShelfReplay
from firmware_sim.world.state import ShelfState


class LiveWorld:
    """A cooler whose time runs at `speed` times the clock's; after its last day nothing happens any more.

    Several threads may ask for its state.

    Example:
        live = LiveWorld(simulate_outlet(job, 0).coolers[0], SystemClock(), speed=60)
        live.start()
        draw(live.state_now(), catalogue, look)
    """

    def __init__(
        self, history: CoolerHistory, clock: Clock, speed: float = 1.0, begins: datetime | None = None
    ) -> None:
        self._history, self._clock, self._speed = history, clock, speed
        self._begins = begins or moment(history.begins)
        self._began = 0.0
        self._lock = threading.Lock()
        self._replay = ShelfReplay(history)

    def start(self) -> None:
        """Lets its time run, from its beginning or `begins` on."""
        self._began = self._clock.monotonic()

    def now(self) -> datetime:
        """The simulated moment."""
        passed = timedelta(seconds=(self._clock.monotonic() - self._began) * self._speed)
        return min(self._begins + passed, moment(self._history.ends))

    def state_now(self) -> ShelfState:
        """What stands in the cooler at the simulated moment."""
        with self._lock:
            return self._replay.state_at(self.now())
