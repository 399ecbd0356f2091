"""The gallery bundle: one signed file with the pictures by which a tenant's products are told apart.

A bundle is a ZIP file:

| entry | what |
|---|---|
| `manifest.json` | schema, tenant, version, and the SHA-256 of every other entry |
| `manifest.sig` | Ed25519 signature of `manifest.json`, hex; the tenant's key |
| `pictures/SHA256.jpg` | a picture, named by its content; those the reader has already may be left out |
| `tuning.npz` | what the gallery learned from labelled photos, if it did |

The signature covers the manifest and the manifest names every byte, so nothing can be changed, added or swapped.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Annotated, ClassVar, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from facings.clock import UtcDatetime
from facings.errors import BadInputError
from facings.ids import Slug

SCHEMA = "facings/gallery/1"
MANIFEST, SIGNATURE, TUNING = "manifest.json", "manifest.sig", "tuning.npz"
MOST_BYTES = 256_000_000
"""A larger bundle is refused unread; 1,000 SKUs with five pictures of 20 kB have 100 MB."""
MOST_MANIFEST_BYTES = 8_000_000
LONGEST_SIDE = 512
"""Pixels of a kept picture: more than any embedder looks at, and few enough for a gallery to travel."""
JPEG_QUALITY = 92
DAMAGE = (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
"""What zipfile raises for a missing or damaged entry, a packing it does not know, and a password."""
# Said before what is signed, so that a signature made for another purpose is none for a gallery.
_PURPOSE = f"{SCHEMA}\n".encode()
_KEY = re.compile(r"[0-9a-f]{64}")

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class BundleError(BadInputError):
    """A gallery bundle that must not be used; the text says why and what to do."""


class GalleryPicture(BaseModel):
    """A picture of a SKU."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sku: Slug
    sha256: Digest
    suffix: Literal["jpg", "png"]
    bytes: int = Field(gt=0)

    @property
    def entry(self) -> str:
        """Its name in the bundle."""
        return f"pictures/{self.sha256}.{self.suffix}"

    @property
    def file(self) -> str:
        """Its name in a gallery's folder, a folder per SKU."""
        return f"{self.sku}/{self.sha256[:16]}.{self.suffix}"


class GalleryTuning(BaseModel):
    """What the gallery learned from labelled photos; good for one embedder only."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sha256: Digest
    bytes: int = Field(gt=0)


class GalleryManifest(BaseModel):
    """What a bundle holds. Versions of a tenant count up and never change; `embedder` is there with a tuning."""

    SCHEMA: ClassVar[str] = SCHEMA
    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_id: Literal["facings/gallery/1"] = Field(default="facings/gallery/1", alias="schema")
    tenant: Slug
    version: int = Field(ge=1)
    created_at: UtcDatetime
    pictures: tuple[GalleryPicture, ...]
    embedder: Digest | None = Field(default=None, description="SHA-256 of the embedder that the tuning is for")
    tuning: GalleryTuning | None = None

    @property
    def skus(self) -> tuple[str, ...]:
        """The SKUs, in order."""
        return tuple(sorted({picture.sku for picture in self.pictures}))

    def encoded(self) -> bytes:
        """The manifest as it is signed."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


@dataclass(frozen=True)
class SignedManifest:
    """A manifest as it was signed, byte for byte."""

    manifest: GalleryManifest
    encoded: bytes
    signature: str

    @property
    def sha256(self) -> str:
        """Names this version of this tenant's gallery in one word."""
        return hashlib.sha256(self.encoded).hexdigest()


def public_key_of(private_key: Ed25519PrivateKey) -> str:
    """The public key, 64 hex digits."""
    return private_key.public_key().public_bytes_raw().hex()


def private_key_from(text: str) -> Ed25519PrivateKey:
    """The private key written as 64 hex digits.

    Raises:
        BundleError: it is none.
    """
    if not _KEY.fullmatch(text.strip()):
        raise BundleError("this is no gallery key, which has 64 hex digits: make one with `facings gallery key`")
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text.strip()))


def sign(manifest: GalleryManifest, private_key: Ed25519PrivateKey) -> SignedManifest:
    """The manifest, signed."""
    encoded = manifest.encoded()
    return SignedManifest(manifest, encoded, private_key.sign(_PURPOSE + encoded).hex())


def verify(encoded: bytes, signature: str, public_key: str) -> SignedManifest:
    """The manifest in `encoded`, once its signature has been found right.

    Raises:
        BundleError: not signed with this key, or no manifest of this version.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), _PURPOSE + encoded)
    except (InvalidSignature, ValueError) as error:
        raise BundleError(
            f"the gallery is not signed with the key {public_key[:8]}…: take it from your own cloud, or correct the key"
        ) from error
    try:
        return SignedManifest(GalleryManifest.model_validate_json(encoded), encoded, signature)
    except ValidationError as error:
        first = error.errors()[0]
        raise BundleError(
            f"the gallery's manifest cannot be read ({first['loc']}: {first['msg']}): update Facings here"
        ) from error


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
        except (OSError, zipfile.BadZipFile) as error:
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


def in_order(pictures: Iterable[GalleryPicture]) -> tuple[GalleryPicture, ...]:
    """Pictures by SKU and content, so that equal galleries have equal manifests."""
    return tuple(sorted(pictures, key=lambda picture: (picture.sku, picture.sha256)))
