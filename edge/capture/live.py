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
from edge.device.identity import Identity
from edge.peer import Peer
from edge.vision.decode import check_file
from facings.errors import FacingsError, PhotoError, UnavailableError
from facings.messages import Trigger

RETRY_PAUSE_S = 1.0


class LiveCapture:
    """Takes a photo whenever the schedule or a command says so."""

    def __init__(
        self,
        camera: Camera,
        retries: int,
        schedule: Schedule,
        intake: Intake,
        identity: Identity,
        log: logging.Logger,
    ) -> None:
        self._camera = camera
        self._retries = retries
        self._intake = intake
        self._identity = identity
        self._clock = identity.clock
        self._peer = Peer("camera", log)
        self._one_at_a_time = threading.Lock()
        self._timetable = Timetable(schedule, self._on_due, self._on_missed, self._clock, log)
        self._stopping = threading.Event()

    def start(self) -> None:
        """Go by the schedule."""
        self._timetable.start()

    def stop(self) -> None:
        """Take no more photos."""
        self._stopping.set()
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
                steady_s, state = self._clock.monotonic(), self._identity.clock_state()
                photo = self._intake.keep(Shot(encoded, taken_at, due_at, taken_at, trigger, state, steady_s))
            except UnavailableError as error:
                self._intake.not_taken(str(error), self._clock.now())
                raise
            return photo.photo_id

    def _from_camera(self) -> bytes:
        """A whole photo; the camera is asked again where it gave none, for many faults last a moment only."""
        for tries_left in range(self._retries, -1, -1):
            try:
                encoded = self._camera.take()
                check_file(encoded)
            except (UnavailableError, PhotoError) as error:
                if tries_left and not self._stopping.wait(RETRY_PAUSE_S):
                    continue
                self._peer.lost(str(error))
                raise UnavailableError(self._told(error)) from error
            self._peer.back()
            return encoded
        raise AssertionError("the last try returns or raises")

    def _told(self, error: FacingsError) -> str:
        told = f"the camera's file is no photo: {error}" if isinstance(error, PhotoError) else str(error)
        return f"{told} (asked {self._retries + 1} times)" if self._retries else told

    def _on_due(self, due_at: datetime) -> None:
        with suppress(UnavailableError):  # told in an event already; the next due time tries again
            self.take(due_at, "schedule")

    def on_door(self, due_at: datetime) -> None:
        """Take a photo because the door was closed."""
        with suppress(UnavailableError):  # told in an event already; the schedule goes on
            self.take(due_at, "door")

    def _on_missed(self, due_at: datetime) -> None:
        self._intake.not_taken("the camera was still busy with the photo before", due_at)
