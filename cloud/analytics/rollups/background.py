"""The rollups in the background, so that no reader waits for what comes in."""

from __future__ import annotations

from cloud.rounds import Rounds
from cloud.services import Services

EVERY_S = 2.0
"""So far numbers of a period may lag behind what is stored; longer pauses make fewer and larger statements."""

REZONE_EVERY = 30
"""Rounds between two looks for outlets whose time zone was changed."""


class RollupRounds(Rounds):
    """Makes anew, from time to time, what was touched; what was noted stays noted where that fails."""

    name = "rollups"
    purpose = "make the rollups"

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._rounds = 0

    def start(self) -> None:
        """Make the rollups of facts older than the rollups, then begin."""
        self._services.rollups.adopt()
        self._services.rollups.note_last_judged()
        self._services.rollups.kept = True
        super().start()

    def stop(self) -> None:
        """End; what is noted and not made is made after the next start."""
        self._services.rollups.kept = False
        super().stop()

    def pause_s(self) -> float:
        """Two seconds; longer while messages wait to be stored."""
        return self._services.pace.rest(EVERY_S)

    def round(self) -> None:
        """Make what was touched; now and then look for changed time zones."""
        self._rounds += 1
        self._services.rollups.refresh()
        if self._rounds % REZONE_EVERY == 0:
            self._services.rollups.rezone()
