"""Durable observations a second: published by devices, stored by a whole `facings up`, acknowledged after the commit.

Run it with `python -m bench.ingest [seconds]`, by default 30; it prints JSON. The yardstick is the broker itself: the
same payloads, quality of service 1, to one plain subscriber, in the same run, before and after. `share_of_broker` is
the ratio to judge, `cpu_ms_each` the processor time of each process per observation; `course` says every ten seconds
how the rate and the cloud's resident memory went, `minutes` the same of each minute, the memory in the mean. Meanwhile
a SKU runs out in another cooler every ten seconds: `stockout_told_after_s` is how long it took from sending the photo
until the live numbers, as pages get them, said so.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil

from bench.parts.devices import LINES, WITHIN_S, Device, Payloads, connected
from bench.parts.running import Count, run
from bench.parts.saying import say
from bench.parts.witness import Witness
from facings.logins import mqtt_username
from tests.support.broker import Broker
from tests.support.cloud import TENANT, RunningCloud

SECONDS = 30
DEVICES = 8
BROKER_MESSAGES = 6_000
LOOK_EVERY_S = 10.0
A_MINUTE = 60.0


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


class Course:
    """What is stored, and the memory and processor time of the processes, looked at now and then."""

    def __init__(self, cloud: RunningCloud, devices: Sequence[Device]) -> None:
        self._devices = devices
        pids = {"cloud": cloud.endpoints["pid"], "broker": cloud.broker_pid(), "devices": os.getpid()}
        self._processes = {name: psutil.Process(pid) for name, pid in pids.items()}
        self._cpu = self._used()
        self._began = time.monotonic()
        self.looks = [self._look()]

    def watch(self, threads: Sequence[threading.Thread], pause_s: float = LOOK_EVERY_S) -> None:
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
            "minutes": [self._minute(number) for number in range(1, max(round(last["s"] / A_MINUTE), 1) + 1)],
            "course": course,
        }

    def _minute(self, number: int) -> dict[str, int]:
        """Rate and mean memory of a minute, the first being 1."""
        looks = [look for look in self.looks if (number - 1) * A_MINUTE - 1 <= look["s"] <= number * A_MINUTE + 1]
        first, last = looks[0], looks[-1]
        return {
            "minute": number,
            "per_s": round((last["stored"] - first["stored"]) / max(last["s"] - first["s"], 0.001)),
            "resident_mb": round(statistics.mean(look["resident"] for look in looks[1:] or looks) / 1e6),
        }

    def _look(self) -> dict[str, float]:
        stored = sum(device.through for device in self._devices)
        resident = self._processes["cloud"].memory_info().rss
        return {"s": time.monotonic() - self._began, "stored": stored, "resident": resident}

    def _used(self) -> dict[str, float]:
        return {name: sum(process.cpu_times()[:2]) for name, process in self._processes.items()}


def ingest_rate(cloud: RunningCloud, seconds: float) -> dict[str, Any]:
    """Observations a second from the first message to the last ack."""
    devices, witness = [Device(number, cloud) for number in range(DEVICES)], Witness(cloud)
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
        watching = threading.Thread(target=witness.watch, args=(seconds,))
        for thread in (*threads, watching):
            thread.start()
        course.watch(threads)
        watching.join()
    assert all(one.through == one.sent for one in devices), "not all observations were stored in time"
    return {"lines_each": LINES, "bytes_each": len(devices[0].payloads.one(1)), **witness.result(), **course.result()}


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


def main(seconds: Count = SECONDS) -> None:
    """Measure and print."""
    say(measure(seconds))


if __name__ == "__main__":
    run(main)
