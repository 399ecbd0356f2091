"""Rows of the facts as Arrow columns, in the types of their tables: the engine takes these in without a detour.

Values that Python has to look at one by one cost ingest most of its time; here Arrow converts a column at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
from clickhouse_connect.cc_sqlalchemy.types import (
    UUID,
    Array,
    Date,
    DateTime64,
    Float32,
    Float64,
    Int64,
    String,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
)
from sqlalchemy import Table

_TYPES: dict[type, pa.DataType] = {
    Array: pa.list_(pa.float64()),
    Date: pa.date32(),
    DateTime64: pa.timestamp("ms", "UTC"),
    Float32: pa.float32(),
    Float64: pa.float64(),
    Int64: pa.int64(),
    String: pa.string(),  # also of bytes, which must be UTF-8 and need no detour over a text of Python
    UInt8: pa.uint8(),
    UInt16: pa.uint16(),
    UInt32: pa.uint32(),
    UInt64: pa.uint64(),
    UUID: pa.binary(16),
}
"""Every type of a column in the facts: times are `DateTime64(3)` throughout, arrays of `Float64`, `LowCardinality`
texts are texts."""


def columns_of(table: Table, rows: Sequence[Iterable[Any]], names: Sequence[str] | None = None) -> pa.Table:
    """The rows as columns.

    Args:
        table: whose types the columns get.
        rows: values in the order of `names`.
        names: of the columns, by default all of the table's in their order.

    Raises:
        ValueError, OverflowError, TypeError: a row has another number of values, or a value does not fit its column.
    """
    names = names or table.columns.keys()
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    arrays = [array_of(table, name, values) for name, values in zip(names, columns, strict=True)]
    return pa.Table.from_arrays(arrays, names=list(names))


def array_of(table: Table, name: str, values: Sequence[Any]) -> pa.Array:
    """The values of one column.

    Raises:
        ValueError, OverflowError, TypeError: a value is missing, or does not fit the column.
    """
    kind = table.columns[name].type
    if isinstance(kind, UUID):
        values = [one.bytes for one in values]
    array = pa.array(values, _TYPES[type(kind)])
    if array.null_count:
        raise ValueError(f"{table.name}.{name} has no value in {array.null_count:,} rows")
    return array
