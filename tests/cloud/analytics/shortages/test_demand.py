"""Demand, added up where it is stored, is that of the KPIs of sell-out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cloud.analytics.sellout.sold_table import sellout_day
from cloud.analytics.shortages.demand import Demand, demand
from cloud.audits.facts import Facts
from facings.messages import Estimate
from tests.support.cloud import running_services
from tests.support.sold_days import lost_sales, sell_out, sold_days

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 5
WEEK = (MONDAY, MONDAY + timedelta(days=DAYS))
WANTED = [("c1", "cola"), ("c1", "lime"), ("c2", "cola"), ("c3", "cola")]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Facts]:
    """Cola and lime in two coolers; a sixth day, another tenant, and a day that was computed anew or withdrawn."""
    with running_services(tmp_path_factory.mktemp("demand") / "cloud") as services:
        rows = [
            _row(cooler, sku, day, sold)
            for cooler in ("c1", "c2")
            for sku, sold in (("cola", 4.0), ("lime", 1.5))
            for day in range(DAYS + 1)
        ]
        rows += [_row("c1", "cola", 0, 8.0, computed=1), _row("c1", "lime", 1, 9.0, withdrawn=1, computed=1)]
        services.facts.insert(sellout_day, [*rows, _row("c1", "cola", 0, 99.0, tenant="other")])
        yield services.facts


def _row(
    cooler: str, sku: str, day: int, sold: float, *, tenant: str = "acme", withdrawn: int = 0, computed: int = 0
) -> tuple[object, ...]:
    at = MONDAY + timedelta(days=day)
    rest = (0.5, 0.3, 0.25, 0.125, 9.0, 1.0, withdrawn, MONDAY + timedelta(days=30 + computed))
    return (tenant, cooler, sku, at.date(), "kiosk", sold, *rest)


def test_it_is_what_the_kpis_say_of_each(facts: Facts) -> None:
    found = demand(facts, "acme", *WEEK, WANTED)
    assert found.keys() == set(WANTED[:3]), "nothing is known of c3"
    days = sold_days(facts, "acme", *WEEK)
    sold, lost = (of(days, lambda row: f"{row.cooler}/{row.sku}") for of in (sell_out, lost_sales))
    for (cooler, sku), one in found.items():
        assert (one.sold, one.lost) == (sold[f"{cooler}/{sku}"], lost[f"{cooler}/{sku}"])
    told = {key: (one.days, one.sold.value, one.lost.value) for key, one in found.items()}
    assert told == {("c1", "cola"): (5, 24.0, 1.25), ("c1", "lime"): (4, 6.0, 1.0), ("c2", "cola"): (5, 20.0, 1.25)}


def test_nothing_wanted_asks_for_nothing(facts: Facts) -> None:
    assert demand(facts, "acme", *WEEK, []) == {}
    assert demand(facts, "nobody", *WEEK, WANTED) == {}


def test_a_day_has_its_part_of_what_was_sold_and_what_was_wanted_in_vain() -> None:
    wanted = Demand(4, Estimate(value=20, low=16, high=24), Estimate(value=4, low=2, high=8)).a_day()
    assert wanted == Estimate(value=6, low=4.5, high=8)
