"""Days on which the stock ran out: demand was at least what was sold."""

from __future__ import annotations

import numpy as np
from scipy.stats import nbinom, poisson

from cloud.analytics.forecast.history import BoolArray, FloatArray

LEAST_SPREAD = 1.001
"""Variance over mean from which a negative binomial is told from a Poisson distribution."""


def lifted(sold: FloatArray, at_least: BoolArray, mean: FloatArray, spread: FloatArray) -> FloatArray:
    """`sold` with each censored period replaced by the demand expected given that it was that much or more.

    E[Y | Y >= y] = mean x P(Y' >= y - 1) / P(Y >= y), where Y' is Y as sampled in proportion to its size, less one:
    again negative binomial, with one failure more (Patil & Ord 1976, Sankhya B 38).

    Args:
        sold: (n, T).
        at_least: (n, T), where it is a lower bound.
        mean: (n, T), of demand.
        spread: (n,), variance / mean of demand.

    Example:
        >>> one = np.ones((1, 1))
        >>> round(float(lifted(3 * one, one > 0, 2 * one, one[0])[0, 0]), 2)  # of Poisson demand, 2 a day
        3.68
    """
    if not at_least.any():
        return sold
    rows, _ = np.nonzero(at_least)
    units, expected, wide = np.ceil(sold[at_least]), np.maximum(mean[at_least], 1e-6), spread[rows]
    made = sold.copy()
    made[at_least] = np.maximum(_tail_mean(units, expected, wide), sold[at_least])
    return made


def _tail_mean(units: FloatArray, mean: FloatArray, spread: FloatArray) -> FloatArray:
    wide = np.maximum(spread, LEAST_SPREAD)
    size, chance = mean / (wide - 1), 1 / wide
    above, biased = nbinom.sf(units - 1, size, chance), nbinom.sf(units - 2, size + 1, chance)
    plain = spread < LEAST_SPREAD
    above = np.where(plain, poisson.sf(units - 1, mean), above)
    biased = np.where(plain, poisson.sf(units - 2, mean), biased)
    # Far out in the tail both vanish: what was sold is then all that can be said.
    tail: FloatArray = np.where(above > 1e-12, mean * biased / np.maximum(above, 1e-300), units)
    return tail
