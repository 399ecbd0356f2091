"""What moves all series alike: where a period lies in the cycle, and the drivers.

Demand is a product: level of the series x weekday x exp(drivers x coefficients) x the part of the period in stock. The
coefficients and the pooled weekdays are those of a Poisson regression with the levels profiled out, so that short
series borrow from long ones (quasi-likelihood: Wedderburn 1974, Biometrika 61; ridge as a normal prior on
coefficients). A series' own weekdays are then pulled towards the pooled ones by how much it has sold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cloud.analytics.forecast.history import FloatArray, History

MOST_ROUNDS = 40
SETTLED = 1e-5
RIDGE = 1.0
"""Prior precision of a coefficient: doubling demand (0.7) is usual, tenfold is not."""
LARGEST = 3.0
"""No driver is taken to move demand by more than e to this."""
OWN_CYCLE_UNITS = 150.0
"""Units sold at which a series' own weekdays weigh as much as the pooled ones."""
LEAST = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """`multiplier` is (n, T + H), 1 on average over a cycle without drivers; `cycle` is (season,), pooled;
    `coefficients` is (k,)."""

    multiplier: FloatArray
    cycle: FloatArray
    coefficients: FloatArray


def fit_effects(history: History, demand: FloatArray, counted: FloatArray) -> Effects:
    """The effects that fit best.

    Args:
        history: the drivers and the cycle.
        demand: (n, T), units as sold, censored ones lifted; 0 where `counted` is.
        counted: (n, T), part of each period that says something.
    """
    known, places = history.known, history.places()
    cycle, coefficients = np.ones(history.season), np.zeros(len(history.driver_names))
    for _ in range(MOST_ROUNDS):
        driven = _driven(history.drivers[:, :, :known], coefficients)
        level = _levels(demand, counted * driven * cycle[places[:known]])
        expected = level[:, None] * counted * driven
        fresh = _cycle(demand, expected, places[:known], history.season)
        step = _newton(history, demand, expected * fresh[places[:known]], coefficients)
        moved = max(np.abs(fresh - cycle).max(), np.abs(step).max(initial=0.0))
        cycle, coefficients = fresh, np.clip(coefficients + step, -LARGEST, LARGEST)
        if moved < SETTLED:
            break
    driven = _driven(history.drivers, coefficients)
    base = counted * driven[:, :known]
    own = _own_cycles(demand, base, places[:known], cycle)
    return Effects(driven * own[:, places], cycle, coefficients)


def _driven(drivers: FloatArray, coefficients: FloatArray) -> FloatArray:
    driven: FloatArray = np.exp(np.tensordot(coefficients, drivers, axes=1))
    return driven


def _levels(demand: FloatArray, multiplier: FloatArray) -> FloatArray:
    level: FloatArray = demand.sum(axis=1) / np.maximum(multiplier.sum(axis=1), LEAST)
    return level


def _by_place(values: FloatArray, places: np.ndarray, season: int) -> FloatArray:
    """(n, T) -> (n, season), summed."""
    return np.stack([values[:, places == place].sum(axis=1) for place in range(season)], axis=1)


def _cycle(demand: FloatArray, expected: FloatArray, places: np.ndarray, season: int) -> FloatArray:
    seen, wanted = (_by_place(part, places, season).sum(axis=0) for part in (demand, expected))
    cycle: FloatArray = np.where(wanted > LEAST, (seen + 1.0) / (wanted + 1.0), 1.0)
    cycle /= cycle.mean()
    return cycle


def _newton(history: History, demand: FloatArray, expected: FloatArray, coefficients: FloatArray) -> FloatArray:
    """A Newton step for the coefficients; each driver is centred within its series, for the levels follow it."""
    drivers = history.drivers[:, :, : history.known]
    total = np.maximum(expected.sum(axis=1), LEAST)
    centred = drivers - ((drivers * expected).sum(axis=2) / total)[:, :, None]
    weighted = (centred * expected).reshape(len(drivers), demand.size)
    slope = centred.reshape(len(drivers), demand.size) @ (demand - expected).ravel() - RIDGE * coefficients
    curvature = weighted @ centred.reshape(len(drivers), demand.size).T + RIDGE * np.eye(len(drivers))
    return np.clip(np.linalg.solve(curvature, slope), -1.0, 1.0)


def _own_cycles(demand: FloatArray, base: FloatArray, places: np.ndarray, cycle: FloatArray) -> FloatArray:
    """(n, season): each series' cycle between the pooled one and its own."""
    season = len(cycle)
    seen = _by_place(demand, places, season)
    level = _levels(demand, base * cycle[places])
    wanted = _by_place(base, places, season) * level[:, None]
    prior = OWN_CYCLE_UNITS / season
    own = (seen + prior * cycle) / np.maximum(wanted + prior, LEAST)
    scaled: FloatArray = own / own.mean(axis=1, keepdims=True)
    return scaled
