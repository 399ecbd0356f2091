"""The other end of the wire contract, for tests of the daemon: takes and acknowledges messages over a real broker."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import paho.mqtt.client as paho

from facings.messages import Ack, BootAck, Event, Message, Observation, RefusedMessage, SeqRange
from facings.mqtt import MqttClient
from facings.topics import UPWARD_FILTERS, DeviceTopics, parse_upward

WITHIN_S = 90.0


def wait_until(true: Callable[[], bool], what: str, within_s: float = WITHIN_S) -> None:
    """Poll until `true()`; fail naming `what` when the time is over."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, f"not within {within_s} s: {what}"
        time.sleep(0.01)


class AckingPeer:
    """Keeps what a device says and, unless told to hold back, acknowledges every numbered message.

    `refuse(message)` gives the reason why a message is refused; `overlook(message)` True loses it on the way.
    """

    def __init__(self, port: int, username: str | None = None, password: str | None = None) -> None:
        self.acking = True
        self.refuse: Callable[[Message], str] = lambda _: ""
        self.overlook: Callable[[Message], bool] = lambda _: False
        self.arrivals: list[tuple[str, bytes]] = []
        self._stored: dict[tuple[str, uuid.UUID], dict[int, Observation | Event]] = {}
        self._lock = threading.Lock()
        self._subscribed = threading.Event()
        self._client = MqttClient("peer", clean_session=False)
        if username:
            self._client.username_pw_set(username, password)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe([(topic, 1) for topic in UPWARD_FILTERS])
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._on_message
        self._port = port

    def __enter__(self) -> AckingPeer:
        self._client.connect("127.0.0.1", self._port, keepalive=10)
        self._client.loop_start()
        assert self._subscribed.wait(WITHIN_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def observations(self) -> list[Observation]:
        """What is stored, in the order of capture."""
        found = [message for message in self._all() if isinstance(message, Observation)]
        return sorted(found, key=lambda message: message.captured_at)

    def events(self, kind: str = "") -> list[Event]:
        """The events stored, of `kind` where one is named."""
        return [message for message in self._all() if isinstance(message, Event) and kind in ("", message.kind)]

    def on(self, kind: str) -> list[bytes]:
        """Payloads that came on topics ending in `kind`, as `state` or `cmd/snapshot/reply`."""
        with self._lock:
            return [payload for topic, payload in self.arrivals if topic.endswith(f"/{kind}")]

    def send(self, topic: str, message: Message, *, retain: bool = False) -> None:
        """Say something to a device."""
        self._client.publish(topic, message.to_wire(), qos=1, retain=retain)

    def acknowledge(self) -> None:
        """Send an ack for everything stored so far."""
        with self._lock:
            for device in {key[0] for key in self._stored}:
                self._ack(device, ())

    def _all(self) -> list[Observation | Event]:
        with self._lock:
            return [message for boot in self._stored.values() for message in boot.values()]

    def _on_message(self, _client: Any, _userdata: Any, packet: paho.MQTTMessage) -> None:
        topic = parse_upward(packet.topic)
        payload = bytes(packet.payload)
        with self._lock:
            self.arrivals.append((packet.topic, payload))
            if topic.kind not in ("observation", "event"):
                return
            message = (Observation if topic.kind == "observation" else Event).from_wire(payload)
            if self.overlook(message):
                return
            assert message.seq is not None
            refused: tuple[RefusedMessage, ...] = ()
            if reason := self.refuse(message):
                refused = (RefusedMessage(seq=message.seq, reason=reason),)
            boot = self._stored.setdefault((topic.device, message.boot_id), {})
            if not refused:
                self._check_resend(boot.setdefault(message.seq, message), message)
            if self.acking:
                self._ack(topic.device, refused, message.boot_id)

    def _check_resend(self, first: Message, again: Message) -> None:
        """Only the time of sending may differ between two sendings of one message."""
        ignored = {"sent_at", "historical"}
        assert first.model_dump(exclude=ignored) == again.model_dump(exclude=ignored)

    def _ack(self, device: str, refused: tuple[RefusedMessage, ...], only: uuid.UUID | None = None) -> None:
        boots = []
        for (name, boot_id), messages in self._stored.items():
            if name == device and only in (None, boot_id):
                seqs = sorted({*messages, *(refusal.seq for refusal in refused)})
                through = seqs[-1] if seqs else 0
                missing = tuple(SeqRange(first=seq, last=seq) for seq in range(1, through) if seq not in seqs)
                boots.append(BootAck(boot_id=boot_id, through=through, missing=missing, refused=refused))
        ack = Ack(at=datetime.now(UTC), boots=tuple(boots))
        self._client.publish(DeviceTopics("acme", device).ack, ack.to_wire(), qos=1)
