"""The photo-real week that comes with Facings: whole, small, labelled, and what vision makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from datasets.replay import check_replay, find_manifests
from edge.vision.chain import VisionChain
from edge.vision.compare import read_labels
from edge.vision.decode import decode_photo
from firmware_sim.demo.shipped import JOB, LARGEST_MB, SHIPPED
from firmware_sim.demo.week import Week

COOLERS = [path.parent.name for path in find_manifests(SHIPPED)]


@pytest.fixture(scope="module")
def week() -> Week:
    return Week(SHIPPED)


@pytest.fixture(scope="module")
def labels() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SHIPPED / "labels.coco.json").read_text())
    return found


def test_every_photo_is_there_and_whole() -> None:
    replays = [check_replay(manifest) for manifest in find_manifests(SHIPPED)]
    assert len(replays) == JOB.coolers
    assert sum(len(replay.entries) for replay in replays) == JOB.coolers * JOB.days * JOB.photos_per_day


def test_it_is_small_enough_to_ship() -> None:
    assert sum(file.stat().st_size for file in SHIPPED.rglob("*") if file.is_file()) < LARGEST_MB * 1e6


def test_truth_labels_and_gallery_speak_of_the_same_products(week: Week, labels: dict[str, Any]) -> None:
    skus = {product["sku"] for product in week.products}
    assert {category["name"] for category in labels["categories"]} == skus
    assert {folder.name for folder in week.packshots.iterdir() if folder.is_dir()} == skus
    assert set().union(*week.planned.values()) <= skus
    assert week.stockouts
    assert len(week.photos) == week.photo_count == len(labels["images"])


def test_labels_are_those_of_the_photos(week: Week, labels: dict[str, Any]) -> None:
    names = {image["file_name"] for image in labels["images"]}
    assert names == {
        f"coolers/{cooler}/{entry.file}" for cooler, replay in week.manifests.items() for entry in replay.entries
    }
    for note in labels["annotations"]:
        x, y, width, height = note["bbox"]
        assert min(x, y) >= 0
        assert x + width <= 720.5
        assert y + height <= 960.5


@pytest.mark.parametrize("cooler", COOLERS[::3])
def test_vision_counts_its_fronts(week: Week, cooler: str) -> None:
    chain = VisionChain(week.packshots)
    entry = week.manifests[cooler].entries[0]
    reading = chain.read(decode_photo((week.replay_folder(cooler) / entry.file).read_bytes()))
    fronts = sum(week.photos[cooler, entry.at].facings.values())
    assert abs(sum(line.facings for line in reading.lines) - fronts) <= 0.15 * fronts


def test_the_labels_can_be_read_as_any_customers(labels: dict[str, Any]) -> None:
    boxes = read_labels(SHIPPED / "labels.coco.json")
    assert sum(len(of) for of in boxes.values()) <= len(labels["annotations"])
