"""What errors in how busy days were do to sales, and how the sales of days are bound to each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cloud.analytics.sellout.busy import PRIOR_DAY, PRIOR_PROFILE
from cloud.analytics.sellout.busy_errors import BusyErrors
from cloud.analytics.sellout.records import CoolerRecord
from cloud.analytics.sellout.rows import batches
from cloud.analytics.sellout.sight import Sight
from cloud.analytics.sellout.smoothing import Belief, Chain, smooth
from cloud.analytics.sellout.timeline import HOUR, timeline
from cloud.analytics.sellout.totals import Totals, totals

SIGHT, SPREAD = Sight((0.95,), false=0.01), 1.2
WHOLE = CoolerRecord(
    cooler="cooler-1", outlet="outlet-1", skus=("cola",), lanes=((8, 8),), days=np.array([0.0, 72 * HOUR]),
    opening=np.array([[8 * HOUR, 70 * HOUR]]), first_weekday=0, photos=np.array([9.0, 66.0]) * HOUR,
    counts=np.array([[14], [5]]), restocked="as-delivered",
)  # fmt: skip
PARTS = replace(
    WHOLE, days=np.array([0, 24, 48, 72.0]) * HOUR, opening=np.array([[8, 24], [24, 48], [48, 70.0]]) * HOUR
)


def told(record: CoolerRecord) -> Totals:
    line = timeline(record)
    (rows,) = batches([record], [line], SIGHT)
    mean = line.hours.sum(axis=1, keepdims=True) * 0.15
    blank = np.zeros((1, rows.grid))
    chain = Chain(rows, Belief(mean, SPREAD, np.zeros(mean.shape), blank, SIGHT, np.ones(1)))
    return totals(chain, smooth(chain).after_days)


def test_the_days_between_two_photos_make_up_what_both_tell() -> None:
    """A photo before and one after three days: their sum is known, each of them is not."""
    whole, parts = told(WHOLE), told(PARTS)
    covariance = parts.sold_covariance[0]
    assert covariance == pytest.approx(covariance.T)
    assert np.diag(covariance) == pytest.approx(parts.sold_variance[0])
    assert covariance[0, 1] < 0 > covariance[1, 2]
    assert covariance[0, 2] < 0, "a day apart they are bound too"
    assert covariance.sum() == pytest.approx(whole.sold_variance[0, 0], rel=0.02)
    assert np.trace(covariance) > 2 * covariance.sum()


def errors(usual: float, sold: np.ndarray, skus: int = 10) -> BusyErrors:
    found = BusyErrors(len(sold), first_weekday=0, spread=SPREAD)
    for _ in range(skus):
        found.add(np.full(len(sold), usual), sold, np.zeros(len(sold)))
    return found


def test_sales_that_are_known_have_no_such_error() -> None:
    nothing = np.zeros((4, 4))
    found = errors(5.0, nothing)
    covariance = found.covariance()
    assert np.sqrt(np.diag(covariance)) == pytest.approx(np.sqrt(SPREAD / 50), rel=0.3), "known by 50 units sold"
    assert found.in_sales(nothing, covariance).tolist() == [0, 0, 0, 0]


def test_where_nothing_is_known_it_is_the_prior() -> None:
    """A week and a day: the two Mondays share the error of their weekday."""
    usual = 5.0
    covariance = errors(usual, np.eye(8) * usual * SPREAD).covariance()
    assert np.diag(covariance) == pytest.approx(SPREAD / PRIOR_DAY + SPREAD / PRIOR_PROFILE)
    assert covariance[0, 7] == pytest.approx(SPREAD / PRIOR_PROFILE)
    assert covariance[0, 1] == pytest.approx(0)


def test_an_error_of_one_day_is_paid_by_the_others_where_their_sum_is_known() -> None:
    """Three days with a delivery after them: each is wrong by more than its own error alone would have it be."""
    sold = SPREAD * 5.0 * (np.eye(3) - 1 / 3)
    found = errors(5.0, sold)
    covariance = found.covariance()
    alone = np.diag(sold) / SPREAD * np.sqrt(np.diag(covariance))
    assert (found.in_sales(sold, covariance) > 1.1 * alone).all()
    together = np.ones(3) @ sold @ covariance @ sold @ np.ones(3)
    assert together == pytest.approx(0, abs=1e-9), "none in their sum"
