"""Rows as Arrow columns: what goes into the facts comes out again, and nothing that does not fit goes in."""

import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import Table

from cloud.analytics.rollups.tables import shelf_day
from cloud.audits.columns import array_of, columns_of
from cloud.audits.facts import metadata, shelf_line
from cloud.services import Services

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
SHANGHAI = timezone(timedelta(hours=8))
NAME = uuid.UUID("01a201c2-8443-7210-871d-1f2e9a6195aa")


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_every_column_of_the_facts_has_a_type(table: Table) -> None:
    assert columns_of(table, []).column_names == table.columns.keys()


CASES: list[tuple[str, Table, str, Any, Any]] = [
    ("text", shelf_line, "sku", "cola-330", "cola-330"),
    ("text of any language", shelf_line, "sku", "可乐", "可乐"),
    ("text as it came from the network", shelf_line, "sku", "可乐".encode(), "可乐"),
    ("time", shelf_line, "captured_at", NOON, NOON),
    ("time of another zone", shelf_line, "captured_at", NOON.astimezone(SHANGHAI), NOON),
    ("time, to the millisecond", shelf_line, "captured_at", NOON + timedelta(microseconds=999), NOON),
    ("day", shelf_day, "day", date(2026, 11, 2), date(2026, 11, 2)),
    ("uuid", shelf_line, "boot_id", NAME, NAME),
    ("largest sequence number", shelf_line, "seq", 2**63 - 1, 2**63 - 1),
    ("64 bits of a fraction", shelf_line, "confidence", 0.1, 0.1),
    ("32 bits of a fraction", shelf_line, "count_sd", 0.5, 0.5),
]


@pytest.mark.parametrize(("table", "name", "given", "kept"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_a_value_comes_out_as_it_went_in(services: Services, table: Table, name: str, given: Any, kept: Any) -> None:
    services.facts.insert_columns(table, pa.table({name: array_of(table, name, [given])}))
    with services.facts.engine.connect() as connection:
        assert connection.execute(table.select().with_only_columns(table.c[name])).scalar_one() == kept


@pytest.mark.parametrize(
    ("name", "value"), [("units", -1), ("units", 2**32), ("units", "many"), ("seq", None), ("sku", b"\xff")]
)
def test_what_does_not_fit_is_refused(services: Services, name: str, value: Any) -> None:
    with pytest.raises((ValueError, OverflowError, TypeError)):
        services.facts.insert_columns(shelf_line, pa.table({name: array_of(shelf_line, name, [value])}))


def test_rows_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="argument 2 is longer"):
        columns_of(shelf_line, [("acme",), ("acme", "cooler-01")], ["tenant"])
