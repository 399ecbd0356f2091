import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from facings.errors import BadInputError
from facings.replay import ReplayFile, read_manifest

PHOTO = {"at": "2026-03-02T09:00:00+01:00", "file": "photos/a.jpg", "sha256": "0" * 64, "bytes": 10}

BESIDE = {"file": "truth/a.json", "sha256": "1" * 64}


def manifest(**changes: Any) -> dict[str, Any]:
    return {"version": 1, "cooler": "cooler-01", "entries": [PHOTO], **changes}


def test_reads_a_folder_and_turns_times_into_utc(tmp_path: Path) -> None:
    (tmp_path / "replay.json").write_text(json.dumps(manifest()))
    assert read_manifest(tmp_path).entries[0].at == datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_version_2_names_labels_and_truth(tmp_path: Path) -> None:
    entry = PHOTO | {"labels": BESIDE, "truth": BESIDE}
    (tmp_path / "replay.json").write_text(json.dumps(manifest(version=2, entries=[entry])))
    read = read_manifest(tmp_path).entries[0]
    assert read.labels == read.truth == ReplayFile(file="truth/a.json", sha256="1" * 64)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "cannot read"),
        ("no json", "Invalid JSON"),
        (json.dumps(manifest(version=3)), "version"),
        (json.dumps(manifest(entries=[PHOTO | {"truth": BESIDE}])), "need version 2"),
        (json.dumps(manifest(version=2, entries=[PHOTO | {"truth": BESIDE | {"file": "/a"}}])), "relative path"),
        (json.dumps(manifest(cooler="Cooler 1")), "cooler"),
        (json.dumps(manifest(entries=[PHOTO, PHOTO])), r"time order.*a\.jpg \(2026-03-02T08:00:00.000Z\) follows"),
        (json.dumps(manifest(entries=[PHOTO | {"file": "../a.jpg"}])), "relative path"),
        (json.dumps(manifest(entries=[PHOTO | {"at": "2026-03-02T09:00:00"}])), "needs its zone"),
        (json.dumps(manifest(entries=[PHOTO | {"sha256": "xyz"}])), "sha256"),
        (json.dumps(manifest(extra=1)), "extra"),
    ],
)
def test_bad_manifests_are_named(tmp_path: Path, text: str | None, says: str) -> None:
    file = tmp_path / "replay.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(BadInputError, match=says):
        read_manifest(file)
