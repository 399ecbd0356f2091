"""Intervals hold the truth as often as they say, and nothing is not called a success; bench/promo.py measures more."""

from __future__ import annotations

import pytest

from bench.promo import scores
from cloud.analytics.promo.study import PromotionStudy
from tests.support.promotions import Market

PROMOTIONS = 40


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, object]]:
    return scores(Market(outlets=72, promoted=24, days_before=42), PROMOTIONS, PromotionStudy(), seed=5000)


def _coverage(found: dict[str, dict[str, object]], name: str) -> float:
    covered = [half["coverage"] for half in found.values()]
    return sum(half[name] for half in covered if isinstance(half, dict)) / 2


@pytest.mark.parametrize("name", ["roi", "net_units", "did"])
def test_ninety_percent_intervals_cover(found: dict[str, dict[str, object]], name: str) -> None:
    # Of 40 intervals 36 are expected to cover; under 32 are seen in 2% of such samples.
    assert _coverage(found, name) >= 32 / PROMOTIONS


def test_no_effect_is_seldom_a_success(found: dict[str, dict[str, object]]) -> None:
    called = found["without effect"]["called_a_success"]
    assert isinstance(called, float)
    assert called <= 0.1
