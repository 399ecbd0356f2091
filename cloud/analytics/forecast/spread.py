"""How far demand strays from its mean: within a period by chance, over a horizon as the level itself moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import nbinom

from cloud.analytics.forecast.history import FloatArray

POOLED_WEIGHT = 60.0
"""Periods that the pooled spread of all series weighs in that of each."""
SMALLEST, LARGEST = 1.001, 1e4
LEAST = 1e-9


def spreads(demand: FloatArray, mean: FloatArray, counted: FloatArray) -> FloatArray:
    """(n,): variance / mean of each series' demand about `mean`, pulled towards that of all (Pearson's statistic).

    Args:
        demand: (n, T).
        mean: (n, T) of demand.
        counted: (n, T), 0 where nothing is known.
    """
    pearson = np.where((counted > 0) & (mean > LEAST), (demand - mean) ** 2 / np.maximum(mean, LEAST), 0.0)
    periods = (counted > 0).sum(axis=1)
    weight = mean.sum(axis=1)
    of_each = pearson.sum(axis=1) / np.maximum(periods, 1)
    pooled = float((of_each * weight).sum() / max(weight.sum(), LEAST))
    mixed = (pearson.sum(axis=1) + POOLED_WEIGHT * pooled) / (periods + POOLED_WEIGHT)
    spread: FloatArray = np.clip(mixed, SMALLEST, LARGEST)
    return spread


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """`chance` is (n,): variance / mean within a period; `drift` the relative variance of the level over a horizon."""

    chance: FloatArray
    drift: float = 0.0

    def variance(self, mean: FloatArray) -> FloatArray:
        """Of a number of units with this mean; (n, ...)."""
        wide = self.chance.reshape(-1, *(1,) * (mean.ndim - 1))
        return wide * mean + self.drift * mean**2

    def quantile(self, mean: FloatArray, level: float) -> FloatArray:
        """Units that demand does not exceed with the chance `level`: negative binomial of this mean and variance."""
        wide = np.maximum(self.variance(mean) / np.maximum(mean, LEAST), SMALLEST)
        return np.where(mean > LEAST, nbinom.ppf(level, np.maximum(mean, LEAST) / (wide - 1), 1 / wide), 0.0)

    def covered(self, units: FloatArray, mean: FloatArray, level: float) -> FloatArray:
        """How much of the interval that holds demand with the chance `level` lies about `units`.

        1 inside, 0 outside; where a bound itself was met, the part of its chance that belongs to the interval: whole
        units cannot make nine tenths exactly (randomised probability integral transform: Czado, Gneiting & Held 2009).
        """
        wide = np.maximum(self.variance(mean) / np.maximum(mean, LEAST), SMALLEST)
        size, chance = np.maximum(mean, LEAST) / (wide - 1), 1 / wide
        below, upto = nbinom.cdf(units - 1, size, chance), nbinom.cdf(units, size, chance)
        low, high = (1 - level) / 2, (1 + level) / 2
        inside = np.clip(np.minimum(upto, high) - np.maximum(below, low), 0.0, None)
        share: FloatArray = inside / np.maximum(upto - below, LEAST)
        return np.minimum(share, 1.0)


def drift_of(units: FloatArray, mean: FloatArray, chance: FloatArray) -> float:
    """The relative variance of levels over a horizon that explains how far totals strayed beyond chance.

    Args:
        units: (m,) totals that came.
        mean: (m,) totals that were forecast.
        chance: (m,) variance / mean within a period.
    """
    usable = (mean > LEAST) & np.isfinite(units)
    if not usable.any():
        return 0.0
    units, mean, chance = units[usable], mean[usable], chance[usable]
    # Large totals weigh in proportion to their mean; of those hardly expected at all, chance is all there is to say.
    weight = mean / (mean + chance) ** 2
    beyond = weight * ((units - mean) ** 2 - chance * mean)
    return max(float(beyond.sum() / (weight * mean**2).sum()), 0.0)
