"""Durable observations a second: published by devices, stored by a whole `facings up`, acknowledged after the commit.

Run it with `python -m bench.ingest [seconds]`, by default 30; it prints JSON. The yardstick is the broker itself: the
same payloads, quality of service 1, to one plain subscriber, in the same run, before and after. `share_of_broker` is
the ratio to judge, `cpu_ms_each` the processor time of each process per observation; `course` says how the rate and
the cloud's resident memory went.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from facings.clock import format_utc
from facings.ids import uuid7
from facings.logins import mqtt_username
from facings.messages import Ack
from facings.mqtt import MqttClient
from facings.topics import DeviceTopics
from tests.support.broker import Broker
from tests.support.cloud import TENANT, RunningCloud
from tests.support.messages import observation

SECONDS = 30.0
DEVICES, LINES = 8, 20
EVERY = timedelta(minutes=10)
"""Between the photos of a device: a run brings weeks of them."""
UNACKNOWLEDGED = 500
"""As many of its messages a device has on their way, as one that was offline for long."""
BROKER_MESSAGES = 6_000
LOOKS = 20
"""Points of the course."""
WITHIN_S = 120

_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_ID, _PHOTO, _SEQ, _AT = uuid.UUID(int=1), uuid.UUID(int=2), 987_654_321, _FIRST.replace(microsecond=123_000)


class Payloads:
    """The messages of one boot of a device: 20 SKUs, two of each. Written once, then only the numbers are put in."""

    def __init__(self) -> None:
        counts = {f"sku-{number}": 2 for number in range(LINES)}
        message = observation(counts=counts, boot_id=uuid7(), id=_ID, photo_id=_PHOTO, seq=_SEQ, captured_at=_AT)
        self._text = message.to_wire().decode()

    def one(self, seq: int) -> bytes:
        """The message of a number, from 1 on."""
        text = self._text.replace(str(_ID), str(uuid7())).replace(str(_PHOTO), str(uuid7()))
        at = _FIRST + EVERY * seq
        return text.replace(str(_SEQ), str(seq)).replace(format_utc(_AT), format_utc(at)).encode()


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


def broker_rate(messages: Sequence[bytes]) -> float:
    """Messages a second from a publisher through the broker to a subscriber."""
    arrived, done = [0], threading.Event()

    def count(_payload: bytes) -> None:
        arrived[0] += 1
        if arrived[0] == len(messages):
            done.set()

    with (
        tempfile.TemporaryDirectory() as folder,
        Broker(Path(folder)) as broker,
        connected(broker.port, "subscriber", "", "load", count),
        connected(broker.port, "publisher", "", "idle", lambda _payload: None) as publisher,
    ):
        began = time.monotonic()
        for message in messages:
            publisher.publish("load", message, qos=1)
        assert done.wait(WITHIN_S), "the broker did not deliver in time"
        return len(messages) / (time.monotonic() - began)


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


class Course:
    """What is stored, and the memory and processor time of the processes, looked at now and then."""

    def __init__(self, cloud: RunningCloud, devices: Sequence[Device]) -> None:
        self._devices = devices
        pids = {"cloud": cloud.endpoints["pid"], "broker": cloud.broker_pid(), "devices": os.getpid()}
        self._processes = {name: psutil.Process(pid) for name, pid in pids.items()}
        self._cpu = self._used()
        self._began = time.monotonic()
        self.looks = [self._look()]

    def watch(self, threads: Sequence[threading.Thread], pause_s: float) -> None:
        """Look every `pause_s` until the threads have ended."""
        for thread in threads:
            while thread.is_alive():
                thread.join(max(self.looks[-1]["s"] + pause_s - (time.monotonic() - self._began), 0.01))
                if time.monotonic() - self._began >= self.looks[-1]["s"] + pause_s:
                    self.looks.append(self._look())
        self.looks.append(self._look())

    def result(self) -> dict[str, Any]:
        """The rate of the whole, that of each stretch, and what it cost."""
        course = [
            {
                "s": round(now["s"]),
                "per_s": round((now["stored"] - before["stored"]) / max(now["s"] - before["s"], 0.001)),
                "resident_mb": round(now["resident"] / 1e6),
            }
            for before, now in zip(self.looks, self.looks[1:], strict=False)
        ]
        last = self.looks[-1]
        return {
            "observations": round(last["stored"]),
            "seconds": round(last["s"], 1),
            "observations_per_s": round(last["stored"] / last["s"]),
            "resident_mb": [round(self.looks[0]["resident"] / 1e6), round(last["resident"] / 1e6)],
            "cpu_ms_each": {
                name: round(1000 * (used - self._cpu[name]) / last["stored"], 2) for name, used in self._used().items()
            },
            "course": course,
        }

    def _look(self) -> dict[str, float]:
        stored = sum(device.through for device in self._devices)
        resident = self._processes["cloud"].memory_info().rss
        return {"s": time.monotonic() - self._began, "stored": stored, "resident": resident}

    def _used(self) -> dict[str, float]:
        return {name: sum(process.cpu_times()[:2]) for name, process in self._processes.items()}


def ingest_rate(cloud: RunningCloud, seconds: float) -> dict[str, Any]:
    """Observations a second from the first message to the last ack."""
    devices = [Device(number, cloud) for number in range(DEVICES)]
    time.sleep(3)  # the broker takes up new devices within a second or two
    with ExitStack() as stack:
        clients = [
            stack.enter_context(
                connected(cloud.mqtt_port, mqtt_username(TENANT, one.topics.device), one.key, one.topics.ack, one.heard)
            )
            for one in devices
        ]
        course = Course(cloud, devices)
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(target=one.publish, args=(client, until))
            for one, client in zip(devices, clients, strict=True)
        ]
        for thread in threads:
            thread.start()
        course.watch(threads, seconds / LOOKS)
    assert all(one.through == one.sent for one in devices), "not all observations were stored in time"
    return {"lines_each": LINES, "bytes_each": len(devices[0].payloads.one(1)), **course.result()}


def measure(seconds: float) -> dict[str, Any]:
    """All figures."""
    payloads = Payloads()
    messages = [payloads.one(seq) for seq in range(1, BROKER_MESSAGES + 1)]
    before = broker_rate(messages)
    with tempfile.TemporaryDirectory() as folder, RunningCloud(Path(folder) / "cloud") as cloud:
        result = {"load_average": round(os.getloadavg()[0], 1), **ingest_rate(cloud, seconds)}
    limits = [before, broker_rate(messages)]
    share = result["observations_per_s"] / (sum(limits) / 2)
    return {"broker_per_s": [round(limit) for limit in limits], "share_of_broker": round(share, 3), **result}


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    result = measure(float(arguments[0]) if arguments else SECONDS)
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
