"""Our label files box gaps, price tags and people too; whoever wants products reads products only."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge.vision.compare import read_labels
from facings.labels import other_category_ids
from models.detector.photoset import categories, read_coco
from models.embedder.sources import rendered

GAP, COLA = {"id": 1, "name": "gap", "supercategory": "scene"}, {"id": 11, "name": "cola", "supercategory": "product"}
CAN, BOTTLE = {"id": 1, "name": "can"}, {"id": 2, "name": "bottle", "supercategory": "drinks"}


@pytest.mark.parametrize(
    ("listed", "others"),
    [
        ([GAP, COLA], {1}),
        ([CAN, BOTTLE], set()),
        ([CAN | {"id": 11}, GAP], {1}),
        ([CAN | {"id": 3, "supercategory": "Price tag"}, BOTTLE], {3}),
        ([COLA], set()),
        ([], set()),
    ],
)
def test_products_are_what_says_so_or_where_nothing_does_all_but_gaps_and_the_like(
    listed: list[dict[str, Any]], others: set[int]
) -> None:
    assert other_category_ids(listed) == others


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A photo with a cola and a gap."""
    folder = tmp_path / "set"
    (folder / "images").mkdir(parents=True)
    cv2.imwrite(str(folder / "images" / "a.jpg"), np.full((100, 100, 3), 90, np.uint8))
    common = {"image_id": 1, "iscrowd": 0, "visible_fraction": 1.0}
    coco = {
        "images": [{"id": 1, "file_name": "images/a.jpg", "width": 100, "height": 100}],
        "annotations": [
            {"id": 1, "category_id": 11, "bbox": [10, 10, 30, 60], "sku": "cola", **common},
            {"id": 2, "category_id": 1, "bbox": [50, 10, 30, 60], "planned": "cola", **common},
        ],
        "categories": [GAP, COLA],
    }
    (folder / "job.json").write_text(json.dumps({"catalogue": "random", "seed": 7}))
    file = folder / "labels.coco.json"
    file.write_text(json.dumps(coco))
    return file


def test_the_audit_compares_with_products(labels: Path) -> None:
    assert read_labels(labels)["a.jpg"].tolist() == [[10, 10, 40, 70]]


def test_the_detector_learns_from_products(labels: Path) -> None:
    (photo,) = read_coco(labels, labels.parent)
    assert photo.boxes.tolist() == [[10, 10, 40, 70]]
    assert categories(labels) == ("cola",)


def test_the_embedder_learns_from_products(labels: Path) -> None:
    (crop,) = rendered(labels.parents[1])
    assert crop.identity == "rendered/random-7/cola"
