"""Devices, as the API speaks of them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cloud.api.shapes import Answer, Body
from facings.clock import UtcDatetime
from facings.ids import Slug


class NewDevice(Body):
    """A device to provision."""

    id: Slug
    cooler: Slug


class DeviceAnswer(Answer):
    """A device."""

    id: str
    cooler: str = Field(validation_alias="cooler_id")
    state: Literal["online", "stopped", "offline", "never"]
    created_at: UtcDatetime
    revoked_at: UtcDatetime | None
    last_seen_at: UtcDatetime | None
    birth: dict[str, object] | None
    health: dict[str, object] | None


class ProvisionedDevice(Answer):
    """A device just provisioned; `key` is shown this once, and opens both MQTT and HTTP."""

    id: str
    cooler: str
    key: str
    mqtt_url: str
    mqtt_username: str


class LiveLogin(Answer):
    """A read-only login at the broker."""

    websocket_url: str
    mqtt_url: str
    username: str
    password: str
    topic: str
