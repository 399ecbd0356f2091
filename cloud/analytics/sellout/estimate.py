"""`estimate`: sell-out of coolers from their photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cloud.analytics.sellout.answer import FOLLOWING, CoolerSellOut
from cloud.analytics.sellout.between_days import with_following
from cloud.analytics.sellout.busy_errors import BusyErrors
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
    following = [np.zeros((len(record.skus), len(record.days) - 1, FOLLOWING)) for record in records]
    made = [_empty(*each) for each in zip(records, timelines, following, strict=True)]
    days = len(records[0].days) - 1
    errors = {one.outlet: BusyErrors(days, one.first_weekday, learned.spread) for one in records}
    together: dict[tuple[int, int], FloatArray] = {}
    for batch in rows:
        chain = Chain(batch, learned.belief(batch, timelines))
        smoothed = smooth(chain)
        found = totals(chain, smoothed.after_days)
        rate_variance = _rate_variance(chain, found)
        usual = _usual(chain, days)
        vain = _in_vain(batch, smoothed.lost, learned, days)
        for row, (cooler, sku) in enumerate(zip(batch.cooler, batch.sku, strict=True)):
            one, covariance = made[cooler], found.sold_covariance[row]
            pulled = covariance.sum(axis=1) / learned.spread
            own = covariance + np.outer(pulled, pulled) * rate_variance[row]
            lost = found.lost[row] * vain[row]
            one.sold[sku], one.lost[sku] = found.sold[row], lost
            one.sold_variance[sku] = np.diag(own)
            following[cooler][sku] = with_following(own, FOLLOWING)
            # Of those who want a SKU in vain each finds it elsewhere or not by himself.
            one.lost_variance[sku] = found.lost_variance[row] * vain[row] ** 2 + lost * (1 - vain[row])
            one.lost_variance[sku] += lost**2 * rate_variance[row]
            one.opening[sku] = np.concatenate([[smoothed.opening[row]], smoothed.closing[row][:-1]])
            errors[one.outlet].add(usual[row], covariance, found.lost_variance[row])
            together[cooler, sku] = covariance
    _share(made, errors, together)
    return made


def _share(
    made: Sequence[CoolerSellOut], errors: Mapping[str, BusyErrors], together: Mapping[tuple[int, int], FloatArray]
) -> None:
    """Set what the errors of an outlet's days give to the sales of each of its SKUs."""
    covariances = {outlet: one.covariance() for outlet, one in errors.items()}
    for (cooler, sku), sold in together.items():
        one = made[cooler]
        one.sold_shared[sku] = errors[one.outlet].in_sales(sold, covariances[one.outlet])


def _empty(record: CoolerRecord, line: Timeline, following: FloatArray) -> CoolerSellOut:
    shape = len(record.skus), len(record.days) - 1
    sold, sold_variance, sold_shared, lost, lost_variance, opening = np.zeros((6, *shape))
    return CoolerSellOut(
        record.cooler, record.outlet, record.skus, sold, sold_variance, sold_shared, lost, lost_variance, opening,
        line.covered, following,
    )  # fmt: skip


def _usual(chain: Chain, days: int) -> FloatArray:
    """(rows, days) mean demand of each day."""
    usual = np.zeros((len(chain.rows.cooler), days))
    rows = np.broadcast_to(np.arange(len(usual)), chain.rows.day.shape)
    np.add.at(usual, (rows, chain.rows.day), chain.belief.mean)
    return usual


def _in_vain(rows: Rows, lost: FloatArray, learned: Learned, days: int) -> FloatArray:
    """(rows, days) of what was wanted in vain in a cooler, the share that was in vain in the whole outlet.

    `lost` (steps, rows) is what was in vain in the cooler.
    """
    sums = np.zeros((2, len(rows.cooler), days))
    for row, (cooler, sku) in enumerate(zip(rows.cooler, rows.sku, strict=True)):
        steps = rows.steps[row]
        mine, day = lost[:steps, row], rows.day[:steps, row]
        found = learned.shares.further * learned.turned[cooler].elsewhere[:, sku]
        sums[:, row] = np.bincount(day, mine, days), np.bincount(day, mine * (1 - found), days)
    share: FloatArray = np.divide(sums[1], sums[0], out=np.ones_like(sums[1]), where=sums[0] > 0)
    return share


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
