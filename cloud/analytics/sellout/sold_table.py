"""The table of daily sell-out in the facts store.

One row per cooler, SKU, business day and outlet: on the day of a move, a cooler has rows in two. Computing a day again
adds rows that replace those before: the latest `computed_at` stands. A row that is no longer found is withdrawn.
`sold_following` are the covariances of what was sold with that of the days after, the next one first.
"""

from __future__ import annotations

from clickhouse_connect.cc_sqlalchemy.ddl.tableengine import ReplacingMergeTree
from clickhouse_connect.cc_sqlalchemy.types import Array, Date, DateTime64, Float64, LowCardinality, String, UInt8
from sqlalchemy import Column, Table

from cloud.audits.facts import PARTS, metadata
from cloud.audits.rekeying import KEY

_KEY = "tenant, cooler, sku, day, outlet"  # without the outlet until coolers that move were told apart

sellout_day = Table(
    "sellout_day",
    metadata,
    Column("tenant", LowCardinality(String)),
    Column("cooler", LowCardinality(String)),
    Column("sku", LowCardinality(String)),
    Column("day", Date),
    Column("outlet", LowCardinality(String)),
    Column("sold", Float64),
    Column("sold_variance", Float64),
    Column("sold_shared", Float64),
    Column("lost", Float64),
    Column("lost_variance", Float64),
    Column("opening", Float64),
    Column("covered", Float64),
    Column("withdrawn", UInt8),
    Column("computed_at", DateTime64(3, "UTC")),
    Column("sold_following", Array(Float64)),
    ReplacingMergeTree(
        version="computed_at",
        partition_by="toYYYYMM(day)",
        order_by=f"({_KEY})",
        settings=PARTS,
    ),
    info={KEY: _KEY},
)
