"""A device reduced to its MQTT connection: publishes what it is told and keeps what it hears."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from facings.logins import mqtt_username
from facings.messages import Ack, Message
from facings.mqtt import MqttClient
from facings.topics import DeviceTopics
from tests.support.cloud import TENANT, wait_until


class MqttPeer:
    """A client with the topics it listens to; `heard` holds (topic, payload, retained) in order."""

    def __init__(self, port: int, username: str, password: str, filters: Sequence[str]) -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self._port = port
        self._filters = filters
        self._subscribed = threading.Event()
        self._client = MqttClient(username.replace("/", "-"))
        self._client.username_pw_set(username, password)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe([(topic, 1) for topic in self._filters])
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = lambda _client, _data, m: self.heard.append((m.topic, bytes(m.payload), m.retain))

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port, keepalive=10)
        self._client.loop_start()
        assert self._subscribed.wait(60), "the broker does not take us"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, message: Message | bytes, wait: bool = True) -> None:
        payload = message.to_wire() if isinstance(message, Message) else message
        sent = self._client.publish(topic, payload, qos=1)
        if wait:
            sent.wait_for_publish(20)

    @property
    def connected(self) -> bool:
        return self._client.is_connected()

    def last(self, topic: str) -> Any:
        """The newest payload heard on `topic`, or None."""
        return next((payload for name, payload, _ in reversed(self.heard) if name == topic), None)


class MqttDevice(MqttPeer):
    """One device of the tenant `acme`."""

    def __init__(self, port: int, device: str, key: str) -> None:
        self.topics = DeviceTopics(TENANT, device)
        super().__init__(port, mqtt_username(TENANT, device), key, [self.topics.ack])

    def acks(self) -> list[Ack]:
        return [Ack.from_wire(payload) for topic, payload, _ in self.heard if topic == self.topics.ack]

    def wait_through(self, seq: int) -> Ack:
        """The first ack that reaches `seq`, without anything missing."""
        return wait_until(
            lambda: next(
                (a for a in self.acks() if any(b.through >= seq and not b.missing for b in a.boots)),
                None,
            ),
            what=f"an ack through {seq}",
        )
