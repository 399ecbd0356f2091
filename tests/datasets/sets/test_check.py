import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from datasets.cli import app
from facings.errors import BadInputError
from tests.support.labelled import coco, coco_set, photo, yolo_set


def check(path: Path, *options: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and findings of `facings datasets check --json`."""
    result = CliRunner().invoke(app, ["check", str(path), "--json", *options])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, [finding for report in json.loads(result.stdout) for finding in report["findings"]]


def ours(folder: Path, *images: dict[str, Any], annotations: Any = (), categories: Any = ()) -> Path:
    """A set in our layout."""
    entries = [{"id": number, "width": 64, "height": 48, **image} for number, image in enumerate(images, start=1)]
    document = coco(images=entries, annotations=list(annotations), categories=list(categories))
    (folder / "labels.coco.json").write_text(json.dumps(document))
    return folder


def test_a_sound_set_has_statistics_and_no_findings(tmp_path: Path) -> None:
    yolo_set(tmp_path)
    result = CliRunner().invoke(app, ["check", str(tmp_path), "--json"])
    assert result.exit_code == 0
    (report,) = json.loads(result.stdout)
    assert (report["kind"], report["findings"]) == ("set", [])
    assert report["statistics"]["categories"] == {"can": 1, "bottle": 0}
    assert report["statistics"]["box_share_of_photo"]["median"] == 0.125
    assert "no findings" in CliRunner().invoke(app, ["check", str(tmp_path)]).stderr


def test_every_fault_is_listed_not_the_first_alone(tmp_path: Path) -> None:
    good = coco()["annotations"][0]
    boxes = [good, good | {"id": 8, "bbox": [60, 6, 16, 24]}, good | {"id": 9, "bbox": [4, 6, -1, 24]}]
    images = [*coco()["images"], {"id": 2, "file_name": "gone.jpg", "width": 64, "height": 48}]
    code, findings = check(coco_set(tmp_path, images=images, annotations=boxes))
    assert code == 1
    assert [finding["kind"] for finding in findings] == ["wrong-box", "wrong-box", "broken-photo"]
    assert "annotation 8 on a.jpg" in findings[0]["text"]


@pytest.mark.parametrize(
    ("prepare", "kind"),
    [
        (lambda folder: (folder / "images" / "a.jpg").write_bytes(b""), "broken-photo"),
        (lambda folder: photo(folder / "images" / "a.jpg", 0, 32, 24), "wrong-size"),
        (lambda folder: (folder / "labels.json").write_text('{"images": [], "annotations": []}'), "empty-set"),
        (lambda folder: (folder / "labels.json").write_text('{"images": [], "annotations": ['), "unreadable"),
    ],
)
def test_files_that_are_wrong(tmp_path: Path, prepare: Callable[[Path], object], kind: str) -> None:
    prepare(coco_set(tmp_path))
    code, findings = check(tmp_path)
    assert (code, {finding["kind"] for finding in findings}) == (1, {kind})


def test_a_folder_of_photos_names_each_broken_one(tmp_path: Path) -> None:
    photo(tmp_path / "whole.jpg")
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_text("no picture")
    _, findings = check(tmp_path)
    assert [finding["kind"] for finding in findings] == ["broken-photo", "broken-photo"]


@pytest.mark.parametrize(
    ("splits", "kind"),
    [((None, None), "near-duplicate-photo"), (("train", "train"), "near-duplicate-photo"),
     (("train", "test"), "leaking-photo")],
)  # fmt: skip
def test_a_darker_smaller_copy_is_found(tmp_path: Path, splits: tuple[str | None, str | None], kind: str) -> None:
    names = [f"images/{split or ''}/{name}.jpg".replace("//", "/") for split, name in zip(splits, "ab", strict=True)]
    pixels = cv2.imread(str(photo(tmp_path / names[0], 3)))
    (tmp_path / names[1]).parent.mkdir(parents=True, exist_ok=True)
    small = cv2.resize(cv2.convertScaleAbs(pixels, alpha=0.8), (32, 24), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(tmp_path / names[1]), small)
    photo(tmp_path / "images" / "other.jpg", 4)
    entries = [{"file_name": name, "split": split} for name, split in zip(names, splits, strict=True)]
    entries[1] |= {"width": 32, "height": 24}
    ours(tmp_path, *entries, {"file_name": "images/other.jpg", "split": "test"})
    _, findings = check(tmp_path)
    assert [finding["kind"] for finding in findings] == [kind]
    assert check(tmp_path, "--near", "0") == (0, [])


def test_the_same_file_in_two_splits_leaks(tmp_path: Path) -> None:
    for split in ("train", "valid"):
        photo(tmp_path / "images" / split / "a.jpg")
    ours(tmp_path, *({"file_name": f"images/{split}/a.jpg", "split": split} for split in ("train", "valid")))
    _, findings = check(tmp_path, "--near", "0")
    assert findings == [
        {"kind": "leaking-photo", "text": "train/a.jpg and valid/a.jpg: the same file in train and valid: keep one"}
    ]


def test_blank_photos_are_told_but_are_no_duplicates(tmp_path: Path) -> None:
    for number, grey in enumerate((10, 200)):
        cv2.imwrite(str(tmp_path / f"{number}.png"), photo_of(grey))
    _, findings = check(tmp_path)
    assert [finding["kind"] for finding in findings] == ["blank-photo", "blank-photo"]


def photo_of(grey: int) -> Any:
    """A photo of one colour."""
    return np.full((48, 64), grey, np.uint8)


@pytest.mark.parametrize("where", ["category", "catalogue"])
def test_skus_held_out_for_test_may_not_be_seen_in_train(tmp_path: Path, where: str) -> None:
    for number, split in enumerate(("train", "test")):
        photo(tmp_path / "images" / split / "a.jpg", number)
    category = {"id": 1, "name": "cola" if where == "category" else "product"}
    category |= {"split": "test"} if where == "category" else {}
    if where == "catalogue":
        products = {"products": [{"sku": "cola", "split": "test"}, {"sku": "tea"}]}
        (tmp_path / "catalogue.json").write_text(json.dumps(products))
    extra = {"sku": "cola"} if where == "catalogue" else {}
    boxes = [{"id": n, "image_id": n, "category_id": 1, "bbox": [1, 1, 9, 9], **extra} for n in (1, 2)]
    entries = [{"file_name": f"images/{split}/a.jpg", "split": split} for split in ("train", "test")]
    _, findings = check(ours(tmp_path, *entries, annotations=boxes, categories=[category]))
    assert findings == [{"kind": "leaking-sku", "text": "cola: held out for test, but train shows it 1 times"}]


def replay_set(folder: Path, **changes: Any) -> Path:
    """A replay set of one photo with its truth."""
    entry = {"at": "2026-11-09T01:00:00Z"}
    for name, content in (("a.jpg", b"photo"), ("a.json", b"{}")):
        (folder / name).write_bytes(content)
    entry |= {"file": "a.jpg", "sha256": sha256(b"photo").hexdigest(), "bytes": 5}
    entry |= {"truth": {"file": "a.json", "sha256": sha256(b"{}").hexdigest()}}
    manifest = {"version": 2, "cooler": "cooler-01", "entries": [entry | changes]}
    (folder / "replay.json").write_text(json.dumps(manifest))
    return folder


def test_a_sound_replay_set(tmp_path: Path) -> None:
    assert check(replay_set(tmp_path)) == (0, [])


@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        (lambda folder: (folder / "a.jpg").unlink(), "photo cannot be read"),
        (lambda folder: (folder / "a.jpg").write_bytes(b"photos"), "6 bytes"),
        (lambda folder: (folder / "a.json").unlink(), "truth cannot be read"),
        (lambda folder: (folder / "a.json").write_bytes(b"[]"), "not what the manifest says"),
        (lambda folder: (folder / "replay.json").write_text("{}"), "not a replay manifest"),
    ],
)
def test_a_replay_set_with_a_wrong_file(tmp_path: Path, prepare: Callable[[Path], object], says: str) -> None:
    prepare(replay_set(tmp_path))
    code, findings = check(tmp_path)
    assert code == 1
    assert says in findings[0]["text"]


def test_nothing_to_check_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no labels and no photos"):
        check(tmp_path)
    with pytest.raises(BadInputError, match="no such file or folder"):
        check(tmp_path / "gone")


@pytest.mark.real_photos
def test_a_photo_taken_twice_is_found_among_real_ones(shared_data: Path) -> None:
    _, findings = check(shared_data / "cooler_brands")
    assert [finding["text"].split(":")[0] for finding in findings] == ["train/3-train.jpg and train/image_8-train.jpg"]
