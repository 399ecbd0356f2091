"""Mean and covariance of what was sold and lost within each day, given all photos.

Sums along a hidden chain obey the same recursion as the filter, carried beside it: with each stock, its chance times
the mean of the sum so far, and times the mean of its square (Cappé, Moulines and Rydén 2005, 'Inference in hidden
Markov models', section 4.1). At a day's end they meet the likelihood of all later photos, and begin anew. The sales of
different days are bound by the stock at the midnights between them (`between_days`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cloud.analytics.sellout.between_days import Midnights
from cloud.analytics.sellout.demand import Demand
from cloud.analytics.sellout.records import FloatArray
from cloud.analytics.sellout.smoothing import Chain
from cloud.analytics.sellout.stock import sell, weighted_sales

_CHANCE, _SOLD, _SOLD_SQUARE, _LOST, _LOST_SQUARE, _OPENED, _OPENED_SOLD, _WANTED, _WANTED_SQUARE = range(9)
_OF_A_DAY = slice(_SOLD, _WANTED)


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """(rows, days) where nothing else is said, and the whole period's demand (rows,)."""

    sold: FloatArray
    sold_variance: FloatArray
    sold_covariance: FloatArray
    """(rows, days, days) of what was sold on each two days."""
    lost: FloatArray
    lost_variance: FloatArray
    wanted: FloatArray
    wanted_variance: FloatArray


def totals(chain: Chain, after_days: FloatArray) -> Totals:
    """What was sold and lost a day; `after_days` are the likelihoods that `smooth` found."""
    rows, days, _ = after_days.shape
    moments = np.zeros((rows, days, 9))
    midnights = Midnights.blank(rows, days)
    grid = np.arange(chain.grid, dtype=float)
    sums = np.zeros((9, rows, chain.grid))
    sums[_CHANCE] = chain.start()
    sums[_OPENED] = sums[_CHANCE] * grid
    for step in range(chain.steps):
        sums = _sold(sums, chain.wanted(step))
        sums = chain.ended(step, chain.supplied(step, sums))
        sums /= sums[_CHANCE].sum(axis=1)[None, :, None]
        ends = chain.rows.ends_day[step]
        done = np.flatnonzero(ends >= 0)
        if len(done):
            given = sums[:, done] * after_days[done, ends[done]]
            given /= given[_CHANCE].sum(axis=1)[None, :, None]
            moments[done, ends[done]] = given.sum(axis=2).T
            midnights.note(done, ends[done], given[[_CHANCE, _SOLD, _OPENED, _OPENED_SOLD]])
            sums[_OF_A_DAY, done] = 0.0
            sums[_OPENED, done] = sums[_CHANCE, done] * grid
    final = moments[np.arange(rows), chain.rows.day[-1]]
    return Totals(
        moments[..., _SOLD],
        _variance(moments, _SOLD),
        midnights.sold_covariance(_variance(moments, _SOLD)),
        moments[..., _LOST],
        _variance(moments, _LOST),
        final[:, _WANTED],
        _variance(final, _WANTED),
    )


def _variance(moments: FloatArray, which: int) -> FloatArray:
    variance: FloatArray = np.maximum(moments[..., which + 1] - moments[..., which] ** 2, 0.0)
    return variance


def _sold(sums: FloatArray, wanted: Demand) -> FloatArray:
    """The sums after the sales of a step, with what was sold, lost and wanted in it added."""
    after = sell(sums, wanted)
    once = weighted_sales(sums[[_CHANCE, _SOLD, _WANTED, _OPENED]], wanted, 1)
    twice = weighted_sales(sums[_CHANCE], wanted, 2)
    after[_SOLD] += once[0]
    after[_SOLD_SQUARE] += 2 * once[1] + twice
    after[_OPENED_SOLD] += once[3]
    stock = np.arange(sums.shape[-1])
    above, square_above = wanted.above, wanted.square_above
    short = above - stock * wanted.beyond
    short_square = square_above - 2 * stock * above + stock**2 * wanted.beyond
    _add_at_zero(after[_LOST], sums[_CHANCE] * short)
    _add_at_zero(after[_LOST_SQUARE], 2 * sums[_LOST] * short + sums[_CHANCE] * short_square)
    # Of what was wanted the part that was sold is in `once`; what was lost comes on top.
    after[_WANTED] += once[0]
    _add_at_zero(after[_WANTED], sums[_CHANCE] * short)
    after[_WANTED_SQUARE] += 2 * once[2] + twice
    square_rest = square_above - stock**2 * wanted.beyond
    _add_at_zero(after[_WANTED_SQUARE], 2 * sums[_WANTED] * short + sums[_CHANCE] * square_rest)
    return after


def _add_at_zero(sums: FloatArray, terms: FloatArray) -> None:
    sums[:, 0] += terms.sum(axis=1)
