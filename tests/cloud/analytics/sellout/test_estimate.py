"""Sell-out of simulated coolers against what was really sold; bench/sellout.py has the figures of a whole fleet."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from cloud.analytics.sellout.answer import CoolerSellOut, ranged
from cloud.analytics.sellout.estimate import estimate
from cloud.analytics.sellout.learning import Learning
from cloud.analytics.sellout.records import RecordError
from cloud.analytics.sellout.sight import Sight
from tests.support.sellout import SIGHTS, Known, View, Watched, watch, world_job

DAYS, OUTLETS = 14, 4
OF_SUMS = 0.8
"""The 90% intervals of so few outlet-days hold the truth more often than this."""


@dataclass(frozen=True)
class Case:
    """What is to be held of a world: bias at most, and how often intervals of SKUs and days hold the truth."""

    view: View
    known: Known
    van: float
    bias: float
    covered: tuple[float, float] = (0.85, 0.97)


CASES = {
    "all visible, deliveries known": Case("all", "deliveries", 1.0, bias=0.02),
    "all visible, nothing known of refills": Case("all", "nothing", 1.0, bias=0.03),
    "half hidden, deliveries known": Case("half", "deliveries", 1.0, bias=0.05),
}


def parts(watched: list[Watched], found: list[CoolerSellOut], name: str) -> np.ndarray:
    assert [one.cooler for one in found] == [one.record.cooler for one in watched]
    return np.concatenate([getattr(one, name) for one in found])


def covered(sold: np.ndarray, variance: np.ndarray, truth: np.ndarray) -> float:
    interval = ranged(sold, variance)
    return float(((interval.low <= truth) & (truth <= interval.high)).mean())


@pytest.mark.parametrize("name", CASES)
def test_what_was_sold(name: str) -> None:
    case = CASES[name]
    watched = watch(world_job(OUTLETS, DAYS, seed=3, van=case.van), range(OUTLETS), case.view, known=case.known)
    found = estimate([one.record for one in watched], Learning(sight=SIGHTS[case.view]))
    truth = np.concatenate([one.sold for one in watched])
    sold = parts(watched, found, "sold")
    assert sold.sum() == pytest.approx(truth.sum(), rel=case.bias)
    variance, shared = (parts(watched, found, name) for name in ("sold_variance", "sold_shared"))
    assert case.covered[0] <= covered(sold, variance + shared**2, truth) <= case.covered[1]
    outlets = np.array([one.outlet for one in found for _ in one.skus])
    sums = [np.array([each[outlets == one].sum(axis=0) for one in set(outlets)]) for each in (sold, variance, shared)]
    of_all = np.array([truth[outlets == one].sum(axis=0) for one in set(outlets)])
    assert covered(sums[0], sums[1] + sums[2] ** 2, of_all) > OF_SUMS, "all SKUs of an outlet and day together"


def test_what_was_wanted_in_vain() -> None:
    """More than twice as much is wanted as usual, so that many SKUs run out."""
    watched = watch(world_job(2, 10, seed=5, turnover=0.35), range(2), "all")
    found = estimate([one.record for one in watched], Learning(sight=SIGHTS["all"]))
    lost = np.concatenate([one.lost for one in watched]).sum()
    assert lost > 200
    assert parts(watched, found, "lost").sum() == pytest.approx(lost, rel=0.2)


def test_the_order_of_coolers_and_skus_does_not_matter() -> None:
    records = [one.record for one in watch(world_job(2, 4, seed=2), range(2), "all")]
    first = {one.cooler: one for one in estimate(records)}
    turned = [
        replace(record, skus=record.skus[::-1], lanes=record.lanes[::-1], counts=record.counts[:, ::-1])
        for record in records[::-1]
    ]
    for one in estimate(turned):
        assert one.sold[::-1] == pytest.approx(first[one.cooler].sold, rel=1e-6, abs=1e-9)


def test_photos_that_say_nothing_leave_the_rate_of_the_others() -> None:
    (one,) = (w.record for w in watch(world_job(1, 6, seed=4), range(1), "all"))
    counts = one.counts.copy()
    counts[8:12] = -1  # the third day
    found = estimate([replace(one, counts=counts)], Learning(sight=Sight((0.93,))))[0]
    assert found.covered[2] < 0.1
    usual = found.sold.sum(axis=0)
    assert usual[2] == pytest.approx(usual.mean(), rel=0.5)
    assert found.sold_variance[:, 2].mean() > found.sold_variance[:, [0, 1, 4]].mean()


def test_no_record_and_unequal_days_are_refused() -> None:
    with pytest.raises(RecordError, match="at least one cooler"):
        estimate([])
    records = [watch(world_job(1, days, seed=4), range(1), "all")[0].record for days in (2, 3)]
    with pytest.raises(RecordError, match="equally many days"):
        estimate(records)
