"""Shares and distribution of small worlds."""

from __future__ import annotations

import pytest

from cloud.analytics.share.shares import purity, shares, weighted_distribution
from cloud.analytics.share.window import MeanLine


def line(cooler: str, sku: str, facings: float, variance: float = 0.0, stocked: float = 1.0) -> MeanLine:
    return MeanLine(cooler, cooler[0], sku, facings, facings, variance, stocked)


WORLD = [line("a1", "cola", 3), line("a1", "rival", 1), line("b1", "cola", 2), line("b2", "rival", 2)]


def test_shares_add_up_to_one() -> None:
    found = shares(WORLD, lambda one: one.sku)
    assert {name: share.value for name, share in found.items()} == {"cola": 0.625, "rival": 0.375}


def test_purity_is_that_of_owned_coolers_alone() -> None:
    assert (found := purity(WORLD, {"a1", "b1"}, {"cola"})) and found.value == pytest.approx(5 / 6, abs=1e-4)
    assert purity(WORLD, {"elsewhere"}, {"cola"}) is None


def test_doubt_in_counts_widens_a_share() -> None:
    found = shares([line("a1", "cola", 5, 0.25), line("a1", "rival", 5, 0.25)], lambda one: one.sku)["cola"]
    assert (found.low, found.value, found.high) == pytest.approx((0.4418, 0.5, 0.5582), abs=1e-4)


def test_distribution_counts_outlets_and_their_sales() -> None:
    def sku(one: MeanLine) -> str:
        return one.sku

    numeric = weighted_distribution(WORLD, dict.fromkeys("abc", 1.0), sku)
    assert {name: share.value for name, share in numeric.items()} == {"cola": 0.6667, "rival": 0.6667}
    weighted = weighted_distribution(WORLD, {"a": 8, "b": 1, "c": 1}, sku)
    assert weighted["cola"].value == 0.9
    doubtful = weighted_distribution([line("a1", "cola", 1, stocked=0.5)], {"a": 1.0}, sku)["cola"]
    assert (doubtful.low, doubtful.value, doubtful.high) == (0, 0.5, 1)
    assert weighted_distribution(WORLD, {}, sku) == {}
