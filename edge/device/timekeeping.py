"""The wall clock: not set after a power cut, set while the daemon runs, and photos taken before it was."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from edge.device.alarms import Alarms
from edge.device.identity import Identity, is_set
from edge.uplink.spool import SpooledPhoto
from facings.worker import Worker, WorkingPart

EVERY_S = 5.0
JUMP_S = 5.0
CALM_S = 600.0
HELD_AT_MOST_S = 300.0


class ClockWatch(WorkingPart):
    """Compares the wall clock with the monotonic one.

    A clock that says a time before this software was made was never set: alarm `clock-not-set`. One that is set by more
    than `JUMP_S` while the daemon runs: alarm `clock-jumped`, over after ten minutes without another jump. `on_set` is
    called when an unset clock was set; it must not block.
    """

    def __init__(self, identity: Identity, alarms: Alarms, log: logging.Logger) -> None:
        super().__init__("clock", log)
        self._identity = identity
        self._alarms = alarms
        self._wall: datetime | None = None
        self._steady = 0.0
        self._jumped_at = 0.0
        self._jumps: list[float] = []
        self.on_set: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Look now, and begin to watch."""
        self._jumped_at = self._identity.clock.monotonic()
        self.look()
        super().start()

    def look(self) -> None:
        """Compare the clocks with what they said at the look before."""
        wall, steady = self._identity.clock.now(), self._identity.clock.monotonic()
        before, passed = self._wall, steady - self._steady
        self._wall, self._steady = wall, steady
        jump = (wall - before).total_seconds() - passed if before is not None else 0.0
        if not is_set(wall):
            self._alarms.begin("clock-not-set", f"the clock says {wall:%Y-%m-%d}: it has not been set since power came")
            return
        if self._alarms.over("clock-not-set", f"the clock was set by {jump:+.0f} s", jump_s=round(jump, 3)):
            self.on_set()
        elif abs(jump) > JUMP_S:
            self._jumped(jump, steady)
        if steady - self._jumped_at > CALM_S:
            self._alarms.over("clock-jumped", jumps=len(self._jumps), jump_s=round(sum(self._jumps), 3))
            self._jumps.clear()

    def _jumped(self, jump: float, steady: float) -> None:
        self._jumps.append(jump)
        self._jumped_at = steady
        self._alarms.begin("clock-jumped", f"the clock was set by {jump:+.0f} s", jump_s=round(jump, 3))

    def _work(self, worker: Worker) -> None:
        while worker.wait(EVERY_S):
            self.look()


def is_held(photo: SpooledPhoto, identity: Identity) -> bool:
    """Whether a photo waits for the clock to be set: for five minutes, as only before it is read can it be dated."""
    if is_set(photo.taken_at) or is_set(identity.clock.now()):
        return False
    age_s = _age_s(photo, identity)
    return age_s is not None and age_s < HELD_AT_MOST_S


def dated(photo: SpooledPhoto, identity: Identity) -> SpooledPhoto:
    """The photo with its true times, where the clock was set since it was taken in this run of the daemon.

    The monotonic clock tells how long ago that was. What is stored as a message is never changed: this is for photos
    from which none was made yet.
    """
    age_s, now = _age_s(photo, identity), identity.clock.now()
    state = identity.clock_state()
    if age_s is None or not is_set(now):
        return photo
    shift = now - timedelta(seconds=age_s) - photo.taken_at
    was_wrong = not is_set(photo.taken_at) or (state.synced and not photo.clock.synced)
    if not was_wrong or abs(shift.total_seconds()) <= JUMP_S:
        return photo
    return replace(
        photo,
        captured_at=photo.captured_at + shift,
        due_at=photo.due_at + shift,
        taken_at=photo.taken_at + shift,
        clock=state,
    )


def _age_s(photo: SpooledPhoto, identity: Identity) -> float | None:
    """Seconds since the photo was taken; None for one of an earlier run, whose monotonic clock is gone."""
    if photo.steady_s is None or photo.boot_id != str(identity.boot_id):
        return None
    return identity.clock.monotonic() - photo.steady_s
