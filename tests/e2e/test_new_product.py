"""A product that no gallery knows is seen, named once by a person, and named by the cooler from the next photo on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from firmware_sim.demo.shipped import SHIPPED
from tests.support.cloud import RunningCloud, wait_until
from tests.support.daemon import RunningDaemon
from tests.support.http_peer import Answer, HttpPeer

DEVICE = "cooler-01"
SKU = "northwind-zero-can330"
BEFORE, AFTER = sorted((SHIPPED / "coolers" / DEVICE / "photos").glob("*.jpg"))[0:4:3]
STOCKED = ("glacia", "northwind", "solara")
PICTURES = 3
WITHIN_S = 240.0


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    """The week's gallery without one of its products."""
    return Path(shutil.copytree(SHIPPED / "gallery", tmp_path / "gallery", ignore=shutil.ignore_patterns(SKU)))


def _live(edge: RunningDaemon, camera: str) -> None:
    """Have the device ask a camera every ten seconds, in place of its replay."""
    replay = f'kind = "replay"\nfolder = "{edge.photos}"\nspeed = 1e6\n'
    settings = edge.config.read_text()
    assert replay in settings
    live = f'kind = "http"\nurl = "{camera}/snapshot"\n[schedule]\ncron = ["*/10 * * * * *"]\nspread_s = 0\n'
    edge.config.write_text(settings.replace(replay, live))


def _units(api: httpx.Client) -> dict[str | None, int]:
    """Units per SKU on the newest photo."""
    answer = api.get(f"/api/v1/coolers/{DEVICE}/observations", params={"from": "2026-01-01T00:00:00Z", "limit": 500})
    newest = max(answer.raise_for_status().json()["items"], key=lambda item: item["captured_at"], default=None)
    if newest is None:
        return {}
    shown = api.get(f"/api/v1/observations/{newest['id']}")
    # The facts are there a moment before the record that leads to them.
    return {line["sku"]: line["units"] for line in shown.json()["lines"]} if shown.is_success else {}


def _newcomer(api: httpx.Client) -> Any:
    """The new product seen most often, once there are crops of it."""
    items = api.get("/api/v1/new-products", params={"state": "open"}).json()["items"]
    best = max(items, key=lambda item: item["sightings"], default=None)
    return best if best and api.get(best["crops"][0]["content"]).status_code == 200 else None


def test_named_once_it_is_known_from_the_next_photo_on(
    tmp_path: Path, cloud: RunningCloud, daemon: Callable[..., RunningDaemon], gallery: Path
) -> None:
    shown = BEFORE.read_bytes()
    with HttpPeer(lambda _request: Answer(200, shown, {"Content-Type": "image/jpeg"})) as camera, cloud.client() as api:
        _add_pictures(api, gallery)
        edge = daemon(DEVICE, tmp_path / "no-photos")
        _live(edge, camera.url)
        edge.start()
        wait_until(lambda: _version(api) == 1, WITHIN_S, "the gallery of the cloud in use")
        wait_until(lambda: _units(api).get("northwind-cola-can330"), WITHIN_S, "a photo read with it")
        newcomer = wait_until(lambda: _newcomer(api), WITHIN_S, "a new product with its crops")
        assert SKU not in _units(api)

        product = {
            "name": "Northwind Zero",
            "brand": "Northwind",
            "owner": "Northwind",
            "own": True,
            "gtin": "4006381333931",
        }
        body = {"sku": SKU, "product": product}
        named = api.post(f"/api/v1/new-products/{newcomer['id']}/name", json=body).raise_for_status().json()
        assert named["gallery_version"] == 2
        wait_until(lambda: _version(api) == 2, WITHIN_S, "the new gallery in use, without a restart")
        assert edge.process and edge.process.poll() is None
        shown = AFTER.read_bytes()
        wait_until(lambda: _units(api).get(SKU, 0) >= 3, WITHIN_S, "the next photos name it")

        stages = [event["detail"]["stage"] for event in _events(api) if event["kind"] == "update-progress"]
        assert stages == ["installed", "downloading", "installed", "downloading"]


def _add_pictures(api: httpx.Client, gallery: Path) -> None:
    skus = sorted(folder.name for folder in gallery.iterdir() if folder.name.startswith(STOCKED))
    products = [{"sku": sku, "name": sku, "brand": "x", "owner": "x", "own": True} for sku in skus]
    api.put("/api/v1/products", json={"products": products}).raise_for_status()
    for sku in skus:
        for picture in sorted((gallery / sku).glob("*-0*.jpg"))[:PICTURES]:
            url = f"/api/v1/gallery/skus/{sku}/pictures"
            headers = {"content-type": "image/jpeg"}
            api.post(url, content=picture.read_bytes(), headers=headers).raise_for_status()
    api.post("/api/v1/gallery/versions").raise_for_status()


def _version(api: httpx.Client) -> int | None:
    birth = api.get(f"/api/v1/devices/{DEVICE}").raise_for_status().json()["birth"]
    return birth.get("gallery_version") if birth else None


def _events(api: httpx.Client) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.get(f"/api/v1/devices/{DEVICE}/events").raise_for_status().json()["items"]
    return items
