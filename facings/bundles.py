"""The gallery bundle: one signed file with the pictures by which a tenant's products are told apart.

A bundle is a ZIP file:

| entry | what |
|---|---|
| `manifest.json` | schema, tenant, version, how tall the SKUs are, and the SHA-256 of every other entry |
| `manifest.sig` | Ed25519 signature of `manifest.json`, hex; the tenant's key |
| `pictures/SHA256.jpg` | a picture, named by its content; those the reader has already may be left out |
| `tuning.npz` | what the gallery learned from labelled photos, if it did |

Manifest and signature are those of `facings.galleries`.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import IO

from facings.archives import DAMAGE
from facings.galleries import BundleError, GalleryPicture, GalleryTuning, SignedManifest, verify

MANIFEST, SIGNATURE, TUNING = "manifest.json", "manifest.sig", "tuning.npz"
MOST_BYTES = 256_000_000
"""A larger bundle is refused unread; 1,000 SKUs with five pictures of 20 kB have 100 MB."""
MOST_MANIFEST_BYTES = 8_000_000


def write_bundle(signed: SignedManifest, files: Mapping[str, bytes]) -> bytes:
    """The bundle with `files` (entry -> content); pictures may be missing, for readers who have them.

    Equal inputs give equal bytes.
    """
    target = io.BytesIO()
    write_bundle_to(target, signed, sorted(files.items()))
    return target.getvalue()


def write_bundle_to(target: IO[bytes], signed: SignedManifest, entries: Iterable[tuple[str, bytes]]) -> None:
    """Write the bundle bit by bit: `entries` are name and content, in the order of their names."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as bundle:
        for name, content in chain(
            ((MANIFEST, signed.encoded), (SIGNATURE, signed.signature.encode())),
            entries,
        ):
            bundle.writestr(zipfile.ZipInfo(name), content)


class Bundle:
    """A bundle file, opened for reading; use it as a context.

    Example:
        >>> with Bundle(Path("acme-7.gallery")) as bundle:  # doctest: +SKIP
        ...     bundle.verified("9f…")
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._zip: zipfile.ZipFile | None = None

    def __enter__(self) -> Bundle:
        """Open the file.

        Raises:
            BundleError: it cannot be read, or is no bundle.
        """
        try:
            if self.file.stat().st_size > MOST_BYTES:
                raise BundleError(f"{self.file} is larger than {MOST_BYTES // 1_000_000} MB: no gallery is")
            self._zip = zipfile.ZipFile(self.file)
        except DAMAGE as error:
            raise BundleError(f"{self.file} is no gallery bundle ({error}): fetch it again") from error
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        if self._zip:
            self._zip.close()

    def verified(self, public_key: str) -> SignedManifest:
        """The manifest, its signature checked; the other entries are checked as they are read.

        Raises:
            BundleError: see `verify`.
        """
        encoded = self._entry(MANIFEST, MOST_MANIFEST_BYTES)
        return verify(encoded, self._entry(SIGNATURE, 1_000).decode("ascii", "replace").strip(), public_key)

    def holds(self, entry: str) -> bool:
        """Whether this entry was not left out."""
        assert self._zip
        return entry in self._zip.namelist()

    def read(self, part: GalleryPicture | GalleryTuning) -> bytes:
        """The bytes of a picture or of the tuning.

        Raises:
            BundleError: they are not there, or not those of the manifest.
        """
        name = part.entry if isinstance(part, GalleryPicture) else TUNING
        content = self._entry(name, part.bytes)
        check_content(content, part, name)
        return content

    def _entry(self, name: str, most_bytes: int) -> bytes:
        assert self._zip
        try:
            with self._zip.open(name) as entry:
                content = entry.read(most_bytes + 1)
        except DAMAGE as error:
            raise BundleError(f"{self.file} is broken at {name} ({error}): fetch it again") from error
        if len(content) > most_bytes:
            raise BundleError(f"{self.file}: {name} is larger than its manifest says: fetch it again")
        return content


def check_content(content: bytes, part: GalleryPicture | GalleryTuning, name: str) -> None:
    """Make sure that these are the bytes the manifest speaks of.

    Raises:
        BundleError: they are not.
    """
    if hashlib.sha256(content).hexdigest() != part.sha256:
        raise BundleError(f"{name} is not what the gallery's manifest says: fetch the gallery again")
