"""Provisioning: which devices there are, and the keys they hold."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import bcrypt
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.api.errors import ApiError
from cloud.api.reading import existing
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
    """A device for a cooler, and its key; all else as `add_devices`."""
    return add_devices(session, caller, {device: cooler})[0]


def add_devices(session: Session, caller: Caller, coolers: Mapping[str, str]) -> list[tuple[Device, str]]:
    """A device for each of some coolers, all or none, and their keys, which are shown this once.

    A revoked device may come back with a new key. Call `Services.logins.refresh()` once the session is committed.

    Args:
        session: which writes.
        caller: whose devices these will be.
        coolers: the cooler of each device.

    Raises:
        BadInputError: an id is none, or a reserved one.
        ApiError: 404 where there is no such cooler; 409 where a device is there already.
    """
    for device in coolers:
        if not is_slug(device) or device in RESERVED_DEVICES:
            raise BadInputError(f"device {device!r}: take lower-case letters, digits and dashes, as in 'cooler-01'")
    # Hashed before the session asks the database for anything: from then on nobody else can write.
    keys = {device: KEY_PREFIX + secrets.token_urlsafe(32) for device in coolers}
    hashes = {device: bcrypt.hashpw(key.encode(), bcrypt.gensalt(_BCRYPT_ROUNDS)) for device, key in keys.items()}
    there = set(session.scalars(select(Cooler.id).where(Cooler.id.in_(set(coolers.values())))))
    known = {one.id: one for one in session.scalars(select(Device).where(Device.id.in_(coolers.keys())))}
    if missing := [cooler for cooler in coolers.values() if cooler not in there]:
        raise ApiError(404, f"there is no cooler {_named(missing)}", "add it first: PUT /api/v1/coolers/{cooler}")
    if taken := [device for device in coolers if device in known and known[device].revoked_at is None]:
        raise ApiError(409, f"there is a device {_named(taken)} already", "revoke it first to give it a new key")
    for device, cooler in coolers.items():
        row = known.setdefault(device, Device(tenant_id=caller.tenant, id=device, state="never"))
        row.cooler_id, row.created_at, row.revoked_at = cooler, SystemClock().now(), None
        row.key_hash, row.mqtt_hash = key_hash(keys[device]), hashes[device].decode()
        session.add(row)
        record(session, caller, "device.create", device, {"cooler": cooler})
    session.flush()
    return [(known[device], key) for device, key in keys.items()]


def _named(ids: Sequence[str]) -> str:
    shown = ", ".join(repr(one) for one in ids[:5])
    return shown if len(ids) <= 5 else f"{shown} and {len(ids) - 5:,} more"


def revoke_device(session: Session, caller: Caller, device: str) -> Device:
    """Take a device's key away; what it has sent stays.

    Raises:
        ApiError: 404 where there is no such device.
    """
    found = existing(session, Device, (caller.tenant, device), "device")
    if found.revoked_at is None:
        found.revoked_at = SystemClock().now()
        record(session, caller, "device.revoke", device)
    return found
