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

from cloud.analytics.sellout.demand import LEAST_SPREAD
from cloud.analytics.sellout.records import UNSEEN, CoolerRecord, FloatArray
from cloud.analytics.sellout.rows import Rows
from cloud.analytics.sellout.sight import Sight
from cloud.analytics.sellout.smoothing import Belief, Chain, Smoothed, smooth
from cloud.analytics.sellout.timeline import WEEK_HOURS, Timeline
from cloud.analytics.sellout.visits import Visits, evidence, posterior

PRIOR_UNITS = 2.0
"""A rate's prior weighs as much as so many units sold."""
_PRIOR_SIGHTINGS = 50.0
_PRIOR_CROWD = 1e4
_PRIOR_PROFILE = 20.0
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


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What is held of all coolers together.

    Attributes:
        rates: for each cooler, (SKUs,) units wanted in an open hour of an average week.
        profiles: for each cooler, (168,) demand of each hour of the week relative to the mean.
        visits: for each cooler, (steps,) chance of an unseen refill.
    """

    rates: list[FloatArray]
    profiles: list[FloatArray]
    visits: list[FloatArray]
    full: float
    spread: float
    sight: Sight
    prior: list[FloatArray]
    """For each cooler, (SKUs,) mean of the rates' prior."""
    visits_by: Visits

    def belief(self, rows: Rows, timelines: Sequence[Timeline]) -> Belief:
        """The same for the rows of a batch."""
        mean, visit = np.zeros(rows.day.shape), np.zeros(rows.day.shape)
        for cooler in np.unique(rows.cooler):
            mine = np.flatnonzero(rows.cooler == cooler)
            steps = len(timelines[cooler].day)
            exposure = timelines[cooler].hours @ self.profiles[cooler]
            mean[:steps, mine] = exposure[:, None] * self.rates[cooler][rows.sku[mine]]
            visit[:steps, mine] = self.visits[cooler][:, None]
        return Belief(mean, self.spread, visit * rows.refill, self.full, self.sight)


def learn(
    records: Sequence[CoolerRecord], timelines: Sequence[Timeline], rows: Sequence[Rows], learning: Learning
) -> Learned:
    """Learn from all rows."""
    learned = _first_guess(records, timelines, learning)
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


def _first_guess(records: Sequence[CoolerRecord], timelines: Sequence[Timeline], learning: Learning) -> Learned:
    rates = []
    for record, line in zip(records, timelines, strict=True):
        counts = np.where(record.counts == UNSEEN, np.nan, record.counts.astype(float))
        falls = np.nan_to_num(np.maximum(-np.diff(counts, axis=0), 0.0)).sum(axis=0)
        brought = line.arrived.sum(axis=0)
        rates.append((np.maximum(falls, brought) + 1.0) / max(float(line.hours.sum()), 1.0))
    return Learned(
        rates=rates,
        profiles=[np.ones(WEEK_HOURS) for _ in records],
        visits=[np.where(line.refill, 0.2, 0.0) for line in timelines],
        visits_by=Visits(),
        full=0.7,
        spread=1.3,
        sight=learning.sight,
        prior=rates,
    )


class _Tally:
    """Sums over the rows, and what is most likely after them."""

    def __init__(self, records: Sequence[CoolerRecord], timelines: Sequence[Timeline]) -> None:
        self._records, self._timelines = records, timelines
        self.wanted = [np.zeros((len(line.day), len(record.skus))) for record, line in self._pairs()]
        self._refilled = [np.zeros((len(line.day), len(record.skus))) for record, line in self._pairs()]
        self._came = self._full = 0.0
        self._squares = self._means = 0.0
        self._counted = self._seen = 0.0
        self._false = self._empty = 0.0

    def _pairs(self) -> list[tuple[CoolerRecord, Timeline]]:
        return list(zip(self._records, self._timelines, strict=True))

    def add(self, rows: Rows, belief: Belief, found: Smoothed) -> None:
        """Add the rows of a batch."""
        for row, (cooler, sku) in enumerate(zip(rows.cooler, rows.sku, strict=True)):
            steps = rows.steps[row]
            self.wanted[cooler][:, sku] = found.wanted[:steps, row]
            self._refilled[cooler][:, sku] = found.visited[:steps, row]
        self._came += float(found.visited.sum())
        self._full += float(found.filled.sum())
        mean = belief.mean
        self._squares += float((found.wanted_square - 2 * mean * found.wanted + mean**2).sum())
        self._means += float(mean.sum())
        looked = rows.count != UNSEEN
        count = np.where(looked, rows.count, 0)
        crowd = np.array(rows.crowds)[rows.layout]
        stocked = (looked * (1 - found.empty)).sum(axis=0)
        self._counted += float((count * (1 - found.empty)).sum() - belief.sight.false * (stocked * crowd).sum())
        self._seen += float(found.seen.sum())
        self._false += float((count * found.empty).sum())
        self._empty += float((found.empty * crowd).sum())

    def learned(self, before: Learned, learning: Learning) -> Learned:
        """What is most likely now, given the sums."""
        profiles = self._profiles(before)
        exposures = [
            float((line.hours @ profile).sum()) for line, profile in zip(self._timelines, profiles, strict=True)
        ]
        sold = [wanted.sum(axis=0) for wanted in self.wanted]
        prior = self._prior(sold, exposures)
        rates = [
            (PRIOR_UNITS + wanted) / (PRIOR_UNITS / mean + max(exposure, 1e-9))
            for wanted, exposure, mean in zip(sold, exposures, prior, strict=True)
        ]
        visits, kinds = self._visits(before)
        return replace(
            before,
            rates=rates,
            profiles=profiles,
            prior=prior,
            visits=visits,
            visits_by=kinds,
            full=min((self._full + 1.0) / (self._came + 2.0), 0.98) if self._came else before.full,
            spread=float(np.clip(self._squares / max(self._means, 1e-9), LEAST_SPREAD, _MOST_SPREAD)),
            sight=self._sight(before.sight, learning) if learning.learn_sight else before.sight,
        )

    def _sight(self, before: Sight, learning: Learning) -> Sight:
        scale = (self._counted + _PRIOR_SIGHTINGS) / (self._seen + _PRIOR_SIGHTINGS)
        false = (self._false + learning.sight.false * _PRIOR_CROWD) / (self._empty + _PRIOR_CROWD)
        return before.scaled(scale, min(false, 0.2))

    def _visits(self, before: Learned) -> tuple[list[FloatArray], Visits]:
        """A visit meets all SKUs of a cooler: what they say together."""
        parts = []
        for refilled, chance, line in zip(self._refilled, before.visits, self._timelines, strict=True):
            may = line.refill
            signs = evidence(refilled[may], chance[may], before.visits_by)
            parts.append(posterior(signs, before.visits_by))
        refilled_where = [refilled[line.refill] for refilled, line in zip(self._refilled, self._timelines, strict=True)]
        kinds = before.visits_by.learned(parts, refilled_where)
        visits = [np.zeros(len(line.day)) for line in self._timelines]
        for chance, line, visited in zip(visits, self._timelines, parts, strict=True):
            chance[line.refill] = visited * kinds.refilled + (1 - visited) * kinds.otherwise
        # Moments side by side compete for one visit: half a step each time, or they would take turns.
        visits = [(one + other) / 2 for one, other in zip(visits, before.visits, strict=True)]
        return visits, kinds

    def _profiles(self, before: Learned) -> list[FloatArray]:
        """Weekday times hour of the day, for each outlet."""
        outlets = {record.outlet for record in self._records}
        by_outlet = {outlet: self._profile(outlet, before) for outlet in sorted(outlets)}
        return [by_outlet[record.outlet] for record in self._records]

    def _profile(self, outlet: str, before: Learned) -> FloatArray:
        wanted, usual = np.zeros(WEEK_HOURS), np.zeros(WEEK_HOURS)
        profile = np.ones(WEEK_HOURS)
        for number, (record, line) in enumerate(self._pairs()):
            if record.outlet == outlet:
                profile = before.profiles[number]
                parts = line.hours * profile
                share = np.divide(parts, parts.sum(axis=1, keepdims=True), out=np.zeros_like(parts), where=parts > 0)
                wanted += self.wanted[number].sum(axis=1) @ share
                usual += line.hours.sum(axis=0) * before.rates[number].sum()
        grid, base = wanted.reshape(7, 24), usual.reshape(7, 24)
        hour = _hour(profile)
        weekday = (grid.sum(axis=1) + _PRIOR_PROFILE) / (base @ hour + _PRIOR_PROFILE)
        hour = (grid.sum(axis=0) + _PRIOR_PROFILE) / (weekday @ base + _PRIOR_PROFILE)
        made = np.outer(weekday, hour).ravel()
        mean = float((made * usual).sum()) / max(float(usual.sum()), 1e-9)
        return made / mean if mean > 0 else profile

    def _prior(self, sold: Sequence[FloatArray], exposures: Sequence[float]) -> list[FloatArray]:
        """What the SKU sells elsewhere, times how much more or less than others the cooler sells."""
        by_sku: dict[str, list[float]] = {}
        for (record, _), wanted, exposure in zip(self._pairs(), sold, exposures, strict=True):
            for sku, units in zip(record.skus, wanted, strict=True):
                sums = by_sku.setdefault(sku, [1e-3, 1e-2])
                sums[0] += units
                sums[1] += exposure
        usual = [np.array([by_sku[sku][0] / by_sku[sku][1] for sku in record.skus]) for record in self._records]
        return [
            mean * (wanted.sum() + 1.0) / (mean.sum() * exposure + 1.0)
            for mean, wanted, exposure in zip(usual, sold, exposures, strict=True)
        ]


def _hour(profile: FloatArray) -> FloatArray:
    """(24,) of a profile that is weekday times hour, the mean weekday being 1."""
    mean: FloatArray = profile.reshape(7, 24).mean(axis=0)
    return mean
