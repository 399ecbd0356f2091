"""What a device says about itself, and what is said to it."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Literal

from pydantic import Field

from facings.clock import UtcDatetime
from facings.messages.base import Envelope, Message, Part

EventKind = Literal[
    "door-opened",
    "door-closed",
    "photo-not-taken",
    "restock-suspected",
    "outbox-dropped",
    "message-refused",
    "update-progress",
    "alarm",
]


class State(Envelope):
    """Whether the device is there; `offline` is the will, which the broker sends in its name."""

    SCHEMA: ClassVar[str] = "facings/state/1"
    state: Literal["online", "stopped", "offline"]


class Birth(Envelope):
    """What the device is, told at each connect, and when its gallery has changed. Version 1 had no gallery version."""

    SCHEMA: ClassVar[str] = "facings/birth/2"
    FORMER: ClassVar[tuple[str, ...]] = ("facings/birth/1",)
    version: str
    models: dict[str, str]
    gallery: str | None = Field(default=None, description="fingerprint of the gallery in use")
    gallery_version: int | None = Field(default=None, ge=1, description="its number, where the cloud published it")
    config_revision: int = 0
    capabilities: tuple[str, ...] = ()
    outbox_depth: int = Field(ge=0)


class SeqRange(Part):
    """Numbers `first` to `last` of one boot, both included."""

    first: int = Field(ge=1)
    last: int = Field(ge=1)


class DroppedRange(SeqRange):
    """Messages a device had to give up."""

    boot_id: uuid.UUID


class Event(Envelope):
    """Something that happened and is no photo. `photo-not-taken` always says why."""

    SCHEMA: ClassVar[str] = "facings/event/1"
    kind: EventKind
    reason: str = ""
    dropped: tuple[DroppedRange, ...] = Field(default=(), description="with `outbox-dropped`: what is lost for good")
    detail: dict[str, Any] = Field(default_factory=dict)


class Health(Envelope):
    """Vital signs of the device and its cooler, retained. What cannot be measured on this hardware is absent, never
    zero. Version 1 had neither the cooler's values nor the alarms.
    """

    SCHEMA: ClassVar[str] = "facings/health/2"
    FORMER: ClassVar[tuple[str, ...]] = ("facings/health/1",)
    uptime_s: float = Field(ge=0)
    load_1m: float | None = None
    memory_mb: float | None = Field(default=None, description="resident memory of the daemon")
    disk_free_mb: float | None = None
    temperature_c: float | None = None
    last_good_photo_at: UtcDatetime | None = None
    outbox_depth: int = Field(ge=0)
    outbox_bytes: int = Field(ge=0)
    uploads_waiting: int = Field(default=0, ge=0)
    alarms: tuple[str, ...] = Field(default=(), description="alarms that have begun and are not over, by name")
    cabinet_c: float | None = Field(default=None, description="air in the cabinet")
    evaporator_c: float | None = None
    ambient_c: float | None = Field(default=None, description="air around the cooler")
    compressor_duty: float | None = Field(default=None, ge=0, le=1, description="share of the last hour it ran")
    supply_v: float | None = Field(default=None, ge=0, description="mains voltage")
    door_openings: int | None = Field(default=None, ge=0, description="since the controller was made; it wraps")
    door_open: bool | None = None


class RefusedMessage(Part):
    """A message the cloud could not use: kept in its quarantine, not to be sent again."""

    seq: int
    reason: str


class BootAck(Part):
    """Of one boot: everything up to `through` is stored, except what lies in `missing`."""

    boot_id: uuid.UUID
    through: int = Field(ge=0)
    missing: tuple[SeqRange, ...] = ()
    refused: tuple[RefusedMessage, ...] = ()


class Ack(Message):
    """Cloud to device, after the database commit. Only on this may the device delete from its outbox."""

    SCHEMA: ClassVar[str] = "facings/ack/1"
    at: UtcDatetime
    boots: tuple[BootAck, ...]


class ConfigDesired(Message):
    """Cloud to device, retained: the settings wished for."""

    SCHEMA: ClassVar[str] = "facings/config-desired/1"
    revision: int = Field(ge=1)
    settings: dict[str, Any]


class GalleryDesired(Message):
    """Cloud to all devices of a tenant, retained: the gallery published last. Devices fetch it over HTTP."""

    SCHEMA: ClassVar[str] = "facings/gallery-desired/1"
    version: int = Field(ge=1)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="of the gallery's manifest")
    public_key: str = Field(
        pattern=r"^[0-9a-f]{64}$", description="Ed25519 key that signs the tenant's galleries; pinned at first sight"
    )


class ConfigReported(Envelope):
    """Device to cloud, retained: what became of the wish."""

    SCHEMA: ClassVar[str] = "facings/config-reported/1"
    revision: int = Field(ge=0)
    settings: dict[str, Any]
    errors: dict[str, str] = Field(default_factory=dict)
    restart_needed: bool = False


class Command(Message):
    """Cloud to device: do something now."""

    SCHEMA: ClassVar[str] = "facings/command/1"
    id: uuid.UUID
    arguments: dict[str, Any] = Field(default_factory=dict)
    expires_at: UtcDatetime | None = None


class CommandReply(Envelope):
    """The answer to a command, also where it failed; `request` repeats the command's id."""

    SCHEMA: ClassVar[str] = "facings/command-reply/1"
    request: uuid.UUID
    ok: bool
    error: str = ""
    detail: dict[str, Any] = Field(default_factory=dict)
