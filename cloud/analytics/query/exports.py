"""Raw observations and lines of a period as tables, some coolers of a month at a time: memory holds one such part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyarrow as pa

from cloud.analytics.query.scope import Scope
from cloud.analytics.query.source import NOTHING
from cloud.analytics.rollups.statements import between, milliseconds
from cloud.audits.facts import Facts

ROWS_AT_ONCE = 50_000

_TEXT, _MOMENT = pa.string(), pa.timestamp("ms", tz="UTC")
_PHOTO = {
    "captured_at": _MOMENT,
    "received_at": _MOMENT,
    "outlet": _TEXT,
    "cooler": _TEXT,
    "device": _TEXT,
    "observation_id": _TEXT,
}
_QUALITY = {"verdict": _TEXT, "historical": pa.bool_(), "clock_suspect": pa.bool_()}


@dataclass(frozen=True, slots=True)
class Export:
    """A table of the facts and the columns that are given out."""

    table: str
    columns: dict[str, pa.DataType]
    numbered: str = ""
    """The column that numbers the rows of one photo."""
    made: Mapping[str, str] = field(default_factory=dict)
    """Expressions of columns that are stored otherwise."""

    @property
    def schema(self) -> pa.Schema:
        """As written."""
        return pa.schema(list(self.columns.items()))


EXPORTS = {
    "observations": Export(
        "observation",
        _PHOTO
        | {"photo_id": _TEXT, "trigger": _TEXT, "confidence": pa.float64()}
        | {name: pa.int64() for name in ("units", "facings", "gaps", "rows")}
        | _QUALITY,
    ),
    "lines": Export(
        "shelf_line",
        _PHOTO
        | {"line": pa.int64(), "sku": _TEXT, "units": pa.int64(), "facings": pa.int64()}
        | {name: pa.float64() for name in ("linear_share", "confidence", "count_sd")}
        | _QUALITY,
        numbered="line",
    ),
    "price-tags": Export(
        "price_tag",
        _PHOTO | {"tag": pa.int64(), "sku": _TEXT, "price": pa.float64(), "confidence": pa.float64()} | _QUALITY,
        numbered="tag",
        made={"price": "if(price < 0, NULL, price / 100)"},
    ),
}
"""By the name in addresses."""


def parts(
    facts: Facts, tenant: str, export: Export, start: datetime, end: datetime, scope: Scope
) -> Iterator[pa.Table]:
    """The rows of a period, each message once; by month, then by cooler, then by time."""
    for first, last in _months(start, end):
        for coolers in _batches(facts, tenant, export, first, last, scope):
            yield _part(facts, tenant, export, first, last, coolers, scope)


def _months(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    # As the tables are partitioned: no part is read for more than one month.
    while start < end:
        following = (start.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=32)).replace(
            day=1
        )
        yield start, min(following, end)
        start = following


def _batches(
    facts: Facts, tenant: str, export: Export, start: datetime, end: datetime, scope: Scope
) -> Iterator[list[str]]:
    counted = facts.arrow(
        f"SELECT cooler, count() AS number FROM {export.table} WHERE tenant = %(tenant)s AND {between('captured_at')} "  # noqa: S608
        "GROUP BY cooler ORDER BY cooler",
        {"tenant": tenant, "start": milliseconds(start), "end": milliseconds(end)},
    )
    batch: list[str] = []
    rows = 0
    for row in counted.to_pylist():
        if scope.coolers is not None and row["cooler"] not in scope.coolers:
            continue
        if batch and rows + row["number"] > ROWS_AT_ONCE:
            yield batch
            batch, rows = [], 0
        batch.append(row["cooler"])
        rows += row["number"]
    if batch:
        yield batch


def _part(
    facts: Facts,
    tenant: str,
    export: Export,
    start: datetime,
    end: datetime,
    coolers: Sequence[str],
    scope: Scope,
) -> pa.Table:
    where = ["tenant = %(tenant)s", between("captured_at"), "cooler IN %(coolers)s"]
    bound = {"tenant": tenant, "start": milliseconds(start), "end": milliseconds(end), "coolers": tuple(coolers)}
    if scope.outlets is not None:
        where.append("outlet IN %(outlets)s")
        bound["outlets"] = tuple(scope.outlets) or NOTHING
    if scope.skus is not None and "sku" in export.columns:
        where.append("sku IN %(skus)s")
        bound["skus"] = tuple(scope.skus) or NOTHING
    if scope.excluded_skus is not None and "sku" in export.columns:
        where.append("sku NOT IN %(skus)s")
        bound["skus"] = tuple(scope.excluded_skus) or NOTHING
    names = ", ".join(_selected(export.made.get(name, name), name, kind) for name, kind in export.columns.items())
    order = ", ".join(("cooler", "captured_at", "device", "seq", *filter(None, [export.numbered])))
    statement = f"SELECT {names} FROM {export.table} FINAL WHERE {' AND '.join(where)} ORDER BY {order}"  # noqa: S608
    return facts.arrow(statement, bound).cast(export.schema)


def _selected(made: str, name: str, kind: pa.DataType) -> str:
    if name.endswith("_id"):
        return f"toString({name}) AS {name}"
    return f"toBool({name}) AS {name}" if pa.types.is_boolean(kind) else f"{made} AS {name}"
