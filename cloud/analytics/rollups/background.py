"""The rollups in the background, so that no reader waits for what comes in."""

from __future__ import annotations

import logging
import threading

from cloud.services import Services

EVERY_S = 2.0
"""So far numbers of a period may lag behind what is stored; longer pauses make fewer and larger statements."""

REZONE_EVERY = 30
"""Rounds between two looks for outlets whose time zone was changed."""

log = logging.getLogger(__name__)


class RollupRounds:
    """Makes anew, from time to time, what was touched."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rollups")

    def start(self) -> None:
        """Make the rollups of facts older than the rollups, then begin."""
        self._services.rollups.adopt()
        self._services.rollups.kept = True
        self._thread.start()

    def stop(self) -> None:
        """End; what is noted and not made is made after the next start."""
        self._services.rollups.kept = False
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        rounds = 0
        while not self._stopping.wait(EVERY_S):
            rounds += 1
            try:
                self._services.rollups.refresh()
                if rounds % REZONE_EVERY == 0:
                    self._services.rollups.rezone()
            except Exception:
                # What was noted stays noted.
                log.exception("cannot make the rollups, trying again")
