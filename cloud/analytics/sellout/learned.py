"""What is held of all coolers together, and where learning begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cloud.analytics.sellout.elsewhere import Shares, Turned
from cloud.analytics.sellout.records import UNSEEN, CoolerRecord, FloatArray
from cloud.analytics.sellout.rows import Rows
from cloud.analytics.sellout.sight import STRAYS, Sight
from cloud.analytics.sellout.smoothing import Belief
from cloud.analytics.sellout.timeline import WEEK_HOURS, Timeline
from cloud.analytics.sellout.visits import Visits

_FIRST_SPREAD = 1.3
_FIRST_VISITS, _FIRST_DOOR_VISITS = 0.2, 0.8
_PRIOR_REFILLS = 5.0
_FULL = 0.8
"""A refill is held to fill all lanes with this chance, as surely as after so many refills."""


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What is held of all coolers together; in each list an item for each cooler.

    Attributes:
        rates: (SKUs,) units wanted in an open hour of an average week.
        prior: (SKUs,) what they were drawn to.
        profiles: (168,) demand of each hour of the week relative to the mean.
        days: (days,) demand of each day relative to what its weekday would have: weather, holidays.
        visits: (steps,) chance of an unseen refill of a SKU.
        visiting: what visits are like, everywhere.
        levels: for each SKU, (stocks,) how likely an unseen refill fills up to each.
        scales: (SKUs,) how much better or worse than usual units are seen.
        sight: how well they are usually seen.
        spread: variance of demand over its mean.
        shares: of those who want a SKU in vain, how many turn where.
        turned: where they turned.
    """

    rates: list[FloatArray]
    prior: list[FloatArray]
    profiles: list[FloatArray]
    days: list[FloatArray]
    visits: list[FloatArray]
    visiting: Visits
    levels: list[list[FloatArray]]
    scales: list[FloatArray]
    sight: Sight
    spread: float
    shares: Shares
    turned: list[Turned]

    def belief(self, rows: Rows, timelines: Sequence[Timeline]) -> Belief:
        """The same for the rows of a batch."""
        mean, visit = np.zeros(rows.day.shape), np.zeros(rows.day.shape)
        for cooler in np.unique(rows.cooler):
            mine = np.flatnonzero(rows.cooler == cooler)
            steps = len(timelines[cooler].day)
            exposure = self.exposure(cooler, timelines[cooler])
            mean[:steps, mine] = exposure[:, None] * self.rates[cooler][rows.sku[mine]]
            mean[:steps, mine] += self.turned[cooler].wanted(self.shares)[:, rows.sku[mine]]
            visit[:steps, mine] = self.visits[cooler][:, None]
        levels = np.zeros((len(rows.cooler), rows.grid))
        scale = np.array([self.scales[c][s] for c, s in zip(rows.cooler, rows.sku, strict=True)])
        for row, (cooler, sku) in enumerate(zip(rows.cooler, rows.sku, strict=True)):
            mine = self.levels[cooler][sku]
            levels[row, : len(mine)] = mine
        return Belief(mean, self.spread, visit * rows.refill, levels, self.sight, scale)

    def exposure(self, cooler: int, line: Timeline) -> FloatArray:
        """(steps,) open hours of each step, busy ones counting for more."""
        busy: FloatArray = (line.hours @ self.profiles[cooler]) * self.days[cooler][line.day]
        return busy


def first_guess(records: Sequence[CoolerRecord], timelines: Sequence[Timeline], sight: Sight) -> Learned:
    """Demand by the falls of the counts and by what was brought, all else as usual."""
    rates = []
    for record, line in zip(records, timelines, strict=True):
        counts = np.where(record.counts == UNSEEN, np.nan, record.counts.astype(float))
        falls = np.nan_to_num(np.maximum(-np.diff(counts, axis=0), 0.0)).sum(axis=0)
        brought = line.arrived.sum(axis=0)
        rates.append((np.maximum(falls, brought) + 1.0) / max(float(line.hours.sum()), 1.0))
    return Learned(
        rates=rates,
        profiles=[np.ones(WEEK_HOURS) for _ in records],
        visits=[
            np.where(line.refill, _FIRST_DOOR_VISITS if len(record.doors) else _FIRST_VISITS, 0.0)
            for record, line in zip(records, timelines, strict=True)
        ],
        visiting=Visits(),
        days=[np.ones(len(record.days) - 1) for record in records],
        scales=[np.ones(len(record.skus)) for record in records],
        levels=[[refill_levels(sum(lanes)) for lanes in record.lanes] for record in records],
        spread=_FIRST_SPREAD,
        sight=sight,
        prior=rates,
        shares=Shares(),
        turned=[
            Turned.nowhere(len(line.day), len(record.skus)) for record, line in zip(records, timelines, strict=True)
        ],
    )


def refill_levels(capacity: int, met: FloatArray | float = 0.0) -> FloatArray:
    """(stocks,) how likely a refill fills up to each: all that the planogram has room for, but for what was met."""
    stocks = max(capacity + STRAYS + 1, np.size(met))
    levels = np.full(stocks, 0.01 / stocks)
    levels[1 : capacity + 1] += (1 - _FULL) / capacity
    levels[capacity] += _FULL
    levels *= _PRIOR_REFILLS
    levels[: np.size(met)] += met
    made: FloatArray = levels / levels.sum()
    return made
