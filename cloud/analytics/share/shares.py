"""Shares and distribution: pure functions from the lines of a window to numbers with their intervals.

Intervals hold the truth nine times of ten. Shares take the error of facings by the delta method, the errors of lines as
independent (as `cloud.analytics.measures`); distribution takes each outlet as stocking a product with the chance that
its surest line states.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from math import sqrt

from cloud.analytics.measures import Z
from cloud.analytics.share.window import MeanLine
from facings.messages import Estimate

Key = Callable[[MeanLine], str | None]
"""What a line is counted under; None where it is not counted."""


def fraction(lines: Iterable[MeanLine], belongs: Callable[[MeanLine], bool]) -> Estimate | None:
    """Facings of the lines that belong / all facings; None where there is none.

    With F facings in all, the variance of a share s is ((1-s)² var(its facings) + s² var(the others)) / F².
    """
    inside = inside_variance = total = variance = 0.0
    for line in lines:
        total, variance = total + line.facings, variance + line.variance
        if belongs(line):
            inside, inside_variance = inside + line.facings, inside_variance + line.variance
    return _share(inside, inside_variance, total, variance)


def shares(lines: Iterable[MeanLine], key: Key) -> dict[str, Estimate]:
    """The share of facings of each key in all `lines`; they add up to one where every line has a key."""
    sums: dict[str | None, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for line in lines:
        mine = sums[key(line)]
        mine[0] += line.facings
        mine[1] += line.variance
    facings, variance = (sum(one[part] for one in sums.values()) for part in (0, 1))
    found = {name: _share(mine[0], mine[1], facings, variance) for name, mine in sums.items() if name is not None}
    return {name: share for name, share in found.items() if share is not None}


def _share(inside: float, inside_variance: float, total: float, variance: float) -> Estimate | None:
    if not total:
        return None
    share = inside / total
    outside_variance = max(variance - inside_variance, 0.0)
    return bounded(share, Z * sqrt((1 - share) ** 2 * inside_variance + share**2 * outside_variance) / total)


def purity(lines: Iterable[MeanLine], owned: Collection[str], own: Collection[str]) -> Estimate | None:
    """Own facings / all facings in the coolers that the brand owns; None where these are empty or none."""
    return fraction((line for line in lines if line.cooler in owned), lambda line: line.sku in own)


def weighted_distribution(lines: Iterable[MeanLine], sales: Mapping[str, float], key: Key) -> dict[str, Estimate]:
    """Sales of the outlets that stock a product / sales of all outlets, by key; `sales` are those of all products.

    With sales of 1 each it is the numeric distribution: outlets that stock it / outlets watched.
    """
    total = sum(sales.values())
    stocked: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for line in lines:
        name = key(line)
        if name is not None and line.outlet in sales:
            stocked[name][line.outlet] = max(stocked[name][line.outlet], line.stocked)
    if not total:
        return {}
    found = {}
    for name, chances in stocked.items():
        value = sum(chance * sales[outlet] for outlet, chance in chances.items()) / total
        variance = sum(chance * (1 - chance) * (sales[outlet] / total) ** 2 for outlet, chance in chances.items())
        found[name] = bounded(value, Z * sqrt(variance))
    return found


def bounded(value: float, reach: float) -> Estimate:
    """A fraction and how far the truth may be from it."""
    return Estimate(value=round(value, 4), low=round(max(value - reach, 0), 4), high=round(min(value + reach, 1), 4))
