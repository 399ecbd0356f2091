"""New products, as the API speaks of them."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal, Self

from pydantic import Field

from cloud.api.shapes import Answer, Body, RecordId
from cloud.catalog.newcomers.service import Seen
from cloud.catalog.schemas import ProductBody
from facings.clock import UtcDatetime
from facings.ids import Slug


class CropAnswer(Answer):
    """A newcomer on one photo."""

    id: int
    photo: uuid.UUID
    cooler: str
    seen_at: UtcDatetime
    content: str = Field(description="address of the crop; 404 while the photo has not come")


class LooksLikeAnswer(Answer):
    """The product of the catalogue that a newcomer may be, by the word of the devices that refused it."""

    sku: str
    crops: int = Field(description="how many of the newcomer's crops look like it")
    of: int = Field(description="of how many")


class NewProductAnswer(Answer):
    """Alike unknown products of many photos."""

    id: int
    state: Literal["open", "named", "dismissed"]
    sku: str | None = Field(description="what it was named")
    sightings: int
    coolers: dict[str, int] = Field(description="cooler -> how often it was seen there")
    first_seen_at: UtcDatetime
    last_seen_at: UtcDatetime
    decided_at: UtcDatetime | None
    decided_by: str | None
    looks_like: LooksLikeAnswer | None = Field(
        description="what more of its crops may be after all than anything else: a product that was not made out"
    )
    crops: list[CropAnswer]

    @classmethod
    def of(cls, seen: Seen, prefix: str) -> Self:
        """The answer for a newcomer; crops lie below `prefix`."""
        shown = ("id", "state", "sku", "first_seen_at", "last_seen_at", "decided_at", "decided_by")
        crops = [
            CropAnswer(
                id=one.id,
                photo=one.photo_id,
                cooler=one.cooler_id,
                seen_at=one.seen_at,
                content=f"{prefix}/crops/{one.id}",
            )
            for one in seen.examples
        ]
        told = {name: getattr(seen.newcomer, name) for name in shown}
        like = seen.looks_like
        looks_like = LooksLikeAnswer(sku=like.sku, crops=like.views, of=like.of) if like else None
        return cls(**told, sightings=seen.sightings, coolers=seen.coolers, looks_like=looks_like, crops=crops)


class Naming(Body):
    """What a newcomer is: a product of the catalogue, by its SKU, or a new one."""

    sku: Slug
    product: ProductBody | None = Field(default=None, description="the product to add; absent: it is there already")
    without: Annotated[list[RecordId], Field(max_length=100)] = Field(
        default=[], description="crops that show something else"
    )


class Named(Answer):
    """What came of naming."""

    new_product: NewProductAnswer
    gallery_version: int = Field(description="the version that devices are fetching now")
