"""The daemon of one device: its parts and how they are wired."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from edge.device.commands import Commands
from edge.device.health import Backlog, HealthReporter
from edge.device.identity import Identity, software_version
from edge.device.twin import ConfigTwin
from edge.kept import Kept
from edge.observer import Observer
from edge.peer import Backoff
from edge.reader import SharedReader
from edge.settings import EdgeSettings
from edge.taking import Taking
from edge.update.gallery import GalleryUpdater
from edge.uplink.mqtt import Link
from edge.uplink.photos import PhotoUploader
from edge.uplink.sender import Sender
from edge.watches import Watches
from facings.clock import Clock, SystemClock
from facings.errors import UnavailableError
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
        self._identity = Identity(settings.tenant, settings.device, clock or SystemClock())
        self._topics = self._identity.topics
        self._kept = kept = Kept(settings, self._identity, log)
        self._watches = Watches(settings, self._identity, kept.store, kept.outbox, log)
        self._taking = Taking(settings, self._identity, kept, self._watches, log)
        self._observer = Observer(
            reader, kept, self._identity, settings.camera[0].name, log, keeps_photos=settings.uploads.enabled
        )
        self._galleries = GalleryUpdater(settings, reader, kept.store, kept.outbox, Backoff(), log)
        self._uploader = self._photo_uploader() if settings.uploads.enabled else None
        self._link = Link(settings.broker, settings.username, self._identity, Backoff(), log)
        self._link.sender = self._sender = Sender(kept.outbox, self._identity, self._link.publish, log)
        self._health = self._health_reporter()
        self._commands = self._answers_to_commands()
        self._twin = self._config_twin()
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
            if self._once:
                self._taking.take_one()
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
        return self._once and self._taking.is_over and self._kept.is_empty

    def _parts(self) -> Iterator[Part]:
        kept = self._kept
        yield from (kept.store, kept.outbox)
        yield from self._watches.parts()
        yield from (kept.spool, kept.occasions, self._galleries, self._observer)
        if self._uploader is not None:
            yield self._uploader
        yield from (self._commands, self._twin, self._health, self._link)
        yield from self._taking.parts(once=self._once)
        if self._watches.controller is not None and not self._once:
            yield self._watches.controller

    def _connect_parts(self) -> None:
        kept = self._kept
        kept.store.on_full = self._watches.disk.on_full
        self._watches.disk.on_room = kept.intake.tell_untold
        self._watches.clock.on_set = self._observer.wake
        kept.intake.on_photo = self._observer.wake
        self._observer.on_decoded = self._watches.look
        kept.outbox.on_stored = self._link.wake
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

    def _photo_uploader(self) -> PhotoUploader:
        settings = self._settings
        assert settings.cloud.url is not None
        return PhotoUploader(
            settings.cloud.url,
            lambda: settings.cloud_key,
            self._kept.store,
            self._kept.spool,
            self._kept.outbox,
            Backoff(),
            self._log,
        )

    def _health_reporter(self) -> HealthReporter:
        return HealthReporter(
            self._identity,
            self._settings.state_dir,
            self._backlog,
            self._watches.cooler,
            lambda health: self._link.say(self._topics.health, health, retain=True),
            self._log,
        )

    def _answers_to_commands(self) -> Commands:
        return Commands(
            self._identity,
            {"snapshot": lambda _: self._taking.snapshot(), "flush": self._flush, "rebirth": self._rebirth},
            lambda name, reply: self._link.say(self._topics.reply(name), reply),
            self._log,
        )

    def _config_twin(self) -> ConfigTwin:
        return ConfigTwin(
            self._identity,
            self._settings,
            self._kept.store,
            self._taking.change_schedule if self._taking.live else None,
            lambda reported: self._link.say(self._topics.config_reported, reported, retain=True),
            self._log,
        )

    def _greet(self) -> None:
        self._link.say(self._topics.birth, self._birth())
        self._health.wake()

    def _on_ack(self, _topic: str, payload: bytes) -> None:
        self._sender.on_ack(payload)
        self._link.wake()

    def _backlog(self) -> Backlog:
        messages, size = self._kept.outbox.depth()
        uploads, last_good = self._kept.spool.count("read"), self._observer.last_good_photo_at
        return Backlog(messages, size, uploads, last_good, self._watches.alarms.on)

    def _flush(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        self._sender.start_over()
        self._link.wake()
        if self._uploader is not None:
            self._uploader.wake()
        return {"messages": self._kept.outbox.depth()[0], "photos": self._kept.spool.count("read")}

    def _rebirth(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        if not self._link.say(self._topics.birth, self._birth()):
            raise UnavailableError("there is no connection to the broker now")
        return {}

    def _capabilities(self) -> Iterator[str]:
        yield from ("flush", "rebirth")
        if self._taking.live is not None:
            yield from ("snapshot", "schedule")
        if self._watches.controller is not None:
            yield "controller"
        if self._taking.door is not None:
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
            outbox_depth=self._kept.outbox.depth()[0],
        )
