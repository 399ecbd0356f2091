"""When photos are due: cron expressions in the outlet's time zone, shifted per device to spread a fleet."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from edge.settings import ScheduleSettings
from facings.clock import Clock
from facings.worker import Worker, WorkingPart

LONGEST_SLEEP_S = 30.0
JUMP_S = 5.0


def offset_s(tenant: str, device: str, spread_s: float) -> float:
    """The device's own delay, 0 to `spread_s` seconds, the same at every start.

    Example:
        >>> offset_s("acme", "cooler-01", 60.0) == offset_s("acme", "cooler-01", 60.0)
        True
    """
    digest = hashlib.sha256(f"{tenant}/{device}".encode()).digest()
    return round(int.from_bytes(digest[:4], "big") / 2**32 * spread_s, 3)


@dataclass(frozen=True)
class Schedule:
    """Cron expressions, the zone they are meant in, and the device's delay in seconds."""

    cron: tuple[str, ...]
    zone: ZoneInfo
    delay_s: float

    @classmethod
    def of(cls, settings: ScheduleSettings, tenant: str, device: str) -> Schedule:
        """The schedule that the settings give this device."""
        return cls(settings.cron, ZoneInfo(settings.timezone), offset_s(tenant, device, settings.spread_s))

    def next_after(self, moment: datetime) -> datetime:
        """The first time later than `moment` at which a photo is due, in the zone of `moment`.

        Across a change of summer time each expression comes due as Debian's cron would have it: once for a time that
        is skipped or repeated.
        """
        delay = timedelta(seconds=self.delay_s)
        local = (moment - delay).astimezone(self.zone)
        due: datetime = min(next(CronSim(expression, local)).astimezone(moment.tzinfo) for expression in self.cron)
        return due + delay


class Timetable(WorkingPart):
    """Calls `fire(due_at)` when the schedule says so, and `miss(due_at)` for a time that passed while it was firing.

    Sleeps on the monotonic clock in short pieces and compares it with the wall clock: when that was set, the next time
    is found anew, so a jump neither fires a burst of missed photos nor silences the camera.
    """

    def __init__(
        self,
        schedule: Schedule,
        fire: Callable[[datetime], None],
        miss: Callable[[datetime], None],
        clock: Clock,
        log: logging.Logger,
    ) -> None:
        super().__init__("schedule", log)
        self._schedule = schedule
        self._fire = fire
        self._miss = miss
        self._clock = clock
        self._changed = False

    def change(self, schedule: Schedule) -> None:
        """Go by another schedule from now on."""
        self._schedule = schedule
        self._changed = True
        self._worker.wake()

    def _work(self, worker: Worker) -> None:
        wall, steady = self._clock.now(), self._clock.monotonic()
        due = self._schedule.next_after(wall)
        while worker.wait(min(LONGEST_SLEEP_S, max(0.0, (due - wall).total_seconds()))):
            wall, steady, was_set = self._look(wall, steady)
            if was_set or self._changed:
                self._changed = False
                due = self._schedule.next_after(wall)
            elif wall >= due:
                self._fire(due)
                wall, steady, was_set = self._look(wall, steady)
                due = self._schedule.next_after(wall) if was_set else self._skip_missed(due, wall)

    def _look(self, before: datetime, steady_before: float) -> tuple[datetime, float, bool]:
        """Both clocks now, and whether the wall clock was set since they said `before` and `steady_before`."""
        wall, steady = self._clock.now(), self._clock.monotonic()
        jump = (wall - before).total_seconds() - (steady - steady_before)
        was_set = abs(jump) > JUMP_S
        if was_set:
            self._log.warning("the clock was set by %+.0f s: the next photo is found anew", jump)
        return wall, steady, was_set

    def _skip_missed(self, due: datetime, wall: datetime) -> datetime:
        following = self._schedule.next_after(due)
        if following > wall:
            return following
        self._miss(following)
        return self._schedule.next_after(wall)
