"""Reading back what was stored: observations by their id, photos with what was seen on them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from cloud.audits.facts import Facts, device_event, observation
from cloud.audits.models import Photo
from cloud.audits.schemas import EventAnswer, ObservationAnswer, PhotoAnswer
from facings.errors import MessageError
from facings.messages import Event, Message, Observation

Seen = TypeVar("Seen", bound=Message)

_TOLD = {
    "captured_at",
    "trigger",
    "quality",
    "confidence",
    "lines",
    "products",
    "gaps",
    "price_tags",
    "rows",
    "models",
    "views",
    "coverage",
}


def find_observation(
    session: Session, facts: Facts, tenant: str, observation_id: uuid.UUID
) -> ObservationAnswer | None:
    """The observation `observation_id`; None where the tenant has none of that id."""
    photo = session.scalar(select(Photo).where(Photo.observation_id == observation_id))
    return _observation_of(facts, tenant, photo) if photo else None


def readable(documents: Iterable[str], kind: type[Seen]) -> Iterator[Seen]:
    """The stored observations that can be read; judging sets the others aside, and says so."""
    for document in documents:
        with suppress(MessageError):
            yield kind.from_wire(document.encode())


def find_photo(session: Session, facts: Facts, tenant: str, photo_id: uuid.UUID) -> PhotoAnswer | None:
    """The photo `photo_id` and what was seen on it; None where the tenant has none of that id."""
    photo = session.get(Photo, (tenant, photo_id))
    if photo is None:
        return None
    return PhotoAnswer(
        id=photo.id,
        cooler=photo.cooler_id,
        device=photo.device_id,
        captured_at=photo.captured_at,
        media_type=photo.media_type,
        width=photo.width,
        height=photo.height,
        bytes=photo.bytes,
        sha256=photo.sha256,
        stored=photo.stored_at is not None,
        content=f"/api/v1/photos/{photo.id}/content",
        observation=_observation_of(facts, tenant, photo),
    )


def _observation_of(facts: Facts, tenant: str, photo: Photo) -> ObservationAnswer | None:
    # By the cooler, with which the table's key begins: the facts have no index on ids.
    seen = observation.c
    wanted = select(seen.received_at, seen.clock_suspect, seen.document).where(
        seen.cooler == photo.cooler_id, seen.observation_id == photo.observation_id
    )
    rows = facts.select(tenant, wanted, observation) if photo.observation_id else []
    if not rows:
        return None
    message = Observation.from_wire(rows[0].document.encode())
    return ObservationAnswer(
        id=message.id,
        photo=message.photo_id,
        cooler=photo.cooler_id,
        device=photo.device_id,
        received_at=rows[0].received_at,
        clock_suspect=bool(rows[0].clock_suspect),
        **message.model_dump(include=_TOLD),
    )


def device_events(
    facts: Facts, tenant: str, device: str, start: datetime | None, end: datetime | None, limit: int
) -> list[EventAnswer]:
    """What `device` told besides photos from `start` on and before `end`, newest first, at most `limit`."""
    told = device_event.c
    wanted = select(told.cooler, told.received_at, told.clock_suspect, told.document).where(told.device == device)
    if start:
        wanted = wanted.where(told.captured_at >= start)
    if end:
        wanted = wanted.where(told.captured_at < end)
    rows = facts.select(tenant, wanted.order_by(told.captured_at.desc(), told.seq.desc()).limit(limit), device_event)
    return [_event_answer(row, Event.from_wire(row.document.encode()), device) for row in rows]


def _event_answer(row: Row[Any], event: Event, device: str) -> EventAnswer:
    return EventAnswer(
        id=event.id,
        device=device,
        cooler=row.cooler,
        kind=event.kind,
        reason=event.reason,
        captured_at=event.captured_at,
        received_at=row.received_at,
        clock_suspect=row.clock_suspect,
        detail=event.detail,
    )
