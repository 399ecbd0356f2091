"""Galleries, as the API speaks of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cloud.api.shapes import Answer, Body, RecordId
from facings.clock import UtcDatetime


class PictureAnswer(Answer):
    """A picture of a product."""

    sku: str
    sha256: str
    width: int
    height: int
    bytes: int
    source: str = Field(description="upload, photo (cut from one) or restored")
    added_at: UtcDatetime
    added_by: str
    content: str = Field(description="address of the picture itself")


class SkuPictures(Answer):
    """How many pictures a product has."""

    sku: str
    name: str
    pictures: int


class VersionAnswer(Answer):
    """A gallery as it was published."""

    version: int
    sha256: str = Field(description="of its manifest")
    skus: int
    pictures: int
    created_at: UtcDatetime
    created_by: str
    note: str


class GalleryAnswer(Answer):
    """The gallery as it stands, and the version published last."""

    published: VersionAnswer | None
    changed: bool = Field(description="whether it differs from the version published last")
    public_key: str = Field(description="Ed25519, 64 hex digits: devices trust galleries signed by it")
    skus: list[SkuPictures]


class NewVersion(Body):
    """A version to publish."""

    note: Annotated[str, Field(max_length=200)] = ""
    restore: RecordId | None = Field(default=None, description="publish again what this version held")
