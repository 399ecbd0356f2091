"""A promotion studied on daily sell-out: matched outlets, dip, sisters, execution, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from cloud.analytics.promo.execution import Sighting, executed
from cloud.analytics.promo.matching import Matching, match
from cloud.analytics.promo.panel import PanelError
from cloud.analytics.promo.sellout import Outlet, Promotion, SellOut
from cloud.analytics.promo.study import PromotionStudy, StudyAnswer
from tests.support.promotions import MARGIN, Market, Simulated, simulate

BIG = Market(outlets=120, promoted=48, lift=0.5, dip=0.2, taken=0.1, region_shock=0.2, cost=60.0)


@pytest.fixture(scope="module")
def simulated() -> Simulated:
    return simulate(BIG, seed=3)


@pytest.fixture(scope="module")
def answer(simulated: Simulated) -> StudyAnswer:
    return PromotionStudy(level=0.99).answer(simulated.sell_out, simulated.promotion)


def test_effect_dip_and_cannibalisation_are_found(answer: StudyAnswer, simulated: Simulated) -> None:
    assert answer.direct.low is not None
    assert answer.direct.high is not None
    assert answer.direct.low < simulated.effect(answer.unmatched) < answer.direct.high
    assert answer.direct.low > 0
    assert answer.dip.high is not None
    assert answer.dip.high < 0
    assert answer.cannibalised is not None
    assert answer.cannibalised.effect < 0


def test_net_is_the_sum_of_its_parts_and_roi_follows(answer: StudyAnswer, simulated: Simulated) -> None:
    parts = answer.units["direct"].value + answer.units["dip"].value + answer.units["cannibalised"].value
    assert answer.units["net"].value == pytest.approx(parts)
    assert answer.roi.roi.value == pytest.approx(parts * MARGIN / BIG.cost - 1)
    assert answer.roi.roi.low is not None
    assert answer.roi.roi.high is not None
    assert answer.roi.roi.low < simulated.roi < answer.roi.roi.high


def test_the_interval_of_the_sum_is_not_the_sum_of_intervals(answer: StudyAnswer) -> None:
    # The parts of one outlet share its shocks: their covariance counts.
    def reach(name: str) -> float:
        one = answer.units[name]
        assert one.low is not None
        assert one.high is not None
        return (one.high - one.low) / 2

    independent = np.sqrt(sum(reach(name) ** 2 for name in ("direct", "dip", "cannibalised")))
    assert reach("net") > 1.05 * independent


def test_the_other_estimators_agree(answer: StudyAnswer) -> None:
    for other in answer.others.values():
        assert other.effect == pytest.approx(answer.direct.effect, rel=0.2)


def test_controls_are_of_the_same_region_and_class() -> None:
    outlets = [Outlet(f"o{i}", "north" if i % 2 else "south", "kiosk" if i < 8 else "store") for i in range(16)]
    before = np.ones((16, 20)) * 5
    matched = match(outlets, np.array([0, 1]), np.arange(2, 16), before, Matching())
    assert [(cell.treated.tolist(), cell.controls.tolist()) for cell in matched.cells] == [
        ([0], [2, 4, 6]),
        ([1], [3, 5, 7]),
    ]
    assert matched.imbalance == {"level": 0, "trend": 0}


def test_an_outlet_of_another_size_has_no_match() -> None:
    outlets = [Outlet(f"o{i}") for i in range(12)]
    before = np.ones((12, 20)) * np.linspace(5, 6, 12)[:, None]
    before[0] = 80
    matched = match(outlets, np.array([0, 1, 2]), np.arange(3, 12), before, Matching())
    assert matched.unmatched.tolist() == [0]


def test_covariates_count_and_must_be_everywhere() -> None:
    outlets = [Outlet(f"o{i}", covariates={"footfall": 1000.0 if i == 0 else 10.0 + i}) for i in range(12)]
    before = np.ones((12, 20))
    with pytest.raises(PanelError, match="only 0 of 1 promoted outlets"):
        match(outlets, np.array([0]), np.arange(1, 12), before, Matching())
    with pytest.raises(PanelError, match="same covariates"):
        match([*outlets[:11], Outlet("o11")], np.array([0]), np.arange(1, 12), before, Matching())


def _with(simulated: Simulated, **changes: object) -> Promotion:
    return replace(simulated.promotion, **changes)  # type: ignore[arg-type]


def test_a_promotion_everywhere_has_no_controls(simulated: Simulated) -> None:
    everywhere = frozenset(outlet.id for outlet in simulated.sell_out.outlets)
    with pytest.raises(PanelError, match="there are no controls"):
        PromotionStudy().answer(simulated.sell_out, _with(simulated, outlets=everywhere))


def test_a_promotion_before_the_sell_out_is_refused(simulated: Simulated) -> None:
    with pytest.raises(PanelError, match="at least 14 before"):
        PromotionStudy().answer(simulated.sell_out, _with(simulated, first=date(2026, 3, 5), last=date(2026, 3, 12)))


def test_an_unknown_sku_is_refused(simulated: Simulated) -> None:
    with pytest.raises(PanelError, match="no sell-out of the SKU 'root-beer'"):
        PromotionStudy().answer(simulated.sell_out, _with(simulated, skus=frozenset({"root-beer"})))


def test_nothing_known_of_the_days_after_is_told(simulated: Simulated) -> None:
    sell_out = simulated.sell_out
    end = sell_out.days.index(simulated.promotion.last) + 1
    cut = SellOut(sell_out.outlets, sell_out.skus, sell_out.days[:end], sell_out.units[:, :, :end])
    answer = PromotionStudy().answer(cut, simulated.promotion)
    assert any("the ROI is flattered" in warning for warning in answer.warnings)
    assert answer.units["dip"].value == 0


def test_a_few_unknown_days_change_little(simulated: Simulated, answer: StudyAnswer) -> None:
    units = simulated.sell_out.units.copy()
    units[np.random.default_rng(0).random(units.shape) < 0.01] = np.nan
    holed = replace(simulated.sell_out, units=units)
    found = PromotionStudy(level=0.99).answer(holed, simulated.promotion)
    assert found.direct.effect == pytest.approx(answer.direct.effect, rel=0.05)


def test_execution_is_judged_by_the_photos_of_its_days(simulated: Simulated) -> None:
    promotion = simulated.promotion
    shops = sorted(promotion.outlets)
    seen = frozenset({"cola-330"})
    sightings = [
        *(Sighting(shop, promotion.first, seen) for shop in shops[:6]),
        *(Sighting(shop, promotion.last, frozenset()) for shop in shops[4:10]),
        Sighting(shops[10], promotion.first - timedelta(days=1), seen),
        Sighting("elsewhere", promotion.first, seen),
    ]
    found = executed(promotion, sightings, promotion.skus, 0.9)
    assert (found.executed, found.photographed, found.promoted) == (6, 10, 48)
    assert found.share is not None
    assert found.share.low is not None
    assert found.share.high is not None
    assert found.share.low < 0.6 == found.share.value < found.share.high
    assert executed(promotion, [], promotion.skus, 0.9).share is None
