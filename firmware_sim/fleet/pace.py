"""`Pace`: when a simulated moment is due by the clock on the wall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Pace:
    """Simulated time that runs at `speed` times the real one.

    Attributes:
        begins: the simulated moment of the beginning.
        began: the same by the wall clock, and `began_s` by its monotonic seconds.

    Example:
        >>> from datetime import UTC
        >>> monday = datetime(2026, 11, 9, tzinfo=UTC)
        >>> Pace(monday, monday, 100.0, 60).due_s(monday + timedelta(hours=1))
        160.0
    """

    begins: datetime
    began: datetime
    began_s: float
    speed: float

    def due_s(self, at: datetime) -> float:
        """Monotonic seconds at which the simulated moment `at` comes."""
        return self.began_s + (at - self.begins).total_seconds() / self.speed

    def due_at(self, at: datetime) -> datetime:
        """The same as a time."""
        return self.began + (at - self.begins) / self.speed

    def now(self, monotonic_s: float) -> datetime:
        """The simulated moment at these monotonic seconds."""
        return self.begins + timedelta(seconds=(monotonic_s - self.began_s) * self.speed)
