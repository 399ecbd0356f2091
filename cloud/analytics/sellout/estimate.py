"""`estimate`: sell-out of coolers from their photos."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cloud.analytics.sellout.answer import CoolerSellOut
from cloud.analytics.sellout.busy import PRIOR_DAY
from cloud.analytics.sellout.learned import Learned
from cloud.analytics.sellout.learning import Learning, learn
from cloud.analytics.sellout.rates import PRIOR_UNITS
from cloud.analytics.sellout.records import CoolerRecord, FloatArray, RecordError
from cloud.analytics.sellout.rows import Rows, batches
from cloud.analytics.sellout.smoothing import Chain, smooth
from cloud.analytics.sellout.timeline import Timeline, timeline
from cloud.analytics.sellout.totals import Totals, totals


def estimate(records: Sequence[CoolerRecord], learning: Learning | None = None) -> list[CoolerSellOut]:
    """What was sold out of each cooler, by SKU and day.

    Coolers estimated together share how well the camera sees, how purchases spread and what a SKU usually sells; those
    of an outlet its hours. So give all coolers of an outlet together, and some tens of outlets where there are so many.

    Raises:
        RecordError: there is no record, or their days differ in number.
    """
    if not records:
        raise RecordError("give the record of at least one cooler")
    if len({len(record.days) for record in records}) > 1:
        raise RecordError("give records of equally many days")
    timelines = [timeline(record) for record in records]
    learning = learning or Learning()
    rows = batches(records, timelines, learning.sight)
    learned = learn(records, timelines, rows, learning)
    return _answers(records, timelines, rows, learned)


def _answers(
    records: Sequence[CoolerRecord], timelines: Sequence[Timeline], rows: Sequence[Rows], learned: Learned
) -> list[CoolerSellOut]:
    made = [_empty(record, line) for record, line in zip(records, timelines, strict=True)]
    told = {record.outlet: np.full(len(record.days) - 1, PRIOR_DAY / learned.spread) for record in records}
    for batch in rows:
        chain = Chain(batch, learned.belief(batch, timelines))
        smoothed = smooth(chain)
        found = totals(chain, smoothed.after_days)
        rate_variance = _rate_variance(chain, found)
        pulled = found.sold_variance / learned.spread
        known = _known_of_days(chain, found)
        for row, (cooler, sku) in enumerate(zip(batch.cooler, batch.sku, strict=True)):
            one = made[cooler]
            one.sold[sku], one.lost[sku] = found.sold[row], found.lost[row]
            one.sold_variance[sku] = found.sold_variance[row] + pulled[row] ** 2 * rate_variance[row]
            one.lost_variance[sku] = found.lost_variance[row] + found.lost[row] ** 2 * rate_variance[row]
            one.opening[sku] = np.concatenate([[smoothed.opening[row]], smoothed.closing[row][:-1]])
            one.sold_shared[sku] = pulled[row]
            told[one.outlet] += known[row]
    for one in made:
        one.sold_shared[...] /= np.sqrt(told[one.outlet])
    return made


def _empty(record: CoolerRecord, line: Timeline) -> CoolerSellOut:
    shape = len(record.skus), len(record.days) - 1
    sold, sold_variance, sold_shared, lost, lost_variance, opening = np.zeros((6, *shape))
    return CoolerSellOut(
        record.cooler, record.outlet, record.skus, sold, sold_variance, sold_shared, lost, lost_variance, opening,
        line.covered,
    )  # fmt: skip


def _known_of_days(chain: Chain, found: Totals) -> FloatArray:
    """(rows, days) what is known of the logarithm of each day's demand, by Louis (1982) as below."""
    usual = np.zeros(found.sold.shape)
    rows = np.broadcast_to(np.arange(len(usual)), chain.rows.day.shape)
    np.add.at(usual, (rows, chain.rows.day), chain.belief.mean)
    missing = found.sold_variance + found.lost_variance
    known: FloatArray = np.maximum(usual / chain.belief.spread - missing / chain.belief.spread**2, 0.0)
    return known


def _rate_variance(chain: Chain, found: Totals) -> FloatArray:
    """(rows,) variance of the logarithm of each rate, by Louis (1982).

    Known is what complete data would tell, less what the unobserved demand takes away: m/s - V/s², with the mean m of
    all demand, its variance V given the photos, and the spread s. The prior adds its own.
    """
    spread = chain.belief.spread
    complete = chain.belief.mean.sum(axis=0) / spread
    missing = found.wanted_variance / spread**2
    known: FloatArray = np.maximum(complete - missing, 0.0) + PRIOR_UNITS
    return 1 / known
