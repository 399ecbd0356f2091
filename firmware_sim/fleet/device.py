"""`FleetDevice`: one device of a fleet, which says what the daemon says."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import Any

from facings.clock import Clock, format_utc
from facings.errors import MessageError
from facings.ids import uuid7
from facings.logins import mqtt_client_id, mqtt_username
from facings.messages import (
    Ack,
    Birth,
    ClockState,
    Event,
    Health,
    ImageRef,
    Observation,
    Quality,
    State,
    Timing,
)
from facings.topics import DeviceTopics
from firmware_sim.fleet.codec import SignIn
from firmware_sim.fleet.connection import Broker, Connection
from firmware_sim.fleet.outbox import FleetOutbox
from firmware_sim.fleet.seeing import Eye
from firmware_sim.fleet.totals import Totals
from firmware_sim.world.state import ShelfState

_REPLAYED = ClockState(synced=True, source="replay")
_SYSTEM = ClockState(synced=True, source="system")
_GOOD = Quality(verdict="good", brightness=118.0, contrast=52.0, sharpness=900.0)
_MODELS = {"simulated-vision": hashlib.sha256(b"firmware_sim.fleet").hexdigest()}
_WHY_NOT = ("the camera did not answer in time", "the photo is cut short", "the lens is covered")


@dataclass(frozen=True)
class Habits:
    """What devices do besides photos, as shares of these: photos not taken, messages published twice."""

    missed: float = 0.01
    repeated: float = 0.0


@dataclass
class FleetDevice:
    """One device: its session, its outbox, its photos to come.

    Attributes:
        tenant, device, key: who it is at the broker.
        photos: what stands in its cooler at each photo, oldest first.
        eye: how it sees that.
        chance: its own draws.
    """

    tenant: str
    device: str
    key: str
    photos: Iterator[ShelfState]
    eye: Eye
    chance: random.Random
    clock: Clock
    totals: Totals
    habits: Habits = Habits()
    boot_id: uuid.UUID = field(default_factory=uuid.uuid4)
    lost: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.topics = DeviceTopics(self.tenant, self.device)
        self.outbox = FleetOutbox(self.totals, self._publish, self._late)
        self._session = Connection(self._heard, self._lost)
        self._began = self.clock.monotonic()
        self._last_photo: datetime | None = None

    async def open(self, broker: Broker) -> None:
        """Connect, say who is there, and send what waits.

        Raises:
            UnavailableError: no broker, or it does not admit the device.
        """
        offline = State(**self._envelope(), state="offline")
        username = mqtt_username(self.tenant, self.device)
        client_id = mqtt_client_id(self.tenant, self.device, self.key)
        sign_in = SignIn(client_id, username, self.key, self.topics.state, offline.to_wire())
        self._session = Connection(self._heard, self._lost)
        self.lost.clear()
        await self._session.open(broker, sign_in, self._filters())
        self.totals.connected += 1
        self._say_state("online")
        self._session.publish(self.topics.birth, self._birth().to_wire())
        self.outbox.start_over(self.clock.monotonic())

    def close(self) -> None:
        """Say goodbye and hang up."""
        if self._session.is_open:
            self.totals.connected -= 1
            self._say_state("stopped")
            self._session.close()

    def cut(self) -> None:
        """Drop the line without a word."""
        self._session.abort()

    def tick(self) -> None:
        """Keep the session alive, and remind the cloud of what it has not acknowledged."""
        self._session.ping()
        self.outbox.remind(self.clock.monotonic())

    def say_health(self) -> None:
        """Vital signs; what a simulated device does not have is absent."""
        waiting = len(self.outbox)
        health = Health(
            **self._envelope(),
            uptime_s=self.clock.monotonic() - self._began,
            last_good_photo_at=self._last_photo,
            outbox_depth=waiting,
            outbox_bytes=0,
        )
        self._session.publish(self.topics.health, health.to_wire(), retain=True)

    def photograph(self, state: ShelfState, due_at: datetime) -> None:
        """Say what a photo of this state shows, or that none could be taken.

        Args:
            state: what stands there; its time is when the photo is taken in the simulated world.
            due_at: when that is by the clock on the wall.
        """
        missed = self.chance.random() < self.habits.missed
        seq = self.outbox.next_seq()
        message = self._not_taken(state, seq) if missed else self._observation(state, seq, due_at)
        topic = self.topics.event if missed else self.topics.observation
        payload = message.to_wire()
        self.totals.made += 1
        self.outbox.add(seq, topic, payload, self.clock.monotonic())
        if self.chance.random() < self.habits.repeated and self._publish(topic, payload, True):
            self.totals.sent += 1
            self.totals.repeated += 1

    def _observation(self, state: ShelfState, seq: int, due_at: datetime) -> Observation:
        seen = self.eye.look(state)
        taken_at = self.clock.now()
        self._last_photo = taken_at
        digest = hashlib.sha256(f"{self.boot_id}/{seq}".encode()).hexdigest()  # names a photo that nobody took
        image = ImageRef(sha256=digest, bytes=180_000, width=960, height=1280, media_type="image/jpeg")
        return Observation(
            **self._envelope(state.at, _REPLAYED),
            seq=seq,
            photo_id=uuid7(),
            trigger="schedule",
            quality=_GOOD,
            image=image,
            lines=seen.lines,
            products=seen.products,
            gaps=seen.gaps,
            rows=seen.rows,
            confidence=seen.confidence,
            models=_MODELS,
            timing=Timing(due_at=due_at, taken_at=taken_at, vision_ms=0.0),
        )

    def _not_taken(self, state: ShelfState, seq: int) -> Event:
        envelope = self._envelope(state.at, _REPLAYED)
        return Event(**envelope, seq=seq, kind="photo-not-taken", reason=self.chance.choice(_WHY_NOT))

    def _filters(self) -> dict[str, int]:
        """Acks come again when a message does and settings are retained: neither must outlive the connection."""
        return {self.topics.ack: 0, self.topics.config_desired: 0, self.topics.commands: 1}

    def _birth(self) -> Birth:
        return Birth(
            **self._envelope(),
            version=version("facings"),
            models=_MODELS,
            gallery=hashlib.sha256(b"simulated gallery").hexdigest(),
            outbox_depth=len(self.outbox),
        )

    def _envelope(self, captured_at: datetime | None = None, clock: ClockState = _SYSTEM) -> dict[str, Any]:
        now = self.clock.now()
        return {"boot_id": self.boot_id, "captured_at": captured_at or now, "sent_at": now, "clock": clock}

    def _say_state(self, state: str) -> None:
        said = State.model_validate({**self._envelope(), "state": state})
        self._session.publish(self.topics.state, said.to_wire(), retain=True)

    def _publish(self, topic: str, payload: bytes, again: bool) -> bool:
        if not self._session.is_open:
            return False
        self._session.publish(topic, payload, again=again)
        return True

    def _late(self, payload: bytes) -> bytes:
        """As the daemon sends a message again: only when it was sent, and that it is late, differ."""
        message = json.loads(payload)
        message |= {"sent_at": format_utc(self.clock.now()), "historical": True}
        return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()

    def _heard(self, topic: str, payload: bytes) -> None:
        if topic != self.topics.ack:
            return  # a fleet has no settings to change and nothing to command
        try:
            ack = Ack.from_wire(payload)
        except MessageError:
            return
        for boot in ack.boots:
            if boot.boot_id == self.boot_id:
                self.outbox.acknowledge(boot, self.clock.monotonic())

    def _lost(self) -> None:
        self.totals.connected -= 1
        self.lost.set()
