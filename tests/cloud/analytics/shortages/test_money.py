from datetime import date

import pytest

from cloud.analytics.sellout.kpis import SoldDay, lost_sales
from cloud.analytics.shortages.money import Price, lost_money
from facings.errors import BadInputError

PRICES = {"cola": Price(2.0, "USD"), "wine": Price(8.0, "USD"), "tea": Price(3.0, "EUR")}


def lost(sku: str, units: float, variance: float = 0.0) -> SoldDay:
    return SoldDay("cooler-01", "kiosk", sku, date(2026, 3, 2), 5.0, 1.0, 0.0, units, variance, 9.0)


def test_units_times_price() -> None:
    found = lost_money([lost("cola", 3), lost("wine", 1), lost("mystery", 7)], PRICES, lambda row: row.sku)
    assert {sku: (one.low, one.value, one.high) for sku, one in found.items()} == {"cola": (6, 6, 6), "wine": (8, 8, 8)}


def test_the_interval_is_that_of_the_units_at_one_price() -> None:
    rows = [lost("cola", 10, 9.0)]
    units, money = lost_sales(rows, lambda _row: "")[""], lost_money(rows, PRICES, lambda _row: "")[""]
    assert (money.low, money.value, money.high) == (2 * units.low, 2 * units.value, 2 * units.high)


def test_errors_of_dear_skus_weigh_more() -> None:
    """Ten units are lost either way; in one of the two groups, of the dear SKU nobody knows how many."""
    sure = lost_money([lost("cola", 5, 9.0), lost("wine", 5)], PRICES, lambda _row: "")[""]
    unsure = lost_money([lost("cola", 5), lost("wine", 5, 9.0)], PRICES, lambda _row: "")[""]
    assert sure.value == unsure.value == 50
    assert unsure.high - unsure.low > 2 * (sure.high - sure.low)


def test_currencies_do_not_add_up() -> None:
    with pytest.raises(BadInputError, match="EUR, USD"):
        lost_money([lost("cola", 1), lost("tea", 1)], PRICES, lambda _row: "")


def test_nothing_lost_costs_nothing() -> None:
    assert lost_money([lost("cola", 0)], PRICES, lambda _row: "")[""].high == 0
