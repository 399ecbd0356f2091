"""What stood in the coolers over some time: for each cooler and SKU the mean over its usable photos."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from cloud.audits.facts import Facts, observation, shelf_line


@dataclass(frozen=True, slots=True)
class MeanLine:
    """The mean photo of a cooler in one SKU; photos without it count as zero."""

    cooler: str
    outlet: str
    sku: str
    units: float
    facings: float
    variance: float
    """Of the error of `facings`; the errors of a cooler's photos are taken as fully dependent."""
    stocked: float
    """Chance that it stood there at all: the confidence of its surest line."""


@dataclass(frozen=True, slots=True)
class Watched:
    """The photos behind it."""

    cooler: str
    outlet: str
    photos: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """Some time of some coolers, by the outlet that each stood in when its photos were taken."""

    start: datetime
    end: datetime
    lines: tuple[MeanLine, ...]
    watched: tuple[Watched, ...]


def read_window(
    facts: Facts, tenant: str, start: datetime, end: datetime, coolers: Collection[str] | None = None
) -> Window:
    """What stood in `coolers`, by default in all, from `start` to just before `end`."""
    photo, line = observation.c, shelf_line.c
    counted = select(
        photo.cooler,
        photo.outlet,
        func.count().label("photos"),
        func.min(photo.captured_at).label("first"),
        func.max(photo.captured_at).label("last"),
    ).group_by(photo.cooler, photo.outlet)
    counted = counted.where(*_within(photo, start, end, coolers))
    watched = [Watched(**row._mapping) for row in facts.select(tenant, counted, observation)]
    photos = {(one.cooler, one.outlet): one.photos for one in watched}
    summed = select(
        line.cooler,
        line.outlet,
        line.sku,
        func.sum(line.units).label("units"),
        func.sum(line.facings).label("facings"),
        func.sum(line.count_sd * line.count_sd).label("variance"),
        func.max(line.confidence).label("stocked"),
    ).group_by(line.cooler, line.outlet, line.sku)
    rows = facts.select(tenant, summed.where(*_within(line, start, end, coolers), line.units > 0), shelf_line)
    lines = [_mean(row, photos[row.cooler, row.outlet]) for row in rows if (row.cooler, row.outlet) in photos]
    return Window(start, end, tuple(sorted(lines, key=lambda one: (one.cooler, one.sku))), tuple(watched))


def _mean(row: Any, photos: int) -> MeanLine:
    # The error of facings is that of units, in proportion.
    variance = row.variance / photos * (row.facings / row.units) ** 2
    return MeanLine(
        row.cooler, row.outlet, row.sku, row.units / photos, row.facings / photos, variance, min(row.stocked, 1.0)
    )


def _within(
    column: Any, start: datetime, end: datetime, coolers: Collection[str] | None
) -> tuple[ColumnElement[bool], ...]:
    usable = (
        column.captured_at >= start,
        column.captured_at < end,
        column.verdict != "unusable",
        column.clock_suspect == 0,
    )
    return usable if coolers is None else (*usable, column.cooler.in_(sorted(coolers)))
