"""Settings of the cloud: everything has a default that runs on one machine."""

from __future__ import annotations

import json
import secrets
import threading
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from facings.errors import SettingsError
from facings.files import write_private
from facings.settings import Settings

ENV_PREFIX = "FACINGS_CLOUD"
_MAKING_SECRETS = threading.Lock()
ENDPOINTS_FILE = "endpoints.json"


class Section(BaseModel):
    """A section of the settings file; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class HttpSettings(Section):
    """Where API and pages listen."""

    host: str = Field(default="127.0.0.1", description="address to listen on; 0.0.0.0 for all")
    port: int = Field(default=8080, ge=0, le=65535, description="0 takes a free port")
    public_url: str | None = Field(
        default=None, description="address that browsers and devices use; default: host and port"
    )


class BrokerSettings(Section):
    """The MQTT broker: a child process unless `url` names another."""

    url: str | None = Field(
        default=None, description="mqtt://HOST:PORT of a broker of your own; default: our own child"
    )
    username: str = Field(default="facings-cloud", description="login of the cloud at the broker")
    password: SecretStr | None = Field(default=None, description="its password; made at first start for the child")
    host: str = Field(default="127.0.0.1", description="address the child listens on; 0.0.0.0 for devices elsewhere")
    mqtt_port: int = Field(default=1883, ge=0, le=65535, description="MQTT port of the child; 0 takes a free one")
    websocket_port: int = Field(
        default=9001, ge=0, le=65535, description="MQTT over WebSocket, for pages; 0 takes a free one"
    )
    websocket_url: str | None = Field(
        default=None, description="address browsers use; default: host and websocket_port"
    )


class StoreSettings(Section):
    """Where things are kept; the defaults lie under `data_dir`."""

    records_url: str | None = Field(default=None, description="SQLAlchemy URL of the records; default: SQLite")
    facts_url: str | None = Field(
        default=None, description="SQLAlchemy URL of the facts; default: chDB in this process"
    )
    photos_url: str | None = Field(default=None, description="fsspec URL of the photo store; default: a folder")


class SellOutSettings(Section):
    """How sell-out is estimated from photos."""

    opens: int = Field(default=7, ge=0, le=23, description="hour at which outlets open, in their own time")
    closes: int = Field(default=23, ge=1, le=24, description="hour at which they close; nothing is sold in between")
    units_in_sight: int = Field(
        default=1, ge=1, le=20, description="units of a lane that the cameras see, one behind the other"
    )
    seen: float = Field(
        default=0.93, gt=0, le=1, description="share of them seen and named rightly, before the photos say better"
    )
    every_minutes: float = Field(
        default=60, gt=0, description="how often is looked which days must be computed, for the first time or anew"
    )

    @model_validator(mode="after")
    def _opens_first(self) -> SellOutSettings:
        if self.opens >= self.closes:
            raise ValueError("sellout.opens must lie before sellout.closes")
        return self


class ReplenishmentSettings(Section):
    """How much is proposed for order."""

    service: float = Field(
        default=0.95, ge=0.5, le=0.999, description="chance that an order lasts until the delivery after it"
    )
    delivery_days: int = Field(
        default=7, ge=1, le=28, description="days between two deliveries, where those of an outlet do not tell"
    )


class AlertSettings(Section):
    """How alerts are looked for and sent."""

    every_seconds: float = Field(
        default=30, gt=0, description="how often is looked for what only time brings; a new photo is looked at at once"
    )
    smtp_host: str | None = Field(default=None, description="mail server that sends alerts; without one, no e-mail")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="its port; 465 is usual for `tls`")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="how the connection to it is made safe"
    )
    smtp_username: str | None = Field(default=None, description="login at the mail server, where it asks for one")
    smtp_password: SecretStr | None = Field(default=None, description="its password")
    mail_from: str | None = Field(default=None, description="sender of the mails, as alerts@example.com")
    allow_private_webhooks: bool = Field(
        default=False, description="whether webhooks may go to addresses of private networks, and without TLS"
    )


class RetentionSettings(Section):
    """How long things are kept; photos, lines and sums for ever, unless said."""

    photos_days: int | None = Field(default=None, ge=1, description="days that photos are kept; default: for ever")
    lines_days: int | None = Field(
        default=None, ge=70, description="days that observations and their lines are kept; default: for ever"
    )
    rollups_days: int | None = Field(
        default=None, ge=70, description="days that hourly and daily sums are kept; default: for ever"
    )
    alerts_days: int = Field(default=400, ge=1, description="days that alerts are kept after they are over")
    commands_days: int = Field(
        default=90, ge=1, description="days that commands of devices are kept after their answer, or their end"
    )

    @model_validator(mode="after")
    def _rollups_outlive_lines(self) -> RetentionSettings:
        if self.rollups_days and (self.lines_days is None or self.rollups_days < self.lines_days):
            raise ValueError("retention.rollups_days must be lines_days or more: sums are kept longer than lines")
        return self


class CloudSettings(Settings):
    """Settings of `facings up`."""

    environment: Literal["development", "production"] = Field(
        default="development", description="production starts only with a secret, and makes no first sign-in"
    )
    data_dir: Path = Field(default=Path("var/facings"), description="everything that must survive lies here")
    secret: SecretStr | None = Field(
        default=None, description="signs sessions and upload grants, seals webhook secrets; 32 characters or more"
    )
    http: HttpSettings = HttpSettings()
    broker: BrokerSettings = BrokerSettings()
    store: StoreSettings = StoreSettings()
    sellout: SellOutSettings = SellOutSettings()
    retention: RetentionSettings = RetentionSettings()
    replenishment: ReplenishmentSettings = ReplenishmentSettings()
    alerts: AlertSettings = AlertSettings()
    coverage_hours: float = Field(default=24, gt=0, description="a cooler counts as reporting this long after a photo")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="how much is logged")

    @model_validator(mode="after")
    def _production_brings_its_secret(self) -> CloudSettings:
        given = self.secret.get_secret_value() if self.secret else ""
        if given and len(given) < 32:
            raise ValueError("secret: at least 32 characters; make one with `openssl rand -hex 32`")
        if self.environment == "production" and not given:
            raise ValueError("production needs FACINGS_CLOUD_SECRET; make one with `openssl rand -hex 32`")
        return self

    @property
    def records_url(self) -> str:
        """SQLAlchemy URL of the records."""
        return self.store.records_url or f"sqlite:///{self.data_dir / 'records.db'}"

    @property
    def photos_url(self) -> str:
        """fsspec URL of the photo store."""
        return self.store.photos_url or f"file://{(self.data_dir / 'photos').resolve()}"

    @property
    def running(self) -> dict[str, Any]:
        """What the running instance on `data_dir` wrote about itself; empty where none runs."""
        try:
            endpoints: dict[str, Any] = json.loads((self.data_dir / ENDPOINTS_FILE).read_bytes())
        except (OSError, ValueError):
            return {}
        return endpoints

    @property
    def http_url(self) -> str:
        """Where browsers and devices reach this cloud: as set, else where it runs, else where it would."""
        return self.http.public_url or self.running.get("http") or f"http://{self.http.host}:{self.http.port}"

    @property
    def mqtt_url(self) -> str:
        """Where devices reach its broker."""
        given = self.broker
        return given.url or self.running.get("mqtt") or f"mqtt://{given.host}:{given.mqtt_port}"


def load_settings(
    config: Path | None, data_dir: Path | None = None, host: str | None = None, port: int | None = None
) -> CloudSettings:
    """The settings of file and environment, with what the command line says on top."""
    settings = CloudSettings.load(config, env_prefix=ENV_PREFIX, overrides={"data_dir": data_dir})
    http = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    return settings.model_copy(update={"http": settings.http.model_copy(update=http)})


def kept_secret(data_dir: Path, name: str) -> str:
    """The secret `name` of this installation, made at first use and kept in `data_dir`, readable by its owner only."""
    file = data_dir / "secrets" / name
    try:
        return file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        with _MAKING_SECRETS:  # of two that need it at once, the one takes what the other made
            if not file.exists():
                write_private(file, secrets.token_hex(32))
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SettingsError(
            f"cannot read {file}: {error.strerror}; give its folder to the user that runs facings"
        ) from error


def session_secret(settings: CloudSettings) -> str:
    """What signs sessions and upload grants and seals webhook secrets: as set, else made at first use."""
    return settings.secret.get_secret_value() if settings.secret else kept_secret(settings.data_dir, "session")
