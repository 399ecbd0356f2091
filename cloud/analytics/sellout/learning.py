"""Expectation-maximisation: the rates of demand and all that is shared, learned from the photos themselves.

Demand by SKU and cooler as in Anupindi, Dada and Gupta (1998): what stock-outs and refills hid is replaced by its mean
given what was seen, then the rate is what was wanted by open hour. Rates are drawn a little to what the SKU sells
elsewhere and the cooler sells of others (a gamma prior, as in empirical Bayes); the hours of the week are shared by the
SKUs of an outlet, visits by those of a cooler, and how well the camera sees by all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cloud.analytics.sellout import elsewhere
from cloud.analytics.sellout.busy import Busy
from cloud.analytics.sellout.demand import LEAST_SPREAD
from cloud.analytics.sellout.falls import Falls, falls
from cloud.analytics.sellout.learned import Learned, first_guess, refill_levels
from cloud.analytics.sellout.rates import priors, rates_of, sold_by
from cloud.analytics.sellout.records import CoolerRecord, FloatArray
from cloud.analytics.sellout.rows import Rows
from cloud.analytics.sellout.seeing import Sightings
from cloud.analytics.sellout.sight import Sight
from cloud.analytics.sellout.smoothing import Belief, Chain, Smoothed, smooth
from cloud.analytics.sellout.timeline import Timeline
from cloud.analytics.sellout.visits import Visits, evidence, posterior

_MOST_SPREAD = 4.0


@dataclass(frozen=True, slots=True)
class Learning:
    """Where learning begins and when it ends.

    Attributes:
        sight: how well units are seen, before the photos say better.
        learn_sight: whether they may; the chances of all depths change by one factor.
        rounds: at most so many.
        settled: it ends when the demand of all changed by a smaller share.
    """

    sight: Sight = field(default_factory=Sight)
    learn_sight: bool = True
    rounds: int = 12
    settled: float = 0.001


def learn(
    records: Sequence[CoolerRecord], timelines: Sequence[Timeline], rows: Sequence[Rows], learning: Learning
) -> Learned:
    """Learn from all rows."""
    learned = first_guess(records, timelines, learning.sight)
    before = 0.0
    for _ in range(learning.rounds):
        tally = _Tally(records, timelines)
        for batch in rows:
            belief = learned.belief(batch, timelines)
            tally.add(batch, belief, smooth(Chain(batch, belief)))
        learned = tally.learned(learned, learning)
        now = sum(float(wanted.sum()) for wanted in tally.wanted)
        if abs(now - before) <= learning.settled * now:
            break
        before = now
    return learned


class _Tally:
    """What the photos say of the rows, and what is most likely after it."""

    def __init__(self, records: Sequence[CoolerRecord], timelines: Sequence[Timeline]) -> None:
        self._records, self._timelines = records, timelines
        shapes = [(len(line.day), len(record.skus)) for record, line in zip(records, timelines, strict=True)]
        self.wanted: list[FloatArray] = [np.zeros(shape) for shape in shapes]
        self._mean: list[FloatArray] = [np.zeros(shape) for shape in shapes]
        self._lost: list[FloatArray] = [np.zeros(shape) for shape in shapes]
        self._refilled: list[FloatArray] = [np.zeros(shape) for shape in shapes]
        self._levels: list[list[FloatArray]] = [[np.zeros(0)] * len(record.skus) for record in records]
        self._sightings = Sightings(records)
        self._squares = self._means = 0.0

    def add(self, rows: Rows, belief: Belief, found: Smoothed) -> None:
        """Add the rows of a batch."""
        for row, (cooler, sku) in enumerate(zip(rows.cooler, rows.sku, strict=True)):
            steps = rows.steps[row]
            self.wanted[cooler][:, sku] = found.wanted[:steps, row]
            self._mean[cooler][:, sku] = belief.mean[:steps, row]
            self._lost[cooler][:, sku] = found.lost[:steps, row]
            self._refilled[cooler][:, sku] = found.visited[:steps, row]
            self._levels[cooler][sku] = found.levels[row]
        mean = belief.mean
        self._squares += float((found.wanted_square - 2 * mean * found.wanted + mean**2).sum())
        self._means += float(mean.sum())
        self._sightings.add(rows, found, belief.sight)

    def learned(self, held: Learned, learning: Learning) -> Learned:
        """What is most likely now."""
        own = self._own(held)
        busy = Busy(self._records, self._timelines, own, held)
        visits, visiting = self._visits(held)
        now = replace(held, profiles=busy.profiles(), days=busy.days(), visits=visits, visiting=visiting)
        rates, prior = self._rates(now, own)
        levels = [
            [refill_levels(sum(lanes), met) for lanes, met in zip(record.lanes, mets, strict=True)]
            for record, mets in zip(self._records, self._levels, strict=True)
        ]
        spread = float(np.clip(self._squares / max(self._means, 1e-9), LEAST_SPREAD, _MOST_SPREAD))
        sight = self._sightings.sight(held.sight, learning.sight) if learning.learn_sight else held.sight
        scales = self._sightings.scales
        now = replace(now, rates=rates, prior=prior, levels=levels, spread=spread, sight=sight, scales=scales)
        return self._turned(now)

    def _own(self, held: Learned) -> list[FloatArray]:
        """Of each cooler, (steps, SKUs) what was wanted by shoppers who had not turned to it from something else."""
        on_top = [one.wanted(held.shares) for one in held.turned]
        return [
            wanted * (1 - np.divide(more, mean, out=np.zeros_like(more), where=mean > 0))
            for wanted, more, mean in zip(self.wanted, on_top, self._mean, strict=True)
        ]

    def _turned(self, held: Learned) -> Learned:
        """Where those turned to who wanted something in vain, and how many do."""
        above = [wanted - mean for wanted, mean in zip(self.wanted, self._mean, strict=True)]
        shares = elsewhere.learned(held.shares, held.turned, above, self._mean, held.spread)
        gone = [np.divide(a, b, out=np.ones_like(a), where=b > 0) for a, b in zip(self._lost, self._mean, strict=True)]
        there = [1 - np.minimum(one, 1.0) for one in gone]
        to = elsewhere.turned(self._records, self._timelines, self._lost, there, held.rates, shares)
        return replace(held, shares=shares, turned=to)

    def _rates(self, held: Learned, own: Sequence[FloatArray]) -> tuple[list[FloatArray], list[FloatArray]]:
        """Rates and their priors."""
        sold = []
        for number, line in enumerate(self._timelines):
            exposure = held.exposure(number, line)
            fallen = self._falls(number, held, exposure)
            sold.append(sold_by(own[number].sum(axis=0), float(exposure.sum()), fallen))
        prior = priors(self._records, sold)
        return [rates_of(one, mean, held.spread) for one, mean in zip(sold, prior, strict=True)], prior

    def _falls(self, number: int, held: Learned, exposure: FloatArray) -> Falls | None:
        record = self._records[number]
        if record.restocked == "as-delivered":
            return None
        visit = held.visits[number]
        missed = self._lost[number] - held.turned[number].wanted(held.shares)
        return falls(record, self._timelines[number], visit, exposure, missed, held.sight.at(0))

    def _visits(self, held: Learned) -> tuple[list[FloatArray], Visits]:
        """Chances of a refill at each step, and what visits are like."""
        visited, spans = [], []
        for number, (record, line) in enumerate(zip(self._records, self._timelines, strict=True)):
            may = line.refill
            signs = evidence(self._refilled[number][may], held.visits[number][may], held.visiting)
            spans.append(np.arange(may.sum()) if len(record.doors) else line.span[may])
            visited.append(posterior(signs, spans[-1], held.visiting))
        visiting = held.visiting.learned(visited, spans)
        chances = [one.copy() for one in held.visits]
        for chance, line, one in zip(chances, self._timelines, visited, strict=True):
            # Moments side by side compete for one visit: half a step each time, or they would take turns.
            chance[line.refill] += visiting.refills(one)
            chance[line.refill] /= 2
        return chances, visiting
