"""The bundles that devices fetch: each is made once, on the disk, and sent from there.

A published version never changes, so neither does its bundle, nor the one with only what came after an earlier version.
Both are named by their content: thousands of coolers that fetch a new gallery together read one file.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cloud.audits.photos import PhotoStore
from cloud.catalog.galleries.models import GalleryVersion, picture_path, tuning_path
from cloud.settings import CloudSettings
from facings.bundles import TUNING, write_bundle_to
from facings.errors import UnavailableError
from facings.files import clear_parts, whole_path
from facings.galleries import GalleryManifest, SignedManifest

MOST_KEPT = 6
"""Bundles kept of a tenant, those asked for last: the others are made again when somebody asks."""
SUFFIX = ".gallery"


class GalleryBundles:
    """Bundles of all tenants, in `DATA_DIR/galleries/TENANT`; the folder may be emptied at any time."""

    def __init__(self, settings: CloudSettings, photos: PhotoStore) -> None:
        self._folder = settings.data_dir / "galleries"
        self._photos = photos
        self._in_the_making: set[Path] = set()
        self._lock = threading.Lock()
        for tenant in self._folder.glob("*/"):
            clear_parts(tenant)

    def file_of(self, version: GalleryVersion, since: GalleryVersion | None = None) -> Path:
        """The bundle of a version as a file, made where it is not there yet.

        Args:
            version: the version wanted.
            since: pictures that this version has too are left out.

        Raises:
            UnavailableError: another request is making it at this moment, so that none waits for another; or its
                pictures cannot be read, or the disk is full.
        """
        known = f"-after-{since.sha256}" if since else ""
        file = self._folder / version.tenant_id / f"{version.sha256}{known}{SUFFIX}"
        if not file.exists():
            with self._alone(file):
                self._make(file, version, since)
        try:
            os.utime(file)  # used now: others are forgotten first
        except OSError as error:
            raise UnavailableError(f"the bundle {file} is gone: ask again") from error
        return file

    @contextmanager
    def _alone(self, file: Path) -> Iterator[None]:
        with self._lock:
            if file in self._in_the_making:
                raise UnavailableError("this gallery bundle is being made at this moment")
            self._in_the_making.add(file)
        try:
            yield
        finally:
            with self._lock:
                self._in_the_making.discard(file)

    def _make(self, file: Path, version: GalleryVersion, since: GalleryVersion | None) -> None:
        manifest = manifest_of(version)
        signed = SignedManifest(manifest, version.manifest, version.signature)
        try:
            with whole_path(file) as part, part.open("wb") as target:
                write_bundle_to(target, signed, self._entries(manifest, version.tenant_id, since))
        except OSError as error:
            raise UnavailableError(f"the gallery bundle cannot be written to {file}: {error.strerror}") from error
        self._forget_all_but_the_last(file.parent)

    def _entries(
        self, manifest: GalleryManifest, tenant: str, since: GalleryVersion | None
    ) -> Iterator[tuple[str, bytes]]:
        """Name and content of what the bundle holds, one after the other: no more than one picture is in memory."""
        known = {picture.sha256 for picture in manifest_of(since).pictures} if since else set()
        paths = {
            picture.entry: picture_path(tenant, picture.sha256, picture.suffix)
            for picture in manifest.pictures
            if picture.sha256 not in known
        }
        if manifest.tuning:
            paths[TUNING] = tuning_path(tenant, manifest.tuning.sha256)
        for entry, path in sorted(paths.items()):
            yield entry, self._photos.read(path)

    def _forget_all_but_the_last(self, folder: Path) -> None:
        with self._lock:  # or another request might forget one while its age is asked for
            kept = sorted(folder.glob(f"*{SUFFIX}"), key=lambda file: file.stat().st_mtime, reverse=True)
            for file in kept[MOST_KEPT:]:
                file.unlink(missing_ok=True)


def manifest_of(version: GalleryVersion) -> GalleryManifest:
    """What a version holds."""
    return GalleryManifest.model_validate_json(version.manifest)
