"""A table of an earlier version, with another key, is brought to the present one and keeps its rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text

from cloud.analytics.sellout.sold_table import sellout_day
from cloud.audits.facts import PARTS, Facts, metadata
from cloud.audits.rekeying import KEY, rekey, retune, widen
from cloud.services import Services

DAY = date(2026, 11, 2)


def row(outlet: str, units: float, hour: int) -> tuple[object, ...]:
    """What a cooler sold, as computed at an hour."""
    at = datetime(2026, 11, 3, hour, tzinfo=UTC)
    return "acme", "cooler-1", "cola", DAY, outlet, units, *(0.0,) * 6, 0, at


@pytest.fixture
def facts(services: Services) -> Iterator[Facts]:
    """Facts whose sell-out is of an earlier version: a key without the outlet, and a column less."""
    facts = services.facts
    facts.command("DROP TABLE sellout_day")
    kept = [column for column in sellout_day.columns if column.name != "sold_following"]
    columns = [f"{column.name} {column.type.compile(facts.engine.dialect)}" for column in kept]
    facts.command(
        f"CREATE TABLE sellout_day ({', '.join(columns)}) ENGINE = ReplacingMergeTree(computed_at) "
        "PARTITION BY toYYYYMM(day) ORDER BY (tenant, cooler, sku, day)"
    )
    yield facts


def sold(facts: Facts) -> set[tuple[str, float]]:
    wanted = select(sellout_day.c.outlet, sellout_day.c.sold)
    return {(one.outlet, one.sold) for one in facts.select("acme", wanted, sellout_day)}


def test_rows_stay_and_the_new_key_tells_outlets_apart(facts: Facts) -> None:
    facts.insert(sellout_day, [row("kiosk", 3.0, 1)])
    facts.insert(sellout_day, [row("kiosk", 4.0, 2)])
    facts.command("CREATE TABLE sellout_day_rekeyed (left UInt8) ENGINE = Memory")  # by a copy that was killed
    assert widen(facts.engine, metadata) == ["sellout_day.sold_following"]
    assert rekey(facts.engine, metadata) == ["sellout_day"]
    assert sold(facts) == {("kiosk", 4.0)}
    facts.insert(sellout_day, [row("bar", 1.0, 3)])
    assert sold(facts) == {("kiosk", 4.0), ("bar", 1.0)}
    assert (widen(facts.engine, metadata), rekey(facts.engine, metadata)) == ([], []), "once"
    with facts.engine.connect() as connection:
        names = connection.scalars(text("SELECT name FROM system.tables WHERE name LIKE 'sellout_day%'")).all()
    assert list(names) == ["sellout_day"]


def test_a_table_of_other_settings_gets_the_present_ones(facts: Facts) -> None:
    facts.command("ALTER TABLE observation MODIFY SETTING max_cleanup_delay_period = 300")
    assert retune(facts.engine, metadata, PARTS) == ["observation", "sellout_day"]
    assert retune(facts.engine, metadata, PARTS) == [], "once"
    with facts.engine.connect() as connection:
        made = text("SELECT engine_full FROM system.tables WHERE name IN ('observation', 'sellout_day')")
        assert all("max_cleanup_delay_period = 10," in f"{one}," for one in connection.scalars(made))


def test_the_named_keys_are_those_of_the_tables(services: Services) -> None:
    with services.facts.engine.connect() as connection:
        stored = {one.name: one.sorting_key for one in connection.execute(text("SELECT * FROM system.tables"))}
    named = {table.name: table.info[KEY] for table in metadata.sorted_tables if KEY in table.info}
    assert named == {name: stored[name] for name in named}
