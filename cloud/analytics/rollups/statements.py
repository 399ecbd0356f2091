"""The SQL that makes buckets anew: one INSERT ... SELECT per rollup and box.

The rows of a bucket are those of its raw lines, each message once (FINAL), and zeros for what it held before; so a SKU
that is no longer there ends at zero. Versions grow even where the clock was set back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cloud.analytics.rollups.boxes import Box
from cloud.analytics.rollups.tables import MILLIONTHS, photo_day, photo_hour, shelf_day, shelf_hour

USABLE = "verdict != 'unusable' AND clock_suspect = 0"
"""Photos that count in KPIs; see docs/kpi.md."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of a rollup: what one raw row has in it, and how those of a bucket become one."""

    of_raw: str
    made_by: str = "sum"
    nothing: str = "0"
    """What leaves the others as they are."""


OF_LINES = {
    "units": Measure("toInt64(units)"),
    "facings": Measure("toInt64(facings)"),
    "linear_share": Measure(f"toInt64(round(linear_share * {MILLIONTHS}))"),
    "confidence": Measure(f"toInt64(round(confidence * {MILLIONTHS}))"),
    "variance": Measure(f"toInt64(round(count_sd * count_sd * {MILLIONTHS}))"),
    "surest": Measure(f"toInt64(if(units > 0, round(confidence * {MILLIONTHS}), 0))", "max"),
    "lines": Measure("toUInt32(1)"),
}
"""By column; what `rollups.tables` says of them."""
OF_PHOTOS = {
    "photos": Measure("toUInt32(1)"),
    "first": Measure("captured_at", "min", "toDateTime64('2299-12-31 00:00:00', 3, 'UTC')"),
    "last": Measure("captured_at", "max", "toDateTime64('1970-01-01 00:00:00', 3, 'UTC')"),
}

Statement = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Buckets:
    """Which buckets of which rollup: an expression of their name in raw lines, and their bounds."""

    grain: str
    of_raw: str
    raw: str
    """Condition on the raw lines."""
    kept: str
    """Condition on the rollup."""
    bounds: dict[str, Any]
    zone: str = ""


def hours(box: Box) -> Buckets:
    """The hours of a box, in UTC."""
    bounds = {"start": milliseconds(box.start), "end": milliseconds(box.end)}
    return Buckets(
        "hour",
        "toDateTime64(toStartOfHour(captured_at, 'UTC'), 3, 'UTC')",
        between("captured_at"),
        between("hour"),
        bounds,
    )


def days(box: Box, zone: str, closed: datetime | None) -> Buckets | None:
    """The business days that the hours of a box lie in, in the zone of its outlets; None where all are closed."""
    local = ZoneInfo(zone)
    first = box.start.astimezone(local).date()
    last = (box.end - timedelta(microseconds=1)).astimezone(local).date()
    while closed and first <= last and midnight(first, local) < closed:
        first += timedelta(days=1)
    if first > last:
        return None
    start, end = midnight(first, local), midnight(last + timedelta(days=1), local)
    bounds = {"start": milliseconds(start), "end": milliseconds(end), "first": str(first), "last": str(last)}
    bounds["zone"] = zone
    kept = "day BETWEEN toDate(%(first)s) AND toDate(%(last)s)"
    return Buckets("day", "toDate(captured_at, %(zone)s)", between("captured_at"), kept, bounds, zone)


def making(tenant: str, box: Box, buckets: Buckets, now: int) -> Iterator[Statement]:
    """The statements that make `buckets` of the box's coolers anew."""
    parameters = {"tenant": tenant, "coolers": box.coolers, "outlets": box.outlets, "now": now, **buckets.bounds}
    shelf, photo = (shelf_hour, photo_hour) if buckets.grain == "hour" else (shelf_day, photo_day)
    yield _insert(shelf.name, "shelf_line", buckets, ("sku",), OF_LINES), parameters
    yield _insert(photo.name, "observation", buckets, (), OF_PHOTOS), parameters


def _insert(rollup: str, raw: str, buckets: Buckets, more_key: tuple[str, ...], measures: dict[str, Measure]) -> str:
    key = ", ".join(("tenant", buckets.grain, "cooler", "outlet", *more_key))
    named = ", ".join(("cooler", "outlet", *more_key))
    zone = ("zone, ", "%(zone)s AS zone, ") if buckets.zone else ("", "")
    made = ", ".join(f"{one.made_by}(r_{name}) AS {name}" for name, one in measures.items())
    of_raw = ", ".join(f"{one.of_raw} AS r_{name}" for name, one in measures.items())
    nothing = ", ".join(f"{one.nothing} AS r_{name}" for name, one in measures.items())
    whose = "tenant = %(tenant)s AND cooler IN %(coolers)s AND outlet IN %(outlets)s"
    return f"""
        INSERT INTO {rollup} ({key}, {zone[0]}{", ".join(measures)}, version)
        SELECT {key}, {zone[1]}{made}, greatest(toUInt64(%(now)s), max(older) + 1)
        FROM (
            SELECT tenant, {buckets.of_raw} AS {buckets.grain}, {named}, {of_raw}, toUInt64(0) AS older
            FROM {raw} FINAL WHERE {whose} AND {buckets.raw} AND {USABLE}
            UNION ALL
            SELECT {key}, {nothing}, version AS older FROM {rollup} WHERE {whose} AND {buckets.kept}
        )
        GROUP BY {key}
    """  # noqa: S608 (names of ours; values are bound)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a business day begins."""
    return datetime.combine(day, time(), zone)


def milliseconds(moment: datetime) -> int:
    """As `DateTime64(3)` counts: a number, as texts of times would be read in the server's own zone."""
    return round(moment.timestamp() * 1000)


def between(column: str) -> str:
    """From `start` on and before `end`."""
    first, last = (f"fromUnixTimestamp64Milli(toInt64(%({name})s), 'UTC')" for name in ("start", "end"))
    return f"{column} >= {first} AND {column} < {last}"
