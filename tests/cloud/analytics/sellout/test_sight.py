"""How likely each count is, given the stock."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from cloud.analytics.sellout.sight import STRAYS, Sight, count_table, seen_units, true_counts

FRONT_ONLY = Sight(depth=(1.0, 0.0), false=0.0)


@pytest.mark.parametrize("lanes", [(6,), (6, 6, 6), (5, 7)])
@pytest.mark.parametrize("depth", [(0.93,), (0.93, 0.93, 0.93, 0.0), (0.97, 0.02)])
def test_each_stock_has_some_count(lanes: tuple[int, ...], depth: tuple[float, ...]) -> None:
    table = count_table(lanes, Sight(depth, false=0.015), crowd=8)
    assert table.shape[0] == sum(lanes) + STRAYS + 1
    assert table.sum(axis=1) == pytest.approx(1)


def test_where_all_is_seen_counts_are_binomial() -> None:
    table = true_counts((6, 6), (0.9,))
    for stock in range(13):
        assert table[stock, :13] == pytest.approx(binom.pmf(np.arange(13), stock, 0.9))


@pytest.mark.parametrize(
    ("stock", "facings", "chance"),
    [
        (0, 0, 1),
        (1, 1, 1),
        (2, 1, 2 / 6),  # of the 6 ways to choose 2 of 2 x 2 places, both in one lane 2
        (2, 2, 4 / 6),
        (3, 2, 1),
        (4, 2, 1),
        (5, 3, 1),  # a stray unit stands in the front of another lane
    ],
)
def test_front_row_of_two_lanes_of_two(stock: int, facings: int, chance: float) -> None:
    assert count_table((2, 2), FRONT_ONLY, 0)[stock, facings] == pytest.approx(chance)


def test_units_behind_are_not_counted_until_they_come_to_the_front() -> None:
    assert seen_units((6,), Sight((0.9, 0.0)))[:7] == pytest.approx([0, *[0.9] * 6])


def test_false_units_come_on_top() -> None:
    empty = count_table((6,), Sight((0.9,), false=0.02), crowd=5)[0]
    assert empty @ np.arange(len(empty)) == pytest.approx(0.1, rel=1e-3)
