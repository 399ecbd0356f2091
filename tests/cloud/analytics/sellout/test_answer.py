"""Intervals, and coolers of one outlet together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gamma

from cloud.analytics.sellout.answer import CoolerSellOut, by_outlet, ranged


@pytest.mark.parametrize(
    ("mean", "variance", "low", "high"),
    [
        (0.0, 0.0, 0, 0),
        (0.01, 0.01, 0, 0.01),  # surely none; the interval still holds the mean
        (0.3, 0.3, 0, 1),
        (2.0, 0.0, 2, 2),
        (100.0, 100.0, 84, 116),
    ],
)
def test_intervals_are_of_whole_units(mean: float, variance: float, low: float, high: float) -> None:
    found = ranged(np.array(mean), np.array(variance))
    assert (found.low, found.high) == pytest.approx((low, high))


def test_an_interval_holds_nine_tenths_of_whole_units() -> None:
    rng = np.random.default_rng(1)
    mean, variance = rng.uniform(0.2, 30, 4000), rng.uniform(0.3, 20, 4000)
    truth = np.round(gamma.rvs(mean**2 / variance, scale=variance / mean, random_state=rng))
    found = ranged(mean, variance)
    assert ((found.low <= truth) & (truth <= found.high)).mean() == pytest.approx(0.92, abs=0.02)


def test_coolers_of_an_outlet_add_up() -> None:
    ones = np.ones((2, 1))
    coolers = [
        CoolerSellOut("c1", "o1", ("cola", "lemon"), 9 * ones, 3 * ones, ones, ones, ones, 20 * ones, np.array([0.9])),
        CoolerSellOut(
            "c2", "o1", ("cola", "water"), 7 * ones, 5 * ones, 0 * ones, 0 * ones, ones, 9 * ones, np.array([0.5])
        ),
    ]
    days = {(day.sku, day.day): day for day in by_outlet(coolers)}
    assert set(days) == {("cola", 0), ("lemon", 0), ("water", 0)}
    cola = days["cola", 0]
    assert (cola.sold.value, cola.lost.value, cola.opening, cola.covered) == (16, 1, 29, 0.5)
    assert cola.sold.low < 16 < cola.sold.high
