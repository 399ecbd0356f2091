"""`facings audit` as it is run."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from edge.vision.cli import app
from edge.vision.compare import compare, read_labels
from facings.errors import BadInputError
from tests.edge.vision.shelves import CAN, row
from tests.edge.vision.test_arrange import SIZE, read

run = CliRunner().invoke
REPLAY_WEEK = Path(__file__).parents[3] / "datasets/replays/week"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A picture with something to see, and a black one."""
    folder = tmp_path / "photos"
    folder.mkdir()
    noise = np.random.default_rng(0).integers(40, 220, (24, 18, 3)).astype(np.uint8)
    cv2.imwrite(str(folder / "a.jpg"), cv2.resize(noise, (480, 640), interpolation=cv2.INTER_NEAREST))
    cv2.imwrite(str(folder / "black.png"), np.zeros((640, 480, 3), np.uint8))
    return folder


def test_json_is_one_array_with_an_object_per_photo(shelf: Path) -> None:
    done = run(app, [str(shelf), "--json"])
    assert done.exit_code == 0, done.output
    first, black = json.loads(done.stdout)
    assert first["file"].endswith("a.jpg") and (first["width"], first["height"]) == (480, 640)
    assert {"products", "lines", "gaps", "rows", "quality", "confidence", "models"} <= first.keys()
    assert black["quality"]["verdict"] == "unusable" and black["lines"] == []
    assert "No gallery given" in done.stderr


def test_bad_files_are_named_and_the_others_go_on(shelf: Path) -> None:
    whole = (shelf / "a.jpg").read_bytes()
    (shelf / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (shelf / "note[b].jpg").write_text("not a photo")
    (shelf / "empty.png").write_bytes(b"")
    done = run(app, [str(shelf), str(shelf / "none.jpg"), "--json"])
    assert done.exit_code == 1
    assert [Path(entry["file"]).name for entry in json.loads(done.stdout)] == ["a.jpg", "black.png"]
    said = " ".join(done.stderr.split())
    for part in ("cut off before its end", "note[b].jpg: This is text", "is empty", "No such file"):
        assert part in said


def test_tables_name_verdict_and_reason(shelf: Path) -> None:
    done = run(app, [str(shelf)])
    assert done.exit_code == 0
    for part in ("unusable", "too dark", "No reading is made", "All photos: 1 read, 1 unusable"):
        assert part in done.stdout


def test_annotated_pictures_are_written(shelf: Path, tmp_path: Path) -> None:
    assert run(app, [str(shelf / "a.jpg"), "--annotate", str(tmp_path / "one.png")]).exit_code == 0
    assert run(app, [str(shelf), "--annotate", str(tmp_path / "all")]).exit_code == 0
    twins = [str(shelf / "a.jpg"), str(shelf / "black.png"), str(tmp_path / "one.png"), str(tmp_path / "all" / "a.jpg")]
    assert run(app, [*twins, "--annotate", str(tmp_path / "twins")]).exit_code == 0
    written = ("one.png", "all/a.jpg", "all/black.jpg", "twins/a-1.jpg", "twins/a-4.jpg", "twins/black.jpg")
    for file in written:
        assert cv2.imread(str(tmp_path / file)) is not None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["{photo}", "--gallery", "{tmp}/none"], "is no folder", id="no such gallery"),
        pytest.param(["{photo}", "--labels", "{photo}"], "is no COCO label file", id="labels that are a photo"),
        pytest.param(["{tmp}/void"], "holds no JPEG or PNG", id="a folder without photos"),
    ],
)
def test_wrong_options_are_errors(shelf: Path, tmp_path: Path, arguments: list[str], says: str) -> None:
    (tmp_path / "void").mkdir()
    done = run(app, [a.format(photo=shelf / "a.jpg", tmp=tmp_path) for a in arguments])
    assert isinstance(done.exception, BadInputError)
    assert says in str(done.exception)


def test_labels_are_matched_one_to_one(tmp_path: Path) -> None:
    boxes = row(300, CAN, CAN, CAN, CAN)
    reading = read([*boxes[:3], [700, 700, 760, 800]])
    labels = tmp_path / "labels.json"
    annotations = [
        {"image_id": 7, "bbox": [x1 + 4, y1, x2 - x1, y2 - y1]} for x1, y1, x2, y2 in [*boxes, boxes[0]]
    ]  # the first is labelled twice
    labels.write_text(json.dumps({"images": [{"id": 7, "file_name": "a/b.jpg"}], "annotations": annotations}))
    comparison = compare(reading, read_labels(labels)["b.jpg"])
    assert (reading.width, reading.height) == SIZE
    assert (comparison.labelled, comparison.found, comparison.matched) == (5, 4, 3)
    assert (comparison.missed, comparison.extra) == (2, 1)


def test_a_photo_without_labelled_boxes_has_only_extras(tmp_path: Path) -> None:
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({"images": [{"id": 1, "file_name": "b.jpg"}], "annotations": []}))
    comparison = compare(read(row(300, CAN)), read_labels(labels)["b.jpg"])
    assert (comparison.matched, comparison.extra) == (0, 1)


@pytest.fixture
def two_views(tmp_path: Path) -> Path:
    """Two overlapping parts of one rendered cooler of the demo's week."""
    whole = cv2.imread(str(next((REPLAY_WEEK / "coolers/cooler-01/photos").glob("*.jpg"))))
    folder, width = tmp_path / "views", whole.shape[1]
    folder.mkdir()
    cv2.imwrite(str(folder / "left.jpg"), whole[:, : round(0.7 * width)])
    cv2.imwrite(str(folder / "right.jpg"), whole[:, round(0.3 * width) :])
    cv2.imwrite(str(tmp_path / "whole.jpg"), whole)
    return folder


def test_merged_photos_of_one_cooler_count_each_product_once(two_views: Path) -> None:
    done = run(app, [str(two_views), "--merge", "--json", "--annotate", str(two_views.parent / "drawn")])
    assert done.exit_code == 0, done.output
    merged = json.loads(done.stdout)
    whole = json.loads(run(app, [str(two_views.parent / "whole.jpg"), "--json"]).stdout)[0]
    apart = sum(len(one["products"]) for one in json.loads(run(app, [str(two_views), "--json"]).stdout))
    assert all(view["linked"] for view in merged["views"])
    assert abs(len(merged["products"]) - len(whole["products"])) <= 0.15 * len(whole["products"])
    assert len(merged["products"]) < 0.85 * apart
    assert sorted(path.name for path in (two_views.parent / "drawn").iterdir()) == ["left.jpg", "right.jpg"]


def test_a_merged_report_names_each_photo(shelf: Path) -> None:
    done = run(app, [str(shelf), "--merge"])
    assert done.exit_code == 0, done.output
    said = " ".join(done.stdout.split())
    for part in ("a.jpg", "black.png", "unusable", "products in"):
        assert part in said


@pytest.mark.parametrize(
    ("more", "says"),
    [
        pytest.param(["--labels", "labels.json"], "of single photos", id="labels"),
        pytest.param(["none.jpg"], "none.jpg: .*cannot be read", id="a photo missing"),
    ],
)
def test_what_cannot_be_merged_says_why(shelf: Path, more: list[str], says: str) -> None:
    with pytest.raises(BadInputError, match=says):
        run(app, [str(shelf / "a.jpg"), "--merge", *more], catch_exceptions=False)
