"""Prices on the shelf: what the tags say, beside the catalogue and the price cuts that run."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from cloud.analytics.prices.answer import WrongPriceAnswer, wrong_price_answers
from cloud.analytics.registry import BY_NAME
from cloud.analytics.series import Period
from cloud.audits.facts import price_tag
from cloud.catalog.models import Product
from cloud.retail.promotions.models import Promotion
from facings.messages import Box, Estimate, PriceTag
from tests.support.messages import NOON
from tests.support.shelf import Shelf

DAY = timedelta(days=1)
START, END = NOON.replace(hour=0), NOON.replace(hour=0) + 3 * DAY


@pytest.fixture(autouse=True)
def prices_in_the_catalogue(shelf: Shelf) -> None:
    with shelf.services.records.session("acme") as session:
        for sku, price in (("cola-330", "2.50"), ("lemon-330", "2.00"), ("rival-330", "3.00")):
            session.execute(update(Product).where(Product.sku == sku).values(price=Decimal(price), currency="EUR"))


def tags(*said: tuple[str | None, float | None], confidence: float = 1.0) -> tuple[PriceTag, ...]:
    box = Box(x=0.1, y=0.8, w=0.1, h=0.05)
    return tuple(PriceTag(box=box, sku=sku, price=price, confidence=confidence) for sku, price in said)


def send(shelf: Shelf, hour: float, *said: tuple[str | None, float | None], **more: Any) -> None:
    device = more.pop("device", "cooler-01")
    shelf.send(shelf.photo(hour, {"cola-330": 1}, price_tags=tags(*said, **more)), device=device)


def values(shelf: Shelf, name: str, by: str = "all") -> dict[str, Estimate]:
    shelf.services.rollups.before_reading()
    with shelf.services.records.session("acme", write=False) as session:
        series = Period(session, shelf.services.facts, "acme", START, END).series(BY_NAME[name], by)
    return {point.key: point.value for point in series.points}


def wrong(shelf: Shelf) -> list[WrongPriceAnswer]:
    shelf.services.rollups.before_reading()
    with shelf.services.records.session("acme", write=False) as session:
        return wrong_price_answers(session, shelf.services.facts, "acme", START, END)


def cut(shelf: Shelf, discount: float, first: date, last: date) -> None:
    with shelf.services.records.session("acme") as session:
        session.add(
            Promotion(
                name="cheap cola",
                mechanic="price-cut",
                discount=discount,
                skus=["cola-330"],
                sisters=[],
                outlets=["kiosk"],
                regions=[],
                outlet_classes=[],
                first=first,
                last=last,
                margins={},
                cost=Decimal(0),
                currency="EUR",
                least_facings=1,
                changed_at=NOON,
                changed_by="test",
            )
        )


def test_tags_are_kept_one_row_each(shelf: Shelf) -> None:
    message = shelf.photo(0, {"cola-330": 1}, price_tags=tags(("cola-330", 2.5), (None, None)))
    shelf.send(message)
    shelf.send(message)
    row = price_tag.c
    found = shelf.services.facts.select("acme", select(row.tag, row.sku, row.price).order_by(row.tag), price_tag)
    assert [tuple(one) for one in found] == [(0, "cola-330", 250), (1, "", -1)]


def test_own_tags_count_as_right_or_wrong_and_others_do_not(shelf: Shelf) -> None:
    send(shelf, 0, ("cola-330", 2.5), ("lemon-330", 2.4), ("rival-330", 9.0), ("cola-330", None), (None, 1.0))
    assert values(shelf, "price-compliance") == {"all": Estimate(value=0.5, low=0.5, high=0.5)}
    assert values(shelf, "price-compliance", "sku") == {
        "cola-330": Estimate(value=1, low=1, high=1),
        "lemon-330": Estimate(value=0, low=0, high=0),
    }
    assert values(shelf, "price-tags-read") == {"all": Estimate(value=0.8, low=0.8, high=0.8)}


def test_doubt_of_reading_widens_the_interval(shelf: Shelf) -> None:
    send(shelf, 0, ("cola-330", 2.5), ("lemon-330", 2.4), confidence=0.9)
    found = values(shelf, "price-compliance")["all"]
    # Two tags, each wrongly read one time of ten: 1.645 * sqrt(2 * 0.09) / 2.
    assert (found.value, found.low, found.high) == (0.5, pytest.approx(0.151, abs=1e-3), pytest.approx(0.849, abs=1e-3))


def test_a_cooler_with_more_photos_weighs_no_more(shelf: Shelf) -> None:
    for hour in range(4):
        send(shelf, hour, ("cola-330", 2.5))
    send(shelf, 1, ("cola-330", 9.9), device="cooler-02")
    assert values(shelf, "price-compliance")["all"].value == 0.5
    assert {key: one.value for key, one in values(shelf, "price-compliance", "cooler").items()} == {
        "cooler-01": 1,
        "cooler-02": 0,
    }


def test_the_index_is_the_mean_of_tag_over_catalogue(shelf: Shelf) -> None:
    send(shelf, 0, ("cola-330", 3.0), ("lemon-330", 2.0), ("rival-330", 3.0), ("unheard-of", 7.0))
    found = values(shelf, "price-index")["all"]
    assert found.value == pytest.approx(3.2 / 3, abs=1e-4)
    assert found.low < found.value < found.high


@pytest.mark.parametrize("by", ["hour", "day", "week", "month"])
def test_they_are_known_by_time(shelf: Shelf, by: str) -> None:
    send(shelf, 0, ("cola-330", 2.5))
    send(shelf, 24, ("cola-330", 2.5))
    send(shelf, 25, ("cola-330", 9.9))
    found = [one.value for one in values(shelf, "price-compliance", by).values()]
    assert found == {"hour": [1, 1, 0], "day": [1, 0.5], "week": [pytest.approx(2 / 3, abs=1e-4)],
                     "month": [pytest.approx(2 / 3, abs=1e-4)]}[by]  # fmt: skip


def test_while_a_price_cut_runs_the_lower_price_is_right(shelf: Shelf) -> None:
    cut(shelf, 0.2, NOON.date() + DAY, NOON.date() + DAY)
    send(shelf, 0, ("cola-330", 2.5))
    send(shelf, 24, ("cola-330", 2.0))
    assert list(values(shelf, "price-compliance", "day").values()) == [Estimate(value=1, low=1, high=1)] * 2
    send(shelf, 26, ("cola-330", 2.5))
    assert [one.value for one in values(shelf, "price-compliance", "day").values()] == [1, 0.5]
    send(shelf, 27, ("cola-330", 2.5))
    (found,) = wrong(shelf)
    assert (found.said, found.ought, found.discount, found.currency) == (2.5, 2.0, 0.2, "EUR")


def test_the_last_price_of_each_product_is_told_where_it_is_wrong(shelf: Shelf) -> None:
    send(shelf, 0, ("cola-330", 9.0), ("cola-330", 9.0), ("lemon-330", 2.2))
    send(shelf, 5, ("cola-330", 2.51), ("cola-330", 2.51), ("lemon-330", 2.2), ("rival-330", 6.0), ("rival-330", 6.0))
    found = wrong(shelf)
    assert [(one.sku, one.said, one.ought, one.difference) for one in found] == [
        ("rival-330", 6.0, 3.0, 1.0),
        ("lemon-330", 2.2, 2.0, 0.1),
    ]
    lemon = found[1]
    assert (lemon.since, lemon.last_seen, lemon.tags) == (NOON, NOON + timedelta(hours=5), 2)
    assert (lemon.cooler, lemon.outlet, lemon.group, lemon.confidence) == ("cooler-01", "kiosk", "own", 1.0)


def test_a_price_that_one_tag_said_once_is_not_believed(shelf: Shelf) -> None:
    send(shelf, 0, ("cola-330", 2.5))
    send(shelf, 1, ("cola-330", 2.5))
    send(shelf, 5, ("cola-330", 7.5))
    assert wrong(shelf) == []
    send(shelf, 6, ("cola-330", 7.5))
    assert [one.said for one in wrong(shelf)] == [7.5]


def test_a_tenant_sees_its_own_alone(shelf: Shelf) -> None:
    send(shelf, 0, *[("cola-330", 9.0)] * 2)
    shelf.send(shelf.photo(0, {"cola-330": 1}, price_tags=tags(*[("cola-330", 7.0)] * 2)), tenant="other")
    assert [one.said for one in wrong(shelf)] == [9.0]


def test_what_comes_late_and_again_changes_nothing_else(shelf: Shelf) -> None:
    first = shelf.photo(0, {"cola-330": 1}, price_tags=tags(("cola-330", 2.5)))
    later = shelf.photo(2, {"cola-330": 1}, price_tags=tags(("cola-330", 9.9)))
    shelf.send(later)
    assert values(shelf, "price-compliance")["all"].value == 0
    shelf.send(first, later, first)
    assert values(shelf, "price-compliance")["all"].value == 0.5


def test_unusable_photos_and_photos_of_a_wrong_time_do_not_count(shelf: Shelf) -> None:
    send(shelf, 0, ("cola-330", 2.5))
    message = shelf.photo(1, {"cola-330": 1}, price_tags=tags(("cola-330", 9.9)))
    shelf.send(message.model_copy(update={"quality": message.quality.model_copy(update={"verdict": "unusable"})}))
    assert values(shelf, "price-compliance")["all"].value == 1


def test_more_tags_than_a_cooler_can_have_are_refused(shelf: Shelf) -> None:
    send(shelf, 0, *[("cola-330", 2.5)] * 2_001)
    assert shelf.facts(price_tag) == 0
