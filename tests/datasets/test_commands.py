import json
from hashlib import sha256
from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner

from datasets.cli import app
from datasets.replay import check_replay
from facings.errors import BadInputError

COMPOSE = ["compose", "--scenes", "2", "--seed", "5", "--variety", "1"]


def files_of(folder: Path) -> dict[str, str]:
    """Digest of every file."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("scenes")
    assert CliRunner().invoke(app, [*COMPOSE, "--out", str(out)]).exit_code == 0
    return out


def test_compose_writes_photos_boxes_and_truth(composed: Path) -> None:
    labels = json.loads((composed / "labels.coco.json").read_text())
    assert [image["file_name"] for image in labels["images"]] == ["images/000000.jpg", "images/000001.jpg"]
    for image in labels["images"]:
        assert cv2.imread(str(composed / image["file_name"])).shape[:2] == (image["height"], image["width"])
    truths = [json.loads(line) for line in (composed / "truth.jsonl").read_text().splitlines()]
    labelled = [unit for truth in truths for unit in truth["units"] if unit["visible_fraction"] > 0.3]
    assert len(labels["annotations"]) == len(labelled) > 20
    first, unit = labels["annotations"][0], labelled[0]
    assert first["sku"] == unit["sku"]
    assert first["bbox"][:2] == unit["box"][:2]


def test_a_stopped_run_goes_on_to_the_same_files(composed: Path, tmp_path: Path) -> None:
    whole = files_of(composed)
    assert CliRunner().invoke(app, ["compose", "--scenes", "1", *COMPOSE[3:], "--out", str(tmp_path)]).exit_code == 0
    assert CliRunner().invoke(app, [*COMPOSE, "--out", str(tmp_path)]).exit_code == 0
    assert files_of(tmp_path) == whole


def test_a_folder_of_another_job_is_refused(composed: Path) -> None:
    result = CliRunner().invoke(app, ["compose", "--scenes", "1", "--seed", "6", "--out", str(composed)])
    assert isinstance(result.exception, BadInputError)
    assert "another job" in str(result.exception)


def test_a_folder_from_before_an_option_goes_on_without_it(composed: Path, tmp_path: Path) -> None:
    job = json.loads((composed / "job.json").read_text())
    (tmp_path / "job.json").write_text(json.dumps({key: job[key] for key in job if key != "sold_down"}))
    assert CliRunner().invoke(app, [*COMPOSE, "--out", str(tmp_path)]).exit_code == 0
    result = CliRunner().invoke(app, [*COMPOSE, "--sold-down", "0.5", "--out", str(tmp_path)])
    assert "another job" in str(result.exception)


def replay_set(folder: Path) -> Path:
    content = b"not really a picture"
    (folder / "a.jpg").write_bytes(content)
    entry = {
        "at": "2026-11-09T01:00:00Z",
        "file": "a.jpg",
        "sha256": sha256(content).hexdigest(),
        "bytes": len(content),
    }
    manifest = folder / "replay.json"
    manifest.write_text(json.dumps({"version": 1, "cooler": "cooler-01", "entries": [entry]}))
    return manifest


def test_check_counts_the_photos(tmp_path: Path) -> None:
    replay_set(tmp_path)
    result = CliRunner().invoke(app, ["check", str(tmp_path)])
    assert result.exit_code == 0
    assert "cooler-01: 1 photos" in result.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "cannot be read"), (b"short", "5 bytes"), (b"not really a pictura", "not what the manifest says")],
)
def test_check_names_the_photo_that_is_wrong(tmp_path: Path, content: bytes | None, says: str) -> None:
    manifest = replay_set(tmp_path)
    (tmp_path / "a.jpg").unlink()
    if content is not None:
        (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(BadInputError, match=rf"a\.jpg: .*{says}"):
        check_replay(manifest)


def test_check_says_where_nothing_is(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(tmp_path)])
    assert "no labels and no photos" in str(result.exception)
