"""A real broker with the logins of two tenants, and peers that talk to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest

from cloud.broker.logins import Login
from cloud.broker.nats_config import BrokerPlace
from cloud.broker.watch import OwnBroker
from cloud.fleet.service import add_device
from cloud.identity.service import operator
from cloud.models import metadata
from cloud.outlets.models import Cooler
from cloud.records import Records
from cloud.settings import CloudSettings
from facings.logins import mqtt_username
from facings.mqtt import MqttClient
from tests.support.broker import free_port
from tests.support.cloud import SECRET, furnish, wait_until

CLOUD_PASSWORD = "the cloud's own"
SLOW_S = 60.0


class Peer:
    """An MQTT client that remembers what it saw."""

    def __init__(
        self,
        port: int,
        username: str,
        password: str,
        client_id: str = "",
        clean: bool = True,
        will: Any = None,
        over_websocket: bool = False,
    ):
        self.got: list[tuple[str, bytes]] = []
        self.connects: list[str] = []
        self.lost = 0
        self.granted: list[bool] = []
        self.published: set[int] = set()
        self.mqtt = MqttClient(
            client_id or f"peer-{id(self)}",
            clean_session=clean,
            transport="websockets" if over_websocket else "tcp",
        )
        self.mqtt.ws_set_options(path="/mqtt")
        self.mqtt.username_pw_set(username, password)
        self.mqtt.reconnect_delay_set(1, 1)
        if will:
            self.mqtt.will_set(*will)
        self.mqtt.on_message = lambda _c, _u, message: self.got.append((message.topic, message.payload))
        self.mqtt.on_connect = lambda _c, _u, _f, code, _p: self.connects.append(str(code))
        self.mqtt.on_subscribe = lambda _c, _u, _m, codes, _p: self.granted.extend(not c.is_failure for c in codes)
        self.mqtt.on_disconnect = self._went
        self.mqtt.connect_async("127.0.0.1", port, keepalive=10)
        self.mqtt.loop_start()

    def _went(self, *_: Any) -> None:
        self.lost += 1

    def __enter__(self) -> Self:
        wait_until(lambda: self.connects, SLOW_S, "an answer to CONNECT")
        return self

    def __exit__(self, *_: object) -> None:
        self.mqtt.disconnect()
        self.mqtt.loop_stop()

    @property
    def admitted(self) -> bool:
        return self.connects[-1:] == ["Success"]

    def subscribe(self, *filters: str, qos: int = 1) -> list[bool]:
        """Whether each subscription is granted."""
        self.granted.clear()
        self.mqtt.subscribe([(topic, qos) for topic in filters])
        return list(wait_until(lambda: len(self.granted) == len(filters) and self.granted, SLOW_S, "SUBACK"))

    def publish(self, topic: str, payload: bytes = b"x", qos: int = 1, retain: bool = False) -> None:
        self.mqtt.publish(topic, payload, qos, retain)

    def receives(self, payload: bytes) -> None:
        wait_until(lambda: payload in [text for _, text in self.got], SLOW_S, f"{payload!r}, got {self.got}")


@dataclass
class House:
    """A broker for the tenants acme (devices a and b) and other (device x)."""

    broker: OwnBroker
    records: Records
    keys: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return self.broker.place.mqtt_port

    def cloud(self, client_id: str = "the-cloud", clean: bool = True) -> Peer:
        return Peer(self.port, "facings-cloud", CLOUD_PASSWORD, client_id, clean)

    def device(self, tenant: str, device: str, **options: Any) -> Peer:
        return Peer(self.port, mqtt_username(tenant, device), self.keys[tenant, device], **options)

    def page(self, tenant: str) -> Peer:
        """As a browser connects."""
        return Peer(self.broker.place.websocket_port, *self.broker.page_login(tenant), over_websocket=True)

    def add(self, tenant: str, device: str) -> None:
        with self.records.session(tenant) as session:
            if session.get(Cooler, (tenant, device)) is None:
                session.add(Cooler(id=device, outlet_id="kiosk", name=device))
                session.flush()
            self.keys[tenant, device] = add_device(session, operator(tenant), device, device)[1]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    records = Records(f"sqlite:///{folder / 'records.db'}")
    records.start()
    metadata.create_all(records.engine)
    place = BrokerPlace("127.0.0.1", free_port(), free_port(), folder / "broker")
    cloud = Login("facings-cloud", CLOUD_PASSWORD, (), ())
    house = House(OwnBroker(CloudSettings(data_dir=folder), records, SECRET, place, cloud), records)
    for tenant, devices in (("acme", "ab"), ("other", "x")):
        furnish(records, tenant, f"admin@{tenant}.example")
        for device in devices:
            house.add(tenant, device)
    house.broker.start()
    try:
        yield house
    finally:
        house.broker.stop()
        records.stop()
