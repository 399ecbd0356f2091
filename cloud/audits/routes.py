"""Photos, observations and the quarantine over HTTP."""

from __future__ import annotations

import uuid
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import select

from cloud.api.deps import AdminDep, CallerDep, DeviceDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError, not_found
from cloud.api.headers import FOREVER
from cloud.api.shapes import Limit, Page
from cloud.audits.archive import device_events, find_observation, find_photo
from cloud.audits.models import Quarantined
from cloud.audits.photos import Grant, GrantError
from cloud.audits.schemas import (
    EventAnswer,
    GrantAnswer,
    GrantRequest,
    ObservationAnswer,
    PhotoAnswer,
    QuarantinedAnswer,
    StoredAnswer,
)
from cloud.audits.uploads import grant_upload, is_stored, keep_upload, stored_photo
from cloud.fleet.models import Device
from facings.clock import UtcDatetime, format_utc
from facings.ids import Slug

router = APIRouter(prefix="/api/v1", tags=["audits"])


@router.post(
    "/device/photo-grants",
    status_code=status.HTTP_201_CREATED,
    responses={200: {"model": StoredAnswer, "description": "The photo is there already."}},
)
def ask_for_grant(
    services: ServicesDep, device: DeviceDep, body: GrantRequest, request: Request, response: Response
) -> GrantAnswer | StoredAnswer:
    """Ask, as a device, where to upload a photo. The answer holds for one hour and these bytes only."""
    granted = grant_upload(services, device, body)
    if granted is None:
        response.status_code = status.HTTP_200_OK
        return StoredAnswer()
    token, expires_at = granted
    base = (services.settings.http.public_url or str(request.base_url)).rstrip("/")
    url = f"{base}{router.prefix}/photos/{body.photo_id}/content?{urlencode({'grant': token})}"
    return GrantAnswer(url=url, headers={"Content-Type": body.media_type}, expires_at=expires_at)


@router.put("/photos/{photo_id}/content", status_code=status.HTTP_201_CREATED)
async def upload(
    services: ServicesDep, photo_id: uuid.UUID, grant: Annotated[str, Query(max_length=2000)], request: Request
) -> StoredAnswer:
    """Send the bytes of a photo, with the grant for it."""
    try:
        promised = Grant.read(grant, services.secret)
    except GrantError as error:
        raise ApiError(403, str(error), "POST /api/v1/device/photo-grants") from error
    if promised.photo != photo_id:
        raise ApiError(403, "the grant is for another photo", "POST /api/v1/device/photo-grants")
    if not await run_in_threadpool(is_stored, services, promised):
        file = await services.photos.receive(promised, request.stream())
        await run_in_threadpool(keep_upload, services, promised, file)
    return StoredAnswer()


@router.get("/photos/{photo_id}")
def show_photo(services: ServicesDep, session: SessionDep, who: CallerDep, photo_id: uuid.UUID) -> PhotoAnswer:
    """A photo and what was seen on it, and on those that other cameras took with it; boxes in fractions of each."""
    if found := find_photo(session, services.facts, who.tenant, photo_id):
        return found
    raise not_found("photo", str(photo_id))


@router.get(
    "/photos/{photo_id}/content",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}, "image/png": {}}}, 304: {"description": "You have it."}},
)
def show_picture(services: ServicesDep, who: CallerDep, photo_id: uuid.UUID, request: Request) -> Response:
    """The picture itself."""
    photo = stored_photo(services, who.tenant, photo_id)
    if photo is None:
        raise not_found("photo", str(photo_id))
    headers = {"etag": f'"{photo.sha256}"', "cache-control": FOREVER}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(services.photos.read(photo.path), media_type=photo.media_type, headers=headers)


@router.get("/observations/{observation_id}")
def show_observation(
    services: ServicesDep, session: SessionDep, who: CallerDep, observation_id: uuid.UUID
) -> ObservationAnswer:
    """What a cooler shows at one moment."""
    if found := find_observation(session, services.facts, who.tenant, observation_id):
        return found
    raise not_found("observation", str(observation_id))


@router.get("/devices/{device_id}/events")
def list_events(
    services: ServicesDep,
    session: SessionDep,
    who: CallerDep,
    device_id: Slug,
    start: Annotated[UtcDatetime | None, Query(alias="from", description="first moment")] = None,
    end: Annotated[UtcDatetime | None, Query(alias="to", description="just after the last; `next` goes here")] = None,
    limit: Limit = 100,
) -> Page[EventAnswer]:
    """What a device told besides photos: photos not taken and why, messages given up, alarms. Newest first."""
    if session.scalar(select(Device.id).where(Device.id == device_id)) is None:
        raise not_found("device", device_id)
    items = device_events(services.facts, who.tenant, device_id, start, end, limit + 1)
    further = format_utc(items[limit - 1].captured_at) if len(items) > limit else None
    return Page(items=items[:limit], next=further)


@router.get("/quarantine")
def list_quarantine(
    session: SessionDep,
    _admin: AdminDep,
    before: Annotated[int | None, Query(ge=1, description="`next` of the page before")] = None,
    limit: Limit = 100,
) -> Page[QuarantinedAnswer]:
    """Messages of your devices that could not be used, newest first."""
    wanted = select(Quarantined).order_by(Quarantined.id.desc()).limit(limit + 1)
    rows = list(session.scalars(wanted.where(Quarantined.id < before) if before else wanted))
    items = [
        QuarantinedAnswer(
            id=row.id,
            device_id=row.device_id,
            topic=row.topic,
            reason=row.reason,
            size=row.size,
            payload=row.payload.decode("utf-8", "backslashreplace"),
            received_at=row.received_at,
        )
        for row in rows[:limit]
    ]
    return Page(items=items, next=str(items[-1].id) if len(rows) > limit else None)
