"""Two cameras before one cooler, from their pictures to the cloud's numbers and its page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.daemon import Device
from edge.reader import SharedReader
from edge.settings import EdgeSettings
from edge.vision.chain import VisionChain
from facings.clock import SystemClock
from firmware_sim.demo.shipped import SHIPPED
from firmware_sim.device.camera import SnapshotCamera
from firmware_sim.device.fault import Fault
from firmware_sim.device.scene import ReplayedScene
from tests.support.cloud import EMAIL, PASSWORD, TENANT, RunningCloud, wait_until

DEVICE = "tall-cooler"
PERIOD = {"from": "2026-10-01T00:00:00Z"}


@pytest.fixture
def camera() -> Iterator[SnapshotCamera]:
    """Cameras before a rendered cooler of the demo, whose stock stays as it is."""
    serving = SnapshotCamera(ReplayedScene(SHIPPED / "coolers" / "cooler-01", 0.001, SystemClock()), port=0)
    serving.start()
    yield serving
    serving.stop()


def settings(folder: Path, cloud: RunningCloud, key: str, camera: SnapshotCamera) -> EdgeSettings:
    return EdgeSettings.model_validate(
        {
            "tenant": TENANT,
            "device": DEVICE,
            "state_dir": folder,
            "broker": {"url": cloud.mqtt_url, "password": key},
            "cloud": {"url": cloud.url},
            "camera": [
                {"name": name, "shows": shows, "kind": "http", "url": f"{camera.address}/capture/{shows}"}
                for name, shows in (("top", "upper"), ("bottom", "lower"))
            ],
        }
    )


def photograph(settings: EdgeSettings, reader: SharedReader) -> None:
    """Take a photo with each camera and deliver everything."""
    device = Device(settings, reader, once=True)
    device.start()
    wait_until(lambda: device.is_done, what="all is acknowledged and uploaded")
    device.stop()


def test_two_cameras_from_the_picture_to_the_page(cloud: RunningCloud, camera: SnapshotCamera, tmp_path: Path) -> None:
    chain = VisionChain(gallery=SHIPPED / "gallery", tells_looks=True)
    reader = SharedReader(chain, 1)
    reader.load()
    device = settings(tmp_path / "state", cloud, cloud.add_device(DEVICE), camera)
    photograph(device, reader)
    with cloud.client() as client:
        kpi = client.get(f"/api/v1/coolers/{DEVICE}/kpi").json()
        whole = newest(client)
        assert whole["coverage"] == 1.0
        assert [(view["camera"], view["shows"], view["overlaps"]) for view in whole["views"]] == [
            ("top", "upper", True),
            ("bottom", "lower", True),
        ]
        assert kpi["units"]["value"] == len(whole["products"]) > 40
        for view in whole["views"]:
            picture = client.get(f"/api/v1/photos/{view['photo_id']}/content")
            assert (picture.status_code, len(picture.content)) == (200, view["image"]["bytes"])

        camera.fault, camera.faulty = Fault.BLACK, "upper"
        photograph(device, reader)
        half = newest(client)
        assert (half["coverage"], half["quality"]["verdict"]) == (0.5, "poor")
        assert "too dark" in half["views"][0]["problem"]
        assert 0 < len(half["products"]) < len(whole["products"])
        assert client.get(f"/api/v1/coolers/{DEVICE}/kpi").json()["observation"] == kpi["observation"]
    assert pictures_on_page(cloud, "") == {view["photo_id"] for view in whole["views"]}
    page = pictures_on_page(cloud, f"?photo={half['photo']}")
    assert page == {view["photo_id"] for view in half["views"]}


def newest(client: httpx.Client) -> dict[str, Any]:
    """The observation of the newest photos."""
    items = client.get(f"/api/v1/coolers/{DEVICE}/observations", params=PERIOD).json()["items"]
    latest = max(items, key=lambda item: str(item["captured_at"]))
    answer: dict[str, Any] = client.get(f"/api/v1/observations/{latest['id']}").json()
    return answer


def pictures_on_page(cloud: RunningCloud, query: str) -> set[str]:
    """The photos that the cooler's page shows."""
    with httpx.Client(base_url=cloud.url, headers={"accept": "text/html"}) as browser:
        assert browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 303
        text = browser.get(f"/coolers/{DEVICE}{query}").raise_for_status().text
    return {part.split("/content")[0] for part in text.split("/api/v1/photos/")[1:]}
