"""Rendered scenes as training photos: which label of which class is taught, and which is left open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from facings.errors import BadInputError
from models.detector.photoset import read_photoset, write_photoset
from models.detector.scenes import read_scenes

GAP, PERSON, FOREIGN = ({"id": n, "name": name, "supercategory": "scene"} for n, name in
                        [(1, "gap"), (3, "person"), (4, "foreign")])  # fmt: skip
COLA = {"id": 11, "name": "cola", "supercategory": "product"}


def scenes(folder: Path, *notes: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    coco = {
        "images": [{"id": 1, "file_name": "images/000000.jpg"}],
        "categories": [GAP, PERSON, FOREIGN, COLA],
        "annotations": [{"id": i, "image_id": 1, "bbox": [10, 10, 5, 5]} | note for i, note in enumerate(notes)],
    }
    (folder / "labels.coco.json").write_text(json.dumps(coco))
    return folder


@pytest.mark.parametrize(
    ("note", "name", "sure"),
    [
        ({"category_id": 11, "visible_fraction": 0.5}, "product", True),
        ({"category_id": 11, "visible_fraction": 0.3}, "product", False),
        ({"category_id": 11, "iscrowd": 1}, "product", False),
        ({"category_id": 1, "lane_empty": True}, "gap", True),
        ({"category_id": 1, "lane_empty": False}, "gap", False),
        ({"category_id": 1, "lane_empty": True, "visible_fraction": 0.3}, "gap", False),
        ({"category_id": 3, "visible_fraction": 0.01}, "person", True),
    ],
    ids=["product", "hardly seen", "crowd", "gap", "units deeper in the lane", "gap behind a person", "a finger"],
)
def test_what_a_label_teaches(tmp_path: Path, note: dict[str, Any], name: str, sure: bool) -> None:
    (photo,) = read_scenes(scenes(tmp_path, note))
    labels = photo.labels(name)
    assert labels is not None
    assert labels.boxes.tolist() == ([[10, 10, 15, 15]] if sure else [])
    assert labels.ignored.tolist() == ([] if sure else [[10, 10, 15, 15]])


def test_foreign_objects_are_background_and_absent_classes_are_not_taught(tmp_path: Path) -> None:
    (photo,) = read_scenes(scenes(tmp_path, {"category_id": 4}))
    assert {name: len(labels.boxes) for name, labels in photo.others.items()} == {"gap": 0, "person": 0}
    assert photo.labels("price-tag") is None
    assert not len(photo.boxes)


def test_a_folder_of_folders_is_read_as_far_as_it_is_rendered(tmp_path: Path) -> None:
    scenes(tmp_path / "301", {"category_id": 11})
    scenes(tmp_path / "302", {"category_id": 11})
    (tmp_path / "303").mkdir()
    paths = [photo.path.relative_to(tmp_path).as_posix() for photo in read_scenes(tmp_path)]
    assert paths == ["301/images/000000.jpg", "302/images/000000.jpg"]


def test_all_classes_survive_being_written_and_read(tmp_path: Path) -> None:
    photos = read_scenes(scenes(tmp_path, {"category_id": 1}, {"category_id": 3}, {"category_id": 11}))
    write_photoset(tmp_path / "set.jsonl", photos)
    (again,) = read_photoset(tmp_path / "set.jsonl")
    for name in ("product", "gap", "person"):
        before, after = photos[0].labels(name), again.labels(name)
        assert before is not None
        assert after is not None
        assert before.boxes.tolist() == after.boxes.tolist()


@pytest.mark.parametrize("text", [None, "{", '{"images": []}'], ids=["nothing rendered", "no json", "no coco"])
def test_what_holds_no_scenes_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "labels.coco.json").write_text(text)
    with pytest.raises(BadInputError):
        read_scenes(tmp_path)


@pytest.mark.parametrize("text", [None, "{", '{"path": "a.jpg"}'], ids=["absent", "no json", "no boxes"])
def test_what_is_no_photo_set_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "set.jsonl").write_text(text)
    with pytest.raises(BadInputError, match="models detector prepare"):
        read_photoset(tmp_path / "set.jsonl")
