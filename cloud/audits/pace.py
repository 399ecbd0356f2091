"""How fast background work may go: what devices send comes first."""

from __future__ import annotations

from collections.abc import Callable

SLOWER = 5.0
"""Times as long background work rests while messages wait."""


class Pace:
    """Tells background work how long to rest."""

    def __init__(self) -> None:
        self._behind: Callable[[], bool] = lambda: False

    def watch(self, behind: Callable[[], bool]) -> None:
        """Have `behind` say whether messages wait to be stored."""
        self._behind = behind

    def rest(self, seconds: float) -> float:
        """How long to rest where it would be `seconds`, were there nothing else to do."""
        return seconds * SLOWER if self._behind() else seconds
