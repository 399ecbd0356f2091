"""Shares and distribution: pure functions from the lines of a window to numbers with their intervals.

Intervals hold the truth nine times of ten. Shares take the error of facings by the delta method, the errors of lines as
independent (as `cloud.analytics.measures`); distribution takes each outlet as stocking a product with the chance that
its surest line states.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import sqrt

import numpy as np

from cloud.analytics.measures import Z
from cloud.analytics.named import BoolArray, Cells, FloatArray, Named
from cloud.analytics.share.mean_lines import MeanLines
from facings.messages import Estimate


def fraction(lines: MeanLines, belongs: BoolArray) -> Estimate | None:
    """Facings of the lines that belong / all facings; None where there is none.

    With F facings in all, the variance of a share s is ((1-s)² var(its facings) + s² var(the others)) / F².
    """
    return fractions(lines, belongs, Named([""], np.zeros(len(lines), np.intp))).get("")


def fractions(lines: MeanLines, belongs: BoolArray, key: Named[str]) -> dict[str, Estimate]:
    """The fraction of each key's lines; none of keys without facings."""
    columns = (lines.facings * belongs, lines.variance * belongs, lines.facings, lines.variance)
    sums = zip(*(key.sums(one).tolist() for one in columns), strict=True)
    return {name: share for name, one in zip(key.names, sums, strict=True) if (share := _share(*one)) is not None}


def shares(lines: MeanLines, key: Named[str]) -> dict[str, Estimate]:
    """The share of facings of each key in all `lines`; they add up to one."""
    total = float(lines.facings.sum()), float(lines.variance.sum())
    sums = zip(key.sums(lines.facings).tolist(), key.sums(lines.variance).tolist(), strict=True)
    found = {name: _share(*mine, *total) for name, mine in zip(key.names, sums, strict=True)}
    return {name: share for name, share in found.items() if share is not None}


def _share(inside: float, inside_variance: float, total: float, variance: float) -> Estimate | None:
    if not total:
        return None
    share = inside / total
    outside_variance = max(variance - inside_variance, 0.0)
    return bounded(share, Z * sqrt((1 - share) ** 2 * inside_variance + share**2 * outside_variance) / total)


def purity(lines: MeanLines, owned: Collection[str], own: Collection[str]) -> Estimate | None:
    """Own facings / all facings in the coolers that the brand owns; None where these are empty or none."""
    inside = lines.where(lines.cooler.among(owned))
    return fraction(inside, inside.sku.among(own))


def weighted_distribution(
    lines: MeanLines, key: Named[str], sales: Mapping[str, float], total: FloatArray
) -> dict[str, Estimate]:
    """Sales of the outlets that stock a product / sales of all outlets, by key.

    With sales of 1 each it is the numeric distribution: outlets that stock it / outlets watched.

    Args:
        lines: only of them is told, and where their outlet has sales.
        key: of each line.
        sales: of all products, by outlet.
        total: for each line, the sales of all outlets that its key is to be compared with; the same within a key.
    """
    known = lines.outlet.among(sales) & (total > 0)
    lines, key = lines.where(known), key.where(known)
    cells = Cells.of(key, lines.outlet)
    chance = cells.greatest(lines.stocked)
    behind = np.array([sales[one] for one in lines.outlet.names], float)[cells.second]
    weight = behind / cells.greatest(total[known])
    sums = (np.bincount(cells.first, one) for one in (chance * weight, chance * (1 - chance) * weight**2))
    found = zip(key.names, *(one.tolist() for one in sums), strict=True)
    return {name: bounded(value, Z * sqrt(variance)) for name, value, variance in found}


def bounded(value: float, reach: float) -> Estimate:
    """A fraction and how far the truth may be from it."""
    return Estimate(value=round(value, 4), low=round(max(value - reach, 0), 4), high=round(min(value + reach, 1), 4))
