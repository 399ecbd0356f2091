import numpy as np
import pytest

from cloud.analytics.sellout.answer import ranged
from cloud.analytics.sellout.by_cut import LostUnits
from cloud.analytics.shortages.money import Price, lost_money
from facings.errors import BadInputError

PRICES = {"cola": Price(2.0, "USD"), "wine": Price(8.0, "USD"), "tea": Price(3.0, "EUR")}


def lost(sku: str, units: float, variance: float = 0.0, group: str = "all") -> LostUnits:
    return LostUnits(group, sku, units, variance)


def test_units_times_price() -> None:
    found = lost_money(
        [lost(sku, units, group=sku) for sku, units in (("cola", 3), ("wine", 1), ("mystery", 7))], PRICES
    )
    assert {sku: (one.low, one.value, one.high) for sku, one in found.items()} == {"cola": (6, 6, 6), "wine": (8, 8, 8)}


def test_the_interval_is_that_of_the_units_at_one_price() -> None:
    units, money = ranged(np.array(10.0), np.array(9.0)), lost_money([lost("cola", 10, 9.0)], PRICES)["all"]
    assert (money.low, money.value, money.high) == (2 * units.low, 2 * units.value, 2 * units.high)


def test_errors_of_dear_skus_weigh_more() -> None:
    """Ten units are lost either way; in one of the two groups, of the dear SKU nobody knows how many."""
    sure = lost_money([lost("cola", 5, 9.0), lost("wine", 5)], PRICES)["all"]
    unsure = lost_money([lost("cola", 5), lost("wine", 5, 9.0)], PRICES)["all"]
    assert sure.value == unsure.value == 50
    assert unsure.high - unsure.low > 2 * (sure.high - sure.low)


def test_currencies_do_not_add_up() -> None:
    with pytest.raises(BadInputError, match="EUR, USD"):
        lost_money([lost("cola", 1), lost("tea", 1)], PRICES)


def test_nothing_lost_costs_nothing() -> None:
    assert lost_money([lost("cola", 0)], PRICES)["all"].high == 0
