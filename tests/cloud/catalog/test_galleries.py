"""The gallery over HTTP: pictures in, versions out, signed and the tenant's own."""

from __future__ import annotations

from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest

from cloud.fleet.service import add_device
from cloud.identity.service import operator
from cloud.outlets.models import Cooler
from facings.bundles import Bundle
from facings.galleries import GalleryManifest
from tests.cloud.conftest import Api, with_key
from tests.support.galleries import pack

PRODUCT = {"name": "Cola", "brand": "Rubia", "owner": "Acme", "own": True}
COLA_GTIN = "4006381333931"


@pytest.fixture(scope="module", autouse=True)
def products(api: Api) -> None:
    api.acme.put("/api/v1/products/cola", json={**PRODUCT, "gtin": COLA_GTIN}).raise_for_status()
    api.acme.put("/api/v1/products/lime", json=PRODUCT).raise_for_status()
    api.bravo.put("/api/v1/products/cola", json=PRODUCT).raise_for_status()


def add(client: httpx.Client, product: str, picture: bytes, media_type: str = "image/png") -> httpx.Response:
    url = f"/api/v1/gallery/skus/{product}/pictures"
    return client.post(url, content=picture, headers={"content-type": media_type})


def opened(api: Api, file: Path, bundle: httpx.Response) -> tuple[GalleryManifest, set[bytes]]:
    """A bundle's manifest, checked with the key the cloud names, and the pictures in it."""
    file.write_bytes(bundle.raise_for_status().content)
    with Bundle(file) as whole:
        manifest = whole.verified(api.acme.get("/api/v1/gallery").json()["public_key"]).manifest
        return manifest, {whole.read(part) for part in manifest.pictures if whole.holds(part.entry)}


def test_from_pictures_to_versions(api: Api, tmp_path: Path) -> None:
    assert add(api.acme, "cola", pack(10)).status_code == 201
    assert add(api.acme, COLA_GTIN, pack(60)).json()["sku"] == "cola"
    assert add(api.acme, "lime", pack(130)).status_code == 201
    shown = api.acme.get("/api/v1/gallery").json()
    assert (shown["published"], shown["changed"]) == (None, True)
    assert [(line["sku"], line["pictures"]) for line in shown["skus"]] == [("cola", 2), ("lime", 1)]

    first = api.acme.post("/api/v1/gallery/versions", json={"note": "the beginning"}).json()
    assert (first["version"], first["skus"], first["pictures"], first["note"]) == (1, 2, 3, "the beginning")
    assert api.acme.post("/api/v1/gallery/versions").json()["version"] == 1, "nothing has changed"
    assert api.acme.get("/api/v1/gallery").json()["changed"] is False
    manifest, pictures = opened(api, tmp_path / "g", api.acme.get("/api/v1/gallery/versions/1"))
    assert (manifest.tenant, manifest.skus) == ("acme", ("cola", "lime"))
    assert pictures == {pack(10), pack(60), pack(130)}

    listed = api.acme.get("/api/v1/gallery/skus/cola/pictures").json()
    assert api.acme.get(listed[0]["content"]).content in (pack(10), pack(60))
    gone = next(picture for picture in listed if api.acme.get(picture["content"]).content == pack(60))
    api.acme.delete(f"/api/v1/gallery/skus/cola/pictures/{gone['sha256']}").raise_for_status()
    assert api.acme.post("/api/v1/gallery/versions").json()["version"] == 2

    restored = api.acme.post("/api/v1/gallery/versions", json={"restore": 1}).json()
    assert (restored["version"], restored["note"]) == (3, "as in version 1")
    assert opened(api, tmp_path / "g", api.acme.get("/api/v1/gallery/versions/3"))[1] == pictures
    assert [item["version"] for item in api.acme.get("/api/v1/gallery/versions").json()["items"]] == [1, 2, 3]


def test_a_version_says_how_tall_the_products_are(api: Api, tmp_path: Path) -> None:
    add(api.acme, "lime", pack(131))
    before = api.acme.post("/api/v1/gallery/versions").json()["version"]
    api.acme.put("/api/v1/products/lime", json={**PRODUCT, "height_mm": 115.5}).raise_for_status()
    assert api.acme.get("/api/v1/gallery").json()["changed"] is True
    version = api.acme.post("/api/v1/gallery/versions").json()["version"]
    assert version == before + 1
    manifest, _ = opened(api, tmp_path / "g", api.acme.get(f"/api/v1/gallery/versions/{version}"))
    assert manifest.heights == {"lime": 115.5}
    assert api.acme.post("/api/v1/gallery/versions").json()["version"] == version, "nothing has changed"


def test_a_device_fetches_only_what_it_has_not(api: Api, tmp_path: Path) -> None:
    with api.services.records.session("acme") as session:
        session.add(Cooler(id="cooler-01", outlet_id="kiosk", name="cooler-01"))
        session.flush()
        _, key = add_device(session, operator("acme"), "cooler-01", "cooler-01")
    before = api.acme.post("/api/v1/gallery/versions").json()["version"]
    add(api.acme, "lime", pack(200))
    latest = api.acme.post("/api/v1/gallery/versions").json()["version"]
    with with_key(api.stranger, key) as device:
        url = f"/api/v1/device/gallery/versions/{latest}"
        whole, everything = opened(api, tmp_path / "g", device.get(url))
        part, news = opened(api, tmp_path / "g", device.get(url, params={"since": before}))
        assert (whole, news) == (part, {pack(200)})
        assert len(everything) == len(whole.pictures)
        assert device.get("/api/v1/device/gallery/versions/999").status_code == 404


@pytest.mark.parametrize(
    ("product", "picture", "status", "words"),
    [
        pytest.param("nothing", pack(1), 404, "no product 'nothing'", id="no such product"),
        pytest.param("cola", b"GIF89a", 422, "a GIF, not a JPEG", id="another format"),
        pytest.param("cola", pack(1)[:-30], 422, "cut off", id="cut off"),
        pytest.param("cola", cv2.imencode(".png", np.zeros((9, 9, 3)))[1].tobytes(), 422, "9 x 9 pixels", id="tiny"),
        pytest.param("lime", pack(10), 409, "a picture of 'cola' already", id="another product's"),
    ],
)
def test_what_is_no_picture_of_the_product_is_refused(
    api: Api, product: str, picture: bytes, status: int, words: str
) -> None:
    add(api.acme, "cola", pack(10))
    answer = add(api.acme, product, picture)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["error"]["message"]


def test_a_large_picture_is_kept_small(api: Api) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (1200, 600, 3), np.uint8)
    kept = add(api.acme, "lime", cv2.imencode(".jpg", pixels)[1].tobytes(), "image/jpeg").json()
    assert (kept["width"], kept["height"]) == (256, 512)


def test_the_same_picture_again_changes_nothing(api: Api) -> None:
    assert add(api.acme, "cola", pack(77)).json() == add(api.acme, "cola", pack(77)).json()


def test_a_gallery_is_its_tenants_own(api: Api) -> None:
    sha256 = add(api.acme, "cola", pack(10)).json()["sha256"]
    assert api.bravo.get("/api/v1/gallery").json()["skus"] == []
    assert api.bravo.get(f"/api/v1/gallery/pictures/{sha256}").status_code == 404
    assert api.bravo.post("/api/v1/gallery/versions").status_code == 409
    keys = {client.get("/api/v1/gallery").json()["public_key"] for client in (api.acme, api.bravo)}
    assert len(keys) == 2


def test_viewers_may_only_look(api: Api) -> None:
    with api.role("viewer") as viewer:
        assert viewer.get("/api/v1/gallery").status_code == 200
        assert add(viewer, "cola", pack(10)).status_code == 403
        assert viewer.post("/api/v1/gallery/versions").status_code == 403


def test_the_signing_key_is_its_owners_only(api: Api) -> None:
    file = api.services.settings.data_dir / "secrets" / "gallery-acme"
    assert file.stat().st_mode & 0o777 == 0o600
