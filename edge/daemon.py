"""The daemon of one device: its parts and how they are wired."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from edge.capture.door import DoorTrigger
from edge.capture.http import HttpCamera
from edge.capture.intake import Intake
from edge.capture.live import LiveCapture
from edge.capture.patient import PatientCamera
from edge.capture.replay import ReplayCapture
from edge.capture.schedule import Schedule
from edge.device.commands import Commands
from edge.device.health import Backlog, HealthReporter
from edge.device.identity import Identity, software_version
from edge.device.twin import ConfigTwin
from edge.observer import Observer
from edge.peer import Backoff
from edge.reader import SharedReader
from edge.settings import EdgeSettings, ScheduleSettings
from edge.update.gallery import GalleryUpdater
from edge.uplink.mqtt import Link
from edge.uplink.occasions import Occasions
from edge.uplink.outbox import Outbox
from edge.uplink.photos import PhotoUploader
from edge.uplink.quota import Quota
from edge.uplink.sender import Sender
from edge.uplink.spool import Spool
from edge.uplink.store import Store
from edge.watches import Watches
from facings.clock import Clock, SystemClock
from facings.errors import BadInputError, UnavailableError
from facings.messages import Birth
from facings.topics import gallery_topic
from facings.worker import Part

LOG = logging.getLogger("edge")


class Device:
    """One cooler: cameras, vision, outbox, uplink. With `once` it takes one photo, or one replay, and then is done."""

    def __init__(
        self, settings: EdgeSettings, reader: SharedReader, clock: Clock | None = None, *, once: bool = False
    ) -> None:
        self.name = f"{settings.tenant}/{settings.device}"
        log = LOG.getChild(settings.device)
        self._log = log
        self._settings = settings
        self._once = once
        self._reader = reader
        self._clock = clock or SystemClock()
        self._identity = Identity(settings.tenant, settings.device, self._clock)
        self._topics = self._identity.topics
        self._store = Store(settings.state_dir, log)
        self._outbox = Outbox(self._store, self._identity, log)
        self._spool = Spool(self._store)
        self._occasions = Occasions(self._store)
        self._quota = Quota(
            self._store, self._outbox, self._spool, settings.outbox.max_bytes, settings.uploads.max_bytes
        )
        self._watches = Watches(settings, self._identity, self._store, self._outbox, log)
        self._intake = Intake(self._store, self._outbox, self._spool, self._quota, log)
        self._observer = Observer(
            reader,
            self._spool,
            self._occasions,
            self._outbox,
            self._quota,
            self._identity,
            settings.camera[0].name,
            settings.uploads.enabled,
            log,
        )
        self._galleries = GalleryUpdater(settings, reader, self._store, self._outbox, Backoff(), log)
        self._link = Link(settings.broker, settings.username, self._identity, Backoff(), log)
        self._link.sender = self._sender = Sender(self._outbox, self._identity, self._link.publish, log)
        self._health = HealthReporter(
            self._identity,
            settings.state_dir,
            self._backlog,
            self._watches.cooler,
            lambda health: self._link.say(self._topics.health, health, retain=True),
            log,
        )
        self._live = self._live_capture() if settings.is_live else None
        self._replay = None if settings.is_live else self._replay_capture()
        self._door_trigger = self._door_photos() if self._live and settings.controller.url else None
        self._uploader = self._photo_uploader() if settings.uploads.enabled else None
        self._commands = Commands(
            self._identity,
            {"snapshot": self._snapshot, "flush": self._flush, "rebirth": self._rebirth},
            lambda name, reply: self._link.say(self._topics.reply(name), reply),
            log,
        )
        self._twin = ConfigTwin(
            self._identity,
            settings,
            self._store,
            self._change_schedule if self._live else None,
            lambda reported: self._link.say(self._topics.config_reported, reported, retain=True),
            log,
        )
        self._started: list[Part] = []
        self._connect_parts()

    def start(self) -> None:
        """Start every part; where one cannot, those started are stopped again.

        Raises:
            FacingsError: a part cannot start; the text says what to do.
        """
        self._watches.reserve.make_way()
        try:
            for part in self._parts():
                part.start()
                self._started.append(part)
            if self._once and self._live is not None:
                self._live.take(self._clock.now(), "request")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop every part that was started, last first."""
        while self._started:
            part = self._started.pop()
            try:
                part.stop()
            except Exception:
                self._log.exception("%s did not stop cleanly", type(part).__name__)

    @property
    def is_connected(self) -> bool:
        """Whether the broker has accepted the device."""
        return self._link.is_up

    def report_health(self) -> None:
        """Say now how the device is, beside the report each minute."""
        self._health.wake()

    @property
    def is_done(self) -> bool:
        """With `once`: whether everything taken has been read, acknowledged and uploaded."""
        if not self._once or (self._replay is not None and not self._replay.is_finished):
            return False
        waiting = self._spool.count("captured"), self._outbox.depth()[0], self._spool.count("read")
        return waiting == (0, 0, 0)

    def _parts(self) -> Iterator[Part]:
        yield from (self._store, self._outbox)
        yield from self._watches.parts()
        yield from (self._spool, self._occasions, self._galleries, self._observer)
        if self._uploader is not None:
            yield self._uploader
        yield from (self._commands, self._twin, self._health, self._link)
        if self._replay is not None:
            yield self._replay
        if self._once:
            return
        if self._live is not None:
            yield self._live
        if self._door_trigger is not None:
            yield self._door_trigger
        if self._watches.controller is not None:
            yield self._watches.controller

    def _connect_parts(self) -> None:
        self._store.on_full = self._watches.disk.on_full
        self._watches.disk.on_room = self._intake.tell_untold
        self._watches.clock.on_set = self._observer.wake
        self._intake.on_photo = self._observer.wake
        self._observer.on_decoded = self._watches.look
        if self._door_trigger is not None:
            self._watches.connect_door(self._door_trigger)
        self._outbox.on_stored = self._link.wake
        self._link.greet = self._greet
        self._link.handlers = {
            self._topics.ack: self._on_ack,
            self._topics.config_desired: self._twin.on_desired,
            self._topics.commands: self._commands.on_command,
            gallery_topic(self._settings.tenant): self._galleries.on_desired,
        }
        self._galleries.on_changed = self._greet
        if self._uploader is not None:
            self._observer.on_read = self._uploader.wake

    def _live_capture(self) -> LiveCapture:
        settings = self._settings
        schedule = Schedule.of(settings.schedule, settings.tenant, settings.device)
        several = len(settings.camera) > 1
        cameras = [
            PatientCamera(HttpCamera(camera), camera, self._log, camera.name if several else "camera")
            for camera in settings.camera
        ]
        return LiveCapture(cameras, schedule, self._intake, self._occasions, self._identity, self._log)

    def _door_photos(self) -> DoorTrigger:
        assert self._live is not None
        return DoorTrigger(self._settings.schedule, self._live.on_door, self._clock, self._log)

    def _replay_capture(self) -> ReplayCapture:
        return ReplayCapture(self._settings.camera[0], self._intake, self._store, self._clock, self._log)

    def _photo_uploader(self) -> PhotoUploader:
        settings = self._settings
        assert settings.cloud.url is not None
        return PhotoUploader(
            settings.cloud.url,
            lambda: settings.cloud_key,
            self._store,
            self._spool,
            self._outbox,
            Backoff(),
            self._log,
        )

    def _greet(self) -> None:
        self._link.say(self._topics.birth, self._birth())
        self._health.wake()

    def _on_ack(self, _topic: str, payload: bytes) -> None:
        self._sender.on_ack(payload)
        self._link.wake()

    def _backlog(self) -> Backlog:
        messages, size = self._outbox.depth()
        return Backlog(
            messages, size, self._spool.count("read"), self._observer.last_good_photo_at, self._watches.alarms.on
        )

    def _change_schedule(self, schedule: ScheduleSettings) -> None:
        assert self._live is not None
        self._live.change_schedule(Schedule.of(schedule, self._settings.tenant, self._settings.device))
        if self._door_trigger is not None:
            self._door_trigger.change(schedule)
        self._log.info("schedule is now %s (%s)", ", ".join(schedule.cron), schedule.timezone)

    def _snapshot(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        if self._live is None:
            raise BadInputError("this device replays photos at their own times and cannot take one on request")
        photos = [str(photo) for photo in self._live.take(self._clock.now(), "request")]
        return {"photo_id": photos[0]} | ({"photo_ids": photos} if len(photos) > 1 else {})

    def _flush(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        self._sender.start_over()
        self._link.wake()
        if self._uploader is not None:
            self._uploader.wake()
        return {"messages": self._outbox.depth()[0], "photos": self._spool.count("read")}

    def _rebirth(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        if not self._link.say(self._topics.birth, self._birth()):
            raise UnavailableError("there is no connection to the broker now")
        return {}

    def _capabilities(self) -> Iterator[str]:
        yield from ("flush", "rebirth")
        if self._live is not None:
            yield from ("snapshot", "schedule")
        if self._watches.controller is not None:
            yield "controller"
        if self._door_trigger is not None:
            yield "door"

    def _birth(self) -> Birth:
        return Birth(
            **self._identity.envelope(),
            version=software_version(),
            models=self._reader.models,
            gallery=self._reader.gallery,
            gallery_version=self._galleries.version,
            config_revision=self._twin.revision,
            capabilities=tuple(self._capabilities()),
            outbox_depth=self._outbox.depth()[0],
        )
