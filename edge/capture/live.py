"""Photos from a camera that is there: on schedule, or when someone asks."""

from __future__ import annotations

import logging
import threading
import uuid
from contextlib import suppress
from datetime import datetime

from edge.capture.intake import Intake
from edge.capture.schedule import Schedule, Timetable
from edge.capture.shot import Camera, Shot
from edge.device.identity import system_clock_state
from edge.peer import Peer
from edge.uplink.outbox import Outbox
from facings.clock import Clock
from facings.errors import UnavailableError
from facings.messages import Trigger


class FrozenWatch:
    """Notices a camera that gives the same file over and over: sensors are never that quiet."""

    def __init__(self, after: int) -> None:
        self._after = after
        self._last = ""
        self._times = 0

    def is_new_alarm(self, sha256: str) -> bool:
        """Whether with this photo the camera has just become suspect; told once per freeze."""
        self._times = self._times + 1 if sha256 == self._last else 1
        self._last = sha256
        return self._times == self._after


class LiveCapture:
    """Takes a photo whenever the schedule or a command says so."""

    def __init__(
        self,
        camera: Camera,
        schedule: Schedule,
        intake: Intake,
        outbox: Outbox,
        frozen: FrozenWatch,
        clock: Clock,
        log: logging.Logger,
    ) -> None:
        self._camera = camera
        self._intake = intake
        self._outbox = outbox
        self._frozen = frozen
        self._clock = clock
        self._peer = Peer("camera", log)
        self._one_at_a_time = threading.Lock()
        self._timetable = Timetable(schedule, self._on_due, self._on_missed, clock, log)

    def start(self) -> None:
        """Go by the schedule."""
        self._timetable.start()

    def stop(self) -> None:
        """Take no more photos."""
        self._timetable.stop()

    def change_schedule(self, schedule: Schedule) -> None:
        """Go by another schedule from now on."""
        self._timetable.change(schedule)

    def take(self, due_at: datetime, trigger: Trigger) -> uuid.UUID:
        """Take a photo now and keep it.

        Raises:
            UnavailableError: the camera gave none or it could not be kept; an event says so too.
        """
        with self._one_at_a_time:
            try:
                encoded = self._from_camera()
                taken_at = self._clock.now()
                photo = self._intake.keep(Shot(encoded, taken_at, due_at, taken_at, trigger, system_clock_state()))
            except UnavailableError as error:
                self._intake.not_taken(str(error), self._clock.now())
                raise
            if self._frozen.is_new_alarm(photo.sha256):
                self._outbox.report("alarm", "the camera is frozen: it gives the same photo again and again")
            return photo.photo_id

    def _from_camera(self) -> bytes:
        try:
            encoded = self._camera.take()
        except UnavailableError as error:
            self._peer.lost(str(error))
            raise
        self._peer.back()
        return encoded

    def _on_due(self, due_at: datetime) -> None:
        with suppress(UnavailableError):  # told in an event already; the next due time tries again
            self.take(due_at, "schedule")

    def on_door(self, due_at: datetime) -> None:
        """Take a photo because the door was closed."""
        with suppress(UnavailableError):  # told in an event already; the schedule goes on
            self.take(due_at, "door")

    def _on_missed(self, due_at: datetime) -> None:
        self._intake.not_taken("the camera was still busy with the photo before", due_at)
