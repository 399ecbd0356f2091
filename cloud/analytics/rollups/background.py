"""The rollups in the background, so that a read finds little left to make."""

from __future__ import annotations

import logging
import threading

from cloud.services import Services

EVERY_S = 5.0
"""Reads make what is left; longer pauses make fewer and larger statements."""

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
        self._thread.start()

    def stop(self) -> None:
        """End; what is noted and not made is made after the next start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            try:
                self._services.rollups.refresh()
            except Exception:
                # What was noted stays noted.
                log.exception("cannot make the rollups, trying again")
