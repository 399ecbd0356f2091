"""Sums over days: what was not sold today was sold tomorrow, so that their errors partly cancel."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from cloud.analytics.sellout.answer import FOLLOWING, SoldRow, ranged
from cloud.analytics.sellout.between_days import with_following
from cloud.analytics.sellout.estimate import estimate
from cloud.analytics.sellout.learning import Learning
from facings.messages import Estimate
from tests.support.sellout import SIGHTS, watch, world_job
from tests.support.sold_days import SoldDay, sell_out

MONDAY = date(2026, 3, 2)
BOUND = (-4.0, -1.0)


def sold(day: int, **changed: Any) -> SoldDay:
    """Ten units, with a variance of nine and bound to the two days after."""
    row = {"cooler": "c", "outlet": "o", "sku": "cola", "sold": 10.0, "sold_variance": 9.0, "sold_shared": 0.0}
    rest = {"lost": 0.0, "lost_variance": 0.0, "opening": 9.0, "sold_following": BOUND}
    return SoldDay(**(row | rest | {"day": MONDAY + timedelta(days=day)} | changed))


def of(*rows: SoldDay) -> Estimate:
    return sell_out(rows, lambda _row: "all")["all"]


@pytest.mark.parametrize(
    ("rows", "variance"),
    [
        pytest.param([sold(0)], 9, id="one day"),
        pytest.param([sold(0), sold(1)], 2 * 9 - 2 * 4, id="two days"),
        pytest.param([sold(0), sold(1), sold(2)], 3 * 9 - 2 * (4 + 4 + 1), id="three days"),
        pytest.param([sold(0), sold(2)], 2 * 9 - 2 * 1, id="a day left out"),
        pytest.param([sold(0), sold(3)], 2 * 9, id="too far apart"),
        pytest.param([sold(0), sold(1, sku="lemon")], 2 * 9, id="of two SKUs"),
        pytest.param([sold(0), sold(1, cooler="d")], 2 * 9, id="of two coolers"),
        pytest.param([sold(0), sold(1, outlet="bar")], 2 * 9, id="before and after a move"),
        pytest.param([sold(0, sold_following=()), sold(1)], 2 * 9, id="computed by an earlier version"),
        pytest.param([sold(day, sold_following=(-9.0,)) for day in range(9)], 0, id="never below nothing"),
    ],
)
def test_the_interval_of_a_sum_of_days(rows: list[SoldDay], variance: float) -> None:
    expected = ranged(np.array(10.0 * len(rows)), np.array(float(variance)))
    found = of(*rows)
    assert (found.value, found.low, found.high) == (expected.value, expected.low, expected.high)


def test_both_parts_of_a_day_add_up() -> None:
    first, later = SoldRow(3, 2, 1, 0.5, 0.1, 9, 0.4, (-1.0,)), SoldRow(2, 1, 0.5, 0, 0, 5, 0.5, (-0.5,))
    assert first.and_then(later) == SoldRow(5, 3, 1.5, 0.5, 0.1, 9, 0.9, (-1.5,))


def test_days_beyond_the_end_are_bound_to_nothing() -> None:
    covariance = np.array([[4.0, -1.0, -0.5], [-1.0, 3.0, -2.0], [-0.5, -2.0, 5.0]])
    assert with_following(covariance, 2).tolist() == [[-1.0, -0.5], [-2.0, 0.0], [0.0, 0.0]]
    assert with_following(covariance, 5)[:, 3:].tolist() == [[0, 0]] * 3


def test_intervals_of_weeks_hold_the_truth_as_often_as_those_of_days() -> None:
    watched = watch(world_job(4, 14, seed=3), range(4), "all")
    found = estimate([one.record for one in watched], Learning(sight=SIGHTS["all"]))
    inside, narrower = [], []
    for truth, one in zip(watched, found, strict=True):
        assert one.sold_following is not None
        for at in (0, 7):
            week = slice(at, at + 7)
            bound = 2 * sum(
                one.sold_following[:, at : at + 7 - lag, lag - 1].sum(axis=1) for lag in range(1, FOLLOWING + 1)
            )
            alone = (one.sold_variance + one.sold_shared**2)[:, week].sum(axis=1)
            interval = ranged(one.sold[:, week].sum(axis=1), alone + bound)
            of_week = truth.sold[:, week].sum(axis=1)
            inside.append((interval.low <= of_week) & (of_week <= interval.high))
            narrower.append((alone + bound) / alone)
    assert 0.88 <= np.concatenate(inside).mean() <= 0.98
    assert np.concatenate(narrower).mean() < 0.6
