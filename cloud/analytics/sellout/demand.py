"""Negative binomial demand: shoppers come at random and some take several units.

With mean m and variance `spread` times m, the demands of two intervals add up to that of both: it is a negative
binomial Lévy process, a compound Poisson process with logarithmic purchases (Quenouille 1949, Biometrics 5(2)).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cloud.analytics.sellout.records import FloatArray

LEAST_SPREAD = 1.02


@dataclass(frozen=True, eq=False)
class Demand:
    """What may be wanted in an interval, for each row, on a grid of stock 0 to `grid` - 1.

    Attributes:
        mean: (rows,)
        chance: (rows, band) chance that 0, 1, 2, ... units are wanted.
    """

    mean: FloatArray
    spread: float
    chance: FloatArray
    grid: int

    @cached_property
    def beyond(self) -> FloatArray:
        """(rows, grid) chance that as many or more are wanted."""
        return self._rest(self.chance, np.ones(len(self.mean)))

    @property
    def above(self) -> FloatArray:
        """(rows, grid) mean of what is wanted where that is as many or more, else 0."""
        return self._rest(self.chance * self.counts, self.mean)

    @property
    def square_above(self) -> FloatArray:
        """(rows, grid) the same of its square."""
        return self._rest(self.chance * self.counts**2, self.mean**2 + self.spread * self.mean)

    @property
    def counts(self) -> FloatArray:
        """(band,) 0, 1, 2, ..."""
        return np.arange(self.chance.shape[1], dtype=float)

    def _rest(self, terms: FloatArray, total: FloatArray) -> FloatArray:
        """(rows, grid) `total` less the terms before each."""
        rest = np.zeros((len(total), self.grid))
        rest[:, 0] = total
        known = min(terms.shape[1], self.grid - 1)
        np.subtract(total[:, None], np.cumsum(terms[:, :known], axis=1), out=rest[:, 1 : known + 1])
        return np.maximum(rest, 0.0, out=rest)


def band(most: float, spread: float, grid: int) -> int:
    """So many counts, 0 included, hold the demand of mean `most` but for a negligible chance; `grid` at most."""
    reach = most + 6.5 * np.sqrt(spread * most) + 5 * spread
    return int(min(np.ceil(reach) + 1, grid))


def demand(mean: FloatArray, spread: float, bands: int, grid: int) -> Demand:
    """The demand of an interval with this mean for each row."""
    spread = max(spread, LEAST_SPREAD)
    size = mean / (spread - 1)
    units = np.arange(1, bands)
    chance = np.empty((len(mean), bands))
    chance[:, 0] = spread**-size
    # Each chance from the one before: times (size + units - 1) / units (1 - 1 / spread).
    np.multiply(size[:, None] + (units - 1), (1 - 1 / spread) / units, out=chance[:, 1:])
    np.cumprod(chance, axis=1, out=chance)
    return Demand(mean, spread, chance, grid)
