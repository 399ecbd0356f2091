"""Photos after the door was closed: one per visit at most, and never a storm of them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from edge.settings import ScheduleSettings
from facings.clock import Clock
from facings.worker import Worker, WorkingPart


class DoorPhotos:
    """When a photo is due after the door was closed, on the monotonic clock. Nothing but arithmetic.

    Example:
        >>> photos = DoorPhotos(after_s=5, interval_s=60)
        >>> photos.closed(100.0); photos.due
        105.0
        >>> photos.taken(105.0); photos.closed(110.0); photos.due
        165.0
        >>> photos.opened(); photos.due
    """

    def __init__(self, after_s: float, interval_s: float) -> None:
        self._after_s = after_s
        self._interval_s = interval_s
        self._last: float | None = None
        self.due: float | None = None

    def change(self, after_s: float, interval_s: float) -> None:
        """Go by other settings from now on; with `after_s` 0 no photo is due."""
        self._after_s, self._interval_s = after_s, interval_s
        if not after_s:
            self.due = None

    def opened(self) -> None:
        """Someone is at the cooler: the photo waits for the next closing."""
        self.due = None

    def closed(self, at: float) -> None:
        """A photo is due some seconds later, but not too soon after the one before."""
        if self._after_s:
            self.due = at + self._after_s
            if self._last is not None:
                self.due = max(self.due, self._last + self._interval_s)

    def taken(self, at: float) -> None:
        """The photo that was due is taken."""
        self.due, self._last = None, at


class DoorTrigger(WorkingPart):
    """Calls `fire(due_at)` when a photo is due after the door was closed."""

    def __init__(
        self, settings: ScheduleSettings, fire: Callable[[datetime], None], clock: Clock, log: logging.Logger
    ) -> None:
        super().__init__("door photos", log)
        self._photos = DoorPhotos(settings.after_door_s, settings.door_interval_s)
        self._fire = fire
        self._clock = clock
        self._lock = threading.Lock()

    def change(self, settings: ScheduleSettings) -> None:
        """Go by other settings from now on."""
        with self._lock:
            self._photos.change(settings.after_door_s, settings.door_interval_s)
        self._worker.wake()

    def on_opened(self, _at: float) -> None:
        """The door was opened."""
        with self._lock:
            self._photos.opened()
        self._worker.wake()

    def on_closed(self, at: float) -> None:
        """The door was closed `at` this moment of the monotonic clock."""
        with self._lock:
            self._photos.closed(at)
        self._worker.wake()

    def _work(self, worker: Worker) -> None:
        while not worker.stopping:
            now = self._clock.monotonic()
            due = self._claim(now)
            if due is not None and due <= now:
                self._fire(self._clock.now() - timedelta(seconds=now - due))
            else:
                worker.wait(None if due is None else due - now)

    def _claim(self, now: float) -> float | None:
        """When the next photo is due; where that is now, it counts as taken."""
        with self._lock:
            due = self._photos.due
            if due is not None and due <= now:
                self._photos.taken(now)
            return due
