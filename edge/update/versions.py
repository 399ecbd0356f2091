"""The versions of the tenant's gallery on this device: `FOLDER/VERSION/`, and `FOLDER/current` names the one in use.

A version is complete before it gets its name, and in use before the file `current` says so: whenever the plug is
pulled, the device starts again with a whole gallery, the old one or the new one.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from facings.bundles import MANIFEST, SIGNATURE, TUNING, Bundle, check_content
from facings.errors import UnavailableError
from facings.files import clear_parts, sync, write_atomic
from facings.galleries import BundleError, GalleryPicture, SignedManifest
from facings.heights import HEIGHTS_NAME, heights_csv

CURRENT = "current"
INDEX = ".facings-index.npz"
"""Embeddings of a version's pictures (`edge.vision.gallery`): the next version takes over those of equal pictures."""


class MissingPicturesError(BundleError):
    """A bundle left out pictures that this device does not have: fetch the whole one."""


@dataclass(frozen=True)
class Installed:
    """A version on the device."""

    version: int
    sha256: str
    folder: Path


class GalleryVersions:
    """Keeps the version in use and the one before."""

    def __init__(self, folder: Path, tenant: str) -> None:
        self.folder = folder
        self._tenant = tenant

    def current(self) -> Installed | None:
        """The version to use; None where there is none, or what names it is unreadable."""
        try:
            noted = json.loads((self.folder / CURRENT).read_bytes())
            found = Installed(int(noted["version"]), str(noted["sha256"]), self.folder / str(int(noted["version"])))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if (found.folder / MANIFEST).is_file() else None

    def check(self, signed: SignedManifest, embedders: frozenset[str], *, rollback: bool = False) -> None:
        """Make sure that this version may follow the present one here.

        Args:
            signed: the manifest, its signature found right.
            embedders: SHA-256 of the models in use.
            rollback: an older version is wanted.

        Raises:
            BundleError: another tenant's, made for another embedder, or older than the one in use.
        """
        manifest, present = signed.manifest, self.current()
        if manifest.tenant != self._tenant:
            raise BundleError(f"the gallery is of tenant {manifest.tenant!r}, this device of {self._tenant!r}")
        if manifest.embedder is not None and manifest.embedder not in embedders:
            raise BundleError(
                f"the gallery's tuning is for the embedder {manifest.embedder[:8]}…, which this device does not have: "
                "update the models here, or publish the gallery without its tuning"
            )
        if present is None or rollback:
            return
        if manifest.version < present.version:
            raise BundleError(f"version {manifest.version} is older than {present.version}, which is in use")
        if manifest.version == present.version and signed.sha256 != present.sha256:
            raise BundleError(f"there are two different versions {manifest.version}: publish a new one")

    def unpack(self, bundle: Bundle, signed: SignedManifest) -> Installed:
        """Put a checked version in its folder; pictures the bundle left out are those of the version in use.

        Raises:
            MissingPicturesError: a picture is neither in the bundle nor here.
            BundleError: an entry is broken.
            UnavailableError: the disk is full or broken.
        """
        made = Installed(signed.manifest.version, signed.sha256, self.folder / str(signed.manifest.version))
        present = self.current()
        if present == made:
            return made
        part, former = (self.folder / f".{made.version}.{end}" for end in ("part", "former.part"))
        try:
            with self._alone():
                shutil.rmtree(part, ignore_errors=True)
                part.mkdir()
                _fill(part, bundle, signed, present)
                shutil.rmtree(former, ignore_errors=True)
                if made.folder.exists():  # of a run that was cut off, or to be rolled back to
                    made.folder.rename(former)
                part.rename(made.folder)
                sync(self.folder)
                shutil.rmtree(former, ignore_errors=True)
        except OSError as error:
            shutil.rmtree(part, ignore_errors=True)
            raise UnavailableError(f"the gallery cannot be written to {self.folder}: {error.strerror}") from error
        except BundleError:
            shutil.rmtree(part, ignore_errors=True)
            raise
        return made

    def make_current(self, installed: Installed) -> None:
        """Use this version from the next start on.

        Raises:
            UnavailableError: the disk is full or broken.
        """
        present = self.current()
        noted = json.dumps({"version": installed.version, "sha256": installed.sha256}).encode()
        try:
            write_atomic(self.folder / CURRENT, noted, durable=True)
        except OSError as error:
            raise UnavailableError(f"the gallery cannot be noted in {self.folder}: {error.strerror}") from error
        self._forget_all_but({installed.folder.name, present.folder.name if present else ""})

    def clear(self) -> None:
        """Remove what a run that was cut off left behind."""
        clear_parts(self.folder)

    def _forget_all_but(self, kept: set[str]) -> None:
        for folder in self.folder.iterdir():
            if folder.name.isdigit() and folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The daemon and `facings gallery import` take turns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _fill(folder: Path, bundle: Bundle, signed: SignedManifest, present: Installed | None) -> None:
    for picture in signed.manifest.pictures:
        target = folder / picture.file
        target.parent.mkdir(exist_ok=True)
        if bundle.holds(picture.entry):
            _write(target, bundle.read(picture))
        else:
            _take_over(picture, target, present)
    if signed.manifest.tuning:
        _write(folder / TUNING, bundle.read(signed.manifest.tuning))
    if signed.manifest.heights:
        _write(folder / HEIGHTS_NAME, heights_csv(signed.manifest.heights).encode())
    if present and (present.folder / INDEX).is_file():
        shutil.copyfile(present.folder / INDEX, folder / INDEX)
    _write(folder / SIGNATURE, signed.signature.encode())
    _write(folder / MANIFEST, signed.encoded)
    sync(folder)


def _take_over(picture: GalleryPicture, target: Path, present: Installed | None) -> None:
    """A picture that the bundle left out, from the version in use; under whichever SKU it stood there."""
    for found in present.folder.glob(f"*/{target.name}") if present else ():
        try:
            check_content(found.read_bytes(), picture, picture.entry)
        except (OSError, BundleError):
            continue
        os.link(found, target)
        return
    raise MissingPicturesError(f"the bundle left out {picture.entry}, and it is not here: fetch the whole one")


def _write(target: Path, content: bytes) -> None:
    target.write_bytes(content)
    sync(target)
