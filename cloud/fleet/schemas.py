"""Devices, as the API speaks of them."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cloud.api.shapes import Answer, Body
from facings.clock import UtcDatetime
from facings.ids import Slug

LARGEST_BATCH = 1000
"""Each device costs a hash of its key, and all of them wait for one answer."""


class NewDevice(Body):
    """A device to provision."""

    id: Slug
    cooler: Slug


class NewDevices(Body):
    """Devices to provision, all or none."""

    devices: Annotated[list[NewDevice], Field(min_length=1, max_length=LARGEST_BATCH)]

    @model_validator(mode="after")
    def _each_once(self) -> NewDevices:
        twice = [device for device, times in Counter(one.id for one in self.devices).items() if times > 1]
        if twice:
            raise ValueError(f"these devices come twice: {', '.join(twice[:5])}; leave one of each")
        return self


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


class ProvisionedDevices(Answer):
    """Devices just provisioned, in the order in which they were asked for."""

    devices: list[ProvisionedDevice]


class LiveLogin(Answer):
    """A read-only login at the broker."""

    websocket_url: str
    mqtt_url: str
    username: str
    password: str
    topic: str
