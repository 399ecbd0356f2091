"""Which own SKUs an outlet should drop, and which it lacks: from the sell-out of comparable outlets.

Comparable outlets are those of the same class. An outlet's traffic against a comparable one is the ratio of their
sell-out of the SKUs that both have; what a SKU sells there, times that ratio, is one prediction of what it would sell
here. The expected sell-out is the mean of the predictions of all comparable outlets that sell it, its interval the
prediction interval of one more outlet (Student's t, nine times of ten). It is gross: what the new SKU takes from others
on the shelf is not in it.

A slow seller sells, even at the upper end of its interval, less than a quarter of what a SKU of the same outlet sells
in the median.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, median, stdev

from scipy.stats import t as student

from facings.messages import Estimate

LEAST_PEERS = 3
"""Comparable outlets that must sell a SKU before anything is said of it."""

LEAST_COMMON = 2
"""SKUs that two outlets must both sell to be compared."""

SLOW = 0.25
LEAST_SKUS = 3
"""SKUs that an outlet must sell before one of them is called slow."""

COVERS = 0.9

Sales = Mapping[str, Estimate]
"""Units a day of each SKU that an outlet has."""
PeerSales = Mapping[str, float]
"""The same of a comparable outlet, of which no interval is asked."""


@dataclass(frozen=True, slots=True)
class Drop:
    """A slow seller."""

    sku: str
    sells: Estimate
    usual: float
    """What a SKU of the outlet sells in the median."""


@dataclass(frozen=True, slots=True)
class TakeUp:
    """A SKU that comparable outlets sell and this one lacks."""

    sku: str
    expected: Estimate
    """Units a day."""
    outlets: int
    """That sell it and were compared."""

    @property
    def certain(self) -> bool:
        """Whether even the lower end is more than a slow seller of nothing."""
        return self.expected.low > 0


@dataclass(frozen=True, slots=True)
class Assortment:
    """The advice for one outlet."""

    drop: tuple[Drop, ...]
    """The slowest first."""
    take_up: tuple[TakeUp, ...]
    """What is expected to sell most first."""
    compared: int
    """Comparable outlets."""


def advise(here: Sales, peers: Mapping[str, PeerSales]) -> Assortment:
    """The advice for an outlet by its own sales and those of comparable outlets."""
    missing = {sku for skus in peers.values() for sku in skus} - here.keys()
    units = {sku: one.value for sku, one in here.items()}
    found = [one for sku in missing if (one := _take_up(sku, units, peers)) is not None]
    return Assortment(
        drop=tuple(_slow(here)),
        take_up=tuple(sorted(found, key=lambda one: (-one.expected.value, one.sku))),
        compared=len(peers),
    )


def _slow(here: Sales) -> list[Drop]:
    if len(here) < LEAST_SKUS:
        return []
    usual = median(one.value for one in here.values())
    slow = [Drop(sku, one, round(usual, 3)) for sku, one in here.items() if one.high < SLOW * usual]
    return sorted(slow, key=lambda one: (one.sells.value, one.sku))


def _take_up(sku: str, here: PeerSales, peers: Mapping[str, PeerSales]) -> TakeUp | None:
    predictions = [
        skus[sku] * ratio for skus in peers.values() if sku in skus and (ratio := _traffic(here, skus)) is not None
    ]
    if len(predictions) < LEAST_PEERS:
        return None
    number, mean = len(predictions), fmean(predictions)
    reach = float(student.ppf((1 + COVERS) / 2, number - 1)) * stdev(predictions) * sqrt(1 + 1 / number)
    expected = Estimate(value=round(mean, 3), low=round(max(mean - reach, 0), 3), high=round(mean + reach, 3))
    return TakeUp(sku, expected, number)


def _traffic(here: PeerSales, there: PeerSales) -> float | None:
    """Sell-out of the common SKUs here / there; None where too few are common or nothing is sold there."""
    common = here.keys() & there.keys()
    sold = sum(there[sku] for sku in common)
    return sum(here[sku] for sku in common) / sold if len(common) >= LEAST_COMMON and sold > 0 else None
