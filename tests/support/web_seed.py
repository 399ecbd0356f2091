"""A cloud with something to look at: `python -m tests.support.web_seed FOLDER` replays a simulated week into it.

Every photo is read without error, by the truth of its scene, and travels as a device's would: upload over HTTP,
observation over MQTT. FOLDER comes from `facings sim week --out FOLDER`. Ends with Ctrl-C.
"""

from __future__ import annotations

import json
import signal
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import cv2
import numpy as np

from facings.ids import uuid7
from facings.logins import mqtt_client_id, mqtt_username
from facings.messages import Box, Gap, ImageRef, Line, Message, Observation, PriceTag, Product, Quality, Timing
from facings.mqtt import MqttClient
from facings.topics import DeviceTopics
from firmware_sim.demo.api import Api
from firmware_sim.demo.provision import add_devices, add_places
from firmware_sim.demo.week import Week
from tests.support.cloud import EMAIL, PASSWORD, TENANT, RunningCloud
from tests.support.messages import BOOT, CLOCK, state

SHOWS_FROM = 0.3
"""Units that show less than this are not seen."""

SECONDS_BETWEEN_PHOTOS = 1.5


class Device:
    """A device as the cloud meets it: it says it is online, uploads photos, sends observations."""

    def __init__(self, cloud: RunningCloud, device: str, key: str) -> None:
        self.topics = DeviceTopics(TENANT, device)
        self._cloud = cloud
        self._key = key
        self._client = MqttClient(mqtt_client_id(TENANT, device, key))
        self._client.username_pw_set(mqtt_username(TENANT, device), key)
        self._connected = threading.Event()
        self._client.on_connect = lambda *came: came[3].is_failure or self._connected.set()
        self._client.on_disconnect = lambda *_: self._connected.clear()

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._cloud.mqtt_port)
        self._client.loop_start()
        self.send(self.topics.state, state())
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, topic: str, message: Message) -> None:
        """Publish, and wait until the broker has it; it admits a new device within a second."""
        assert self._connected.wait(15), "the broker does not admit the device"
        self._client.publish(topic, message.to_wire(), qos=1, retain=topic == self.topics.state).wait_for_publish(10)

    def observe(self, message: Observation) -> None:
        """Send what a photo shows."""
        self.send(self.topics.observation, message)

    def upload(self, message: Observation, photo: bytes) -> None:
        """Bring the photo of an observation."""
        image = message.image
        asked = {
            "photo_id": str(message.photo_id),
            "captured_at": message.captured_at.isoformat(),
            **image.model_dump(mode="json"),
        }
        with self._cloud.client(self._key) as http:
            grant = http.post("/api/v1/device/photo-grants", json=asked).raise_for_status().json()
            http.put(grant["url"], content=photo, headers={"content-type": image.media_type}).raise_for_status()


def truths(week: Path, cooler: str) -> list[dict[str, Any]]:
    """What each photo of a cooler shows, in order of time."""
    return [json.loads(file.read_text()) for file in sorted((week / "coolers" / cooler / "truth").glob("*.json"))]


def observation_of(truth: dict[str, Any], size: tuple[int, int], seq: int) -> Observation:
    """The truth of a scene as an observation; `size` is the photo's width and height."""
    seen = [unit for unit in truth["units"] if unit["visible_fraction"] >= SHOWS_FROM]
    units = Counter(unit["sku"] for unit in seen)
    facings = Counter(unit["sku"] for unit in seen if unit["front"] and not unit["level"])
    widths: dict[str, float] = defaultdict(float)
    for unit in seen:
        widths[unit["sku"]] += unit["box"][2] - unit["box"][0]
    now = datetime.now(UTC)
    return Observation(
        boot_id=BOOT,
        seq=seq,
        captured_at=datetime.fromisoformat(truth["at"]),
        sent_at=now,
        clock=CLOCK.model_copy(update={"source": "replay"}),
        photo_id=uuid7(),
        trigger="replay",
        quality=Quality(verdict="good", brightness=0.5, contrast=0.2, sharpness=0.3),
        image=ImageRef(
            sha256=truth["sha256"], bytes=truth["bytes"], width=size[0], height=size[1], media_type="image/jpeg"
        ),
        lines=tuple(
            Line(
                sku=sku,
                units=count,
                facings=facings[sku],
                linear_share=round(widths[sku] / sum(widths.values()), 4),
                confidence=0.95,
                count_sd=0.3,
            )
            for sku, count in units.items()
        ),
        products=tuple(_product(unit, size) for unit in seen),
        gaps=tuple(
            Gap(box=_box(gap["box"], size), row=gap["row"], confidence=0.9) for gap in truth["gaps"] if gap["empty"]
        ),
        price_tags=tuple(
            PriceTag(box=_box(tag["box"], size), sku=tag["sku"], price=tag["price"], confidence=0.98)
            for tag in truth["price_tags"]
        ),
        rows=len({unit["row"] for unit in seen}),
        confidence=0.95,
        models={"truth": "0" * 64},
        timing=Timing(due_at=now, taken_at=now, vision_ms=0),
    )


def _product(unit: dict[str, Any], size: tuple[int, int]) -> Product:
    return Product(
        box=_box(unit["box"], size),
        sku=unit["sku"],
        score=0.97,
        sku_confidence=round(0.7 + 0.29 * unit["visible_fraction"], 2),
        row=unit["row"],
        column=unit["column"],
        front=unit["front"],
    )


def _box(corners: list[float], size: tuple[int, int]) -> Box:
    left, top, right, bottom = (min(max(value / size[axis % 2], 0), 1) for axis, value in enumerate(corners))
    return Box(x=left, y=top, w=right - left, h=bottom - top)


def replay(cloud: RunningCloud, folder: Path) -> None:
    """Send the whole week, one photo after another, the first days at once."""
    week = Week(folder)
    api = Api(cloud.url, cloud.admin_key)
    add_places(api, week)
    keys = add_devices(api, week)
    api.close()
    photos = sorted(
        ((truth, number, cooler) for cooler in keys for number, truth in enumerate(truths(folder, cooler), 1)),
        key=lambda photo: photo[0]["at"],
    )
    devices = {cooler: Device(cloud, cooler, key).__enter__() for cooler, key in keys.items()}
    for sent, (truth, number, cooler) in enumerate(photos):
        content = (week.replay_folder(cooler) / truth["file"]).read_bytes()
        height, width = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR).shape[:2]
        message = observation_of(truth, (width, height), number)
        devices[cooler].observe(message)
        devices[cooler].upload(message, content)
        if sent > len(photos) * 0.7:
            time.sleep(SECONDS_BETWEEN_PHOTOS)


def main() -> None:
    """Run until interrupted or terminated."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory() as folder, RunningCloud(Path(folder) / "cloud") as cloud:
        sys.stdout.write(f"{cloud.url}  {EMAIL}  {PASSWORD}\n")
        sys.stdout.flush()
        replay(cloud, Path(sys.argv[1]))
        while True:
            time.sleep(1)


if __name__ == "__main__":
    main()
