"""The tables of the rollups in the facts store.

`shelf_hour` and `shelf_day` hold the sums over the lines of a SKU and its surest line, `photo_hour` and `photo_day` the
number of photos behind them, and when the first and the last of them were taken. Making a bucket anew adds rows that
replace those before: the highest `version` stands. A SKU that a bucket no longer has gets a row of zeros.

Shares, confidences and variances are summed as integers of millionths: such sums do not depend on their order.

`surest`, `first` and `last` came later: buckets that were closed before have zeros in them.
"""

from __future__ import annotations

from typing import Any

from clickhouse_connect.cc_sqlalchemy.ddl.tableengine import MergeTree, ReplacingMergeTree
from clickhouse_connect.cc_sqlalchemy.types import Date, DateTime64, Int64, LowCardinality, String, UInt32, UInt64
from sqlalchemy import Column, Table

from cloud.audits.facts import DURABLE, metadata

MILLIONTHS = 1_000_000


def _text(name: str) -> Column[Any]:
    return Column(name, LowCardinality(String))


def _rollup(name: str, bucket: Column[Any], of_lines: bool) -> Table:
    """By bucket first: a dashboard asks for a period of all coolers more often than for all time of one."""
    zone = [_text("zone")] if bucket.name == "day" else []
    key = ("tenant", bucket.name, "cooler", "outlet", *(["sku"] if of_lines else []))
    return Table(
        name,
        metadata,
        _text("tenant"),
        bucket,
        _text("cooler"),
        _text("outlet"),
        *([_text("sku")] if of_lines else []),
        *zone,
        *(_of_lines() if of_lines else _of_photos()),
        Column("version", UInt64, clickhousedb_codec="Delta, ZSTD(1)"),
        ReplacingMergeTree(
            version="version",
            partition_by=f"toYYYYMM({bucket.name})",
            order_by=f"({', '.join(key)})",
            settings=DURABLE,
        ),
    )


def _of_lines() -> list[Column[Any]]:
    measured = ("units", "facings", "linear_share", "confidence", "variance", "surest")
    columns: list[Column[Any]] = [Column(name, Int64, clickhousedb_codec="T64, ZSTD(1)") for name in measured]
    return [*columns, Column("lines", UInt32)]


def _of_photos() -> list[Column[Any]]:
    moments = (Column(name, DateTime64(3, "UTC"), clickhousedb_codec="T64, ZSTD(1)") for name in ("first", "last"))
    return [Column("photos", UInt32), *moments]


def _hour() -> Column[Any]:
    return Column("hour", DateTime64(3, "UTC"))


shelf_hour = _rollup("shelf_hour", _hour(), of_lines=True)
photo_hour = _rollup("photo_hour", _hour(), of_lines=False)
shelf_day = _rollup("shelf_day", Column("day", Date), of_lines=True)
photo_day = _rollup("photo_day", Column("day", Date), of_lines=False)

touched_hour = Table(
    "touched_hour",
    metadata,
    _text("tenant"),
    _text("cooler"),
    _text("outlet"),
    _hour(),
    Column("generation", UInt64),
    # What has been rolled up is dropped by generation, which costs no mutation.
    MergeTree(partition_by="generation", order_by="(tenant, cooler, hour)", settings=DURABLE),
)
"""Buckets that something came in for since they were made."""

rollup_state = Table(
    "rollup_state",
    metadata,
    Column("kind", LowCardinality(String)),
    Column("moment", DateTime64(3, "UTC")),
    ReplacingMergeTree(version="moment", order_by="kind", settings=DURABLE),
)
"""`closed`: buckets that begin before the moment stay as they are, as raw lines behind them may have been deleted.
`ADOPTED`: since then every raw line is in the rollups, in all their columns, or noted as touched."""

ADOPTED = "adopted, with surest lines and times of photos"
"""Named anew with each column that the raw lines have to be read again for."""
