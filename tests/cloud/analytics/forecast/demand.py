"""Simulated demand whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from cloud.analytics.forecast.history import History

WEEK = np.array([0.8, 0.8, 0.9, 1.0, 1.1, 1.3, 1.1])
HORIZON = 28


@dataclass(frozen=True)
class Simulated:
    """`mean` is (n, H), the true expected demand of the days to come; `came` (n, H) what was wanted then."""

    history: History
    mean: npt.NDArray[np.float64]
    came: npt.NDArray[np.float64]


def simulate(
    rates: npt.ArrayLike, days: int = 180, seed: int = 1, promotion: float = 1.0, spread: float = 1.5
) -> Simulated:
    """Negative binomial demand: a rate each series, weekdays, a promotion that multiplies demand by `promotion`."""
    draw = np.random.default_rng(seed)
    rates, whole = np.atleast_1d(np.asarray(rates, dtype=float)), days + HORIZON
    driver = (draw.random((len(rates), whole // 7 + 1)) < 0.2).repeat(7, axis=1)[:, :whole].astype(float)
    mean = rates[:, None] * WEEK[np.arange(whole) % 7] * promotion**driver
    wanted = draw.negative_binomial(mean / (spread - 1), 1 / spread).astype(float)
    history = History.plain(wanted[:, :days], HORIZON)
    if promotion != 1:
        history = history.with_drivers(["promo"], driver[None])
    return Simulated(history, mean[:, days:], wanted[:, days:])


def with_stock_outs(whole: Simulated, every: int, capacity: float) -> Simulated:
    """The same where no more than `capacity` can be sold on each `every`-th day."""
    sold, at_least = whole.history.sold.copy(), whole.history.at_least.copy()
    at_least[:, ::every] = sold[:, ::every] >= capacity
    sold[:, ::every] = np.minimum(sold[:, ::every], capacity)
    return replace(whole, history=replace(whole.history, sold=sold, at_least=at_least))


def with_hours(whole: Simulated, in_stock: float, seed: int = 5) -> Simulated:
    """The same where a third of the days had stock for the part `in_stock` only."""
    draw = np.random.default_rng(seed)
    short = draw.random(whole.history.sold.shape) < 1 / 3
    sold = np.where(short, draw.binomial(whole.history.sold.astype(int), in_stock), whole.history.sold)
    history = replace(whole.history, sold=sold, exposure=np.where(short, in_stock, 1.0))
    return replace(whole, history=history)
