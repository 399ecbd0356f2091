"""How fast background work may go: what devices send comes first."""

from __future__ import annotations

import time

SLOWER = 5.0
"""Times as long background work rests while many messages come in."""


class Pace:
    """Tells background work how long to rest."""

    def __init__(self) -> None:
        self._slow_until = 0.0

    def slow_down(self, seconds: float) -> None:
        """Go slowly for so long from now on."""
        self._slow_until = time.monotonic() + seconds

    def rest(self, seconds: float) -> float:
        """How long to rest where it would be `seconds`, were there nothing else to do."""
        return seconds * SLOWER if time.monotonic() < self._slow_until else seconds
