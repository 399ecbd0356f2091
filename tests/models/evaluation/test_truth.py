"""Labels with SKUs: read, and refused where they make no sense."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from facings.errors import BadInputError
from facings.labels import sku_of
from models.evaluation.truth import listed_skus, read_named

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

PHOTO, BOX = COCO["images"][0], COCO["annotations"][0]


def write(folder: Path, coco: dict[str, Any]) -> Path:
    (folder / "labels.json").write_text(json.dumps(coco))
    (folder / "a.jpg").touch()
    return folder / "labels.json"


def test_products_come_with_their_sku_and_what_is_none_is_left_out(tmp_path: Path) -> None:
    (photo,) = read_named(write(tmp_path, COCO), tmp_path, visible_from=0.4)
    assert photo.path == tmp_path / "a.jpg"
    assert photo.skus == ("cola-zero-0-5l", "lime")
    assert photo.boxes.tolist() == [[1, 2, 4, 6], [8, 8, 10, 10]]
    assert photo.ignored.tolist() == [[5, 5, 10, 10], [9, 9, 10, 10]]
    assert photo.stress == {"fog": 2}
    assert listed_skus(tmp_path / "labels.json", tmp_path) == {"cola-zero-0-5l", "lime"}


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
        (COCO | {"images": []}, "lists no photo"),
        (COCO | {"images": [PHOTO | {"id": 8}]}, "not listed"),
        (COCO | {"annotations": []}, "labels no product on any of its 1 photos"),
        (COCO | {"images": [PHOTO, PHOTO | {"file_name": "b.jpg"}]}, "two photos have the id 7"),
        (COCO | {"images": [PHOTO, PHOTO | {"id": 8}]}, "a.jpg is listed twice"),
        (COCO | {"images": [PHOTO, {"id": 8, "file_name": "b.jpg"}]}, "1 of the 2 photos .* are not there, such as"),
        (COCO | {"categories": COCO["categories"] * 2}, "two categories have the id 1: .*and 3 more"),
        (COCO | {"annotations": [BOX | {"bbox": [5, 5, 0, 4]}]}, "the box .5, 5, 0, 4. .* has no size"),
        (COCO | {"images": [PHOTO | {"width": 8, "height": 9}]}, "outside the photo a.jpg of 8 x 9"),
        (COCO | {"categories": []}, "not listed"),
        (COCO | {"images": [{"id": "x", "file_name": "a.jpg"}]}, "images.0.id"),
    ],
    ids=[
        "no annotations",
        "no photo",
        "a box of no image",
        "no box",
        "an image's id twice",
        "a photo twice",
        "a photo that is missing",
        "a category's id twice",
        "a box without size",
        "a box outside the photo",
        "a box of no category",
        "an id that is no number",
    ],
)
def test_labels_that_make_no_sense_are_refused(tmp_path: Path, coco: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        read_named(write(tmp_path, coco), tmp_path)


def test_a_photo_of_another_size_than_was_labelled_is_refused(tmp_path: Path) -> None:
    stated = COCO | {"images": [PHOTO | {"width": 40, "height": 30}]}
    (photo,) = read_named(write(tmp_path, stated), tmp_path)
    cv2.imwrite(str(photo.path), np.zeros((30, 40, 3), np.uint8))
    assert photo.pixels().shape == (30, 40, 3)
    cv2.imwrite(str(photo.path), np.zeros((60, 80, 3), np.uint8))
    with pytest.raises(BadInputError, match="has 80 x 60 pixels, but its labels say 40 x 30"):
        photo.pixels()


@pytest.mark.parametrize(
    ("photos", "labels"),
    [("images", "labels"), ("images/train", "labels/train"), ("test/images", "test/labels")],
    ids=["no splits", "splits within", "splits without"],
)
def test_a_yolo_folder_is_read_as_a_coco_file_is(tmp_path: Path, photos: str, labels: str) -> None:
    for folder in (photos, labels):
        (tmp_path / folder).mkdir(parents=True)
    cv2.imwrite(str(tmp_path / photos / "a.png"), np.full((100, 200, 3), 90, np.uint8))
    (tmp_path / labels / "a.txt").write_text("1 0.5 0.5 0.1 0.2\n")
    (tmp_path / "classes.txt").write_text("Cola Zero\nLime\n")
    (photo,) = read_named(tmp_path, tmp_path / photos)
    assert (photo.skus, photo.boxes.tolist(), photo.size) == (("lime",), [[90, 40, 110, 60]], (200, 100))
    assert photo.pixels().shape == (100, 200, 3)
    with pytest.raises(BadInputError, match="holds no photo of the set"):
        read_named(tmp_path, tmp_path / labels)
