"""Shares by the height of the shelf, from judged photos."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cloud.analytics.judging.work import judge_photos
from cloud.analytics.query.known import Known
from cloud.analytics.registry import BY_NAME
from cloud.analytics.series import Period
from cloud.analytics.share.heights import lines_by_height
from cloud.services import Services
from facings.messages import Product
from tests.support.messages import NOON, products_of
from tests.support.shelf import Shelf

END = NOON + timedelta(days=1)


@pytest.fixture
def shelf(services: Services) -> Shelf:
    """Two photos of a cooler with three shelves: cola on top, a rival at eye level, the second time with a cola."""
    shelf = Shelf(services).furnish()
    for hour, eye_level in enumerate((["rival-330"], ["rival-330", "cola-330"])):
        products = on_shelves(["cola-330", "cola-330"], eye_level, ["lemon-330"])
        shelf.send(shelf.photo(hour, {"cola-330": 2}, products=products, gaps=(), rows=3))
    judge_photos(services, "acme", ["cooler-01"])
    services.rollups.refresh()
    return shelf


def on_shelves(*shelves: list[str]) -> tuple[Product, ...]:
    return tuple(
        product.model_copy(update={"row": row})
        for row, skus in enumerate(shelves)
        for product in products_of({sku: skus.count(sku) for sku in skus})
    )


def test_facings_are_told_by_height(shelf: Shelf) -> None:
    with shelf.services.records.session("acme", write=False) as session:
        found = lines_by_height(shelf.services.facts, "acme", Known(session), NOON, END)
    told = {height: {line.sku: line.facings for line in lines} for height, lines in found.items()}
    assert told == {
        "top": {"cola-330": 2},
        "eye-level": {"rival-330": 1, "cola-330": 0.5},
        "bottom": {"lemon-330": 1},
    }


def test_heights_come_from_the_top_and_their_lines_by_cooler_and_sku(shelf: Shelf) -> None:
    products = on_shelves(["rival-330", "lemon-330"], ["cola-330", "rival-330"], ["lemon-330", "cola-330"])
    shelf.send(shelf.photo(0, {"cola-330": 2}, products=products, gaps=(), rows=3), device="cooler-02")
    judge_photos(shelf.services, "acme", ["cooler-02"])
    shelf.services.rollups.refresh()
    with shelf.services.records.session("acme", write=False) as session:
        found = lines_by_height(shelf.services.facts, "acme", Known(session), NOON, END)
    assert [(height, [(line.cooler[-2:], line.sku[:-4]) for line in lines]) for height, lines in found.items()] == [
        ("top", [("01", "cola"), ("02", "lemon"), ("02", "rival")]),
        ("eye-level", [("01", "cola"), ("01", "rival"), ("02", "cola"), ("02", "rival")]),
        ("bottom", [("01", "lemon"), ("02", "cola"), ("02", "lemon")]),
    ]


def test_the_share_at_eye_level(shelf: Shelf) -> None:
    with shelf.services.records.session("acme", write=False) as session:
        series = Period(session, shelf.services.facts, "acme", NOON, END).series(BY_NAME["eye-level-share"], "outlet")
    (point,) = series.points
    assert (point.key, point.value.value) == ("kiosk", 0.3333)
    assert point.value.low < 0.3333 < point.value.high
