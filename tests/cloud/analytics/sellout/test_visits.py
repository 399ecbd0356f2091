"""Visits that nobody reports, told by all SKUs of a cooler together, and rates by the falls between them."""

from __future__ import annotations

import numpy as np
import pytest

from cloud.analytics.sellout.falls import Falls, drawn_to, falls
from cloud.analytics.sellout.records import UNSEEN, CoolerRecord, Delivery
from cloud.analytics.sellout.timeline import timeline
from cloud.analytics.sellout.visits import Visits, evidence, posterior

HOUR = 3600.0
VISITS = Visits(often=0.3)


@pytest.mark.parametrize(
    ("refilled", "visited"),
    [
        ([0.1, 0.1, 0.1], (0.2, 0.4)),  # no SKU says more than was held before
        ([0.5, 0.1, 0.1], (0.4, 0.9)),  # one was counted higher
        ([0.9, 0.9, 0.9], (0.99, 1.0)),  # three were
        ([0.01, 0.01, 0.01], (0.0, 0.01)),
    ],
)
def test_one_sku_may_be_an_error_many_are_a_visit(refilled: list[float], visited: tuple[float, float]) -> None:
    signs = evidence(np.array([refilled]), np.array([0.1]), VISITS)
    (chance,) = posterior(signs, np.zeros(1, int), VISITS)
    assert visited[0] <= chance <= visited[1]


def test_between_two_photos_comes_one_visit_at_most() -> None:
    chance = posterior(np.array([8.0, 8.0, 0.0, 8.0]), np.array([0, 0, 0, 1]), VISITS)
    assert chance == pytest.approx([0.5, 0.5, 0, 1], abs=2e-3)


def test_visits_are_counted_by_the_times_between_photos() -> None:
    learned = VISITS.learned([np.array([0.5, 0.4, 0.0, 0.1])], [np.array([0, 0, 1, 2])])
    assert learned.often == pytest.approx((1.0 + 1) / (3 + 5))


COUNTS = [[10, 4], [8, UNSEEN], [12, 6], [9, 6]]


def test_falls_are_of_quiet_times() -> None:
    record = CoolerRecord(
        cooler="cooler-1", outlet="outlet-1", skus=("cola", "lemon"), lanes=((6, 6), (6,)),
        days=np.array([0.0, 24 * HOUR]), opening=np.array([[8 * HOUR, 20 * HOUR]]), first_weekday=0,
        photos=np.array([9, 11, 14, 18]) * HOUR, counts=np.array(COUNTS), doors=np.array([12 * HOUR]),
        deliveries=(Delivery(16 * HOUR, "lemon", 3),),
    )  # fmt: skip
    line = timeline(record)
    visit = np.where(line.refill, 0.9, 0.0)
    found = falls(record, line, visit, line.hours.sum(axis=1), np.zeros((len(visit), 2)), seen=0.9)
    # Cola from 9 to 11 and from 14 to 18; of lemon nothing is known at 11, and some came at 16.
    assert found.units == pytest.approx([(10 - 8 + 12 - 9) / 0.9, 0])
    assert found.hours == pytest.approx([2 + 4, 0])


def test_a_rate_is_drawn_to_its_prior_the_less_is_known() -> None:
    prior = np.array([1.0, 1.0, 1.0])
    found = Falls(units=np.array([0.0, 20.0, 2000.0]), hours=np.array([0.0, 10.0, 1000.0]), variance=np.full(3, 5.0))
    unknown, some, well = drawn_to(prior, found, spread=1.3)
    assert unknown == pytest.approx(1)
    assert 1.2 < some < 1.8
    assert well == pytest.approx(2, rel=0.01)
