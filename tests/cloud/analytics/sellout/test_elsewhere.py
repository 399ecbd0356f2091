"""Where shoppers turn who want a SKU in vain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cloud.analytics.sellout.elsewhere import Shares, Turned, learned, turned
from cloud.analytics.sellout.records import CoolerRecord, FloatArray
from cloud.analytics.sellout.timeline import Timeline, timeline

HOUR = 3600.0
SHARES = Shares(further=0.5, another=0.4)


def cooler(name: str, skus: tuple[str, ...], *photos: float) -> CoolerRecord:
    """Of one outlet, on one day from 8 to 20 h, with photos at these hours."""
    return CoolerRecord(
        cooler=name,
        outlet="kiosk",
        skus=skus,
        lanes=((6,),) * len(skus),
        days=np.array([0.0, 24.0]) * HOUR,
        opening=np.array([[8.0, 20.0]]) * HOUR,
        first_weekday=0,
        photos=np.array(photos) * HOUR,
        counts=np.ones((len(photos), len(skus)), np.int64),
        restocked="as-delivered",
    )


def found(
    records: list[CoolerRecord], lost: list[list[list[float]]], there: list[list[list[float]]], rates: list[list[float]]
) -> tuple[list[Turned], list[Timeline]]:
    lines = [timeline(record) for record in records]
    arrays = ([np.array(one) for one in each] for each in (lost, there))
    return turned(records, lines, *arrays, [np.array(one) for one in rates], SHARES), lines


def test_another_sku_is_taken_as_it_is_liked_and_there() -> None:
    one = cooler("a", ("cola", "lemon", "water", "tea"), 14.0)
    lost = [[[0.0, 0.0, 0.0, 0.0], [6.0, 0.0, 0.0, 0.0]]]
    there = [[[1.0, 1.0, 1.0, 1.0], [0.0, 1.0, 1.0, 0.0]]]
    (to,), _ = found([one], lost, there, [[3.0, 1.0, 2.0, 5.0]])
    assert to.another == pytest.approx(np.array([[0.0] * 4, [0.0, 2.0, 4.0, 0.0]]))
    assert not to.further.any() and not to.elsewhere.any()
    assert to.wanted(SHARES) == pytest.approx(0.4 * to.another)


def test_a_sku_is_found_in_another_cooler_at_the_time_by_its_clock() -> None:
    """The first cooler has no cola from 14 h to 20 h, the second, with photos at 11 and 17 h, has it until 17 h."""
    records = [cooler("a", ("cola",), 14.0), cooler("b", ("tea", "cola"), 11.0, 17.0)]
    lost = [[[0.0], [6.0]], [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]]
    there = [[[1.0], [0.0]], [[1.0, 1.0], [1.0, 1.0], [1.0, 0.0]]]
    (a, b), lines = found(records, lost, there, [[1.0], [1.0, 1.0]])
    assert [line.clock.tolist() for line in lines] == [[6.0, 12.0], [3.0, 9.0, 12.0]]
    assert b.further[:, 1] == pytest.approx([0.0, 3.0, 0.0]), "half of the time and so of the units"
    assert a.elsewhere[:, 0] == pytest.approx([0.0, 0.5])
    assert not a.further.any() and not b.further[:, 0].any()


def test_nobody_turns_to_a_cooler_of_another_outlet_or_where_nothing_is_left() -> None:
    records = [cooler("a", ("cola",)), replace(cooler("b", ("cola",)), outlet="bar")]
    to, _ = found(records, [[[4.0]], [[0.0]]], [[[0.0]], [[1.0]]], [[1.0], [1.0]])
    assert not any(one.wanted(SHARES).any() or one.elsewhere.any() for one in to)


@pytest.mark.parametrize(
    ("really", "known"), [(Shares(0.2, 0.1), 400.0), (Shares(0.9, 0.8), 400.0), (Shares(0.2, 0.1), 0.0)]
)
def test_shares_are_learned_from_what_is_wanted_more_than_was_held(really: Shares, known: float) -> None:
    each = np.full((10, 1), known)
    none = np.zeros_like(each)
    to = [Turned(each, none, none), Turned(none, each, none)]
    mean = [np.full((10, 1), 10.0)] * 2
    more: list[FloatArray] = [one.wanted(really) - one.wanted(SHARES) for one in to]
    made = learned(SHARES, to, more, mean, spread=1.3)
    # Where nothing turns, what is known beforehand holds.
    expected = really if known else Shares()
    assert (made.further, made.another) == pytest.approx((expected.further, expected.another), abs=0.01)
