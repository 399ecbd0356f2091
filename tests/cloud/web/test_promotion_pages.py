"""The pages of promotions: what readers see, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from cloud.analytics.promo.answer import Overlap
from cloud.analytics.promo.cautions import TEXTS, Caution
from cloud.analytics.promo.refusals import REFUSALS
from cloud.analytics.promo.rounds import PromotionRounds
from cloud.analytics.promo.stored import PromotionStudied, answer_of, studied
from cloud.identity.service import create_user, operator
from cloud.retail.promotions.service import found_promotion
from cloud.web.promotion_words import CAUTIONS, STATES, caution, why
from facings.clock import SystemClock
from facings.messages import Coverage
from tests.cloud.web.conftest import HTML, english_texts, signed_in
from tests.cloud.web.test_web_pages import text_of
from tests.support.cloud import PASSWORD, running_services, serving
from tests.support.promoted_cloud import TENANT, PromotedCloud
from tests.support.promotions import Market, simulate


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PromotedCloud]:
    """One promotion that sold more and earned its cost, one that is planned."""
    with running_services(tmp_path_factory.mktemp("promotion-pages") / "cloud") as services:
        market = Market(outlets=60, promoted=24, regions=2, lift=0.8, cost=60.0)
        cloud = PromotedCloud(services, simulate(market, seed=5)).furnish()
        with services.records.session(TENANT) as session:
            create_user(session, operator(TENANT), "manager@acme.example", PASSWORD, "manager")
        cloud.add()
        cloud.add(name="Autumn lemon", mechanic="display", first="2027-09-01", last="2027-09-14")
        PromotionRounds(services, answer_of).round()
        services.clock = SystemClock()  # a session of last summer would have expired
        yield cloud


@pytest.fixture(scope="module")
def reader(cloud: PromotedCloud) -> Iterator[httpx.Client]:
    with serving(cloud.services) as client:
        client.headers.update(HTML)
        yield signed_in(client, "manager@acme.example")


def test_the_list_tells_each_verdict(reader: httpx.Client) -> None:
    seen = text_of(reader.get("/promotions"))
    assert "Autumn lemon" in seen
    assert "Sep 1, 2027 – Sep 14, 2027 Display Planned –" in seen
    assert "Price cut Success" in seen


def test_a_promotion_tells_its_course_money_and_checks(reader: httpx.Client, cloud: PromotedCloud) -> None:
    answer = reader.get("/promotions/1")
    seen = text_of(answer)
    with cloud.services.records.session(TENANT, write=False) as session:
        study = studied(session, found_promotion(session, 1)).study
    assert study
    assert "Summer cola: Success It sold more, and earned its cost." in seen
    assert "24 of 24 promoted outlets have enough sell-out." in seen
    assert f"{study.units['direct'].value:,.0f}" in seen
    points = re.search(r'id="course-points">(.*?)</script>', answer.text, re.DOTALL)
    assert points
    course = json.loads(points[1])
    assert [one["name"] for one in course["series"]] == ["With the promotion", "Without it"]
    assert course["ran"]["from"] == str(cloud.simulated.promotion.first)


def test_a_promotion_without_an_answer_says_why(reader: httpx.Client) -> None:
    seen = text_of(reader.get("/promotions/2"))
    assert "Autumn lemon: Planned It has not begun. It is studied when it is over. it begins on 2027-09-01" in seen
    assert reader.get("/promotions/3").status_code == 404


def test_every_refusal_has_its_words() -> None:
    assert {*REFUSALS, "waiting"} == STATES.keys()
    for state in STATES:
        found = PromotionStudied(
            promotion=1, state=state, reason="", studied_at=None, coverage=Coverage(reporting=0, expected=0), study=None
        )
        assert why(found, "en").endswith(".")


@pytest.mark.parametrize(
    ("direct", "verdict", "failed", "told"),
    [
        pytest.param((-2, -1), "harmful", "", "sold less than without", id="sold less"),
        pytest.param((1, 2), "harmful", "", "cost more than it earned", id="too dear"),
        pytest.param((1, 2), "cannot tell", "", "whether that earned its cost", id="money open"),
        pytest.param((-1, 2), "cannot tell", "", "interval is too wide", id="too wide"),
        pytest.param((1, 2), "cannot tell", "pre_trend", "moved apart before", id="trend before"),
        pytest.param((1, 2), "cannot tell", "placebo_in_time", "already before it began", id="placebo"),
    ],
)
def test_the_reason_of_a_verdict(
    cloud: PromotedCloud, direct: tuple[float, float], verdict: str, failed: str, told: str
) -> None:
    with cloud.services.records.session(TENANT, write=False) as session:
        found = studied(session, found_promotion(session, 1))
    assert found.study
    parts = {"pre_trend": found.study.pre_trend, "placebo_in_time": found.study.placebo_in_time}
    checks = {name: part.model_copy(update={"passed": name != failed}) for name, part in parts.items() if part}
    effect = found.study.direct.model_copy(update={"low": direct[0], "high": direct[1]})
    study = found.study.model_copy(update={"direct": effect, "verdict": verdict, **checks})
    assert told in why(found.model_copy(update={"study": study}), "en")


@pytest.mark.parametrize(
    ("apart_by", "verdict", "told", "told_in_chinese"),
    [
        (
            "nothing",
            "cannot tell",
            "It ran together with Coupons, 冬促: same products",
            "它与 Coupons, 冬促 在相同的门店",
        ),
        ("skus", "cannot tell", "Some of its products were promoted by Coupons, 冬促 too", "部分产品同时也在 Coupons"),
        ("skus", "success", "Studied by the products that Coupons, 冬促 did not promote.", "冬促 未促销的产品来研究。"),
        (
            "outlets",
            "success",
            "It sold more, and earned its cost. Studied in the outlets that had",
            "没有同时进行 Coupons",
        ),
    ],
)
def test_the_reason_beside_others_in_both_languages(
    cloud: PromotedCloud, apart_by: Any, verdict: str, told: str, told_in_chinese: str
) -> None:
    with cloud.services.records.session(TENANT, write=False) as session:
        found = studied(session, found_promotion(session, 1))
    assert found.study
    overlap = Overlap(promotions=["Coupons", "冬促"], apart_by=apart_by, left_out=["o001"])
    study = found.study.model_copy(update={"overlap": overlap, "verdict": verdict})
    said = [why(found.model_copy(update={"study": study}), language) for language in ("en", "zh-Hans")]
    assert told in said[0]
    assert told_in_chinese in said[1]


def test_the_pages_speak_chinese_and_run_no_inline_script(reader: httpx.Client) -> None:
    reader.post("/preferences", data={"language": "zh-Hans", "theme": "dark"})
    for path in ("/promotions", "/promotions/1", "/promotions/2"):
        answer = reader.get(path)
        assert {text for text in english_texts() if text in text_of(answer)} == set(), path
        assert not re.search(r'\s(style|on\w+)="', answer.text)
    reader.post("/preferences", data={"language": "en", "theme": "light"})


def test_cautions_are_said_as_the_study_says_them_and_in_chinese() -> None:
    assert CAUTIONS == TEXTS
    moved = Caution(code="moved-coolers", n=2)
    assert caution(moved, "en") == "2 outlets between which coolers moved are left out of the comparison."
    assert caution(moved, "zh-Hans") == "2 家门店之间移动过冰柜，未列入对比。"
    alone = Caution(code="alone", n=16, others=8, names=["Autumn lemon"])
    assert "the other 8 had Autumn lemon too" in str(alone)
    assert "其余 8 家同时参与了 Autumn lemon" in caution(alone, "zh-Hans")
