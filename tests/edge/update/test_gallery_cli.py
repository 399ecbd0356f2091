"""`facings gallery`: what goes in, what is refused, what is said of it, and how it gets to a device."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from edge.update.gallery_cli import app
from edge.update.versions import GalleryVersions
from facings.errors import BadInputError, FacingsError
from facings.heights import read_heights
from tests.support.galleries import pack

ART = {"cola": (10, 14, 18), "lime": (130, 134, 138), "pear": (230, 234, 238)}


def call(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    """Three SKUs that differ, three pictures each."""
    for sku, hues in ART.items():
        (tmp_path / "gallery" / sku).mkdir(parents=True)
        for hue in hues:
            (tmp_path / "gallery" / sku / f"{hue}.png").write_bytes(pack(hue))
    return tmp_path / "gallery"


def saved(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def test_a_new_sku_works_from_one_picture(tmp_path: Path, gallery: Path) -> None:
    picture = saved(tmp_path, "new.png", pack(75))
    assert call("add", gallery, "melon", picture).exit_code == 0
    assert call("add", gallery, "melon", picture).exit_code == 0
    assert len(list((gallery / "melon").iterdir())) == 1, "the same picture again changes nothing"


def test_a_large_picture_is_kept_small(tmp_path: Path, gallery: Path) -> None:
    large = cv2.resize(cv2.imdecode(np.frombuffer(pack(75), np.uint8), 1), (800, 1200))
    call("add", gallery, "melon", saved(tmp_path, "large.png", cv2.imencode(".png", large)[1].tobytes()))
    (kept,) = (gallery / "melon").iterdir()
    assert max(cv2.imread(str(kept)).shape) == 512


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"GIF89a", "a GIF, not a JPEG", id="another format"),
        pytest.param(pack(75)[:-40], "cut off", id="cut off"),
        pytest.param(cv2.imencode(".png", np.zeros((9, 40, 3)))[1].tobytes(), "40 x 9 pixels", id="tiny"),
        pytest.param(pack(10), "nearly the same as a picture of 'cola'", id="another SKU's picture"),
        pytest.param(None, "cannot be read", id="no such file"),
    ],
)
def test_what_cannot_serve_is_refused_with_the_reason(
    tmp_path: Path, gallery: Path, content: bytes | None, reason: str
) -> None:
    file = tmp_path / "picture" if content is None else saved(tmp_path, "picture", content)
    good = saved(tmp_path, "good.png", pack(75))
    done = call("add", gallery, "melon", file, good)
    assert done.exit_code == 1
    assert reason in done.output
    assert "added 1 of 2" in done.output


def test_pictures_are_removed_one_by_one_or_all(gallery: Path) -> None:
    assert call("remove", gallery, "cola", "10.png").exit_code == 0
    assert sorted(path.name for path in (gallery / "cola").iterdir()) == ["14.png", "18.png"]
    assert isinstance(call("remove", gallery, "cola", "14.png", "none.png").exception, BadInputError)
    assert len(list((gallery / "cola").iterdir())) == 2
    assert call("remove", gallery, "cola").exit_code == 0
    assert not (gallery / "cola").exists()
    assert isinstance(call("remove", gallery, "../gallery").exception, BadInputError)


def test_a_good_gallery_is_fine(gallery: Path) -> None:
    done = call("check", gallery)
    assert (done.exit_code, "every SKU can be told" in done.output) == (0, True), done.output


def test_what_is_wrong_with_a_gallery_is_told(gallery: Path) -> None:
    (gallery / "cola-light").mkdir()
    for hue in (11, 15, 19):
        (gallery / "cola-light" / f"{hue}.png").write_bytes(pack(hue))
    (gallery / "lime" / "broken.png").write_bytes(pack(1)[:50])
    (gallery / "lime" / "again.png").write_bytes(pack(131))
    done = call("check", gallery, "--json")
    report = json.loads(done.output)
    assert done.exit_code == 1
    assert [pair["skus"] for pair in report["pairs"]] == [["cola", "cola-light"]]
    assert report["pairs"][0]["overlap"] >= 0.25
    assert "lime/broken.png" in report["problems"][0]
    assert report["twins"]["lime"] >= 1
    shown = call("check", gallery).output
    assert "cola and cola-light cannot be separated" in shown
    assert "say how tall each is" in shown
    for sku in ("cola", "cola-light"):
        call("height", gallery, sku, 115)
    shown = call("check", gallery).output
    assert "cola and cola-light cannot be separated" in shown
    assert "say how tall" not in shown


def test_two_sizes_that_look_alike_are_told_apart_by_their_heights(tmp_path: Path, gallery: Path) -> None:
    large = saved(tmp_path, "large.png", pack(11))
    assert "say how tall each is" in call("add", gallery, "cola-large", large).output
    assert call("height", gallery, "cola", 232).exit_code == 0
    assert "335 mm tall" in call("height", gallery, "cola-large", 335).output
    assert call("add", gallery, "cola-large", large).exit_code == 0
    assert call("check", gallery).exit_code == 0
    assert isinstance(call("height", gallery, "Cola Large", 335).exception, BadInputError)
    assert call("height", gallery, "cola", 0).exit_code == 2


def test_from_a_folder_to_a_device(tmp_path: Path, gallery: Path) -> None:
    key, bundle, state = tmp_path / "key", tmp_path / "acme-3.gallery", tmp_path / "state"
    public = call("key", key).output.strip()
    assert key.stat().st_mode & 0o777 == 0o600
    assert isinstance(call("key", key).exception, BadInputError), "a key that devices trust is not replaced"
    call("height", gallery, "cola", 232)
    made = call("export", gallery, bundle, "--tenant", "acme", "--version", 3, "--key", key)
    assert "gallery 3 of acme, 3 SKUs, 9 pictures, without tuning" in made.output
    assert "has no tuning.npz: `facings models onboard` makes one" in made.output
    assert call("verify", bundle, "--public-key", public).exit_code == 0
    assert isinstance(call("verify", bundle, "--public-key", "0" * 64).exception, BadInputError)

    config = tmp_path / "edge.toml"
    config.write_text(
        f'tenant = "acme"\ndevice = "cooler-01"\nstate_dir = "{state}"\n[uploads]\nenabled = false\n'
        f'[camera]\nkind = "http"\nurl = "http://127.0.0.1/"\n[gallery]\nkey = "{public}"\n'
    )
    assert call("import", bundle, config).exit_code == 0
    installed = GalleryVersions(state / "gallery", "acme").current()
    assert installed and installed.version == 3
    assert read_heights(installed.folder) == {"cola": 232.0}
    older = tmp_path / "acme-2.gallery"
    call("export", gallery, older, "--tenant", "acme", "--version", 2, "--key", key)
    refused = call("import", older, config).exception
    assert isinstance(refused, FacingsError)
    assert "older than 3" in str(refused)
    assert call("import", older, config, "--rollback").exit_code == 0


def test_one_picture_of_two_skus_is_not_exported(tmp_path: Path, gallery: Path) -> None:
    call("key", tmp_path / "key")
    (gallery / "lime" / "x.png").write_bytes(pack(10))
    words = ("export", gallery, tmp_path / "g", "--tenant", "acme", "--version", 1, "--key", tmp_path / "key")
    assert "is a picture of 'cola' too" in str(call(*words).exception)
    assert not (tmp_path / "g").exists()


def test_where_nothing_can_be_written_nothing_is_left_behind(tmp_path: Path, gallery: Path) -> None:
    (tmp_path / "taken").mkdir()
    call("key", tmp_path / "key")
    words = ("export", gallery, tmp_path / "taken", "--tenant", "acme", "--version", 1, "--key", tmp_path / "key")
    for said in (call(*words), call("key", tmp_path / "key" / "below")):
        assert "cannot be written" in str(said.exception)
    assert not list(tmp_path.rglob("*.part"))
