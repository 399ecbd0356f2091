"""Forward and backward over the steps: what the photos before and after say of each of them.

The filter and its mirror are those of a hidden Markov chain (Baum and others 1970) on the exact grid of stock.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cloud.analytics.sellout.demand import Demand, band, demand
from cloud.analytics.sellout.records import UNSEEN, BoolArray, FloatArray
from cloud.analytics.sellout.rows import SCALES, Rows
from cloud.analytics.sellout.sight import STRAYS, Sight
from cloud.analytics.sellout.stock import Arrival, Refill, sell, sell_back, unsettle, unsettle_back, windows

_TINY = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """What is held true while the chains of a batch are smoothed."""

    mean: FloatArray
    """(steps, rows) mean demand of each step."""
    spread: float
    """Variance of demand over its mean."""
    visit: FloatArray
    """(steps, rows) chance of an unseen refill at the end of the step."""
    levels: FloatArray
    """(rows, grid) how likely an unseen refill fills up to each stock."""
    sight: Sight
    scale: FloatArray
    """(rows,) how much better or worse than usual units are seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Smoothed:
    """What the photos say of each step, (steps, rows) where nothing else is said."""

    wanted: FloatArray
    """Mean demand."""
    wanted_square: FloatArray
    lost: FloatArray
    """Mean of the demand beyond the stock."""
    visited: FloatArray
    """Chance that an unseen refill came."""
    levels: FloatArray
    """(rows, grid) unseen refills, by the stock that they filled up to."""
    seen: FloatArray
    """Mean units in the camera's sight at a photo, each times its chance to be counted; 0 without a photo."""
    empty: FloatArray
    """Chance that there was no stock at a photo; 0 without one."""
    after_days: FloatArray
    """(rows, days, grid) likelihood of all photos after each day, given the stock at its end."""
    closing: FloatArray
    """(rows, days) mean stock at the end of each day."""
    opening: FloatArray
    """(rows,) mean stock at the start."""


class Chain:
    """The chains of a batch under a belief, step by step."""

    def __init__(self, rows: Rows, belief: Belief) -> None:
        self.rows, self.belief, self.grid = rows, belief, rows.grid
        self._tables = rows.tables(belief.sight)
        self.in_sight = rows.seen(belief.sight)
        place = np.clip((belief.scale - SCALES[0]) / (SCALES[1] - SCALES[0]), 0, len(SCALES) - 1.001)
        self._worse = place.astype(np.int64)
        self._better = (place - self._worse)[:, None]
        self._refill = Refill(belief.levels)
        self._demands: dict[int, Demand] = {}
        self._moving: BoolArray = np.any(rows.arrived > 0, axis=1)
        self._visits: BoolArray = np.any(belief.visit > 0, axis=1)
        self._looks: BoolArray = np.any(rows.count != UNSEEN, axis=1)
        self._doubts: BoolArray = np.any(rows.power != 1, axis=1)

    @property
    def steps(self) -> int:
        """Of the longest chain."""
        return len(self.rows.day)

    def visits(self, step: int) -> bool:
        """Whether an unseen refill may end the step anywhere."""
        return bool(self._visits[step])

    def start(self) -> FloatArray:
        """(rows, grid) any stock that fits, alike."""
        fits = (np.arange(self.grid) <= self.rows.top[:, None] - STRAYS).astype(float)
        chances: FloatArray = fits / fits.sum(axis=1, keepdims=True)
        return chances

    def wanted(self, step: int) -> Demand:
        """The demand of a step."""
        if step not in self._demands:
            mean = self.belief.mean[step]
            bands = band(float(mean.max(initial=0.0)), self.belief.spread, self.grid)
            self._demands[step] = demand(mean, self.belief.spread, bands, self.grid)
        return self._demands[step]

    def supplied(self, step: int, chances: FloatArray) -> FloatArray:
        """Chances (..., rows, grid) after the goods of the step have come, known ones."""
        return self._arrival(step).forward(chances) if self._moving[step] else chances

    def ended(self, step: int, chances: FloatArray) -> FloatArray:
        """Chances after the rest of the step: an unseen refill, what is not modelled, and the photo's likelihood."""
        if self._visits[step]:
            chances = self._refill.forward(chances, self.belief.visit[step])
        if self._looks[step]:
            chances = unsettle(chances, self.rows.top) * self.likelihood(step)
        return chances

    def likelihood(self, step: int) -> FloatArray:
        """(rows, grid) of the step's photo given the stock; 1 where there is none."""
        count = self.rows.count[step]
        where = self.rows.layout, np.maximum(count, 0)
        like: FloatArray = (1 - self._better) * self._tables[self._worse, *where]
        like += self._better * self._tables[self._worse + 1, *where]
        if self._doubts[step]:
            like = like ** self.rows.power[step][:, None]
        likely: FloatArray = np.where((count == UNSEEN)[:, None], 1.0, like + _TINY)
        return likely

    def before_end(self, step: int, values: FloatArray) -> FloatArray:
        """The transpose of `ended`."""
        if self._looks[step]:
            values = unsettle_back(values * self.likelihood(step), self.rows.top)
        if self._visits[step]:
            values = self._refill.backward(values, self.belief.visit[step])
        return values

    def before_supply(self, step: int, values: FloatArray) -> FloatArray:
        """The transpose of `supplied`."""
        return self._arrival(step).backward(values) if self._moving[step] else values

    def refilled(self, step: int, chances: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(rows,) chance that an unseen refill came; (rows, grid) that it did, and to which level.

        `chances` are those before it, `values` those after it, the photo's likelihood included.
        """
        visit = self.belief.visit[step]
        whole = (self._refill.forward(chances, visit) * values).sum(axis=1)
        levels = self._refill.met(chances, values) * (visit / whole)[:, None]
        return levels.sum(axis=1), levels

    def _arrival(self, step: int) -> Arrival:
        return Arrival(self.rows.arrived[step], self.rows.trust[step], self.rows.top)


def smooth(chain: Chain) -> Smoothed:
    """What all photos say of each step."""
    filtered = _forward(chain)
    found = _blank(chain)
    values = np.ones((len(chain.rows.cooler), chain.grid))
    for step in range(chain.steps - 1, -1, -1):
        _note_stock(chain, step, filtered[step + 1] * values, values, found)
        wanted = chain.wanted(step)
        if chain.visits(step):
            before = chain.supplied(step, sell(filtered[step], wanted))
            found.visited[step], levels = chain.refilled(step, before, chain.likelihood(step) * values)
            found.levels[...] += levels
        values = chain.before_supply(step, chain.before_end(step, values))
        found.wanted[step], found.wanted_square[step], found.lost[step] = _wanted(filtered[step], values, wanted)
        values = sell_back(values, wanted)
        values /= values.max(axis=1, keepdims=True)
    first = filtered[0] * values
    found.opening[:] = first @ np.arange(chain.grid) / first.sum(axis=1)
    return found


def _blank(chain: Chain) -> Smoothed:
    shape = chain.rows.day.shape
    days = int(chain.rows.day.max()) + 1
    of_days = np.ones((shape[1], days, chain.grid)), np.zeros((shape[1], days)), np.zeros(shape[1])
    wanted, square, lost, visited, seen, empty = (np.zeros(shape) for _ in range(6))
    return Smoothed(wanted, square, lost, visited, np.zeros((shape[1], chain.grid)), seen, empty, *of_days)


def _forward(chain: Chain) -> FloatArray:
    """(steps + 1, rows, grid) chances of the stock at the start and after each step, given the photos until then."""
    filtered = np.empty((chain.steps + 1, *chain.start().shape))
    filtered[0] = chain.start()
    for step in range(chain.steps):
        sold = sell(filtered[step], chain.wanted(step))
        after = chain.ended(step, chain.supplied(step, sold))
        filtered[step + 1] = after / after.sum(axis=1, keepdims=True)
    return filtered


def _note_stock(chain: Chain, step: int, stock: FloatArray, after: FloatArray, found: Smoothed) -> None:
    """Note what the photo at the end of the step saw, and the day that ends with it.

    `stock` are the chances of the stock then, up to a factor; `after` the likelihood of all later photos given it.
    """
    stock = stock / stock.sum(axis=1, keepdims=True)
    looked = chain.rows.count[step] != UNSEEN
    found.seen[step] = np.where(looked, (stock * chain.in_sight).sum(axis=1), 0.0)
    found.empty[step] = np.where(looked, stock[:, 0], 0.0)
    ends = chain.rows.ends_day[step]
    rows = np.flatnonzero(ends >= 0)
    found.after_days[rows, ends[rows]] = after[rows]
    found.closing[rows, ends[rows]] = stock[rows] @ np.arange(chain.grid)


def _wanted(before: FloatArray, after: FloatArray, of: Demand) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(rows,) mean of a step's demand, of its square, and of what of it was lost.

    Given are the chances of the stock before it, and the likelihoods after its sales.
    """
    left = np.einsum("nsk,ns->nk", windows(before, of.chance.shape[1])[:, 1:], after[:, 1:]) * of.chance
    sold_out = after[:, 0]
    whole = left.sum(axis=1) + (before * of.beyond).sum(axis=1) * sold_out
    above = of.above
    mean = left @ of.counts + (before * above).sum(axis=1) * sold_out
    square = left @ of.counts**2 + (before * of.square_above).sum(axis=1) * sold_out
    lost = (before * (above - np.arange(before.shape[1]) * of.beyond)).sum(axis=1) * sold_out
    return mean / whole, square / whole, lost / whole
