"""What the routes of photos, observations and the quarantine take and answer."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from cloud.api.shapes import Answer, Body
from cloud.audits.photos import MAX_PHOTO_BYTES
from facings.clock import UtcDatetime
from facings.messages import Gap, Line, PriceTag, Product, Quality, View


class GrantRequest(Body):
    """A photo that a device wants to upload."""

    photo_id: uuid.UUID
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    bytes: Annotated[int, Field(gt=0, le=MAX_PHOTO_BYTES)]
    media_type: Literal["image/jpeg", "image/png"]
    width: Annotated[int, Field(gt=0, le=100_000)]
    height: Annotated[int, Field(gt=0, le=100_000)]
    captured_at: UtcDatetime


class GrantAnswer(Answer):
    """Where to send the bytes, exactly so, and until when."""

    url: str
    method: Literal["PUT"] = "PUT"
    headers: dict[str, str]
    expires_at: UtcDatetime


class StoredAnswer(Answer):
    """The photo is there: nothing to send."""

    stored: Literal[True] = True


class ObservationAnswer(Answer):
    """What a cooler shows at one moment; `views` are its photos, where the device has several cameras."""

    id: uuid.UUID
    photo: uuid.UUID
    cooler: str
    device: str
    captured_at: UtcDatetime
    received_at: UtcDatetime
    clock_suspect: bool = Field(description="the time cannot be true: before 2020, or later than its arrival by a day")
    trigger: str
    quality: Quality
    confidence: float
    lines: tuple[Line, ...]
    products: tuple[Product, ...]
    gaps: tuple[Gap, ...]
    price_tags: tuple[PriceTag, ...]
    rows: int
    models: dict[str, str]
    views: tuple[View, ...]
    coverage: float = Field(description="cameras whose part of the cooler was seen / all cameras of the device")


class PhotoAnswer(Answer):
    """A photo; `stored` is false while only its observation has arrived."""

    id: uuid.UUID
    cooler: str
    device: str
    captured_at: UtcDatetime
    media_type: str
    width: int
    height: int
    bytes: int
    sha256: str
    stored: bool
    content: str = Field(description="address of the picture itself")
    observation: ObservationAnswer | None = None


class EventAnswer(Answer):
    """Something a device told that is no photo; `photo-not-taken` says why."""

    id: uuid.UUID
    device: str
    cooler: str
    kind: str
    reason: str
    captured_at: UtcDatetime
    received_at: UtcDatetime
    clock_suspect: bool
    detail: dict[str, Any]


class QuarantinedAnswer(Answer):
    """A message that could not be used."""

    id: int
    device_id: str
    topic: str
    reason: str
    size: int = Field(description="of the whole payload; what is kept may be its beginning only")
    payload: str
    received_at: datetime
