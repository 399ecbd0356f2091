"""Shares and distribution of small worlds."""

from __future__ import annotations

import numpy as np
import pytest

from cloud.analytics.share.mean_lines import MeanLine, MeanLines
from cloud.analytics.share.shares import purity, shares, weighted_distribution
from facings.messages import Estimate


def line(cooler: str, sku: str, facings: float, variance: float = 0.0, stocked: float = 1.0) -> MeanLine:
    return MeanLine(cooler, cooler[0], sku, facings, facings, variance, stocked)


WORLD = MeanLines.of([line("a1", "cola", 3), line("a1", "rival", 1), line("b1", "cola", 2), line("b2", "rival", 2)])


def test_shares_add_up_to_one() -> None:
    found = shares(WORLD, WORLD.sku)
    assert {name: share.value for name, share in found.items()} == {"cola": 0.625, "rival": 0.375}


def test_purity_is_that_of_owned_coolers_alone() -> None:
    assert (found := purity(WORLD, {"a1", "b1"}, {"cola"})) and found.value == pytest.approx(5 / 6, abs=1e-4)
    assert purity(WORLD, {"elsewhere"}, {"cola"}) is None


def test_doubt_in_counts_widens_a_share() -> None:
    lines = MeanLines.of([line("a1", "cola", 5, 0.25), line("a1", "rival", 5, 0.25)])
    found = shares(lines, lines.sku)["cola"]
    assert (found.low, found.value, found.high) == pytest.approx((0.4418, 0.5, 0.5582), abs=1e-4)


def test_distribution_counts_outlets_and_their_sales() -> None:
    def told(lines: MeanLines, sales: dict[str, float]) -> dict[str, Estimate]:
        return weighted_distribution(lines, lines.sku, sales, np.full(len(lines), sum(sales.values())))

    numeric = told(WORLD, dict.fromkeys("abc", 1.0))
    assert {name: share.value for name, share in numeric.items()} == {"cola": 0.6667, "rival": 0.6667}
    assert told(WORLD, {"a": 8, "b": 1, "c": 1})["cola"].value == 0.9
    doubtful = told(MeanLines.of([line("a1", "cola", 1, stocked=0.5)]), {"a": 1.0})["cola"]
    assert (doubtful.low, doubtful.value, doubtful.high) == (0, 0.5, 1)
    assert told(WORLD, {}) == {}


def test_each_place_has_its_own_outlets_behind_it() -> None:
    places = WORLD.outlet.mapped({"a": "north", "b": "south"}.__getitem__)
    total = places.taken([{"north": 4.0, "south": 1.0}[one] for one in places.names])
    found = weighted_distribution(WORLD, places, {"a": 2.0, "b": 1.0}, total)
    assert {name: share.value for name, share in found.items()} == {"north": 0.5, "south": 1.0}
