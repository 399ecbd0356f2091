"""A clock that goes when told, and a controller on the network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from pymodbus.client import ModbusTcpClient

from firmware_sim.device.controller import Controller
from firmware_sim.device.modbus import ControllerServer

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class ToldClock:
    """Time goes by where a test adds to `seconds`."""

    seconds: float = 0.0

    def now(self) -> datetime:
        return NEW_YEAR + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> ToldClock:
    return ToldClock()


@dataclass
class Bench:
    """A controller, its server and a Modbus client of it."""

    controller: Controller
    server: ControllerServer
    client: ModbusTcpClient


@pytest.fixture
def bench(clock: ToldClock) -> Iterator[Bench]:
    controller = Controller()
    server = ControllerServer(controller, port=0, clock=clock)
    server.start()
    host, port = server.address
    client = ModbusTcpClient(host, port=port)
    assert client.connect()
    yield Bench(controller, server, client)
    client.close()
    server.stop()


@pytest.fixture(scope="session")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cooler's replay of two small photos, six hours apart."""
    folder = tmp_path_factory.mktemp("replay")
    entries = []
    for number in range(2):
        pixels = np.random.default_rng(number).integers(40, 220, (24, 18, 3)).astype(np.uint8)
        encoded = cv2.imencode(".jpg", cv2.resize(pixels, (180, 240)), [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
        (folder / f"{number}.jpg").write_bytes(encoded)
        at = (NEW_YEAR + timedelta(hours=6 * number)).isoformat().replace("+00:00", ".000Z")
        digest = hashlib.sha256(encoded).hexdigest()
        entries.append({"at": at, "file": f"{number}.jpg", "sha256": digest, "bytes": len(encoded)})
    (folder / "replay.json").write_text(json.dumps({"version": 1, "cooler": "cooler-01", "entries": entries}))
    return folder
