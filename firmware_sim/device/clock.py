"""A computer's clock as cheap hardware has it: it drifts, is set, and forgets the date without its battery."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from facings.clock import Clock, SystemClock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class DriftingClock:
    """A clock that is wrong by `offset` and goes `drift_ppm` millionths too fast. It never asks anyone for the time.

    Seconds since the start come from the same crystal, so `monotonic` drifts alike, and it never jumps.

    Example:
        >>> clock = DriftingClock(offset=timedelta(hours=1))
        >>> clock.error().total_seconds() // 3600
        1.0
    """

    drift_ppm: float = 0.0
    offset: timedelta = timedelta()
    source: Clock = field(default_factory=SystemClock)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _set_at: float | None = None
    _set_to: datetime = EPOCH

    def now(self) -> datetime:
        """What the clock shows."""
        with self._lock:
            return self._shown()

    def monotonic(self) -> float:
        """Seconds as this clock's crystal counts them."""
        return self.source.monotonic() * (1 + self.drift_ppm / 1e6)

    def jump(self, by: timedelta) -> None:
        """Set the clock forward or, with a negative `by`, back."""
        self._set(lambda: self._shown() + by)

    def reset(self) -> None:
        """Lose the date: it is 1970."""
        self._set(lambda: EPOCH)

    def correct(self) -> None:
        """Set it to the true time, as a time server would."""
        self._set(self.source.now)

    def error(self) -> timedelta:
        """How far ahead of the true time it is."""
        return self.now() - self.source.now()

    def _set(self, to: Callable[[], datetime]) -> None:
        with self._lock:
            self._set_to, self._set_at = to(), self.monotonic()

    def _shown(self) -> datetime:
        if self._set_at is None:
            self._set_to, self._set_at = self.source.now() + self.offset, self.monotonic()
        return self._set_to + timedelta(seconds=self.monotonic() - self._set_at)
