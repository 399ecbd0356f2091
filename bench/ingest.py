"""Durable observations a second: published by devices, stored by a whole `facings up`, acknowledged after the commit.

Run it with `python -m bench.ingest`; it prints JSON. The yardstick is the broker itself: the same payloads, quality of
service 1, to one plain subscriber, in the same run. `share_of_broker` is the ratio to judge; `resident_mb` is that of
the cloud's process before and after.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from facings.ids import uuid7
from facings.logins import mqtt_username
from facings.messages import Ack
from facings.mqtt import MqttClient
from facings.topics import DeviceTopics
from tests.support.broker import Broker
from tests.support.cloud import TENANT, RunningCloud
from tests.support.messages import observation

DEVICES, EACH, LINES = 4, 1500, 20
WITHIN_S = 300


def payloads() -> list[bytes]:
    """The messages of one device: an hour apart, 20 SKUs, two of each."""
    boot, first = uuid7(), datetime.now(UTC) - timedelta(hours=EACH)
    counts = {f"sku-{number}": 2 for number in range(LINES)}
    return [
        observation(counts=counts, boot_id=boot, seq=seq, captured_at=first + timedelta(hours=seq)).to_wire()
        for seq in range(1, EACH + 1)
    ]


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


def broker_rate(folder: Path, messages: list[bytes]) -> float:
    """Messages a second from a publisher through the broker to a subscriber."""
    arrived, done = [0], threading.Event()

    def count(_payload: bytes) -> None:
        arrived[0] += 1
        if arrived[0] == len(messages):
            done.set()

    broker = Broker(folder)
    broker.start()
    try:
        with (
            connected(broker.port, "subscriber", "", "load", count),
            connected(broker.port, "publisher", "", "idle", lambda _payload: None) as publisher,
        ):
            began = time.monotonic()
            for message in messages:
                publisher.publish("load", message, qos=1)
            assert done.wait(WITHIN_S), "the broker did not deliver in time"
            return len(messages) / (time.monotonic() - began)
    finally:
        broker.stop()


class Device:
    """Publishes its messages and knows when the last is stored."""

    def __init__(self, number: int, cloud: RunningCloud) -> None:
        self.topics = DeviceTopics(TENANT, f"cooler-{number:02}")
        self.key = cloud.add_device(self.topics.device)
        self.messages = payloads()
        self.stored = threading.Event()

    def heard(self, payload: bytes) -> None:
        """An ack."""
        if any(boot.through >= EACH and not boot.missing for boot in Ack.from_wire(payload).boots):
            self.stored.set()

    def publish(self, client: MqttClient) -> None:
        """Hand everything to the client."""
        for message in self.messages:
            client.publish(self.topics.observation, message, qos=1)


def ingest_rate(cloud: RunningCloud) -> dict[str, Any]:
    """Observations a second until the last ack, and what it cost the cloud in memory."""
    devices = [Device(number, cloud) for number in range(DEVICES)]
    process = psutil.Process(cloud.endpoints["pid"])
    time.sleep(3)  # the broker takes up new devices within a second or two
    before = process.memory_info().rss
    clients = [
        connected(cloud.mqtt_port, mqtt_username(TENANT, one.topics.device), one.key, one.topics.ack, one.heard)
        for one in devices
    ]
    opened = [client.__enter__() for client in clients]
    began = time.monotonic()
    for one, client in zip(devices, opened, strict=True):
        threading.Thread(target=one.publish, args=(client,)).start()
    assert all(one.stored.wait(WITHIN_S) for one in devices), "not all observations were stored in time"
    seconds = time.monotonic() - began
    after = process.memory_info().rss
    for client in clients:
        client.__exit__(None, None, None)
    return {
        "observations": DEVICES * EACH,
        "lines_each": LINES,
        "bytes_each": len(devices[0].messages[0]),
        "seconds": round(seconds, 2),
        "observations_per_s": round(DEVICES * EACH / seconds),
        "resident_mb": [round(before / 1e6), round(after / 1e6)],
    }


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        limit = broker_rate(Path(folder), payloads())
        with RunningCloud(Path(folder) / "cloud") as cloud:
            result = ingest_rate(cloud)
    result |= {
        "broker_per_s": round(limit),
        "share_of_broker": round(result["observations_per_s"] / limit, 3),
    }
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
