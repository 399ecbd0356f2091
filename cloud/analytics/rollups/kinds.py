"""Which rollups there are: what raw rows each is made of, by what, and how those of a bucket become one row.

Measures that came later than their rollup have zeros in buckets that were closed before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Stored = Literal["messages", "parts", "tags", "judgements"]
"""What is stored with a photo's cooler and hour, and touches the rollups made of it."""

MILLIONTHS = 1_000_000
"""Shares, confidences and variances are summed as integers of millionths: such sums do not depend on their order."""

LEAST_SHELVES = 3
"""Coolers with fewer have no three heights."""

USABLE = "verdict != 'unusable' AND clock_suspect = 0"
"""Photos that count in KPIs; see docs/kpi.md."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of a rollup: what one raw row has in it, and how those of a bucket become one."""

    of_raw: str
    made_by: str = "sum"
    nothing: str = "0"
    """What leaves the others as they are."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A rollup, kept by hour of UTC (`NAME_hour`) and by business day (`NAME_day`)."""

    name: str
    raw: str
    stored: Stored
    measures: Mapping[str, Measure]
    counted: str
    """The measure that is 0 where a bucket no longer holds anything."""
    more_key: tuple[str, ...] = ()
    """Beside tenant, bucket, cooler and outlet."""
    condition: str = field(default=USABLE)
    """On the raw rows."""


def _count(column: str) -> Measure:
    return Measure(f"toInt64({column})")


def _millionths(expression: str, made_by: str = "sum") -> Measure:
    return Measure(f"toInt64(round(({expression}) * {MILLIONTHS}))", made_by)


# The middle of a shelf's height, from 0 at the top to 1 at the bottom, in thirds.
_THIRD = "intDiv(3 * (2 * row + 1), 2 * rows)"


def _at(third: int, expression: str) -> str:
    return f"if({_THIRD} = {third}, {expression}, 0)"


SHELF = Kind(
    "shelf",
    "shelf_line",
    "messages",
    {
        "units": _count("units"),
        "facings": _count("facings"),
        "linear_share": _millionths("linear_share"),
        "confidence": _millionths("confidence"),
        "variance": _millionths("count_sd * count_sd"),
        "surest": _millionths("if(units > 0, confidence, 0)", "max"),
        "lines": Measure("toUInt32(1)"),
    },
    "lines",
    ("sku",),
)
"""The sums over the lines of a SKU, and the confidence of its surest one that counted any unit."""

PHOTO = Kind(
    "photo",
    "observation",
    "messages",
    {
        "photos": Measure("toUInt32(1)"),
        "first": Measure("captured_at", "min", "toDateTime64('2299-12-31 00:00:00', 3, 'UTC')"),
        "last": Measure("captured_at", "max", "toDateTime64('1970-01-01 00:00:00', 3, 'UTC')"),
    },
    "photos",
)
"""The number of photos, and when the first and the last of them were taken."""

PART = Kind(
    "part",
    "observation",
    "parts",
    {
        "photos": Measure("toUInt32(1)"),
        "hours": Measure("toStartOfHour(captured_at, 'UTC')", "uniqExact", "NULL"),
        "last": Measure("captured_at", "max", "toDateTime64('1970-01-01 00:00:00', 3, 'UTC')"),
    },
    "photos",
    condition="part = 1 AND clock_suspect = 0",
)
"""Photos of a part of a cooler, one of whose cameras was broken: how many, in how many hours, the last of them. They
are in no other rollup; a cooler whose cameras work has no row here."""

TAG = Kind(
    "tag",
    "price_tag",
    "tags",
    {"tags": Measure("toUInt32(1)"), "confidence": _millionths("confidence")},
    "tags",
    ("sku", "price"),
)
"""Price tags of a SKU that say a price, in hundredths (-1: none that can be read), and how sure they are in sum."""

HEIGHT = Kind(
    "height",
    "shelf_facing",
    "judgements",
    {
        "top": _count(_at(0, "facings")),
        "eye_level": _count(_at(1, "facings")),
        "bottom": _count(_at(2, "facings")),
        "top_variance": _millionths(_at(0, "variance")),
        "eye_level_variance": _millionths(_at(1, "variance")),
        "bottom_variance": _millionths(_at(2, "variance")),
        "beside": _count("beside_competitor"),
        "photos": Measure("observation_id", "uniqExact", "NULL"),
    },
    "photos",
    ("sku",),
    f"rows >= {LEAST_SHELVES}",
)
"""At what height the facings of a SKU stood on the judged photos with three shelves or more, how many of them beside a
competitor's product, and on how many photos it was."""

JUDGED = Kind(
    "judged",
    "photo_judgement",
    "judgements",
    {
        **{name: _count(name) for name in ("ordered", "planned", "present", "shelf", "position", "count", "moves")},
        "variance": _millionths("variance"),
        "unnamed": _millionths("unnamed"),
        "photos": Measure("toUInt32(1)"),
    },
    "photos",
    ("planogram",),
    "true",
)
"""The sums over the judgements of photos by one planogram; 0 where there was none."""

KINDS = (SHELF, PHOTO, PART, TAG, HEIGHT, JUDGED)
