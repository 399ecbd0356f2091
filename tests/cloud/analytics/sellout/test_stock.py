"""What an interval does to the stock, and that backward is the transpose of forward."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import nbinom

from cloud.analytics.sellout.demand import band, demand
from cloud.analytics.sellout.records import FloatArray
from cloud.analytics.sellout.stock import Arrival, Refill, sell, sell_back, unsettle, unsettle_back, weighted_sales

GRID = 12
CAPACITY = np.array([8, 5, 8])
MEANS = np.array([0.0, 0.7, 3.0])
SPREAD = 1.4
WANTED = demand(MEANS, SPREAD, band(3.0, SPREAD, GRID), GRID)
ARRIVAL = Arrival(np.array([0, 3, 7]), np.array([1.0, 0.9, 0.5]), CAPACITY + 3)
LEVELS = np.zeros((3, GRID))
LEVELS[:, [4, 6, 8]] = [0.1, 0.2, 0.7]
REFILL = Refill(LEVELS)
VISIT = np.array([0.0, 0.3, 0.9])

Map = Callable[[FloatArray], FloatArray]
MAPS: dict[str, tuple[Map, Map]] = {
    "sales": (lambda a: sell(a, WANTED), lambda b: sell_back(b, WANTED)),
    "delivery": (ARRIVAL.forward, ARRIVAL.backward),
    "unseen refill": (lambda a: REFILL.forward(a, VISIT), lambda b: REFILL.backward(b, VISIT)),
    "anything": (lambda a: unsettle(a, CAPACITY, 0.1), lambda b: unsettle_back(b, CAPACITY, 0.1)),
}


def some(seed: int) -> FloatArray:
    chances = np.random.default_rng(seed).random((3, GRID)) * (np.arange(GRID) <= CAPACITY[:, None] + 3)
    scaled: FloatArray = chances / chances.sum(axis=1, keepdims=True)
    return scaled


@pytest.mark.parametrize("name", MAPS)
def test_nothing_gets_lost_and_backward_is_the_transpose(name: str) -> None:
    forward, backward = MAPS[name]
    before, values = some(1), some(2)
    after = forward(before)
    assert after.sum(axis=1) == pytest.approx(1, abs=1e-6)
    assert (after * values).sum(axis=1) == pytest.approx((before * backward(values)).sum(axis=1), abs=1e-6)


def test_demand_is_negative_binomial() -> None:
    chance = demand(np.array([2.5]), SPREAD, GRID, GRID).chance[0]
    assert chance == pytest.approx(nbinom.pmf(np.arange(GRID), 2.5 / (SPREAD - 1), 1 / SPREAD))


def test_sales_end_with_the_stock() -> None:
    two_left = np.zeros((1, GRID))
    two_left[0, 2] = 1.0
    wanted = demand(np.array([2.5]), SPREAD, GRID, GRID)
    chance = nbinom.pmf([0, 1], 2.5 / (SPREAD - 1), 1 / SPREAD)
    assert sell(two_left, wanted)[0, :3] == pytest.approx([1 - chance.sum(), chance[1], chance[0]])
    assert weighted_sales(two_left, wanted, 1).sum() == pytest.approx(2 * (1 - chance.sum()) + chance[1])


@pytest.mark.parametrize(("stock", "after"), [(8, {8: 1.0}), (5, {5: 0.1, 6: 0.2, 8: 0.7}), (9, {9: 1.0})])
def test_a_refill_fills_up_to_a_level(stock: int, after: dict[int, float]) -> None:
    chances = np.zeros((3, GRID))
    chances[:, stock] = 1.0
    found = REFILL.forward(chances, np.ones(3))[0]
    assert {units: found[units] for units in np.flatnonzero(found)} == pytest.approx(after)


def test_what_does_not_fit_stays_outside() -> None:
    chances = np.zeros((3, GRID))
    chances[:, 7] = 1.0
    assert ARRIVAL.forward(chances)[2, [7, 11]] == pytest.approx([0.5, 0.5])


def test_levels_are_told_by_what_is_seen_afterwards() -> None:
    before, seen = np.zeros((3, GRID)), np.zeros((3, GRID))
    before[:, 5] = 1.0
    seen[:, [5, 8]] = [0.5, 1.0]
    met = REFILL.met(before, seen)[0]
    assert {level: met[level] for level in np.flatnonzero(met)} == pytest.approx({4: 0.1 * 0.5, 8: 0.7})
    assert met.sum() == pytest.approx((REFILL.forward(before, np.ones(3)) * seen).sum(axis=1)[0])
