"""Bundles of galleries: made once, on the disk, whoever asks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cloud.audits.photos import PhotoStore
from cloud.catalog.galleries import bundles
from cloud.catalog.galleries.bundles import SUFFIX, GalleryBundles
from cloud.catalog.galleries.models import GalleryVersion, picture_path
from cloud.services import Services
from facings.bundles import write_bundle
from facings.errors import UnavailableError
from facings.galleries import SignedManifest
from tests.support.galleries import signed_gallery

PACKS = {"cola": (10, 60), "lime": (130,)}


def published(services: Services, version: int, packs: dict[str, tuple[int, ...]]) -> tuple[GalleryVersion, bytes]:
    """A version whose pictures are stored, and its bundle as it must be."""
    signed, files = signed_gallery(version, packs)
    for picture in signed.manifest.pictures:
        services.photos.put(picture_path("acme", picture.sha256, picture.suffix), files[picture.entry])
    return row_of(signed), write_bundle(signed, files)


def row_of(signed: SignedManifest) -> GalleryVersion:
    return GalleryVersion(
        tenant_id="acme",
        version=signed.manifest.version,
        sha256=signed.sha256,
        manifest=signed.encoded,
        signature=signed.signature,
    )


def kept(services: Services) -> set[str]:
    """Names of the files in the folder of bundles."""
    return {file.name for file in (services.settings.data_dir / "galleries" / "acme").iterdir()}


def test_a_bundle_is_made_once(services: Services) -> None:
    version, expected = published(services, 3, PACKS)
    assert services.bundles.file_of(version).read_bytes() == expected
    blind = GalleryBundles(services.settings, PhotoStore(services.settings))  # never started: reads no picture
    assert blind.file_of(version).read_bytes() == expected
    assert kept(services) == {f"{version.sha256}{SUFFIX}"}


def test_what_is_new_after_a_version_is_a_bundle_of_its_own(services: Services) -> None:
    (before, _), (version, _) = published(services, 3, {"cola": (10,)}), published(services, 4, PACKS)
    signed, files = signed_gallery(4, PACKS)
    old = {picture.entry for picture in signed_gallery(3, {"cola": (10,)})[0].manifest.pictures}
    news = {entry: content for entry, content in files.items() if entry not in old}
    assert services.bundles.file_of(version, before).read_bytes() == write_bundle(signed, news)


def test_nobody_waits_while_another_request_makes_it(services: Services) -> None:
    version, expected = published(services, 3, PACKS)

    class Asking(PhotoStore):
        """Asks for the very bundle that it is read for."""

        def read(self, name: str) -> bytes:
            with pytest.raises(UnavailableError, match="being made at this moment"):
                asked.file_of(version)
            return services.photos.read(name)

    asked = GalleryBundles(services.settings, Asking(services.settings))
    assert asked.file_of(version).read_bytes() == expected


def test_one_that_cannot_be_made_leaves_nothing_behind(services: Services) -> None:
    signed, _ = signed_gallery(3, PACKS)
    for _ in range(2):
        with pytest.raises(UnavailableError, match="cannot be read"):
            services.bundles.file_of(row_of(signed))
    assert kept(services) == set()


def test_those_asked_for_last_are_kept(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MOST_KEPT", 2)
    versions = [published(services, number, {"cola": (number,)})[0] for number in (1, 2, 3)]
    files: list[Path] = []
    for moment, version in enumerate(versions):
        files.append(services.bundles.file_of(version))
        os.utime(files[-1], (moment, moment))
    assert [file.exists() for file in files] == [False, True, True]


def test_what_a_killed_process_left_unfinished_is_cleared(services: Services) -> None:
    version, _ = published(services, 3, PACKS)
    whole = services.bundles.file_of(version)
    (whole.parent / f".{'0' * 64}{SUFFIX}.part").write_bytes(b"half")
    GalleryBundles(services.settings, PhotoStore(services.settings))
    assert kept(services) == {whole.name}
