"""The photos of a cooler as the stock-out rules read them, from the facts: how many there are, and some at a time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from cloud.analytics.photo_reading import PhotoReading, photo_of
from cloud.audits.archive import readable
from cloud.audits.facts import Facts, observation
from cloud.audits.observed import ObservationColumns

PAGE = 200
"""Photos whose messages are in memory at once."""


def in_order(photo: PhotoReading) -> tuple[datetime, uuid.UUID]:
    """What photos are put in order by: when they were taken."""
    return photo.at, photo.observation


class StoredPhotos:
    """The photos of a tenant's coolers that the rules go by: usable ones, also of a part of a cooler."""

    def __init__(self, facts: Facts, tenant: str) -> None:
        self._facts = facts
        self._tenant = tenant

    def times(
        self, cooler: str, since: datetime | None, until: datetime | None, most: int | None = None
    ) -> list[datetime]:
        """When the photos between two moments were taken, in order; of more than `most` only one more than that."""
        wanted = _of(select(observation.c.captured_at), cooler).order_by(observation.c.captured_at)
        if since:
            wanted = wanted.where(observation.c.captured_at >= since)
        if until:
            wanted = wanted.where(observation.c.captured_at <= until)
        if most is not None:
            wanted = wanted.limit(most + 1)
        return [row.captured_at for row in self._facts.select(self._tenant, wanted, observation)]

    def readings(self, cooler: str, times: Sequence[datetime]) -> list[PhotoReading]:
        """The photos that were taken at these times, in order; their messages are read `PAGE` by `PAGE`."""
        moments = list(dict.fromkeys(times))
        pages = (moments[at : at + PAGE] for at in range(0, len(moments), PAGE))
        return sorted((one for page in pages for one in self._read(cooler, page[0], page[-1])), key=in_order)

    def whole_before(self, cooler: str, moment: datetime) -> PhotoReading | None:
        """The last photo before a moment that showed all of the cooler."""
        photo = observation.c
        usable = (photo.cooler == cooler, photo.verdict != "unusable", photo.clock_suspect == 0)
        last = select(func.max(photo.captured_at)).where(*usable, photo.captured_at < moment)
        found = self._facts.select(self._tenant, last.group_by(photo.cooler), observation)
        return self.readings(cooler, [found[0][0]])[-1] if found else None

    def _read(self, cooler: str, first: datetime, last: datetime) -> Iterator[PhotoReading]:
        photo = observation.c
        wanted = _of(select(photo.document, photo.device), cooler).where(photo.captured_at.between(first, last))
        for row in self._facts.select(self._tenant, wanted, observation):
            for message in readable([row.document], ObservationColumns):
                yield photo_of(message, row.device)


def _of(wanted: Select[Any], cooler: str) -> Select[Any]:
    photo = observation.c
    return wanted.where(
        photo.cooler == cooler, photo.clock_suspect == 0, (photo.verdict != "unusable") | (photo.part == 1)
    )
