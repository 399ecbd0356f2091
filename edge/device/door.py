"""The door: what the controller's polls tell of it, also what happened between two of them, and a switch that lies."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from edge.device.alarms import Alarms
from edge.device.modbus import ControllerReading
from edge.device.reporter import Reporter
from facings.registers import UINT16_MAX

COUNTER_WRAPS = 2**32
MOST_OPENINGS_A_SECOND = 5
MINUTE_S = 60.0
DOOR_TEXTS = {"door-opened": "the door was opened", "door-closed": "the door was closed"}


@dataclass(frozen=True)
class DoorNews:
    """The door was opened or closed.

    Attributes:
        at: when, on the monotonic clock.
        openings: the controller's counter.
        missed: openings since the poll before that no poll saw.
        open_s: with `door-closed`: how long it was open, where that is known.
        changes: how often the door changed since the poll before.
    """

    kind: Literal["door-opened", "door-closed"]
    at: float
    openings: int
    missed: int
    open_s: float | None
    changes: int


class Door:
    """Follows the door from poll to poll. Nothing but arithmetic: no clock, no thread."""

    def __init__(self) -> None:
        self._last: ControllerReading | None = None
        self._last_at = 0.0
        self._opened_at: float | None = None

    def see(self, reading: ControllerReading, now: float) -> DoorNews | None:
        """What is new with the poll at `now`; None where nothing changed, as with the first poll."""
        last, opened = self._last, self._openings_since(reading, now)
        was_open = last is not None and last.door_open
        seen = 1 if reading.door_open and (opened or not was_open) else 0
        missed = max(0, opened - seen)
        changed_at, opened_at = now - reading.door_unchanged_s, self._opened_at
        if seen or not reading.door_open:
            knows_when = reading.door_open and reading.door_unchanged_s < UINT16_MAX
            self._opened_at = changed_at if knows_when else None
        self._last, self._last_at = reading, now
        if last is None or (reading.door_open == was_open and not opened):
            return None
        changes = 2 * opened if reading.door_open == was_open else 1 + 2 * missed
        if reading.door_open:
            return DoorNews("door-opened", changed_at, reading.door_openings, missed, None, changes)
        open_s = max(0.0, changed_at - opened_at) if was_open and not missed and opened_at is not None else None
        return DoorNews("door-closed", changed_at, reading.door_openings, missed, open_s, changes)

    def open_for(self, now: float) -> float:
        """Seconds the door has been open; 0 where it is closed, or open since nobody knows when."""
        return now - self._opened_at if self._opened_at is not None else 0.0

    def _openings_since(self, reading: ControllerReading, now: float) -> int:
        """Openings since the poll before; 0 where the counter was set anew, as by another controller."""
        if self._last is None:
            return 0
        opened = (reading.door_openings - self._last.door_openings) % COUNTER_WRAPS
        return opened if opened <= MOST_OPENINGS_A_SECOND * (now - self._last_at + 1) else 0


class DoorWatch:
    """Tells door openings and closings, and takes no word of a switch that is stuck.

    While the switch is open for longer than `stuck_s`, or changes more often than `most_changes` times a minute, the
    alarm `door-stuck` is on. A switch that flutters is not listened to until it has kept calm for a minute.
    `on_opened` and `on_closed` get the moment on the monotonic clock; they must not block.
    """

    def __init__(self, alarms: Alarms, reporter: Reporter, stuck_s: float, most_changes: int) -> None:
        self._alarms = alarms
        self._reporter = reporter
        self._stuck_s = stuck_s
        self._most_changes = most_changes
        self._door = Door()
        self._recent: deque[tuple[float, int]] = deque()
        self._flutters = False
        self._unheard = 0
        self._watched_since: float | None = None
        self.on_opened: Callable[[float], None] = lambda _at: None
        self.on_closed: Callable[[float], None] = lambda _at: None

    def see(self, reading: ControllerReading, now: float) -> None:
        """Take what a poll at `now`, on the monotonic clock, has read."""
        if self._watched_since is None:
            self._watched_since = now
        news = self._door.see(reading, now)
        self._count(news, now)
        if self._flutters and news is not None:
            self._unheard += news.changes
        elif news is not None:
            self._tell(news, now)
        self._judge(reading, now, now - self._watched_since)

    def _count(self, news: DoorNews | None, now: float) -> None:
        if news is not None:
            self._recent.append((now, news.changes))
        while self._recent and self._recent[0][0] <= now - MINUTE_S:
            self._recent.popleft()
        changes = sum(count for _, count in self._recent)
        if not self._flutters and changes > self._most_changes:
            self._flutters = True
            reason = f"the door changed {changes} times in a minute: its switch flutters"
            self._alarms.begin("door-stuck", reason, changes=changes)
            self.on_opened(now)  # a photo that was planned is not taken

    def _judge(self, reading: ControllerReading, now: float, watched_s: float) -> None:
        if self._flutters and not self._recent:
            self._flutters = False
            self._alarms.over("door-stuck", "the switch has kept calm for a minute", unheard_changes=self._unheard)
            self._unheard = 0
            if not reading.door_open:
                self.on_closed(now)
        elif not self._flutters and self._door.open_for(now) > self._stuck_s:
            open_s = round(self._door.open_for(now), 1)
            reason = f"the door has been open for {open_s:.0f} s: close it, or mend its switch"
            self._alarms.begin("door-stuck", reason, open_s=open_s)
        elif (
            not self._flutters and watched_s >= MINUTE_S
        ):  # an alarm of the last run: a minute shows whether it is over
            self._alarms.over("door-stuck")

    def _tell(self, news: DoorNews, now: float) -> None:
        detail: dict[str, float] = {"openings": news.openings}
        if news.open_s is not None:
            detail["open_s"] = round(news.open_s, 1)
        if news.missed:
            detail["missed"] = news.missed
        self._reporter.tell(news.kind, DOOR_TEXTS[news.kind], ago_s=now - news.at, detail=detail)
        (self.on_opened if news.kind == "door-opened" else self.on_closed)(news.at)
