"""The facts store: a row per photo, per SKU line and per event, on ClickHouse's engine in this process or on a server.

Rows are keyed by where a message came from (device, boot, sequence number), so inserting one again changes nothing: the
tables keep one row per key, and every read goes through `Facts.select`, which sees each key once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow
from clickhouse_connect.cc_sqlalchemy import final
from clickhouse_connect.cc_sqlalchemy.ddl.tableengine import ReplacingMergeTree
from clickhouse_connect.cc_sqlalchemy.types import (
    UUID,
    DateTime64,
    Float32,
    Float64,
    Int64,
    LowCardinality,
    String,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
)
from sqlalchemy import Column, Engine, MetaData, Row, Select, Table, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError as SqlDatabaseError

from cloud.audits.columns import columns_of
from cloud.audits.rekeying import rekey, retune, widen
from cloud.settings import CloudSettings
from facings.errors import UnavailableError

metadata = MetaData()

# How the engine keeps the parts that each insert makes and that merges make fewer of.
PARTS = {
    # A committed insert survives a power cut: ingest acknowledges on it. Nor is it lost when the part that it made is
    # merged: the engine within this process does not keep it for long, so the merged one must be on disk.
    "fsync_after_insert": 1,
    "fsync_part_directory": 1,
    "min_rows_to_fsync_after_merge": 1,
    # What was merged stays in memory, 16 kB a part and more, until it is cleared away: by the engine's own measure
    # after up to five minutes, in which a busy ingest leaves many hundreds.
    "cleanup_delay_period": 5,
    "cleanup_delay_period_random_add": 1,
    "max_cleanup_delay_period": 10,
}
KEY = "tenant, cooler, captured_at, device, boot_id, seq"


def _key() -> tuple[Column[Any], ...]:
    return (
        Column("tenant", LowCardinality(String)),
        Column("cooler", LowCardinality(String)),
        Column("captured_at", DateTime64(3, "UTC")),
        Column("device", LowCardinality(String)),
        Column("boot_id", UUID),
        Column("seq", UInt64),
    )


def _engine(order_by: str) -> ReplacingMergeTree:
    return ReplacingMergeTree(partition_by="toYYYYMM(captured_at)", order_by=f"({order_by})", settings=PARTS)


observation = Table(
    "observation",
    metadata,
    *_key(),
    Column("outlet", LowCardinality(String)),
    Column("observation_id", UUID),
    Column("photo_id", UUID),
    Column("received_at", DateTime64(3, "UTC")),
    Column("trigger", LowCardinality(String)),
    Column("verdict", LowCardinality(String)),
    Column("confidence", Float64),  # all its digits: the stock-out rules must decide alike on messages and on facts
    Column("units", UInt32),
    Column("facings", UInt32),
    Column("gaps", UInt16),
    Column("rows", UInt16),
    Column("historical", UInt8),
    Column("clock_suspect", UInt8),
    Column("document", String, clickhousedb_codec="ZSTD(1)"),
    Column("part", UInt8),  # 1: some cameras of several saw their part of the cooler, others did not
    Column("unseen", String, clickhousedb_codec="ZSTD(1)"),  # those others, as a JSON list of `UnseenPart`; else empty
    _engine(KEY),
)

shelf_line = Table(
    "shelf_line",
    metadata,
    *_key(),
    Column("line", UInt16),
    Column("outlet", LowCardinality(String)),
    Column("observation_id", UUID),
    Column("received_at", DateTime64(3, "UTC")),
    Column("sku", LowCardinality(String)),
    Column("grp", LowCardinality(String)),
    Column("units", UInt32),
    Column("facings", UInt32),
    Column("linear_share", Float32),
    Column("confidence", Float64),
    Column("count_sd", Float32),
    Column("verdict", LowCardinality(String)),
    Column("historical", UInt8),
    Column("clock_suspect", UInt8),
    _engine(f"{KEY}, line"),
)

price_tag = Table(
    "price_tag",
    metadata,
    *_key(),
    Column("tag", UInt16),
    Column("outlet", LowCardinality(String)),
    Column("observation_id", UUID),
    Column("received_at", DateTime64(3, "UTC")),
    Column("sku", LowCardinality(String)),  # of the product it hangs under; empty: not known
    Column("price", Int64),  # in hundredths, of no currency; -1: it cannot be read
    Column("confidence", Float64),
    Column("verdict", LowCardinality(String)),
    Column("historical", UInt8),
    Column("clock_suspect", UInt8),
    _engine(f"{KEY}, tag"),
)

device_event = Table(
    "device_event",
    metadata,
    *_key(),
    Column("event_id", UUID),
    Column("received_at", DateTime64(3, "UTC")),
    Column("kind", LowCardinality(String)),
    Column("reason", String),
    Column("clock_suspect", UInt8),
    Column("document", String, clickhousedb_codec="ZSTD(1)"),
    _engine(KEY),
)


class Facts:
    """The facts store; chDB allows one of them per process."""

    def __init__(self, settings: CloudSettings) -> None:
        self._settings = settings
        self._engine: Engine | None = None
        # Each kind takes its turn, so that memory stays bounded; what comes in does not wait for sums being made.
        self._inserting = threading.Lock()
        self._commanding = threading.Lock()

    def start(self) -> None:
        """Open the store and make its tables."""
        self._settings.data_dir.mkdir(parents=True, exist_ok=True)
        embedded = f"clickhousedb:///?interface=chdb&path={(self._settings.data_dir / 'facts').resolve()}"
        url = make_url(self._settings.store.facts_url or embedded).update_query_dict({"tz_mode": "aware"})
        self._engine = create_engine(url)
        try:
            metadata.create_all(self._engine)
            widen(self._engine, metadata)
            rekey(self._engine, metadata)
            retune(self._engine, metadata, PARTS)
        except SqlDatabaseError as error:
            raise UnavailableError(f"cannot open the facts store {url}: {error.orig}") from error

    def stop(self) -> None:
        """Close all connections, and with the last of them chDB."""
        if self._engine:
            self._engine.dispose()
            self._engine = None

    @property
    def engine(self) -> Engine:
        """The engine, once started."""
        assert self._engine, "facts are not started"
        return self._engine

    def insert(self, table: Table, rows: Sequence[Iterable[Any]]) -> None:
        """Add rows, values in the order of the table's columns, the last of which may be left out for their defaults;
        on return they are on disk."""
        if rows:
            names = table.columns.keys()[: len(tuple(rows[0]))]
            self.insert_columns(table, columns_of(table, rows, names))

    def insert_columns(self, table: Table, columns: pyarrow.Table) -> None:
        """Add rows that are columns already, in the types of `cloud.audits.columns`; on return they are on disk.

        As Arrow through the driver: its own rows take three times as long, SQLAlchemy's executemany six times.
        """
        if not columns.num_rows:
            return
        with self._inserting, self.engine.connect() as connection:
            client = connection.connection.driver_connection.client  # type: ignore[union-attr]
            client.insert_arrow(table.name, columns)

    def command(self, statement: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run a statement that changes the store; values are bound as `%(name)s`."""
        with self._commanding, self.engine.connect() as connection:
            client = connection.connection.driver_connection.client  # type: ignore[union-attr]
            client.command(statement, parameters=dict(parameters or {}))

    def arrow(self, statement: str, parameters: Mapping[str, Any] | None = None) -> pyarrow.Table:
        """The answer of a query as columns; values are bound as `%(name)s`."""
        with self.engine.connect() as connection:
            client = connection.connection.driver_connection.client  # type: ignore[union-attr]
            found: pyarrow.Table = client.query_arrow(statement, parameters=dict(parameters or {}), use_strings=True)
        return found

    def select(self, tenant: str, statement: Select[Any], *tables: Table) -> Sequence[Row[Any]]:
        """The rows of `statement` over `tables`, narrowed to `tenant` and with each message once."""
        for table in tables:
            statement = final(statement.where(table.c.tenant == tenant), table)
        with self.engine.connect() as connection:
            return connection.execute(statement).all()
