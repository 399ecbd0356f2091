"""Points of a KPI as a table: a row per point, a column per dimension."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pyarrow as pa

from cloud.analytics.query.cut import Cut
from cloud.analytics.series import KpiPoint, KpiSeries
from facings.clock import format_utc

NAMED = ("cooler", "outlet", "sku")
"""Dimensions whose keys are ids: their names have a column of their own."""
_COVERAGE = ("reporting", "expected", "in_part", "part_hours")
ROWS_AT_ONCE = 20_000


def schema(series: KpiSeries) -> pa.Schema:
    """The columns, and what holds for all rows as metadata."""
    cut = Cut.of(series.by)
    columns = []
    for dimension in cut.dimensions:
        columns.append(pa.field(dimension, pa.string()))
        if dimension in NAMED:
            columns.append(pa.field(f"{dimension}_name", pa.string()))
    columns += [pa.field(name, pa.float64()) for name in ("value", "low", "high")]
    columns += [pa.field(name, pa.int64()) for name in _COVERAGE]
    told = {"kpi": series.kpi, "unit": series.unit, "from": format_utc(series.start), "to": format_utc(series.end)}
    told |= {name: str(getattr(series.coverage, name)) for name in _COVERAGE}
    told["parts"] = json.dumps([one.model_dump(mode="json") for one in series.coverage.parts])
    return pa.schema(columns, metadata=told)


def tables(series: KpiSeries) -> Iterator[pa.Table]:
    """The points, some thousands at a time."""
    columns = schema(series)
    for begin in range(0, len(series.points), ROWS_AT_ONCE):
        yield _table(columns, series.points[begin : begin + ROWS_AT_ONCE])


def _table(columns: pa.Schema, points: Sequence[KpiPoint]) -> pa.Table:
    return pa.Table.from_pylist([_row(point) for point in points], schema=columns)


def _row(point: KpiPoint) -> dict[str, object]:
    row: dict[str, object] = dict(point.keys)
    row |= {f"{dimension}_name": point.names[dimension] for dimension in NAMED if dimension in point.names}
    row |= point.value.model_dump(include={"value", "low", "high"})
    return row | point.coverage.model_dump(include={*_COVERAGE})
