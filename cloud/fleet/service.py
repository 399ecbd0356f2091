"""Provisioning: which devices there are, and the keys they hold."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import bcrypt
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.api.errors import ApiError, not_found
from cloud.fleet.models import Device
from cloud.identity.service import Caller, key_hash, record
from cloud.outlets.models import Cooler
from facings.clock import SystemClock
from facings.errors import BadInputError
from facings.ids import is_slug
from facings.topics import RESERVED_DEVICES

if TYPE_CHECKING:
    from cloud.services import Services

KEY_PREFIX = "fdk_"
_BCRYPT_ROUNDS = 4  # the keys are random: slow hashing would only slow the fleet's reconnect


def device_of_key(services: Services, key: str) -> Device | None:
    """The device that holds this key; None where it is unknown or revoked."""
    if not key.startswith(KEY_PREFIX):
        return None
    with services.records.all_tenants(write=False) as session:
        return session.scalar(select(Device).where(Device.key_hash == key_hash(key), Device.revoked_at.is_(None)))


def add_device(session: Session, caller: Caller, device: str, cooler: str) -> tuple[Device, str]:
    """A device for a cooler, and its key, which is shown this once. A revoked device may come back with a new key.

    Call `Services.logins.refresh()` once the session is committed.

    Raises:
        BadInputError: the id is none, or a reserved one.
        ApiError: 404 where there is no such cooler; 409 where the device is there already.
    """
    if not is_slug(device) or device in RESERVED_DEVICES:
        raise BadInputError(f"device {device!r}: take lower-case letters, digits and dashes, as in 'cooler-01'")
    if session.get(Cooler, (caller.tenant, cooler)) is None:
        raise not_found("cooler", cooler)
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    found = session.get(Device, (caller.tenant, device))
    if found and found.revoked_at is None:
        raise ApiError(409, f"there is a device {device!r} already", "revoke it first to give it a new key")
    made = found or Device(tenant_id=caller.tenant, id=device, state="never")
    made.cooler_id = cooler
    made.key_hash = key_hash(key)
    made.mqtt_hash = bcrypt.hashpw(key.encode(), bcrypt.gensalt(_BCRYPT_ROUNDS)).decode()
    made.created_at = SystemClock().now()
    made.revoked_at = None
    session.add(made)
    record(session, caller, "device.create", device, {"cooler": cooler})
    session.flush()
    return made, key


def revoke_device(session: Session, caller: Caller, device: str) -> Device:
    """Take a device's key away; what it has sent stays.

    Raises:
        ApiError: 404 where there is no such device.
    """
    found = session.get(Device, (caller.tenant, device))
    if found is None:
        raise not_found("device", device)
    if found.revoked_at is None:
        found.revoked_at = SystemClock().now()
        record(session, caller, "device.revoke", device)
    return found
