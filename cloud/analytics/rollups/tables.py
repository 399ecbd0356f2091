"""The tables of the rollups in the facts store; `rollups.kinds` says what is in them.

Making a bucket anew adds rows that replace those before: the highest `version` stands. What a bucket no longer has, as
a SKU that was corrected, gets a row of zeros.
"""

from __future__ import annotations

from typing import Any

from clickhouse_connect.cc_sqlalchemy.ddl.tableengine import MergeTree, ReplacingMergeTree
from clickhouse_connect.cc_sqlalchemy.types import Date, DateTime64, Int64, LowCardinality, String, UInt32, UInt64
from sqlalchemy import Column, Table

from cloud.analytics.rollups.kinds import HEIGHT, JUDGED, PART, PHOTO, SHELF, TAG, Kind
from cloud.audits.facts import PARTS, metadata


def _text(name: str) -> Column[Any]:
    return Column(name, LowCardinality(String))


def _rollup(kind: Kind, bucket: Column[Any], more_key: tuple[Column[Any], ...] = ()) -> Table:
    """By bucket first: a dashboard asks for a period of all coolers more often than for all time of one."""
    key = (_text("tenant"), bucket, _text("cooler"), _text("outlet"), *more_key)
    zone = [_text("zone")] if bucket.name == "day" else []
    return Table(
        f"{kind.name}_{bucket.name}",
        metadata,
        *key,
        *zone,
        *(_measure(kind, name) for name in kind.measures),
        Column("version", UInt64, clickhousedb_codec="Delta, ZSTD(1)"),
        ReplacingMergeTree(
            version="version",
            partition_by=f"toYYYYMM({bucket.name})",
            order_by=f"({', '.join(column.name for column in key)})",
            settings=PARTS,
        ),
    )


def _measure(kind: Kind, name: str) -> Column[Any]:
    if name == kind.counted:
        return Column(name, UInt32)
    if kind.measures[name].made_by == "min" or name == "last":
        return Column(name, DateTime64(3, "UTC"), clickhousedb_codec="T64, ZSTD(1)")
    return Column(name, Int64, clickhousedb_codec="T64, ZSTD(1)")


def _hour() -> Column[Any]:
    return Column("hour", DateTime64(3, "UTC"))


def _day() -> Column[Any]:
    return Column("day", Date)


shelf_hour = _rollup(SHELF, _hour(), (_text("sku"),))
shelf_day = _rollup(SHELF, _day(), (_text("sku"),))
photo_hour = _rollup(PHOTO, _hour())
photo_day = _rollup(PHOTO, _day())
part_hour = _rollup(PART, _hour())
part_day = _rollup(PART, _day())
tag_hour = _rollup(TAG, _hour(), (_text("sku"), Column("price", Int64)))
tag_day = _rollup(TAG, _day(), (_text("sku"), Column("price", Int64)))
height_hour = _rollup(HEIGHT, _hour(), (_text("sku"),))
height_day = _rollup(HEIGHT, _day(), (_text("sku"),))
judged_hour = _rollup(JUDGED, _hour(), (Column("planogram", UInt32),))
judged_day = _rollup(JUDGED, _day(), (Column("planogram", UInt32),))

HOURLY = (shelf_hour, photo_hour, part_hour, tag_hour, height_hour, judged_hour)
DAILY = (shelf_day, photo_day, part_day, tag_day, height_day, judged_day)

touched_hour = Table(
    "touched_hour",
    metadata,
    _text("tenant"),
    _text("cooler"),
    _text("outlet"),
    _hour(),
    Column("generation", UInt64),
    _text("stored"),  # empty: messages, as notes were before there were judgements
    # What has been rolled up is dropped by generation, which costs no mutation.
    MergeTree(partition_by="generation", order_by="(tenant, cooler, hour)", settings=PARTS),
)
"""Buckets that something came in for since they were made."""

rollup_state = Table(
    "rollup_state",
    metadata,
    Column("kind", LowCardinality(String)),
    Column("moment", DateTime64(3, "UTC")),
    ReplacingMergeTree(version="moment", order_by="kind", settings=PARTS),
)
"""`closed`: buckets that begin before the moment stay as they are, as raw lines behind them may have been deleted.
`ADOPTED`: since then every raw line is in the rollups, in all their columns, or noted as touched.
`PARTS_ADOPTED`: so is every photo of a part of a cooler."""

ADOPTED = "adopted, with surest lines, times of photos, and judgements"
"""Named anew with each column that the raw lines have to be read again for."""
PARTS_ADOPTED = "adopted, photos of a part of a cooler"
"""Apart, as these photos are few: they are noted, and no other line is read again for them."""
