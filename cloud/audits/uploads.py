"""Uploads of photos: who may send which, and what becomes of the bytes."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path

from cloud.api.errors import ApiError
from cloud.audits.models import Photo
from cloud.audits.photos import GRANT_LIFETIME, Grant
from cloud.audits.schemas import GrantRequest
from cloud.fleet.models import Device
from cloud.services import Services


def grant_upload(services: Services, device: Device, request: GrantRequest) -> tuple[str, datetime] | None:
    """A grant for one photo and when it expires; None where the photo is stored already.

    Raises:
        ApiError: 409 where the id names another photo.
    """
    with services.records.session(device.tenant_id) as session:
        photo = session.get(Photo, (device.tenant_id, request.photo_id))
        if photo is None:
            photo = Photo(
                id=request.photo_id,
                cooler_id=device.cooler_id,
                device_id=device.id,
                **request.model_dump(exclude={"photo_id"}),
            )
            session.add(photo)
        elif (photo.device_id, photo.sha256, photo.bytes) != (device.id, request.sha256, request.bytes):
            raise ApiError(409, f"photo {request.photo_id} is another one", "give each photo an id of its own")
        if photo.stored_at:
            return None
    expires_at = services.clock.now() + GRANT_LIFETIME
    grant = Grant(device.tenant_id, device.id, photo.id, photo.sha256, photo.bytes, photo.media_type)
    return grant.signed(services.secret, expires_at), expires_at


def is_stored(services: Services, grant: Grant) -> bool:
    """Whether the photo of the grant is there already."""
    with services.records.session(grant.tenant, write=False) as session:
        photo = session.get(Photo, (grant.tenant, grant.photo))
        return photo is not None and photo.stored_at is not None


def keep_upload(services: Services, grant: Grant, file: Path) -> None:
    """Put a received and checked file in its place, then note that it is there."""
    with services.records.session(grant.tenant, write=False) as session:
        photo = session.get_one(Photo, (grant.tenant, grant.photo))
    services.photos.keep(file, photo.path)
    with services.records.session(grant.tenant) as session:
        session.get_one(Photo, (grant.tenant, grant.photo)).stored_at = services.clock.now()
    services.live.refresh(grant.tenant, (photo.cooler_id,))


def stored_photo(services: Services, tenant: str, photo_id: uuid.UUID) -> Photo | None:
    """The photo, if its bytes are there."""
    with services.records.session(tenant, write=False) as session:
        photo = session.get(Photo, (tenant, photo_id))
    return photo if photo and photo.stored_at else None
