"""From labelled photos to a gallery, by the commands, with the shipped models."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from datasets.compose.export import ComposeJob, compose_dataset
from edge.vision.manifest import read_manifest
from edge.vision.tuning import TUNING_NAME, read_tuning
from edge.vision.zoo import zoo_folder
from facings.errors import BadInputError
from models.cli import app
from models.onboarding.crops import Crops, choose_pictures
from models.onboarding.tune import learn, tune, whitening

PHOTOS = 5


@pytest.fixture(scope="module")
def customer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few photos with boxes, the category of each being its SKU."""
    folder = tmp_path_factory.mktemp("customer")
    compose_dataset(ComposeJob(seed=3, variety=0, catalogue="demo"), PHOTOS, folder, 1, Console(quiet=True))
    coco = json.loads((folder / "labels.coco.json").read_text())
    skus = sorted({note["sku"] for note in coco["annotations"]})
    coco["categories"] = [{"id": number, "name": sku} for number, sku in enumerate(skus)]
    for note in coco["annotations"]:
        note["category_id"] = skus.index(note["sku"])
    (folder / "labels.coco.json").write_text(json.dumps(coco))
    return folder


@pytest.fixture(scope="module")
def onboarded(customer: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made") / "northwind"
    call(customer, "onboard", "--out", str(out), "--per-sku", "3", "--detector-steps", "0")
    return out


def call(customer: Path, command: str, *options: str) -> str:
    labels = ["--images", str(customer), "--labels", str(customer / "labels.coco.json")]
    result = CliRunner().invoke(app, [command, *labels, *options], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_the_gallery_holds_pictures_of_every_sku_and_a_report(onboarded: Path) -> None:
    report = json.loads((onboarded / "onboarding.json").read_text())
    folders = sorted(path.name for path in (onboarded / "gallery").iterdir() if path.is_dir())
    assert folders == report["skus"]
    assert report["pictures"] == len(list((onboarded / "gallery").glob("*/*.jpg")))
    assert len(report["set_aside"]["photos"]) == 1
    assert report["tuned"] == (onboarded / "gallery" / TUNING_NAME).exists()


def test_what_was_made_names_the_customers_products(customer: Path, onboarded: Path, tmp_path: Path) -> None:
    call(customer, "eval", "--gallery", str(onboarded), "--json", str(tmp_path / "figures.json"),
         "--page", str(tmp_path / "page"))  # fmt: skip
    figures: dict[str, Any] = json.loads((tmp_path / "figures.json").read_text())
    assert figures["photos"] == PHOTOS
    assert figures["top1"] > 0.95
    assert figures["map50"] > 0.9
    assert (tmp_path / "page" / "index.html").exists()


def test_figures_go_to_the_detector_that_was_judged_also_where_no_names_are(
    customer: Path, onboarded: Path, tmp_path: Path
) -> None:
    """What onboarding made may hold a detector; here it is the shipped one."""
    own = Path(shutil.copytree(onboarded, tmp_path / "northwind"))
    shutil.copytree(zoo_folder() / "product-detector", own / "product-detector")
    shipped = read_manifest(zoo_folder() / "product-detector")
    call(customer, "eval", "--gallery", str(own), "--class-agnostic", "--record", "northwind")
    assert "northwind" in {metric.photos for metric in read_manifest(own / "product-detector").metrics}
    assert read_manifest(zoo_folder() / "product-detector") == shipped


def test_a_gallery_of_other_products_is_refused(customer: Path, onboarded: Path, tmp_path: Path) -> None:
    other = tmp_path / "gallery" / "mystery"
    other.mkdir(parents=True)
    picture = next((onboarded / "gallery").glob("*/*.jpg"))
    (other / "a.jpg").write_bytes(picture.read_bytes())
    with pytest.raises(BadInputError, match="name the gallery's folders after the categories"):
        call(customer, "eval", "--gallery", str(other.parent))


def test_a_folder_that_holds_something_is_left_alone(customer: Path, onboarded: Path) -> None:
    with pytest.raises(BadInputError, match="not empty"):
        call(customer, "onboard", "--out", str(onboarded))


def crops_of(rng: np.random.Generator, skus: int, each: int) -> Crops:
    """SKUs that differ from each other a little, and from themselves in another direction a lot."""
    count = skus * each
    vectors = rng.normal(0, 0.02, (count, 8)).astype(np.float32)
    of = np.repeat(np.arange(skus), each)
    vectors[np.arange(count), 3 + of] += 0.3
    vectors[:, 1] += rng.normal(0, 1.0, count)
    vectors[:, 2] += 1.0
    boxes = np.tile(np.array([0, 0, 20, 40], np.float32), (count, 1))
    names = np.array([f"sku-{number}" for number in of])
    return Crops(vectors, names, np.arange(count) % each, boxes, np.arange(count) % 2 == 0)


def test_whitening_makes_the_scatter_of_a_sku_a_sphere() -> None:
    rng = np.random.default_rng(1)
    residuals = rng.normal(0, [3.0, 1.0, 0.2], (4000, 3))
    spread = (residuals @ whitening(residuals, 1)).std(axis=0)
    assert spread.max() / spread.min() < 2.5  # from 15; the shrinkage keeps the smallest from being blown up


def test_a_tuning_tells_apart_what_the_plain_space_confuses(tmp_path: Path) -> None:
    crops = crops_of(np.random.default_rng(2), skus=4, each=30)
    tuning = learn(crops, "model")
    nearest = [tuning.skus[at] for at in (tuning.apply(crops.vectors) @ tuning.middles.T).argmax(axis=1)]
    assert np.mean(np.array(nearest) == crops.skus) > 0.95
    tune(crops, "model", per_sku=3).save(tmp_path)
    again = read_tuning(tmp_path, "model")
    assert again is not None
    assert np.allclose(again.apply(crops.vectors), tuning.apply(crops.vectors), atol=2e-3)
    assert read_tuning(tmp_path, "another model") is None


def test_a_damaged_tuning_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / TUNING_NAME).write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(BadInputError, match="onboard again"):
        read_tuning(tmp_path, "model")


def test_pictures_come_from_different_photos_first_and_from_labels_alone() -> None:
    crops = crops_of(np.random.default_rng(3), skus=2, each=8)
    chosen = crops.take(choose_pictures(crops, per_sku=3))
    assert chosen.labelled.all()
    for sku in ("sku-0", "sku-1"):
        assert len(set(chosen.photos[chosen.skus == sku].tolist())) == 3
