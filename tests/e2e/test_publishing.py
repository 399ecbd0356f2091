"""`facings gallery publish`: what a folder holds comes to the cloud, and from there to every device."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from cloud.catalog.galleries.models import GalleryTuningRow
from edge.update.gallery_cli import app
from edge.vision.chain import EMBEDDER
from edge.vision.choice import Choice
from edge.vision.manifest import read_manifest
from edge.vision.tuning import TUNING_NAME, Tuning
from edge.vision.zoo import zoo_folder
from facings.errors import BadInputError
from tests.support.cloud import TENANT, RunningCloud
from tests.support.galleries import pack

HUES = {"cola": 10, "lime": 130, "pear": 230}


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    """A picture of each SKU; of two the height is known."""
    for sku, hue in HUES.items():
        (tmp_path / "gallery" / sku).mkdir(parents=True)
        (tmp_path / "gallery" / sku / "front.png").write_bytes(pack(hue))
    (tmp_path / "gallery" / "heights.csv").write_text("sku,height_mm\ncola,226\nlime,330\n")
    return tmp_path / "gallery"


def tuning(embedder: str) -> Tuning:
    axes = np.eye(4, dtype=np.float32)
    return Tuning(embedder, np.zeros(4, np.float32), axes, ("cola", "lime"), axes[:2], axes[:2],
                  np.array([0, 1], np.uint16), Choice(sharpness=12.5, stranger=0.47))  # fmt: skip


def publish(cloud: RunningCloud, gallery: Path) -> Result:
    return CliRunner().invoke(app, ["publish", str(gallery), "--url", cloud.url, "--api-key", cloud.admin_key])


def product(sku: str, **fields: Any) -> dict[str, Any]:
    return {"sku": sku, "name": sku.title(), "brand": "x", "owner": "x", "own": True, "price": "1.20"} | fields


def test_pictures_tuning_and_missing_heights_go_along(cloud: RunningCloud, gallery: Path) -> None:
    tuning(read_manifest(zoo_folder() / EMBEDDER).sha256).save(gallery)
    with cloud.client() as api:
        products = [product("cola"), product("lime", height_mm=300)]
        api.put("/api/v1/products", json={"products": products}).raise_for_status()
        done = publish(cloud, gallery)
        assert done.exit_code == 1, "pear is not in the catalogue"
        assert "refused pear/front.png" in done.output
        assert "lime: 300 mm in the catalogue, 330 mm here" in done.output
        assert "published version 1: 2 of 3 pictures, with the tuning, heights filled in: 1" in done.output
        cola, lime = (api.get(f"/api/v1/products/{sku}").json() for sku in ("cola", "lime"))
        assert (cola["height_mm"], cola["price"], cola["name"]) == (226, "1.20", "Cola")
        assert lime["height_mm"] == 300
    with cloud.records() as records, records.session(TENANT, write=False) as session:
        kept = session.get(GalleryTuningRow, TENANT)
        assert kept and kept.bytes == (gallery / TUNING_NAME).stat().st_size

    (gallery / "pear" / "front.png").unlink()
    (gallery / "pear").rmdir()
    (gallery / "heights.csv").unlink()
    tuning("another embedder").save(gallery)
    again = publish(cloud, gallery)
    assert again.exit_code == 0
    assert "the tuning stays here" in again.output
    assert "learned with another embedder" in again.output


def test_a_key_that_is_not_accepted_publishes_nothing(cloud: RunningCloud, gallery: Path) -> None:
    result = CliRunner().invoke(app, ["publish", str(gallery), "--url", cloud.url, "--api-key", "fak_wrong"])
    assert isinstance(result.exception, BadInputError)
    assert "the API key is not accepted" in str(result.exception)
    with cloud.client() as api:
        assert api.get("/api/v1/gallery").json()["published"] is None
