"""A page that nobody looks at: it takes the live numbers as a browser does and notes when each photo arrives."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho

from facings.clock import SystemClock
from facings.errors import UnavailableError
from facings.messages import CoolerKpi, OverviewKpi
from facings.mqtt import MqttClient
from facings.topics import KpiTopics

_CONNECT_WITHIN_S = 15.0


@dataclass(frozen=True)
class PageLogin:
    """What a signed-in page is given to connect with."""

    url: str
    username: str
    password: str
    tenant: str


class Page:
    """Keeps the live number of every photo, with the seconds from the photo's due time to its arrival here."""

    def __init__(self, login: PageLogin) -> None:
        self._login = login
        self._topics = KpiTopics(login.tenant)
        self._lock = threading.Lock()
        self._kpis: dict[tuple[str, datetime], CoolerKpi] = {}
        self._delays: dict[tuple[str, datetime], float] = {}
        self._overview: OverviewKpi | None = None
        self._subscribed = threading.Event()
        self._client = self._make_client()

    def start(self) -> None:
        """Connect and subscribe.

        Raises:
            UnavailableError: the broker did not let the page in.
        """
        address = urlsplit(self._login.url)
        self._client.connect_async(address.hostname or "", address.port or 80)
        self._client.loop_start()
        if not self._subscribed.wait(_CONNECT_WITHIN_S):
            self.stop()
            raise UnavailableError(f"no live numbers at {self._login.url}: the broker does not let the page in")

    def stop(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def kpis(self) -> dict[tuple[str, datetime], CoolerKpi]:
        """The live number of each photo, by cooler and time of capture."""
        with self._lock:
            return dict(self._kpis)

    @property
    def delays(self) -> list[float]:
        """Seconds from due to here, of every photo that arrived."""
        with self._lock:
            return list(self._delays.values())

    @property
    def overview(self) -> OverviewKpi | None:
        """The latest overview."""
        with self._lock:
            return self._overview

    def seen_until(self) -> dict[str, datetime]:
        """When the newest photo of each cooler was taken."""
        newest: dict[str, datetime] = {}
        for cooler, at in self.kpis:
            newest[cooler] = max(at, newest.get(cooler, at))
        return newest

    def _make_client(self) -> MqttClient:
        client = MqttClient("", transport="websockets")
        client.ws_set_options(path=urlsplit(self._login.url).path or "/mqtt")
        client.username_pw_set(self._login.username, self._login.password)
        client.on_connect = self._on_connect
        client.on_subscribe = lambda *_: self._subscribed.set()
        client.message_callback_add(self._topics.cooler("+"), self._receiver(self._take_cooler))
        client.message_callback_add(self._topics.overview, self._receiver(self._take_overview))
        return client

    def _on_connect(self, client: paho.Client, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if not reason.is_failure:
            client.subscribe([(self._topics.cooler("+"), 1), (self._topics.overview, 1)])

    def _receiver(self, take: Callable[[bytes], None]) -> Callable[[paho.Client, Any, paho.MQTTMessage], None]:
        def receive(_client: paho.Client, _userdata: Any, message: paho.MQTTMessage) -> None:
            with self._lock:
                take(bytes(message.payload))

        return receive

    def _take_cooler(self, payload: bytes) -> None:
        arrived = SystemClock().now()
        kpi = CoolerKpi.from_wire(payload)
        photo = (kpi.cooler, kpi.observed_at)
        self._kpis[photo] = kpi  # the same photo comes again when something else changed; its first arrival counts
        self._delays.setdefault(photo, (arrived - kpi.due_at).total_seconds())

    def _take_overview(self, payload: bytes) -> None:
        self._overview = OverviewKpi.from_wire(payload)


def percentile(values: list[float], share: float) -> float | None:
    """The value that `share` of `values` do not exceed (nearest rank); None of none.

    Example:
        >>> percentile([3.0, 1.0, 2.0, 4.0], 0.5), percentile([], 0.95)
        (2.0, None)
    """
    if not values:
        return None
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]
