"""Gallery versions on the device: what may follow what, and that a kill at any moment leaves a whole gallery."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from edge.update import versions
from edge.update.versions import GalleryVersions, Installed, MissingPicturesError
from facings.bundles import Bundle, write_bundle
from facings.errors import UnavailableError
from facings.galleries import BundleError, GalleryTuning
from tests.support.galleries import PUBLIC, bundle_file, pack, signed_gallery

NONE: frozenset[str] = frozenset()


def install(kept: GalleryVersions, file: Path, **checks: Any) -> Installed:
    """All that is done with a bundle."""
    with Bundle(file) as bundle:
        signed = bundle.verified(PUBLIC)
        kept.check(signed, NONE, **checks)
        made = kept.unpack(bundle, signed)
    kept.make_current(made)
    return made


def pictures(installed: Installed | None) -> dict[str, list[bytes]]:
    """What a gallery's folder holds."""
    assert installed
    found = sorted(installed.folder.glob("*/*.png"))
    return {sku: [f.read_bytes() for f in found if f.parent.name == sku] for sku in {f.parent.name for f in found}}


@pytest.fixture
def kept(tmp_path: Path) -> GalleryVersions:
    return GalleryVersions(tmp_path / "gallery", "acme")


def test_an_installed_gallery_is_a_folder_of_pictures_per_sku(tmp_path: Path, kept: GalleryVersions) -> None:
    assert kept.current() is None
    made = install(kept, bundle_file(tmp_path / "g", 3, {"cola": (10,), "lime": (130,)}))
    assert kept.current() == made
    assert pictures(made) == {"cola": [pack(10)], "lime": [pack(130)]}


def test_pictures_left_out_are_those_of_the_version_before(tmp_path: Path, kept: GalleryVersions) -> None:
    install(kept, bundle_file(tmp_path / "g", 3, {"cola": (10,), "lime": (130,)}))
    signed, files = signed_gallery(4, {"cola": (10, 60), "limette": (130,)})
    new = {name: content for name, content in files.items() if content == pack(60)}
    (tmp_path / "g").write_bytes(write_bundle(signed, new))
    made = install(kept, tmp_path / "g")
    assert {sku: set(found) for sku, found in pictures(made).items()} == {
        "cola": {pack(10), pack(60)},
        "limette": {pack(130)},
    }


def test_a_picture_that_is_nowhere_asks_for_the_whole_bundle(tmp_path: Path, kept: GalleryVersions) -> None:
    before = install(kept, bundle_file(tmp_path / "g", 3, {"cola": (10,)}))
    (tmp_path / "g").write_bytes(write_bundle(signed_gallery(4, {"cola": (60,)})[0], {}))
    with pytest.raises(MissingPicturesError, match="fetch the whole one"):
        install(kept, tmp_path / "g")
    assert kept.current() == before


def test_the_version_before_is_kept_and_older_ones_go(tmp_path: Path, kept: GalleryVersions) -> None:
    for version in (3, 4, 5):
        install(kept, bundle_file(tmp_path / "g", version, {"cola": (version,)}))
    assert sorted(path.name for path in kept.folder.iterdir() if path.is_dir()) == ["4", "5"]


@pytest.mark.parametrize(
    ("version", "fields", "checks", "words"),
    [
        pytest.param(4, {}, {}, "", id="newer"),
        pytest.param(2, {}, {}, "older than 3", id="older"),
        pytest.param(2, {}, {"rollback": True}, "", id="older, asked for"),
        pytest.param(4, {"tenant": "rival"}, {}, "of tenant 'rival'", id="another tenant's"),
        pytest.param(4, {"embedder": "a" * 64}, {}, "embedder aaaaaaaa…", id="another embedder"),
        pytest.param(3, {}, {}, "two different versions 3", id="the same number, other pictures"),
    ],
)
def test_what_may_follow(
    tmp_path: Path, kept: GalleryVersions, version: int, fields: Any, checks: Any, words: str
) -> None:
    before = install(kept, bundle_file(tmp_path / "g", 3, {"cola": (10,)}))
    file = bundle_file(tmp_path / "g", version, {"cola": (60,)}, **fields)
    if not words:
        assert install(kept, file, **checks).version == version
        return
    with pytest.raises(BundleError, match=words):
        install(kept, file, **checks)
    assert kept.current() == before


def test_the_same_version_again_changes_nothing(tmp_path: Path, kept: GalleryVersions) -> None:
    file = bundle_file(tmp_path / "g", 3, {"cola": (10,)})
    assert install(kept, file) == install(kept, file)


def test_a_broken_tuning_is_refused_whole(tmp_path: Path, kept: GalleryVersions) -> None:
    signed, files = signed_gallery(3, {"cola": (10,)}, tuning=GalleryTuning(sha256="0" * 64, bytes=5))
    (tmp_path / "g").write_bytes(write_bundle(signed, {**files, "tuning.npz": b"other"}))
    with pytest.raises(BundleError, match=r"tuning\.npz is not what"):
        install(kept, tmp_path / "g")
    assert kept.current() is None
    assert [path.name for path in kept.folder.iterdir()] == [".lock"]


def test_a_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, kept: GalleryVersions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    file = bundle_file(tmp_path / "g", 3, {"cola": (10,)})
    monkeypatch.setattr(versions.os, "fsync", full)
    with pytest.raises(UnavailableError, match="No space left"):
        install(kept, file)
    assert [path.name for path in kept.folder.iterdir()] == [".lock"]


def _killed_at(moment: int, kept: GalleryVersions, file: Path) -> bool:
    """Install in a process that is killed at its `moment`-th step to the disk; whether it came that far."""
    child = os.fork()
    if child == 0:
        steps = 0

        def counted(real: Any) -> Any:
            def step(*arguments: Any, **options: Any) -> Any:
                nonlocal steps
                steps += 1
                if steps == moment:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*arguments, **options)

            return step

        for name in ("fsync", "link", "rename", "replace"):
            setattr(os, name, counted(getattr(os, name)))
        install(kept, file)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_kill_9_at_any_moment_leaves_a_whole_gallery(tmp_path: Path, kept: GalleryVersions) -> None:
    old, new = {"cola": [pack(10)]}, {"cola": [pack(10)], "lime": [pack(130)]}
    seen = []
    for moment in range(1, 100):
        kept = GalleryVersions(tmp_path / f"run-{moment}", "acme")
        install(kept, bundle_file(tmp_path / "old", 3, {"cola": (10,)}))
        bundle_file(tmp_path / "new", 4, {"cola": (10,), "lime": (130,)})
        (kept.folder / "4").mkdir()  # as an earlier run that was cut off left it
        if not _killed_at(moment, kept, tmp_path / "new"):
            break
        seen.append(pictures(kept.current()))
        kept.clear()
        assert {path.name for path in kept.folder.glob(".*")} == {".lock"}
        assert pictures(install(kept, tmp_path / "new")) == new
    assert len(seen) >= 8
    assert all(found in (old, new) for found in seen)
    assert seen[0] == old
    assert seen[-1] == new
