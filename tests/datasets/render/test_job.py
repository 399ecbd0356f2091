"""The command `facings datasets render`: what it writes, how it goes on, what it refuses."""

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import pytest
from rich.console import Console
from typer.testing import CliRunner

from datasets.check import check_path
from datasets.cli import app
from datasets.render import job as job_module
from datasets.render.job import RenderJob, catalogue_of
from datasets.render.splits import SPLITS, split_of, unseen_skus
from facings.errors import BadInputError, FacingsError
from tests.support import dataset_of_renderings

SCENES = 6


def files_of(folder: Path) -> dict[str, str]:
    """Digest of every file, hidden ones too."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


def read(folder: Path, name: str = "labels.coco.json") -> dict[str, Any]:
    labels: dict[str, Any] = json.loads((folder / name).read_text())
    return labels


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six photos of hand-made renderings, written in one go."""
    out = tmp_path_factory.mktemp("whole")
    dataset_of_renderings.write(out, SCENES)
    return out


def test_every_photo_has_its_labels(whole: Path) -> None:
    labels = read(whole)
    assert [image["file_name"] for image in labels["images"]] == [f"images/{n:06d}.jpg" for n in range(SCENES)]
    sizes = {image["id"]: (image["height"], image["width"]) for image in labels["images"]}
    for image in labels["images"]:
        assert cv2.imread(str(whole / image["file_name"])).shape[:2] == sizes[image["id"]]
    ids = [note["id"] for note in labels["annotations"]]
    assert len(set(ids)) == len(ids) > 200
    assert {note["category_id"] for note in labels["annotations"]} >= {1, 2, 11}
    for note in labels["annotations"]:
        x, y, w, h = note["bbox"]
        height, width = sizes[note["image_id"]]
        assert x >= 0 and y >= 0 and w > 0 and h > 0 and x + w <= width and y + h <= height


def test_the_files_of_the_splits_are_the_whole(whole: Path) -> None:
    parts = [read(whole, f"{split}.coco.json") for split in SPLITS]
    assert [len(part["images"]) for part in parts] == [4, 1, 1]
    for key in ("images", "annotations"):
        together = sorted((entry for part in parts for entry in part[key]), key=lambda entry: entry["id"])
        assert together == read(whole)[key]
    assert all(image["split"] == split for split, part in zip(SPLITS, parts, strict=True) for image in part["images"])


def test_our_own_check_finds_nothing_wrong(whole: Path) -> None:
    assert not [finding for report in check_path(whole) for finding in report.findings]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_in_two_parts_is_the_same_as_one_in_one(whole: Path, tmp_path: Path, workers: int) -> None:
    dataset_of_renderings.write(tmp_path, 2)
    assert len(read(tmp_path)["images"]) == 2
    dataset_of_renderings.write(tmp_path, SCENES, workers)
    assert files_of(tmp_path) == files_of(whole)


def test_a_killed_run_leaves_no_half_file_and_no_worker_and_goes_on(whole: Path, tmp_path: Path, root: Path) -> None:
    command = [sys.executable, "-m", "tests.support.dataset_of_renderings", str(tmp_path), "60", "2"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        for _ in range(5):
            assert run.stdout.readline()
        run.kill()
        run.stdout.read()  # ends when the last worker has ended
    photos, scenes = (sorted((tmp_path / name).glob("[!.]*")) for name in ("images", "scenes"))
    assert scenes and all(json.loads(scene.read_text()) for scene in scenes)
    assert {scene.stem for scene in scenes} <= {photo.stem for photo in photos}
    assert all(cv2.imread(str(photo)) is not None for photo in photos)
    assert not (tmp_path / "labels.coco.json").exists()
    for file in photos + scenes:  # so that six are the whole run
        if int(file.stem) >= SCENES:
            file.unlink()
    dataset_of_renderings.write(tmp_path, SCENES)
    assert files_of(tmp_path) == files_of(whole)


def test_a_folder_of_another_job_is_refused(whole: Path) -> None:
    before = files_of(whole)
    with pytest.raises(BadInputError, match="another job"):
        dataset_of_renderings.write(whole, SCENES, job=RenderJob(seed=4))
    assert files_of(whole) == before


REFUSED = {
    "an unknown stress": (["--stress", "rain=2"], "no kind of stress"),
    "a level that is none": (["--stress", "fog=7"], "level from 0 to 3"),
    "an unknown furniture": (["--furniture", "wardrobe"], "is no furniture: choose from"),
    "an unknown camera": (["--camera", "roof"], "is no place of a camera: choose from"),
    "a camera where none hangs": (["--furniture", "floor-display", "--camera", "corner"], "of floor-display"),
    "no size": (["--size", "large"], "is no size of a photo"),
    "too large a size": (["--size", "99999x99"], "is no size of a photo"),
}


@pytest.mark.parametrize(("options", "says"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_rendered_is_refused_and_nothing_written(options: list[str], says: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(app, ["render", "--scenes", "1", "--out", str(out), *options])
    assert isinstance(result.exception, BadInputError)
    assert says in str(result.exception)
    assert not out.exists()


def test_without_mitsuba_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(job_module, "find_spec", lambda name: None)
    with pytest.raises(FacingsError, match=r"mitsuba and pyoidn: install with pip install 'facings\[render\]'"):
        job_module.render_dataset(RenderJob(seed=1), 1, tmp_path / "out", 1, Console())
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three photos by the real renderer, tiny: two to train with, one for the test."""
    out = tmp_path_factory.mktemp("rendered")
    options = ["--stress", "all=0-1", "--catalogue", "demo", "--seed", "2", "--size", "96x72", "--samples", "1"]
    options += ["--furniture", "upright-one-door", "--camera", "door"]
    result = CliRunner().invoke(app, ["render", "--scenes", "3", *options, "--out", str(out)])
    assert result.exit_code == 0, result.output
    return out


def test_rendered_scenes_tell_their_whole_truth(rendered: Path) -> None:
    for number in range(3):
        scene = json.loads((rendered / "scenes" / f"{number:06d}.json").read_text())
        products = [thing for thing in scene["truth"]["things"] if thing["kind"] == "product"]
        labelled = [note for note in scene["annotations"] if "sku" in note]
        assert len(products) > len(labelled) > 0
        assert {"furniture", "stress", "camera", "rows"} <= set(scene["image"])
        assert scene["image"]["camera"]["mount"] == "door"


def test_unseen_skus_stand_only_in_test_scenes(rendered: Path) -> None:
    unseen = unseen_skus(catalogue_of("demo", 2), 2)
    for number in range(3):
        text = (rendered / "scenes" / f"{number:06d}.json").read_text()
        assert split_of(number) == "test" or not [sku for sku in unseen if f'"{sku}"' in text]
    categories = read(rendered, "train.coco.json")["categories"]
    assert {category["name"] for category in categories if category.get("split") == "test"} == unseen
