"""What a running cloud is made of; every route and part gets it from here."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from cloud.analytics.rollups.service import Rollups
from cloud.audits.pace import Pace
from cloud.catalog.galleries.bundles import GalleryBundles
from cloud.identity.limit import SignInLimit
from cloud.metrics import Metrics
from cloud.records import Records
from cloud.settings import CloudSettings
from facings.clock import Clock, SystemClock

if TYPE_CHECKING:
    from cloud.audits.facts import Facts
    from cloud.audits.photos import PhotoStore


class LiveNumbers(Protocol):
    """Publishes the KPI topics."""

    def refresh(self, tenant: str, coolers: Collection[str] | None = None) -> None:
        """Publish the tenant's overview and stock-outs anew, soon, and `coolers`; None: anything may have changed."""
        ...


class NoLiveNumbers:
    """Publishes nothing: for commands, which run without a broker."""

    def refresh(self, tenant: str, coolers: Collection[str] | None = None) -> None:
        """Nothing to publish."""


class GalleryNews(Protocol):
    """Tells devices of published galleries."""

    def announce(self, tenant: str) -> None:
        """Tell the devices of `tenant` of its newest gallery, soon."""
        ...


class NoGalleryNews:
    """Tells nobody: for commands, which run without a broker."""

    def announce(self, tenant: str) -> None:
        """Nobody to tell; the running cloud announces what is new at its next start."""


class DeviceLine(Protocol):
    """Speaks to devices, over the broker."""

    def publish(self, topic: str, payload: bytes, qos: int = 1, retain: bool = False) -> bool:
        """Hand a message over; False where too much is waiting already."""
        ...


class NoDeviceLine:
    """Reaches no device: for commands, which run without a broker."""

    def publish(self, topic: str, payload: bytes, qos: int = 1, retain: bool = False) -> bool:  # noqa: ARG002
        """Nobody listens."""
        return False


class BrokerLogins(Protocol):
    """Keeps the broker's users in step with the records."""

    def refresh(self) -> None:
        """Read the devices anew and give each its login."""
        ...

    def page_login(self, tenant: str) -> tuple[str, str]:
        """User and password with which a signed-in page of `tenant` may read that tenant's KPI topics, and no more."""
        ...

    @property
    def mqtt_url(self) -> str:
        """Where devices reach MQTT."""
        ...

    @property
    def websocket_url(self) -> str:
        """Where pages reach MQTT over WebSocket."""
        ...


@dataclass
class Services:
    """The parts of one running cloud."""

    settings: CloudSettings
    secret: str
    records: Records
    facts: Facts
    photos: PhotoStore
    live: LiveNumbers
    logins: BrokerLogins
    clock: Clock = field(default_factory=SystemClock)
    galleries: GalleryNews = field(default_factory=NoGalleryNews)
    devices: DeviceLine = field(default_factory=NoDeviceLine)
    sign_ins: SignInLimit = field(default_factory=SignInLimit)
    metrics: Metrics = field(default_factory=Metrics)
    pace: Pace = field(default_factory=Pace)
    checks: dict[str, Callable[[], object]] = field(default_factory=dict)
    """Name of a part -> a call that raises where the part does not work; /healthz makes them all."""
    rollups: Rollups = field(init=False)
    bundles: GalleryBundles = field(init=False)

    def __post_init__(self) -> None:
        """The rollups are those of these facts and records, the bundles those of these photos."""
        self.rollups = Rollups(self.facts, self.records)
        self.bundles = GalleryBundles(self.settings, self.photos)
