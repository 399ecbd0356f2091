"""Devices that publish observations as fast as a cloud stores them."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from facings.clock import format_utc
from facings.ids import uuid7
from facings.messages import Ack
from facings.mqtt import MqttClient
from facings.topics import DeviceTopics
from tests.support.cloud import TENANT, RunningCloud
from tests.support.messages import observation

LINES = 20
EVERY = timedelta(minutes=10)
"""Between the photos of a device: a run brings weeks of them."""
UNACKNOWLEDGED = 500
"""As many of its messages a device has on their way, as one that was offline for long."""
WITHIN_S = 120

_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_ID, _PHOTO, _SEQ, _AT = uuid.UUID(int=1), uuid.UUID(int=2), 987_654_321, _FIRST.replace(microsecond=123_000)


class Payloads:
    """The messages of one boot of a device: 20 SKUs, two of each. Written once, then only the numbers are put in.

    A device is a machine of its own: what it takes to write a message must not be taken from the cloud.
    """

    def __init__(self) -> None:
        counts: dict[str | None, int] = {f"sku-{number}": 2 for number in range(LINES)}
        message = observation(counts=counts, boot_id=uuid7(), id=_ID, photo_id=_PHOTO, seq=_SEQ, captured_at=_AT)
        blanks = "|".join([str(_ID), str(_PHOTO), str(_SEQ), format_utc(_AT)])
        self._pieces = re.split(f"({blanks})", message.to_wire().decode())

    def one(self, seq: int) -> bytes:
        """The message of a number, from 1 on."""
        at = format_utc(_FIRST + EVERY * seq)
        fresh = {str(_ID): str(uuid7()), str(_PHOTO): str(uuid7()), str(_SEQ): str(seq), format_utc(_AT): at}
        return "".join([fresh.get(piece, piece) for piece in self._pieces]).encode()


@contextmanager
def connected(port: int, name: str, password: str, topic: str, heard: Callable[[bytes], None]) -> Iterator[MqttClient]:
    """A client that listens to `topic`."""
    client = MqttClient(name.replace("/", "-"))
    client.username_pw_set(name, password)
    client.max_inflight_messages_set(200)
    ready = threading.Event()
    client.on_connect = lambda one, *_: one.subscribe(topic, 1)
    client.on_subscribe = lambda *_: ready.set()
    client.on_message = lambda _client, _data, message: heard(bytes(message.payload))
    client.connect("127.0.0.1", port)
    client.loop_start()
    assert ready.wait(30), f"the broker does not admit {name}"
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


class Device:
    """Publishes until told to end, never more than a window ahead of what is stored."""

    def __init__(self, number: int, cloud: RunningCloud) -> None:
        self.topics = DeviceTopics(TENANT, f"cooler-{number:02}")
        self.key = cloud.add_device(self.topics.device)
        self.payloads = Payloads()
        self.sent = self.through = 0
        self._changed = threading.Condition()

    def heard(self, payload: bytes) -> None:
        """An ack."""
        with self._changed:
            boots = Ack.from_wire(payload).boots
            self.through = max([self.through, *(boot.through for boot in boots if not boot.missing)])
            self._changed.notify_all()

    def publish(self, client: MqttClient, until: float) -> None:
        """Send until the moment of `time.monotonic()`, and wait until all of it is stored."""
        while time.monotonic() < until:
            with self._changed:
                self._changed.wait_for(lambda: self.sent - self.through < UNACKNOWLEDGED, timeout=1)
            if self.sent - self.through < UNACKNOWLEDGED:
                self.sent += 1
                client.publish(self.topics.observation, self.payloads.one(self.sent), qos=1)
        with self._changed:
            assert self._changed.wait_for(lambda: self.through == self.sent, WITHIN_S), "not all was stored in time"
