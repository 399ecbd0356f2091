"""The SQL that makes buckets anew: one INSERT ... SELECT per rollup and box.

The rows of a bucket are those of its raw lines, each message once (FINAL), and zeros for what it held before; so a SKU
that is no longer there ends at zero. Versions grow even where the clock was set back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cloud.analytics.rollups.boxes import Box
from cloud.analytics.rollups.kinds import KINDS, Kind, Stored

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


def hours(box: Box, closed: datetime | None) -> Buckets | None:
    """The hours of a box, in UTC; None where all are closed."""
    start = max(box.start, closed) if closed else box.start
    if start >= box.end:
        return None
    bounds = {"start": milliseconds(start), "end": milliseconds(box.end)}
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


def making(tenant: str, box: Box, buckets: Buckets, now: int, stored: Collection[Stored]) -> Iterator[Statement]:
    """The statements that make `buckets` of the box's coolers anew, in the rollups of what is `stored`."""
    parameters = {"tenant": tenant, "coolers": box.coolers, "outlets": box.outlets, "now": now, **buckets.bounds}
    for kind in KINDS:
        if kind.stored in stored:
            yield _insert(kind, buckets), parameters


def _insert(kind: Kind, buckets: Buckets) -> str:
    rollup = f"{kind.name}_{buckets.grain}"
    key = ", ".join(("tenant", buckets.grain, "cooler", "outlet", *kind.more_key))
    named = ", ".join(("cooler", "outlet", *kind.more_key))
    zone = ("zone, ", "%(zone)s AS zone, ") if buckets.zone else ("", "")
    made = ", ".join(f"{one.made_by}(r_{name}) AS {name}" for name, one in kind.measures.items())
    of_raw = ", ".join(f"{one.of_raw} AS r_{name}" for name, one in kind.measures.items())
    nothing = ", ".join(f"{one.nothing} AS r_{name}" for name, one in kind.measures.items())
    whose = "tenant = %(tenant)s AND cooler IN %(coolers)s AND outlet IN %(outlets)s"
    return f"""
        INSERT INTO {rollup} ({key}, {zone[0]}{", ".join(kind.measures)}, version)
        SELECT {key}, {zone[1]}{made}, greatest(toUInt64(%(now)s), max(older) + 1)
        FROM (
            SELECT tenant, {buckets.of_raw} AS {buckets.grain}, {named}, {of_raw}, toUInt64(0) AS older
            FROM {kind.raw} FINAL WHERE {whose} AND {buckets.raw} AND {kind.condition}
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
