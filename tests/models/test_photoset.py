"""The photos a detector learns from: written, read, refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from facings.errors import BadInputError
from models.detector.photoset import LabelledPhoto, as_boxes, categories, read_coco, read_photoset, write_photoset

LEFT, RIGHT = [0, 0, 10, 10], [40, 0, 50, 10]


def photo(*boxes: list[int], ignored: tuple[list[int], ...] = ()) -> LabelledPhoto:
    return LabelledPhoto(Path("photo.jpg"), as_boxes(boxes), as_boxes(ignored))


def test_photo_sets_survive_being_written_and_read(tmp_path: Path) -> None:
    photos = [photo(LEFT, ignored=(RIGHT,)), photo()]
    write_photoset(tmp_path / "set.jsonl", photos)
    again = read_photoset(tmp_path / "set.jsonl")
    assert [(p.path, p.boxes.tolist(), p.ignored.tolist()) for p in again] == [
        (p.path, p.boxes.tolist(), p.ignored.tolist()) for p in photos
    ]


COCO = {
    "images": [{"id": 7, "file_name": "a.jpg"}],
    "categories": [{"id": 1, "name": "can"}],
    "annotations": [
        {"image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4]},
        {"image_id": 7, "category_id": 1, "bbox": [5, 5, 5, 5], "iscrowd": 1},
        {"image_id": 7, "category_id": 1, "bbox": [9, 9, 1, 1], "visible_fraction": 0.4},
    ],
}


def test_coco_boxes_become_corners_and_doubtful_ones_are_ignored(tmp_path: Path) -> None:
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps(COCO))
    (only,) = read_coco(labels, tmp_path, least_visible=0.5)
    assert only.path == tmp_path / "a.jpg"
    assert only.boxes.tolist() == [[1, 2, 4, 6]]
    assert only.ignored.tolist() == [[5, 5, 10, 10], [9, 9, 10, 10]]
    assert categories(labels) == ("can",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("{", "no COCO", id="no json"),
        pytest.param("[]", "no COCO", id="a list"),
        pytest.param(json.dumps(COCO | {"images": []}), "lists no photo", id="no photo"),
        pytest.param(
            json.dumps(COCO | {"images": [{"id": 8, "file_name": "b.jpg"}]}), "does not list", id="a box of no image"
        ),
    ],
)
def test_what_is_no_coco_file_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "labels.json").write_text(text)
    with pytest.raises(BadInputError, match=words):
        read_coco(tmp_path / "labels.json", tmp_path)
