"""Promotions in the records, studied on sell-out in the facts: what is found, what is refused, and when it is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from cloud.analytics.promo.models import PromotionStudyRecord
from cloud.analytics.promo.reading import Evidence
from cloud.analytics.promo.rounds import PromotionRounds
from cloud.analytics.promo.stored import PromotionStudied, answer_of, due, studied, study
from cloud.analytics.promo.study import PromotionStudy, StudyAnswer
from cloud.retail.promotions.models import Promotion
from cloud.retail.promotions.service import found_promotion
from tests.support.cloud import running_services
from tests.support.promoted_cloud import TENANT, PromotedCloud, SetClock
from tests.support.promotions import Market, simulate

KPI = "promo-roi"
MARKET = Market(outlets=60, promoted=24, regions=2, lift=0.5, dip=0.2, taken=0.1, cost=60.0)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PromotedCloud]:
    with running_services(tmp_path_factory.mktemp("promotions") / "cloud") as services:
        yield PromotedCloud(services, simulate(MARKET, seed=5)).furnish()


@pytest.fixture
def cloud(kept: PromotedCloud) -> Iterator[PromotedCloud]:
    """The same sell-out for every test, and no promotions."""
    clock = kept.services.clock
    yield kept
    kept.services.clock = clock
    kept.services.facts.command("TRUNCATE TABLE sellout_day")
    kept.sell()
    with kept.services.records.session(TENANT) as session:
        for model in (PromotionStudyRecord, Promotion):
            session.query(model).delete()


def found(cloud: PromotedCloud, promotion: Promotion) -> PromotionStudied:
    study(cloud.services, TENANT, promotion.id)
    with cloud.services.records.session(TENANT, write=False) as session:
        return studied(session, found_promotion(session, promotion.id))


def test_the_study_from_facts_is_the_study_of_the_sell_out(cloud: PromotedCloud) -> None:
    answer = found(cloud, cloud.add())
    direct = PromotionStudy().answer(cloud.simulated.sell_out, cloud.simulated.promotion)
    assert (answer.state, answer.reason) == ("studied", "")
    assert (answer.coverage.reporting, answer.coverage.expected) == (24, 24)
    assert answer.study
    assert answer.study.roi.roi.model_dump() == pytest.approx(direct.roi.roi.model_dump())
    assert answer.study.direct.effect == pytest.approx(direct.direct.effect)
    assert answer.study.cannibalised
    roi = answer.study.roi.roi
    assert roi.low is not None and roi.high is not None
    assert roi.low < cloud.simulated.roi < roi.high


def test_the_course_shows_the_effect(cloud: PromotedCloud) -> None:
    answer = found(cloud, cloud.add()).study
    assert answer
    course, promotion = answer.course, cloud.simulated.promotion
    during = [promotion.first <= day <= promotion.last for day in course.days]
    gap = np.array(course.promoted) - np.array(course.without)
    assert gap[during].mean() == pytest.approx(answer.direct.effect, abs=0.01)


def test_a_rule_names_the_outlets_and_others_of_it_are_no_controls(cloud: PromotedCloud) -> None:
    answer = found(cloud, cloud.add(outlets=[], regions=["region-0"]))
    assert answer.state == "not-comparable", "no outlet of the region is left to compare with"
    assert answer.coverage.expected == 30


@pytest.mark.parametrize(
    ("changed", "state", "reason"),
    [
        pytest.param({"first": "2026-07-01", "last": "2026-07-09"}, "planned", "begins on 2026-07-01", id="future"),
        pytest.param({"last": "2026-07-09"}, "running", "runs until 2026-07-09", id="running"),
        pytest.param({"first": "2026-03-09", "last": "2026-03-20"}, "short-history", "7 days before", id="short"),
        pytest.param({"first": "2025-01-09", "last": "2025-01-20"}, "no-sell-out", "days around", id="too early"),
    ],
)
def test_refused_by_its_dates(cloud: PromotedCloud, changed: dict[str, Any], state: str, reason: str) -> None:
    answer = found(cloud, cloud.add(**changed))
    assert (answer.state, answer.study) == (state, None)
    assert reason in answer.reason


def test_refused_without_controls(cloud: PromotedCloud) -> None:
    everywhere = [*cloud.outlets(promoted=True), *cloud.outlets(promoted=False)]
    answer = found(cloud, cloud.add(outlets=everywhere))
    assert answer.state == "no-controls"
    assert "nothing to compare it with" in answer.reason


def test_a_cooler_that_changed_outlet(cloud: PromotedCloud) -> None:
    (mine, *_), (control, other, *_) = cloud.outlets(promoted=True), cloud.outlets(promoted=False)
    cloud.sell(slice(60, None), cloud.now, {f"cooler-{control}": other})
    moved = found(cloud, cloud.add())
    assert moved.study
    assert moved.study.warnings[0] == "2 outlets between which coolers moved are left out of the comparison"
    cloud.sell(slice(60, None), cloud.now + timedelta(hours=1), {f"cooler-{control}": mine})
    refused = found(cloud, cloud.add())
    assert refused.state == "moved-cooler"
    assert f"cooler-{control} ({', '.join(sorted((control, mine, other)))})" in refused.reason


def test_outlets_under_another_promotion_of_the_skus_are_no_controls(cloud: PromotedCloud) -> None:
    cloud.add(outlets=list(cloud.outlets(promoted=False))[:5])
    answer = found(cloud, cloud.add()).study
    assert answer
    assert answer.warnings[0] == "5 outlets with another promotion of these SKUs are left out of the comparison"


def test_two_that_ran_together_cannot_be_told_apart(cloud: PromotedCloud) -> None:
    mine = cloud.add()
    alone = found(cloud, mine).study
    assert alone
    other = cloud.add(name="Coupons")
    with cloud.services.records.session(TENANT, write=False) as session:
        assert studied(session, found_promotion(session, mine.id)).state == "waiting", "it is studied anew beside it"
    for promotion, beside in ((mine, "Coupons"), (other, "Summer cola")):
        answer = found(cloud, promotion).study
        assert answer
        assert (answer.verdict, answer.overlap and answer.overlap.promotions) == ("cannot tell", [beside])
        assert answer.reason.startswith(f"it ran together with '{beside}'")
        assert answer.direct == alone.direct, "what came of both is told"


def test_told_apart_by_the_outlets_that_had_it_alone(cloud: PromotedCloud) -> None:
    shared = sorted(cloud.outlets(promoted=True))[:8]
    cloud.add(name="Coupons", outlets=shared)
    answer = found(cloud, cloud.add()).study
    assert answer and answer.overlap
    assert (answer.overlap.apart_by, answer.overlap.left_out) == ("outlets", shared)
    assert answer.matched_outlets + len(answer.unmatched) == 16
    assert answer.warnings[0].startswith("studied in the 16 outlets that had it alone, with their part of the cost")
    cost = answer.roi.incremental_margin.value / (1 + answer.roi.roi.value)
    assert cost == pytest.approx(MARKET.cost * 16 / 24, rel=0.15), "their part of it, by what they sold before"
    assert answer.direct.low and answer.direct.low < cloud.simulated.effect([*shared, *answer.unmatched]) < (
        answer.direct.high or 0
    )


def test_the_cost_of_what_nobody_sold_before_cannot_be_told_apart(cloud: PromotedCloud) -> None:
    mine = sorted(cloud.outlets(promoted=True))
    cloud.services.facts.command(
        "ALTER TABLE sellout_day UPDATE sold = 0 WHERE outlet IN %(mine)s AND day < toDate(%(first)s) "
        "SETTINGS mutations_sync = 1",
        {"mine": tuple(mine), "first": str(cloud.simulated.promotion.first)},
    )
    cloud.add(name="Coupons", outlets=mine[:8])
    answer = found(cloud, cloud.add())
    assert (answer.state, answer.study) == ("no-sell-out", None)
    assert "sold none of the SKUs before" in answer.reason


def test_told_apart_by_the_sku_that_only_it_promoted(cloud: PromotedCloud) -> None:
    first, second = sorted(cloud.simulated.promotion.skus)
    cloud.add(name="Coupons", skus=[first], sisters=[])
    answer = found(cloud, cloud.add()).study
    assert answer and answer.overlap
    assert (answer.overlap.apart_by, answer.overlap.left_out) == ("skus", [first])
    assert answer.verdict == "success" or f"{first} were promoted by 'Coupons' too" in answer.reason
    mine = found(cloud, cloud.add(skus=[second], name="Second")).study
    assert mine
    assert answer.direct.effect == pytest.approx(mine.direct.effect)


def test_it_is_due_when_new_over_changed_or_when_sell_out_has_changed(cloud: PromotedCloud) -> None:
    over = cloud.now
    promotion = cloud.add()

    def waiting() -> list[int]:
        with cloud.services.records.session(TENANT, write=False) as session:
            return due(session, cloud.services.facts, TENANT, cloud.now)

    assert waiting() == [promotion.id]
    cloud.services.clock = SetClock(over - timedelta(days=35))
    assert study(cloud.services, TENANT, promotion.id) == "running"
    cloud.services.clock = SetClock(over)
    assert waiting() == [promotion.id], "over since"
    assert study(cloud.services, TENANT, promotion.id) == "studied"
    assert waiting() == []
    cloud.sell(slice(0, 70), computed_at=over + timedelta(hours=1))
    assert waiting() == [promotion.id], "sell-out was computed anew"
    cloud.services.clock = SetClock(over + timedelta(days=60))
    study(cloud.services, TENANT, promotion.id)
    cloud.sell(slice(0, 70), computed_at=over + timedelta(days=61))
    assert waiting() == [], "long over"


def test_a_round_studies_what_is_due(cloud: PromotedCloud) -> None:
    promotion = cloud.add()
    assert PromotionRounds(cloud.services, answer_of).round() == 1
    assert PromotionRounds(cloud.services, answer_of).round() == 0
    with cloud.services.records.session(TENANT, write=False) as session:
        assert studied(session, found_promotion(session, promotion.id)).state == "studied"


def test_a_study_that_breaks_holds_up_no_other(cloud: PromotedCloud) -> None:
    first, second = cloud.add(name="First"), cloud.add(name="Second")
    answers = iter([RuntimeError("broken")])

    def answer(evidence: Evidence) -> StudyAnswer:
        if error := next(answers, None):
            raise error
        return answer_of(evidence)

    assert PromotionRounds(cloud.services, answer).round() == 1
    with cloud.services.records.session(TENANT, write=False) as session:
        states = [studied(session, found_promotion(session, one.id)).state for one in (first, second)]
    assert states == ["waiting", "studied"]
