"""Stays: how long a cooler stood in one outlet and followed one planogram.

What a cooler sold belongs to the outlet where it stood then, and to the SKUs that its planogram named then: so each
stay is a record of its own. On its way from one outlet to another a cooler sells nothing; when its planogram changes,
it goes on selling by the old one until the first photo that is judged by the new one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

from cloud.analytics.photo_reading import PhotoReading

Lines = Mapping[str, tuple[int, float, float]]
"""Units, confidence and count_sd by SKU; the unnamed under ''."""

EVER, FOREVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
LEAST_PHOTOS = 2


class Photo(NamedTuple):
    """A usable photo of a cooler, and the outlet where the cooler stood."""

    outlet: str
    reading: PhotoReading
    lines: Lines


@dataclass(frozen=True, slots=True)
class Stay:
    """A cooler in one outlet with one planogram, from `start` up to `end`."""

    cooler: str
    outlet: str
    planogram: int
    start: datetime
    end: datetime
    photos: tuple[Photo, ...]


def stays_of(cooler: str, photos: Sequence[Photo], followed: Callable[[datetime], int | None]) -> Iterator[Stay]:
    """The stays of a cooler that had a planogram, and at least two photos.

    Args:
        cooler: its id.
        photos: its usable photos in order of time.
        followed: the planogram in force at a moment.
    """
    kinds = groupby(photos, lambda photo: (photo.outlet, followed(photo.reading.at)))
    runs = [(outlet, plan, tuple(members)) for (outlet, plan), members in kinds]
    for number, (outlet, plan, members) in enumerate(runs):
        start = members[0].reading.at if number else EVER
        end = FOREVER
        if number + 1 < len(runs):
            following = runs[number + 1]
            end = (following[2][0] if following[0] == outlet else members[-1]).reading.at
        if plan is not None and len(members) >= LEAST_PHOTOS:
            yield Stay(cooler, outlet, plan, start, end, members)
