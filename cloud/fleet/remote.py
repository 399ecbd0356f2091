"""What devices are asked to do and wished to be set to, and what they answer."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.api.errors import ApiError, not_found
from cloud.api.reading import existing
from cloud.fleet.models import Device, DeviceCommand
from cloud.identity.service import Caller, record
from facings.ids import uuid7
from facings.messages import Command, CommandReply, ConfigDesired, ConfigReported, Message
from facings.topics import DeviceTopics

if TYPE_CHECKING:
    from cloud.audits.intake import Accepted
    from cloud.services import DeviceLine

log = logging.getLogger(__name__)

Letter = tuple[str, Message, bool]
"""A topic, what is said on it, and whether the broker keeps it for later listeners."""


def ask(
    session: Session,
    caller: Caller,
    device: str,
    name: str,
    arguments: Mapping[str, Any],
    now: datetime,
    within: timedelta,
) -> tuple[DeviceCommand, Letter]:
    """Ask a device to do something, and what to send once the session is committed.

    Args:
        session: which writes.
        caller: who asks.
        device: which device.
        name: of the command, one of those the device says it can do.
        arguments: of the command.
        now: the time.
        within: how long the device may be out of reach before the command means nothing any more.

    Raises:
        ApiError: 404 where there is no such device; 409 where it is revoked, was never online, or cannot do this.
    """
    found = _in_use(session, caller, device)
    able = (found.birth or {}).get("capabilities", ())
    if found.birth is None:
        raise ApiError(
            409, f"device {device!r} was never online", "start it; it says at its first start what it can do"
        )
    if name not in able:
        can = ", ".join(able) or "nothing"
        raise ApiError(409, f"device {device!r} cannot do {name!r}", f"it can do {can}; update it, or choose another")
    row = DeviceCommand(
        tenant_id=caller.tenant,
        id=uuid7(),
        device_id=device,
        name=name,
        arguments=dict(arguments),
        asked_by=caller.actor,
        asked_at=now,
        expires_at=now + within,
    )
    session.add(row)
    record(session, caller, "device.command", device, {"command": name})
    session.flush()
    command = Command(id=row.id, arguments=row.arguments, expires_at=row.expires_at)
    return row, (DeviceTopics(caller.tenant, device).command(name), command, False)


def wish(session: Session, caller: Caller, device: str, settings: Mapping[str, Any]) -> tuple[Device, Letter]:
    """Wish a device to have `settings`, in place of the wish before; and what to send once the session is committed.

    Raises:
        ApiError: 404 where there is no such device; 409 where it is revoked.
    """
    found = _in_use(session, caller, device)
    found.wished, found.wish_revision = dict(settings), found.wish_revision + 1
    record(session, caller, "device.wish", device, {"settings": sorted(settings)})
    session.flush()
    return found, wish_of(found)


def wish_of(device: Device) -> Letter:
    """What is wished of a device, as it is sent."""
    desired = ConfigDesired(revision=device.wish_revision, settings=device.wished or {})
    return DeviceTopics(device.tenant_id, device.id).config_desired, desired, True


def send(line: DeviceLine, letter: Letter) -> None:
    """Hand a letter to the broker, which keeps it while the device is away."""
    topic, message, retain = letter
    if not line.publish(topic, message.to_wire(), 1, retain):
        log.error("could not send %s: too much is waiting for the broker", topic)


def take_answers(session: Session, items: Iterable[Accepted], now: datetime) -> None:
    """Note what devices say became of commands and wishes; an answer that comes twice is noted once."""
    for item in items:
        if isinstance(item.message, CommandReply):
            row = session.get(DeviceCommand, (item.topic.tenant, item.message.request))
            if row and row.device_id == item.topic.device and row.answered_at is None:
                row.answered_at, row.ok = now, item.message.ok
                row.error, row.detail = item.message.error[:500], item.message.detail
        elif isinstance(item.message, ConfigReported):
            device = session.get(Device, (item.topic.tenant, item.topic.device))
            if device:
                device.reported = item.message.model_dump(mode="json", by_alias=True)


def latest(session: Session, tenant: str, device: str, name: str) -> DeviceCommand | None:
    """The last command of a name that a device was given."""
    of = (DeviceCommand.tenant_id == tenant, DeviceCommand.device_id == device, DeviceCommand.name == name)
    return session.scalar(select(DeviceCommand).where(*of).order_by(DeviceCommand.asked_at.desc()).limit(1))


def command_of(session: Session, tenant: str, device: str, command: uuid.UUID) -> DeviceCommand:
    """One command of a device.

    Raises:
        ApiError: 404 where it was given no such command.
    """
    row = session.get(DeviceCommand, (tenant, command))
    if row is None or row.device_id != device:
        raise not_found("command", command)
    return row


def _in_use(session: Session, caller: Caller, device: str) -> Device:
    found = existing(session, Device, (caller.tenant, device), "device")
    if found.revoked_at is not None:
        raise ApiError(409, f"device {device!r} is revoked", "provision it anew first")
    return found
