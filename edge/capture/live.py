"""Photos from cameras that are there: on schedule, or when someone asks; all cameras of a device at the same time."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from edge.capture.intake import Intake
from edge.capture.patient import PatientCamera
from edge.capture.schedule import Schedule, Timetable
from edge.capture.shot import Shot
from edge.device.identity import Identity
from edge.uplink.occasions import Occasions
from facings.errors import UnavailableError
from facings.messages import Trigger


@dataclass(frozen=True)
class _Due:
    at: datetime
    trigger: Trigger


class LiveCapture:
    """Takes photos whenever the schedule or a command says so: one with each of `cameras`.

    `on_asked` is called with the name of each camera that was asked and the problem that it gave no photo; empty: it
    gave one.
    """

    def __init__(
        self,
        cameras: Sequence[PatientCamera],
        schedule: Schedule,
        intake: Intake,
        occasions: Occasions,
        identity: Identity,
        log: logging.Logger,
    ) -> None:
        self._cameras = tuple(cameras)
        self._intake = intake
        self._occasions = occasions
        self._identity = identity
        self._clock = identity.clock
        self._one_at_a_time = threading.Lock()
        self.on_asked: Callable[[str, str], None] = lambda _camera, _problem: None
        self._timetable = Timetable(schedule, self._on_due, self._on_missed, self._clock, log)

    def start(self) -> None:
        """Go by the schedule."""
        self._timetable.start()

    def stop(self) -> None:
        """Take no more photos."""
        for camera in self._cameras:
            camera.stop()
        self._timetable.stop()

    def change_schedule(self, schedule: Schedule) -> None:
        """Go by another schedule from now on."""
        self._timetable.change(schedule)

    def take(self, due_at: datetime, trigger: Trigger) -> tuple[uuid.UUID, ...]:
        """Take a photo with each camera now and keep them; the ids of those that came about, at least one.

        Raises:
            UnavailableError: no camera gave one or none could be kept; an event says so too.
        """
        with self._one_at_a_time:
            due = _Due(due_at, trigger)
            if len(self._cameras) > 1:
                return self._take_together(due)
            try:
                return (self._take_with(self._cameras[0], due),)
            except UnavailableError as error:
                self._intake.not_taken(str(error), self._clock.now())
                raise

    def _take_with(self, camera: PatientCamera, due: _Due, occasion: str | None = None) -> uuid.UUID:
        encoded = self._asked(camera)
        taken_at = self._clock.now()
        steady_s, state = self._clock.monotonic(), self._identity.clock_state()
        shot = Shot(encoded, taken_at, due.at, taken_at, due.trigger, state, steady_s)
        if occasion:
            shot = replace(shot, camera=camera.settings.name, occasion=occasion)
        return self._intake.keep(shot).photo_id

    def _asked(self, camera: PatientCamera) -> bytes:
        try:
            encoded = camera.take()
        except UnavailableError as error:
            self.on_asked(camera.settings.name, str(error))
            raise
        self.on_asked(camera.settings.name, "")
        return encoded

    def _take_together(self, due: _Due) -> tuple[uuid.UUID, ...]:
        """Ask all cameras at once; each photo is on disk as soon as it is there."""
        occasion = self._begin()
        problems: dict[str, str] = {}

        def take(camera: PatientCamera) -> uuid.UUID | None:
            try:
                return self._take_with(camera, due, occasion)
            except UnavailableError as error:
                problems[camera.settings.name] = str(error)
                return None

        with ThreadPoolExecutor(len(self._cameras), thread_name_prefix="camera") as pool:
            taken = tuple(photo for photo in pool.map(take, self._cameras) if photo is not None)
        self._end(occasion, problems, bool(taken))
        return taken

    def _begin(self) -> str:
        try:
            return self._occasions.begin([camera.settings for camera in self._cameras])
        except UnavailableError as error:
            self._intake.not_taken(str(error), self._clock.now())
            raise

    def _end(self, occasion: str, problems: dict[str, str], any_taken: bool) -> None:
        for camera, problem in problems.items():
            self._intake.not_taken(problem, self._clock.now(), camera=camera)
        if any_taken:
            self._occasions.end(occasion, problems)
            self._intake.on_photo()
        else:
            self._occasions.forget(occasion)
            raise UnavailableError("; ".join(f"{camera}: {problem}" for camera, problem in problems.items()))

    def _on_due(self, due_at: datetime) -> None:
        with suppress(UnavailableError):  # told in an event already; the next due time tries again
            self.take(due_at, "schedule")

    def on_door(self, due_at: datetime) -> None:
        """Take a photo because the door was closed."""
        with suppress(UnavailableError):  # told in an event already; the schedule goes on
            self.take(due_at, "door")

    def _on_missed(self, due_at: datetime) -> None:
        self._intake.not_taken("the camera was still busy with the photo before", due_at)
