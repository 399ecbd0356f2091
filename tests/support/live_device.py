"""A device with a camera and, where a test wants one, a controller: the daemon in this process, on real protocols."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edge.daemon import Device
from edge.reader import SharedReader
from edge.settings import EdgeSettings
from facings.clock import Clock
from facings.messages import Command, CommandReply
from facings.topics import DeviceTopics
from tests.support.acking_peer import AckingPeer, wait_until
from tests.support.broker import Broker
from tests.support.cooler import SquareReader, edge_settings
from tests.support.http_peer import HttpPeer

TOPICS = DeviceTopics("acme", "cooler-01")
NEVER = "0 0 1 1 *"


@contextmanager
def device(settings: EdgeSettings, *, once: bool = False, clock: Clock | None = None) -> Iterator[Device]:
    """The daemon, running."""
    running = Device(settings, SharedReader(SquareReader(), 1), clock, once=once)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def live(folder: Path, broker: Broker, camera: HttpPeer, *, retries: int = 0, **changes: Any) -> EdgeSettings:
    """Settings with an HTTP camera and no time at which a photo is due; `changes` replace sections."""
    seen = {"kind": "http", "url": f"{camera.url}/capture", "frozen_after": 3, "timeout_s": 5, "retries": retries}
    return edge_settings(folder, broker.url, camera=seen, **({"schedule": {"cron": [NEVER]}} | changes))


def ask(peer: AckingPeer, name: str, **fields: Any) -> CommandReply:
    """Send a command and wait for its reply."""
    before = len(peer.on(f"cmd/{name}/reply"))
    command = Command(id=uuid.uuid4(), **fields)
    peer.send(TOPICS.command(name), command)
    wait_until(lambda: len(peer.on(f"cmd/{name}/reply")) > before, f"a reply to {name}")
    reply = CommandReply.from_wire(peer.on(f"cmd/{name}/reply")[-1])
    assert reply.request == command.id
    return reply
