"""What a camera counts of a stock: how likely each count is, given the units that stand in a SKU's lanes.

Units gone from a lane are as likely gone from any other: given the stock, all ways to spread it over the lanes'
places, front to back, are alike (a multivariate hypergeometric distribution). Each unit is then seen or missed by
itself, the more likely missed the further back it stands; false units are counted at a small rate (Poisson).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np
from scipy.stats import poisson

from cloud.analytics.sellout.records import FloatArray

STRAYS = 3
"""So many units more than a SKU's lanes hold may stand in others' lanes, in front."""
_FALSE_CEILING = 4


@dataclass(frozen=True, slots=True)
class Sight:
    """How well units are seen and named rightly.

    Attributes:
        depth: chance for the unit in front, the one behind it and so on; the last holds for all behind. A camera
            that looks in from above, and one that sees front units only, differ here.
        false: units counted that are not there, mostly another SKU's: share of the mean count of the cooler's SKUs.
    """

    depth: tuple[float, ...] = (0.93, 0.0)
    false: float = 0.015

    def at(self, place: int) -> float:
        """Chance that the unit at `place` of a lane is counted, 0 the first."""
        return self.depth[min(place, len(self.depth) - 1)]

    def scaled(self, scale: float, false: float) -> Sight:
        """Seen better or worse by a factor, never beyond certainty."""
        return Sight(tuple(min(chance * scale, 1.0) for chance in self.depth), false)


@lru_cache(maxsize=4096)
def true_counts(lanes: tuple[int, ...], depth: tuple[float, ...]) -> FloatArray:
    """(stock, count): chance of each count of units that are there, for stocks up to `STRAYS` more than the lanes hold.

    `depth` is that of a `Sight`.
    """
    sight = Sight(depth, 0.0)
    capacity = sum(lanes)
    ways = np.array([float(comb(capacity, stock)) for stock in range(capacity + 1)])
    table = np.zeros((capacity + STRAYS + 1, capacity + STRAYS + _FALSE_CEILING + 1))
    table[: capacity + 1, : capacity + 1] = _ways(lanes, sight) / ways[:, None]
    for stray in range(capacity + 1, len(table)):
        table[stray] = _one_more(table[stray - 1], sight.at(0))
    return table


def count_table(lanes: tuple[int, ...], sight: Sight, crowd: float) -> FloatArray:
    """(stock, count): chance of each count; `crowd` is the mean count of a SKU in this cooler."""
    return _with_false(true_counts(lanes, sight.depth), sight.false * crowd)


def seen_units(lanes: tuple[int, ...], sight: Sight) -> FloatArray:
    """(stock,): units counted on average, false ones left out."""
    table = true_counts(lanes, sight.depth)
    mean: FloatArray = table @ np.arange(table.shape[1])
    return mean


def _ways(lanes: tuple[int, ...], sight: Sight) -> FloatArray:
    """(stock, count): how many ways to spread the stock, each times the chance of the count in it."""
    capacity = sum(lanes)
    total = np.zeros((capacity + 1, capacity + 1))
    total[0, 0] = 1.0
    filled = 0
    for places in lanes:
        seen = np.zeros(places + 1)
        seen[0] = 1.0
        after = np.zeros_like(total)
        for units in range(places + 1):
            if units:
                seen = _one_more(seen, sight.at(units - 1))
            for count in np.flatnonzero(seen):
                part = total[: filled + 1, : filled + 1] * (comb(places, units) * seen[count])
                after[units : units + filled + 1, count : count + filled + 1] += part
        total, filled = after, filled + places
    return total


def _one_more(counts: FloatArray, chance: float) -> FloatArray:
    """The chances of counts, with one more unit to be seen."""
    seen = np.concatenate([[0.0], counts[:-1]])
    more: FloatArray = counts * (1 - chance) + seen * chance
    return more


def _with_false(table: FloatArray, false: float) -> FloatArray:
    chances = poisson.pmf(np.arange(_FALSE_CEILING + 1), false)
    out = np.zeros_like(table)
    for extra, chance in enumerate(chances):
        out[:, extra:] += table[:, : table.shape[1] - extra] * chance
    noisy: FloatArray = out / out.sum(axis=1, keepdims=True)
    return noisy
