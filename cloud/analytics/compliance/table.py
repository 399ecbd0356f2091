"""What judging a photo leaves in the facts: its judgement by the planogram of its time, and its facings by shelf.

A photo that is judged again, by another planogram or after a better reading, replaces what was there: the latest
`judged_at` stands.
"""

from __future__ import annotations

from clickhouse_connect.cc_sqlalchemy.ddl.tableengine import ReplacingMergeTree
from clickhouse_connect.cc_sqlalchemy.types import (
    UUID,
    DateTime64,
    Float32,
    LowCardinality,
    String,
    UInt8,
    UInt16,
    UInt32,
)
from sqlalchemy import Column, Table

from cloud.audits.facts import PARTS, metadata


def _engine(order_by: str) -> ReplacingMergeTree:
    return ReplacingMergeTree(
        version="judged_at", partition_by="toYYYYMM(captured_at)", order_by=order_by, settings=PARTS
    )


judgement = Table(
    "photo_judgement",
    metadata,
    Column("tenant", LowCardinality(String)),
    Column("cooler", LowCardinality(String)),
    Column("captured_at", DateTime64(3, "UTC")),
    Column("observation_id", UUID),
    Column("outlet", LowCardinality(String)),
    Column("planogram", UInt32),  # 0: the cooler had none
    Column("ordered", UInt8),  # 0: a priority list, without shelves and positions
    Column("planned", UInt16),
    Column("present", UInt16),
    Column("shelf", UInt16),
    Column("position", UInt16),
    Column("count", UInt16),
    Column("variance", Float32),
    Column("unnamed", Float32),
    Column("moves", UInt16),
    Column("judged_at", DateTime64(3, "UTC")),
    _engine("(tenant, cooler, captured_at, observation_id)"),
)

shelf_facing = Table(
    "shelf_facing",
    metadata,
    Column("tenant", LowCardinality(String)),
    Column("cooler", LowCardinality(String)),
    Column("captured_at", DateTime64(3, "UTC")),
    Column("observation_id", UUID),
    Column("outlet", LowCardinality(String)),
    Column("row", UInt8),
    Column("rows", UInt8),
    Column("sku", LowCardinality(String)),
    Column("facings", UInt16),
    Column("variance", Float32),
    Column("beside_competitor", UInt16),  # of `facings`, those with a competitor's product next to them
    Column("judged_at", DateTime64(3, "UTC")),
    _engine("(tenant, cooler, captured_at, observation_id, row, sku)"),
)
