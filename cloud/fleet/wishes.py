"""Sends again, at each start, what is wished of devices that have not reported it: a crash may have come between."""

from __future__ import annotations

from sqlalchemy import select

from cloud.fleet.models import Device
from cloud.fleet.remote import send, wish_of
from cloud.services import DeviceLine, Services


class Wishes:
    """Start it when the line is up."""

    def __init__(self, services: Services, line: DeviceLine) -> None:
        self._services = services
        self._line = line

    def start(self) -> None:
        """Send what is not reported yet."""
        with self._services.records.all_tenants(write=False) as session:
            wanted = select(Device).where(Device.revoked_at.is_(None), Device.wish_revision > 0)
            devices = session.scalars(wanted).all()
            letters = [wish_of(one) for one in devices if (one.reported or {}).get("revision") != one.wish_revision]
        for letter in letters:
            send(self._line, letter)

    def stop(self) -> None:
        """Nothing to end."""
