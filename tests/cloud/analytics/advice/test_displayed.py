"""From the stores to how each own SKU stood and what it sold a day: only where enough is known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cloud.analytics.advice.reading import LEAST_DAYS, daily_sales, displayed
from cloud.analytics.judging.work import judge_photos
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.services import Services
from facings.messages import Product
from tests.support.messages import NOON, products_of
from tests.support.shelf import Shelf

END = NOON + timedelta(days=28)
COLA, LEMON, RIVAL = "cola-330", "lemon-330", "rival-330"
SHELVES = [[COLA, RIVAL, LEMON], [COLA], [RIVAL, RIVAL]]
"""From the top; one cola of two and the lemon stand beside a rival."""


def on_shelves(shelves: list[list[str]]) -> tuple[Product, ...]:
    return tuple(
        product.model_copy(update={"row": row, "sku": sku})
        for row, skus in enumerate(shelves)
        for product, sku in zip(products_of({str(place): 1 for place in range(len(skus))}), skus, strict=True)
    )


def test_own_skus_with_enough_days_are_told_with_how_they_stood(services: Services) -> None:
    """Cola sold 2 and 4 a day by turns for eight days, lemon for a day too few, the rival is not one's own."""
    shelf = Shelf(services).furnish()
    counts: dict[str | None, int] = {COLA: 2, LEMON: 1, RIVAL: 3}
    shelf.send(shelf.photo(1, counts, products=on_shelves(SHELVES), gaps=(), rows=3))
    judge_photos(services, "acme", ["cooler-01"])
    days = {COLA: LEAST_DAYS + 1, LEMON: LEAST_DAYS - 1, RIVAL: LEAST_DAYS + 1}
    rest = (0.1, 0.0, 0.0, 0.0, 9.0, 1.0, 0, END)
    rows = [
        ("acme", "cooler-01", sku, (NOON + timedelta(days=day)).date(), "kiosk", 2.0 + 2 * (day % 2), *rest)
        for sku, number in days.items()
        for day in range(number)
    ]
    services.facts.insert(sellout_day, rows)
    services.rollups.refresh()
    with services.records.session("acme", write=False) as session:
        found = displayed(session, services.facts, "acme", NOON, END, {"kiosk"})
        assert len(displayed(session, services.facts, "acme", NOON, END, {"bar"}).sku) == 0
        assert len(displayed(session, services.facts, "acme", NOON, END, ()).sku) == 0
    assert (list(found.outlet), list(found.sku), found.units_a_day.tolist()) == (["kiosk"], [COLA], [3])
    assert found.stands.tolist() == [[2, 0.5, 0.5, 0.5]]


@pytest.mark.parametrize("others", [["bar", "empty"], []])
def test_outlets_are_compared_by_what_they_sell_on_a_day(services: Services, others: list[str]) -> None:
    Shelf(services).furnish()
    rest = (0.1, 0.0, 0.0, 0.0, 9.0, 1.0, 0, END)
    rows = [
        ("acme", outlet, sku, (NOON + timedelta(days=day)).date(), outlet, units, *rest)
        for outlet, units in (("kiosk", 2.0), ("bar", 3.0), ("station", 4.0))
        for sku in (COLA, RIVAL)
        for day in range(LEAST_DAYS)
    ]
    services.facts.insert(sellout_day, rows)
    with services.records.session("acme", write=False) as session:
        here, there = daily_sales(session, services.facts, "acme", NOON, END, "kiosk", others)
    assert {sku: one.value for sku, one in here.items()} == {COLA: 2.0}
    assert here[COLA].low < 2.0 < here[COLA].high
    assert there == {outlet: {COLA: 3.0} for outlet in others if outlet == "bar"}
