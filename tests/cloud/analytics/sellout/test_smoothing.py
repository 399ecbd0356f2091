"""The smoother against every path a small chain can take, one by one."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.stats import nbinom

from cloud.analytics.sellout.records import CoolerRecord, Delivery, FloatArray, IntArray
from cloud.analytics.sellout.rows import batches
from cloud.analytics.sellout.sight import STRAYS, Sight, count_table
from cloud.analytics.sellout.smoothing import Belief, Chain, smooth
from cloud.analytics.sellout.stock import UNSETTLED
from cloud.analytics.sellout.timeline import timeline
from cloud.analytics.sellout.totals import totals

HOUR = 3600.0
SPREAD, SIGHT, TRUST, CAPACITY = 1.2, Sight((0.8, 0.3), false=0.05), 0.8, 3
MEANS = (0.5, 0.3, 0.6)
COUNTS = (2, 1)
MOST_WANTED = 10
TOP = CAPACITY + STRAYS
TABLE = count_table((CAPACITY,), SIGHT, crowd=2 ** (round(16 * np.log2(np.mean(COUNTS))) / 16))


def record() -> CoolerRecord:
    """One lane for three; a photo at 10, a delivery of two at 12, a photo at 20; then midnight."""
    return CoolerRecord(
        cooler="cooler-1",
        outlet="outlet-1",
        skus=("cola",),
        lanes=((CAPACITY,),),
        days=np.array([0.0, 24 * HOUR]),
        opening=np.array([[8 * HOUR, 20 * HOUR]]),
        first_weekday=0,
        photos=np.array([10 * HOUR, 20 * HOUR]),
        counts=np.array([[COUNTS[0]], [COUNTS[1]]]),
        deliveries=(Delivery(12 * HOUR, "cola", 2, TRUST),),
        restocked="as-delivered",
    )


@cache
def paths() -> tuple[FloatArray, dict[str, FloatArray]]:
    """Every path's weight; what was sold, lost and wanted along it, and left at the end."""
    anything = TOP + 2  # after each photo: any stock, or what there was
    sizes = (CAPACITY + 1, MOST_WANTED, MOST_WANTED, MOST_WANTED, anything, 2, anything)
    start, *wants, happened, brought, happens = np.indices(sizes).reshape(len(sizes), -1)
    weight = np.full(len(start), 1 / (CAPACITY + 1))
    for mean, units in zip(MEANS, wants, strict=True):
        weight *= nbinom.pmf(units, mean / (SPREAD - 1), 1 / SPREAD)
    first = np.minimum(start, wants[0])
    stock = unsettled(start - first, happened)
    weight *= chance_of(happened) * TABLE[stock, COUNTS[0]]
    second = np.minimum(stock, wants[1])
    stock = np.minimum(stock - second + 2 * brought, TOP)
    weight *= np.where(brought, TRUST, 1 - TRUST)
    third = np.minimum(stock, wants[2])
    stock = unsettled(stock - third, happens)
    weight *= chance_of(happens) * TABLE[stock, COUNTS[1]]
    sold, wanted = first + second + third, sum(wants)
    return weight, {"sold": sold, "wanted": wanted, "lost": wanted - sold, "left": stock}


def unsettled(stock: IntArray, happened: IntArray) -> IntArray:
    return np.where(happened <= TOP, happened, stock)


def chance_of(happened: IntArray) -> FloatArray:
    return np.where(happened <= TOP, UNSETTLED / (TOP + 1), 1 - UNSETTLED)


def moments(name: str) -> tuple[float, float]:
    weights, values = paths()[0], paths()[1][name]
    mean = float(weights @ values / weights.sum())
    return mean, float(weights @ (values - mean) ** 2 / weights.sum())


@pytest.fixture(scope="module")
def chain() -> Chain:
    line = timeline(record())
    (rows,) = batches([record()], [line], SIGHT)
    mean: FloatArray = np.zeros((len(line.day), 1))
    mean[:3, 0] = MEANS
    nothing = np.zeros((1, rows.grid))
    return Chain(rows, Belief(mean, SPREAD, np.zeros(mean.shape), nothing, SIGHT, np.ones(1)))


def test_every_path_is_in_the_sums(chain: Chain) -> None:
    smoothed = smooth(chain)
    found = totals(chain, smoothed.after_days)
    for name, mean, variance in (
        ("sold", found.sold[0, 0], found.sold_variance[0, 0]),
        ("lost", found.lost[0, 0], found.lost_variance[0, 0]),
        ("wanted", found.wanted[0], found.wanted_variance[0]),
    ):
        assert (mean, variance) == pytest.approx(moments(name), rel=1e-3), name  # the tails of wants are cut
    assert smoothed.wanted[:3].sum() == pytest.approx(moments("wanted")[0], rel=1e-4)
    assert smoothed.closing[0, 0] == pytest.approx(moments("left")[0], rel=1e-4)
