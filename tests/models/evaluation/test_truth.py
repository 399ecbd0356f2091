"""Labels with SKUs: read, and refused where they make no sense."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from facings.errors import BadInputError
from facings.labels import sku_of
from models.evaluation.truth import read_named

COCO: dict[str, Any] = {
    "images": [{"id": 7, "file_name": "a.jpg", "stress": {"fog": 2}}],
    "categories": [
        {"id": 1, "name": "Cola Zero 0.5L", "supercategory": "product"},
        {"id": 2, "name": "gap", "supercategory": "scene"},
        {"id": 3, "name": "void"},
        {"id": 4, "name": "lime", "supercategory": "product"},
    ],
    "annotations": [
        {"image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4]},
        {"image_id": 7, "category_id": 2, "bbox": [1, 2, 3, 4]},
        {"image_id": 7, "category_id": 3, "bbox": [1, 2, 3, 4]},
        {"image_id": 7, "category_id": 4, "bbox": [5, 5, 5, 5], "iscrowd": 1},
        {"image_id": 7, "category_id": 4, "bbox": [9, 9, 1, 1], "visible_fraction": 0.3},
        {"image_id": 7, "category_id": 4, "bbox": [8, 8, 2, 2], "visible_fraction": 0.5},
    ],
}


def write(folder: Path, coco: dict[str, Any]) -> Path:
    (folder / "labels.json").write_text(json.dumps(coco))
    return folder / "labels.json"


def test_products_come_with_their_sku_and_what_is_none_is_left_out(tmp_path: Path) -> None:
    (photo,) = read_named(write(tmp_path, COCO), tmp_path, visible_from=0.4)
    assert photo.path == tmp_path / "a.jpg"
    assert photo.skus == ("cola-zero-0-5l", "lime")
    assert photo.boxes.tolist() == [[1, 2, 4, 6], [8, 8, 10, 10]]
    assert photo.ignored.tolist() == [[5, 5, 10, 10], [9, 9, 10, 10]]
    assert photo.stress == {"fog": 2}


def test_how_each_product_is_seen_comes_with_it_where_the_labels_tell(tmp_path: Path) -> None:
    box = {"image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4], "visible_fraction": 0.9}
    boxes = [box, box | {"front": False}, box | {"visible_fraction": 0.5}]
    (untold,) = read_named(write(tmp_path, COCO | {"annotations": boxes}), tmp_path)
    assert untold.views == ()
    images = [COCO["images"][0] | {"camera": {"mount": "aisle", "model": "pinhole"}}]
    (photo,) = read_named(write(tmp_path, COCO | {"annotations": boxes, "images": images}), tmp_path)
    assert photo.views == ("aisle-clear", "aisle-hidden", "aisle-hidden")


@pytest.mark.parametrize(
    ("name", "sku"),
    [("7up-chai", "7up-chai"), ("Coca Cola / 0.33L", "coca-cola-0-33l"), (" --Pepsi--", "pepsi")],
)
def test_category_names_become_sku_ids(name: str, sku: str) -> None:
    assert sku_of(name) == sku


@pytest.mark.parametrize(
    ("coco", "words"),
    [
        ({"images": []}, "annotations: Field required"),
        (COCO | {"images": []}, "not listed"),
        (COCO | {"categories": []}, "not listed"),
        (COCO | {"images": [{"id": "x", "file_name": "a.jpg"}]}, "images.0.id"),
    ],
    ids=["no annotations", "a box of no image", "a box of no category", "an id that is no number"],
)
def test_what_is_no_coco_file_is_refused(tmp_path: Path, coco: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        read_named(write(tmp_path, coco), tmp_path)
