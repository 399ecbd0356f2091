"""Signs of life: what devices say of themselves goes onto their rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.audits.intake import Accepted
from cloud.fleet.models import Device
from facings.messages import State


def take_signs(session: Session, items: Sequence[Accepted]) -> bool:
    """Note when each device was last heard of, its state, birth and health; whether any came or went."""
    ids = {item.topic.device for item in items}
    devices = {device.id: device for device in session.scalars(select(Device).where(Device.id.in_(ids)))}
    states = {device.id: device.state for device in devices.values()}
    seen = {device.id: device.last_seen_at for device in devices.values()}
    for item in items:
        name = item.topic.device
        if not _is_will(item):
            heard = item.arrival.received_at if item.number else min(item.message.sent_at, item.arrival.received_at)
            seen[name] = max(seen[name] or heard, heard)
        if take := SIGNS.get(item.topic.kind):
            take(devices[name], item)
    for device in devices.values():
        device.last_seen_at = seen[device.id]
    return any(devices[device].state != state for device, state in states.items())


def _is_will(item: Accepted) -> bool:
    return isinstance(item.message, State) and item.message.state == "offline"


def _take_state(device: Device, item: Accepted) -> None:
    assert isinstance(item.message, State)
    # The will of an earlier boot may come in late; it says nothing of the present one.
    former = device.birth and device.birth["boot_id"] != str(item.message.boot_id)
    if not (_is_will(item) and former):
        device.state = item.message.state


def _take_birth(device: Device, item: Accepted) -> None:
    device.birth = _document(item)
    device.state = "online"


def _take_health(device: Device, item: Accepted) -> None:
    device.health = _document(item)


def _document(item: Accepted) -> dict[str, Any]:
    return item.message.model_dump(mode="json", by_alias=True, exclude_none=True)


SIGNS: dict[str, Callable[[Device, Accepted], None]] = {
    "state": _take_state,
    "birth": _take_birth,
    "health": _take_health,
}
"""Kinds that are kept on the device's row; of other messages without a number nothing is."""
