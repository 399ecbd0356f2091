"""Settings of the daemon on the cooler: one TOML file per device, documented in docs/technician.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, Field, model_validator

from facings.errors import SettingsError
from facings.ids import Slug
from facings.logins import mqtt_username
from facings.messages import CoolerPart
from facings.settings import Settings
from facings.topics import RESERVED_DEVICES

ENV_PREFIX = "FACINGS_EDGE"
MEGABYTE = 1_000_000
_PORTS = {"mqtt": 1883, "mqtts": 8883}
_MODBUS_PORT = 502


def _broker_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError("write it as mqtt://HOST:PORT, or mqtts://HOST:PORT for TLS")
    parts.port  # noqa: B018 (raises ValueError where the port is none)
    return url


def _modbus_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "modbus" or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError("write it as modbus://HOST:PORT (Modbus TCP; port 502 where none is named)")
    parts.port  # noqa: B018 (raises ValueError where the port is none)
    return url


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write it as http://HOST:PORT or https://HOST")
    return url.rstrip("/")


def _cron(expression: str) -> str:
    try:
        next(CronSim(expression, datetime(2026, 1, 1)))  # noqa: DTZ001 (the zone plays no part in the check)
    except (CronSimError, StopIteration) as error:
        raise ValueError(
            f"{expression!r} is no cron expression that ever comes due: {error or 'no such day'}"
        ) from error
    return expression


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}; write it as Asia/Shanghai or UTC") from error
    return name


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _as_cameras(value: Any) -> Any:
    """`[camera]` and `[[camera]]` alike; a camera without a name has that of its place in the list."""
    if not isinstance(value, list | tuple):
        return (value,)
    numbered = enumerate(value, 1)
    return tuple({"name": f"camera-{n}", **one} if isinstance(one, Mapping) else one for n, one in numbered)


HttpUrl = Annotated[str, AfterValidator(_http_url)]


class BrokerSettings(Settings):
    """Where messages go."""

    url: Annotated[str, AfterValidator(_broker_url)] = "mqtt://127.0.0.1:1883"
    username: str | None = None
    password: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None

    @property
    def host(self) -> str:
        """The broker's host name or address."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The broker's port, 1883 or 8883 where the URL names none."""
        parts = urlsplit(self.url)
        return parts.port or _PORTS[parts.scheme]

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted."""
        return urlsplit(self.url).scheme == "mqtts"

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        if self.password is not None and self.password_file is not None:
            raise ValueError("set password or password_file, not both")
        return self

    def secret(self) -> str | None:
        """The device key: the password, or what the password file holds.

        Raises:
            SettingsError: the file cannot be read.
        """
        if self.password_file is None:
            return self.password
        try:
            return self.password_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"cannot read broker.password_file {self.password_file}: {error.strerror}") from error


class CloudSettings(Settings):
    """Where photos go."""

    url: HttpUrl | None = None
    key: str | None = None


class CameraSettings(Settings):
    """Where photos come from: a camera with an HTTP snapshot address, or a folder of photos replayed in time."""

    kind: Literal["http", "replay"]
    name: Slug = "camera-1"
    shows: CoolerPart = "whole"
    url: HttpUrl | None = None
    timeout_s: float = Field(default=20.0, gt=0, le=300)
    max_bytes: int = Field(default=20 * MEGABYTE, gt=0)
    retries: int = Field(default=1, ge=0, le=5)
    frozen_after: int = Field(default=5, ge=2)
    folder: Path | None = None
    speed: float = Field(default=1.0, gt=0)
    start_at: AwareDatetime | None = None
    repeat: bool = False

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "http" and self.url is None:
            raise ValueError("a camera of kind 'http' needs url, the address that answers with a photo")
        if self.kind == "replay" and self.folder is None:
            raise ValueError("a camera of kind 'replay' needs folder, where replay.json and its photos lie")
        return self


class ScheduleSettings(Settings):
    """When photos are taken by a live camera: by the clock, and after the door was closed."""

    cron: Annotated[tuple[Annotated[str, AfterValidator(_cron)], ...], BeforeValidator(_as_tuple)] = ("0 * * * *",)
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    spread_s: float = Field(default=60.0, ge=0, le=3600)
    after_door_s: float = Field(default=5.0, ge=0, le=600)
    door_interval_s: float = Field(default=60.0, ge=0, le=3600)


class ControllerSettings(Settings):
    """The cooler's own controller on Modbus TCP; without `url` there is none."""

    url: Annotated[str, AfterValidator(_modbus_url)] | None = None
    unit: int = Field(default=1, ge=0, le=247)
    poll_s: float = Field(default=1.0, gt=0, le=60)
    timeout_s: float = Field(default=3.0, gt=0, le=60)
    door_stuck_s: float = Field(default=1800.0, gt=0)
    door_changes: int = Field(default=20, ge=2)

    @property
    def host(self) -> str:
        """The controller's host name or address."""
        return urlsplit(self.url or "").hostname or ""

    @property
    def port(self) -> int:
        """The controller's port, 502 where the URL names none."""
        return urlsplit(self.url or "").port or _MODBUS_PORT


class VisionSettings(Settings):
    """How photos are read. Devices of one process with equal values share one chain."""

    gallery: Path | None = None
    zoo: Path | None = None
    threads: int = Field(default=1, ge=1, le=64)
    precision: Literal["int8", "float32"] = "int8"
    false_accept: float = Field(default=0.1, gt=0, le=1)


class GallerySettings(Settings):
    """Galleries that the cloud publishes, which are added to that of `vision.gallery`."""

    from_cloud: bool = True
    spread_s: float = Field(default=60.0, ge=0, le=86400)
    key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


class OutboxSettings(Settings):
    """What the device keeps for the cloud while that is away."""

    max_bytes: int = Field(default=2_000 * MEGABYTE, ge=100_000)


class UploadSettings(Settings):
    """Photos for the cloud."""

    enabled: bool = True
    max_bytes: int = Field(default=1_500 * MEGABYTE, ge=100_000)


class EdgeSettings(Settings):
    """Settings of one device."""

    tenant: Slug
    device: Slug
    state_dir: Path
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    broker: BrokerSettings = BrokerSettings()
    cloud: CloudSettings = CloudSettings()
    camera: Annotated[tuple[CameraSettings, ...], BeforeValidator(_as_cameras), Field(min_length=1)]
    schedule: ScheduleSettings = ScheduleSettings()
    controller: ControllerSettings = ControllerSettings()
    vision: VisionSettings = VisionSettings()
    gallery: GallerySettings = GallerySettings()
    outbox: OutboxSettings = OutboxSettings()
    uploads: UploadSettings = UploadSettings()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.device in RESERVED_DEVICES:
            raise ValueError(f"no device may be called {self.device!r}: that name is taken on the wire")
        if self.uploads.enabled and self.cloud.url is None:
            raise ValueError("uploads need cloud.url; set it, or uploads.enabled = false to keep photos at home")
        return self

    @model_validator(mode="after")
    def _cameras_go_together(self) -> Self:
        if len({camera.name for camera in self.camera}) < len(self.camera):
            raise ValueError("two cameras have the same name: give each [[camera]] a name of its own")
        if len(self.camera) > 1 and any(camera.kind != "http" for camera in self.camera):
            raise ValueError("several cameras must all be of kind 'http': a replay is the only camera of its device")
        return self

    @property
    def is_live(self) -> bool:
        """Whether there are cameras to ask for photos, and no replay."""
        return self.camera[0].kind == "http"

    @property
    def username(self) -> str:
        """Name the device signs in to the broker with."""
        return self.broker.username or mqtt_username(self.tenant, self.device)

    @property
    def cloud_key(self) -> str | None:
        """The key the device shows to the cloud: its own, else the broker's password."""
        return self.cloud.key or self.broker.secret()

    @classmethod
    def read(cls, file: Path) -> EdgeSettings:
        """The settings in `file`, overridden by variables FACINGS_EDGE_KEY and FACINGS_EDGE_SECTION__KEY.

        Raises:
            SettingsError: the file is absent, a key is unknown, or a value does not fit.
        """
        return cls.load(file, env_prefix=ENV_PREFIX)


def setting_names() -> list[str]:
    """Every setting by its full name, `schedule.cron`."""
    names = []
    for name, field in EdgeSettings.model_fields.items():
        sections = [part for part in (field.annotation, *get_args(field.annotation)) if _is_section(part)]
        names += [f"{name}.{key}" for section in sections for key in section.model_fields] or [name]
    return names


def _is_section(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
