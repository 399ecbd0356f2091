"""Advice in worlds whose truth is known by construction."""

from __future__ import annotations

import numpy as np
import pytest

from cloud.analytics.advice.assortment import Assortment, advise
from cloud.analytics.advice.displays import ARRANGEMENTS, Arrangement, Displayed, Displays, Effect, effects
from facings.messages import Estimate


def units(value: float, reach: float = 0.1) -> Estimate:
    return Estimate(value=value, low=max(value - reach, 0), high=value + reach)


def world(here: dict[str, float], *others: dict[str, float]) -> Assortment:
    peers = {f"kiosk-{number}": sold for number, sold in enumerate(others)}
    return advise({sku: units(one) for sku, one in here.items()}, peers)


def test_what_sells_elsewhere_is_expected_by_this_outlets_traffic() -> None:
    usual = {"cola": 10.0, "lemon": 5.0, "ale": 4.0}
    found = world({"cola": 20, "lemon": 10}, usual, usual, usual)
    (take_up,) = found.take_up
    assert (take_up.sku, take_up.outlets, take_up.certain) == ("ale", 3, True)
    assert take_up.expected == Estimate(value=8, low=8, high=8), "twice the traffic, twice the sell-out"


@pytest.mark.parametrize(
    ("ales", "certain"),
    [
        pytest.param((4.0, 4.2, 3.8, 4.1), True, id="alike everywhere"),
        pytest.param((0.5, 9.0, 0.2, 6.0), False, id="cannot tell"),
    ],
)
def test_the_interval_tells_how_alike_outlets_are(ales: tuple[float, ...], certain: bool) -> None:
    found = world({"cola": 10, "lemon": 5}, *({"cola": 10, "lemon": 5, "ale": ale} for ale in ales))
    assert found.take_up[0].certain is certain
    assert found.take_up[0].expected.value == pytest.approx(np.mean(ales), abs=1e-3)


def test_the_interval_holds_the_truth_nine_times_of_ten() -> None:
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(300):
        ales = rng.normal(4, 1, 7)
        found = world({"cola": 10, "lemon": 5}, *({"cola": 10, "lemon": 5, "ale": ale} for ale in ales[:-1]))
        inside += found.take_up[0].expected.low <= ales[-1] <= found.take_up[0].expected.high
    assert 255 <= inside <= 285


def test_nothing_is_said_from_few_outlets_or_such_of_which_the_traffic_is_not_known() -> None:
    more = {"cola": 10.0, "lemon": 5.0, "ale": 4.0}
    assert world({"cola": 10, "lemon": 5}, more, more).take_up == ()
    assert world({"water": 10}, more, more, more).take_up == (), "no SKU in common: the traffic is not known"


def test_slow_sellers_are_slow_for_certain() -> None:
    found = world({"cola": 10, "lemon": 8, "ale": 9, "tea": 0.5, "doubt": 2.2})
    assert [(drop.sku, drop.usual) for drop in found.drop] == [("tea", 8)]
    assert world({"cola": 10, "tea": 0.1}).drop == (), "two SKUs are too few to call one slow"


def shelves(seed: int, eye: float, outlets: int = 40, noise: float = 0.25) -> list[Displayed]:
    """Outlets and SKUs of very different sell-out; eye level sells `eye` times as much, twice the facings 1.2 times."""
    rng = np.random.default_rng(seed)
    skus = {f"sku-{number}": rng.normal(0, 1) for number in range(8)}
    found = []
    for number in range(outlets):
        busy = rng.normal(0, 1)
        for sku, strong in skus.items():
            facings, level, beside = rng.integers(1, 6), rng.integers(3), rng.random()
            sold = strong + busy + np.log(1.2) * np.log2(facings) + np.log(eye) * (level == 1) + rng.normal(0, noise)
            found.append(
                Displayed(
                    f"o-{number}", sku, float(np.exp(sold)), facings, float(level == 0), float(level == 1), beside
                )
            )
    return found


def found_in(displays: list[Displayed]) -> dict[Arrangement, Effect]:
    return {one.arrangement: one for one in effects(Displays.of(displays))}


def test_the_true_effects_are_found() -> None:
    found = found_in(shelves(1, eye=1.5))
    change = found["eye-level"].change
    assert change
    assert change.low < 0.5 < change.high
    assert (found["eye-level"].verdict, found["twice-the-facings"].verdict) == ("more", "more")
    assert (found["top-shelves"].verdict, found["beside-competitor"].verdict) == ("cannot-tell", "cannot-tell")


def test_intervals_of_no_effect_hold_none_nine_times_of_ten() -> None:
    verdicts = [found_in(shelves(seed, eye=1.0, outlets=20))["eye-level"].verdict for seed in range(100)]
    assert 80 <= verdicts.count("cannot-tell") <= 97


@pytest.mark.parametrize(
    "displays",
    [
        pytest.param([], id="nothing"),
        pytest.param(shelves(1, eye=3, outlets=5), id="few outlets"),
        pytest.param([Displayed(f"o-{i}", "cola", 1, 2, 0, 1, 0) for i in range(20)], id="all alike"),
        pytest.param([Displayed(f"o-{i}", "cola", 0, 2, 0, 1, 0) for i in range(20)], id="nothing sold"),
    ],
)
def test_what_cannot_be_told_is_not(displays: list[Displayed]) -> None:
    found = effects(Displays.of(displays))
    assert [one.arrangement for one in found] == list(ARRANGEMENTS)
    assert {one.verdict for one in found} == {"cannot-tell"}
