"""A gallery: the pictures by which a tenant's products are told apart, listed in a manifest that the tenant signs.

The signature covers the manifest and the manifest names every byte, so nothing can be changed, added or swapped. How
the pictures travel is in `facings.bundles`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from facings.clock import UtcDatetime
from facings.errors import BadInputError
from facings.faults import described
from facings.heights import Millimetres
from facings.ids import Slug

SCHEMA = "facings/gallery/1"
LONGEST_SIDE = 512
"""Pixels of a kept picture: more than any embedder looks at, and few enough for a gallery to travel."""
JPEG_QUALITY = 92
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
    heights: dict[Slug, Millimetres] | None = Field(default=None, description="of SKUs, where they are known")

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
        raise BundleError(f"the gallery's manifest cannot be read ({described(error)}): update Facings here") from error


def in_order(pictures: Iterable[GalleryPicture]) -> tuple[GalleryPicture, ...]:
    """Pictures by SKU and content, so that equal galleries have equal manifests."""
    return tuple(sorted(pictures, key=lambda picture: (picture.sku, picture.sha256)))
