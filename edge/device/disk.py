"""Watches the disk: says once that it is full and once that it is not, and frees the reserve in between."""

from __future__ import annotations

import logging
from collections.abc import Callable

from edge.device.alarms import Alarms
from edge.uplink.reserve import Reserve
from facings.worker import Worker, WorkingPart

LOOK_EVERY_S = 10.0


class DiskWatch(WorkingPart):
    """The alarm `disk-full`: from the first write that found no room until the reserve is whole again.

    `on_room` is called when there is room again.
    """

    def __init__(self, reserve: Reserve, alarms: Alarms, log: logging.Logger) -> None:
        super().__init__("disk", log)
        self._reserve = reserve
        self._alarms = alarms
        self._found_full = False
        self.on_room: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Hold the reserve, or say that there is no room for it."""
        self._look()
        super().start()

    def on_full(self) -> None:
        """A write found no room. Called from inside that write: it only frees the reserve and wakes this part."""
        self._reserve.release()
        self._found_full = True
        self._worker.wake()

    def _work(self, worker: Worker) -> None:
        while worker.wait(LOOK_EVERY_S):
            self._look()

    def _look(self) -> None:
        was_full, self._found_full = self._found_full, False
        if was_full or not self._reserve.refill():
            free_mb = round(self._reserve.free() / 1_000_000, 1)
            self._alarms.begin("disk-full", f"the disk is full: {free_mb} MB are free; make room", free_mb=free_mb)
        elif self._alarms.over("disk-full", "there is room again"):
            self.on_room()
