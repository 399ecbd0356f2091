"""From a gallery's folder to a signed bundle and back."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.vision.gallery_folder import SUFFIXES
from edge.vision.tuning import TUNING_NAME, read_tuning
from facings.bundles import TUNING, write_bundle
from facings.errors import BadInputError
from facings.galleries import GalleryManifest, GalleryPicture, GalleryTuning, SignedManifest, in_order, sign
from facings.heights import read_heights
from facings.ids import is_slug


def pictures_in(folder: Path) -> list[tuple[str, Path]]:
    """SKU and file of each picture of a gallery's folder, in order.

    Raises:
        BadInputError: `folder` is no folder, or holds no picture.
    """
    if not folder.is_dir():
        raise BadInputError(f"the gallery {folder} is no folder: give one that holds a folder of pictures per SKU")
    own = sorted(child for child in folder.iterdir() if child.is_dir() and is_slug(child.name))
    found = [(sku.name, file) for sku in own for file in sorted(sku.iterdir()) if file.suffix.lower() in SUFFIXES]
    if not found:
        raise BadInputError(f"the gallery {folder} holds no JPEG or PNG picture: `facings gallery add` some")
    return found


def bundle_from(
    folder: Path, tenant: str, version: int, created_at: datetime, key: Ed25519PrivateKey, embedder: str | None = None
) -> tuple[SignedManifest, bytes]:
    """A signed bundle of the gallery in `folder`.

    Args:
        folder: a folder of pictures per SKU.
        tenant: whose gallery it is.
        version: its number; devices take no lower one than they have.
        created_at: when it was made.
        key: signs it.
        embedder: SHA-256 of the embedder whose tuning goes along; None leaves a tuning out.

    Raises:
        BadInputError: no folder, no picture, one that cannot be read or stands under two SKUs, a damaged tuning, or
            wrong heights.
    """
    files: dict[str, bytes] = {}
    pictures: dict[str, GalleryPicture] = {}
    for sku, file in pictures_in(folder):
        content = _content(file)
        digest = hashlib.sha256(content).hexdigest()
        suffix = "png" if file.suffix.lower() == ".png" else "jpg"
        picture = GalleryPicture(sku=sku, sha256=digest, suffix=suffix, bytes=len(content))
        if pictures.setdefault(digest, picture).sku != sku:
            raise BadInputError(f"{file} is a picture of {pictures[digest].sku!r} too: remove one of the two")
        files[picture.entry] = content
    tuning = None
    if embedder and read_tuning(folder, embedder):
        files[TUNING] = (folder / TUNING_NAME).read_bytes()
        tuning = GalleryTuning(sha256=hashlib.sha256(files[TUNING]).hexdigest(), bytes=len(files[TUNING]))
    manifest = GalleryManifest(
        tenant=tenant,
        version=version,
        created_at=created_at,
        pictures=in_order(pictures.values()),
        embedder=embedder if tuning else None,
        tuning=tuning,
        heights=read_heights(folder) or None,
    )
    signed = sign(manifest, key)
    return signed, write_bundle(signed, files)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInputError(f"the picture {file} cannot be read ({error.strerror}): mend or remove it") from error
