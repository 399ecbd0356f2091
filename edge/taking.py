"""How a device takes its photos: live cameras by the clock, after the door and on request, or a replay."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from edge.capture.door import DoorTrigger
from edge.capture.http import HttpCamera
from edge.capture.live import LiveCapture
from edge.capture.patient import PatientCamera
from edge.capture.replay import ReplayCapture
from edge.capture.schedule import Schedule
from edge.device.identity import Identity
from edge.kept import Kept
from edge.settings import EdgeSettings, ScheduleSettings
from edge.watches import Watches
from facings.errors import BadInputError
from facings.worker import Part


class Taking:
    """The parts of one device that take photos: `live` with its `door`, or `replay`; what is not there is None."""

    def __init__(
        self, settings: EdgeSettings, identity: Identity, kept: Kept, watches: Watches, log: logging.Logger
    ) -> None:
        self._settings = settings
        self._identity = identity
        self._kept = kept
        self._watches = watches
        self._log = log
        self.live = self._live_capture() if settings.is_live else None
        self.replay = None if settings.is_live else self._replay_capture()
        self.door = self._door_photos(self.live) if self.live and settings.controller.url else None

    def parts(self, *, once: bool) -> Iterator[Part]:
        """In the order to start them; with `once` nobody waits for the clock or the door."""
        if self.replay is not None:
            yield self.replay
        if once:
            return
        if self.live is not None:
            yield self.live
        if self.door is not None:
            yield self.door

    @property
    def is_over(self) -> bool:
        """Whether no photo comes by itself any more: a replay has given its last, or there is none."""
        return self.replay is None or self.replay.is_finished

    def take_one(self) -> None:
        """Take one photo with each live camera now.

        Raises:
            UnavailableError: no camera gave one.
        """
        if self.live is not None:
            self.live.take(self._identity.clock.now(), "request")

    def snapshot(self) -> dict[str, Any]:
        """Take a photo because someone asked for it, and say which it is.

        Raises:
            BadInputError: the device replays photos.
            UnavailableError: no camera gave one.
        """
        if self.live is None:
            raise BadInputError("this device replays photos at their own times and cannot take one on request")
        photos = [str(photo) for photo in self.live.take(self._identity.clock.now(), "request")]
        return {"photo_id": photos[0]} | ({"photo_ids": photos} if len(photos) > 1 else {})

    def change_schedule(self, schedule: ScheduleSettings) -> None:
        """Go by another schedule from now on."""
        if self.live is not None:
            self.live.change_schedule(self._schedule(schedule))
        if self.door is not None:
            self.door.change(schedule)
        self._log.info("schedule is now %s (%s)", ", ".join(schedule.cron), schedule.timezone)

    def _live_capture(self) -> LiveCapture:
        several = len(self._settings.camera) > 1
        cameras = [
            PatientCamera(HttpCamera(camera), camera, self._log, camera.name if several else "camera")
            for camera in self._settings.camera
        ]
        kept, schedule = self._kept, self._schedule(self._settings.schedule)
        capture = LiveCapture(cameras, schedule, kept.intake, kept.occasions, self._identity, self._log)
        capture.on_asked = self._watches.asked
        return capture

    def _schedule(self, settings: ScheduleSettings) -> Schedule:
        return Schedule.of(settings, self._settings.tenant, self._settings.device)

    def _door_photos(self, live: LiveCapture) -> DoorTrigger:
        trigger = DoorTrigger(self._settings.schedule, live.on_door, self._identity.clock, self._log)
        self._watches.connect_door(trigger)
        return trigger

    def _replay_capture(self) -> ReplayCapture:
        kept = self._kept
        return ReplayCapture(self._settings.camera[0], kept.intake, kept.store, self._identity.clock, self._log)
