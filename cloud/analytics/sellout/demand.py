"""Negative binomial demand: shoppers come at random and some take several units.

With mean m and variance `spread` times m, the demands of two intervals add up to that of both: it is a negative
binomial Lévy process, a compound Poisson process with logarithmic purchases (Quenouille 1949, Biometrics 5(2)).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cloud.analytics.sellout.records import FloatArray

LEAST_SPREAD = 1.02


class Demand(NamedTuple):
    """What may be wanted in an interval, for each row.

    Attributes:
        chance: (rows, band) chance that 0, 1, 2, ... units are wanted.
        beyond: (rows, grid) chance that as many or more are wanted.
        above, square_above: (rows, grid) mean of what is wanted, and of its square, where that is as many or more,
            else 0.
    """

    chance: FloatArray
    beyond: FloatArray
    above: FloatArray
    square_above: FloatArray


def band(most: float, spread: float, grid: int) -> int:
    """So many counts, 0 included, hold the demand of mean `most` but for a negligible chance; `grid` at most."""
    reach = most + 6.5 * np.sqrt(spread * most) + 5 * spread
    return int(min(np.ceil(reach) + 1, grid))


def demand(mean: FloatArray, spread: float, bands: int, grid: int) -> Demand:
    """The demand of an interval with this mean for each row, on a grid of stock 0 to `grid` - 1."""
    spread = max(spread, LEAST_SPREAD)
    size = mean / (spread - 1)
    chance = np.empty((len(mean), bands))
    chance[:, 0] = spread**-size
    for units in range(1, bands):
        chance[:, units] = chance[:, units - 1] * (size + units - 1) / units * (1 - 1 / spread)
    counts = np.arange(bands)
    return Demand(
        chance,
        _rest(chance, np.ones(len(mean)), grid),
        _rest(chance * counts, mean, grid),
        _rest(chance * counts**2, mean**2 + spread * mean, grid),
    )


def _rest(terms: FloatArray, total: FloatArray, grid: int) -> FloatArray:
    """(rows, grid) `total` less the terms before each."""
    rest = np.empty((len(total), grid))
    rest[:, 0] = total
    before = np.cumsum(terms, axis=1)[:, : grid - 1]
    rest[:, 1 : before.shape[1] + 1] = total[:, None] - before
    rest[:, before.shape[1] + 1 :] = 0.0
    np.maximum(rest, 0.0, out=rest)
    return rest
