"""What a promotion truly does, over many small worlds in which nothing ever runs out."""

from __future__ import annotations

from itertools import combinations

import pytest

from firmware_sim.world.history import IncidentKind
from firmware_sim.world.job import WorldJob
from firmware_sim.world.ledger.promotions import promotion_rows
from firmware_sim.world.outlet_life import simulate_outlet
from firmware_sim.world.plan import plan_world
from firmware_sim.world.settings import (
    DemandSettings,
    DisturbanceSettings,
    OutletSettings,
    PromotionSettings,
    SupplySettings,
    WorldSettings,
)


def plenty(seed: int, count: int = 1, **promotions: object) -> WorldJob:
    """A world in which hardly any SKU runs out, so that wants and sales are the same."""
    quiet = DisturbanceSettings(misplaced=0, broken=0, stolen=0, expired=0, intrusion=0, drift=0)
    settings = WorldSettings(
        outlets=OutletSettings(van=1),
        demand=DemandSettings(turnover=0.06),
        supply=SupplySettings(late=0, short=0, absent=0, wrong_lane=0, tidy=1),
        disturbance=quiet,
        promotions=PromotionSettings(count=count, days=(20, 20), outlets=(1, 1), **promotions),  # type: ignore[arg-type]
    )
    return WorldJob(seed, outlets=3, days=60, settings=settings)


def truths(worlds: int, **promotions: object) -> list[dict[str, float]]:
    """The promotion truth of every outlet of many worlds."""
    rows = []
    for seed in range(worlds):
        job = plenty(seed, **promotions)
        for number in plan_world(job).promotions[0].outlets:
            twin = simulate_outlet(job, number, promoted=False)
            rows += promotion_rows(simulate_outlet(job, number), twin)
    return rows


def total(rows: list[dict[str, float]], name: str) -> float:
    return sum(row[name] for row in rows)


def test_the_true_lift_is_what_happens_on_average() -> None:
    rows = truths(
        12, no_effect=0, executed=1, lift=(0.8, 0.8), lift_spread=0, cannibalisation=(0.3, 0.3), dip=(0.25, 0.25)
    )
    expected = total(rows, "expected_extra")
    error = 2 * expected**0.5
    assert abs(total(rows, "extra") - expected) < 3 * error
    sold_more = total(rows, "sold") - total(rows, "sold_without")
    assert sold_more == pytest.approx(expected, abs=3 * error + 0.03 * expected)
    assert sold_more / total(rows, "sold_without") == pytest.approx(0.8, abs=0.12)
    assert total(rows, "cannibalised") == pytest.approx(0.3 * expected, rel=0.2)
    assert total(rows, "sisters_sold") < total(rows, "sisters_sold_without")
    after = total(rows, "after_sold") / total(rows, "after_sold_without")
    assert after == pytest.approx(0.75, abs=0.06)


def test_what_does_nothing_sells_nothing_more() -> None:
    rows = truths(4, no_effect=1, executed=1)
    assert {name: total(rows, name) for name in ("expected_extra", "extra", "cannibalised", "dipped")} == {
        "expected_extra": 0,
        "extra": 0,
        "cannibalised": 0,
        "dipped": 0,
    }
    assert total(rows, "sold") == pytest.approx(total(rows, "sold_without"), rel=0.02)


def test_what_is_not_set_up_changes_nothing_at_all() -> None:
    job = plenty(3, no_effect=0, executed=0)
    history, twin = simulate_outlet(job, 0), simulate_outlet(job, 0, promoted=False)
    assert history.tallies
    assert history.coolers == twin.coolers


def test_extra_facings_show_on_the_shelf_while_the_promotion_runs() -> None:
    for seed in range(40):
        job = plenty(seed, no_effect=0, executed=1)
        if plan_world(job).promotions[0].mechanic == "extra-facings":
            cooler = simulate_outlet(job, 0).coolers[0]
            given = [i for i in cooler.incidents if i.kind == IncidentKind.EXTRA_FACING]
            assert given
            return
    pytest.fail("no such promotion in 40 worlds")


def test_no_outlet_feels_two_promotions_of_a_brand_at_once() -> None:
    settings = WorldSettings(promotions=PromotionSettings(count=40))
    plan = plan_world(WorldJob(seed=2, outlets=120, days=120, settings=settings))
    assert len(plan.promotions) == 40
    for one, other in combinations(plan.promotions, 2):
        if one.brand == other.brand and one.begins < other.over and other.begins < one.over:
            assert not set(one.outlets) & set(other.outlets)
    for promotion in plan.promotions:
        assert not set(promotion.skus) & set(promotion.sisters)
        assert 0 <= promotion.begins < promotion.ends <= 120
        assert {plan.catalogue[sku].brand for sku in promotion.skus + promotion.sisters} == {promotion.brand}
