"""Prices on the shelf: what readers see of wrong ones, in both languages, and where no tag was read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import update

from cloud.catalog.models import Product
from cloud.web.prices import off
from facings.messages import Box, PriceTag
from tests.cloud.web.conftest import english_texts, furnished, visiting
from tests.cloud.web.test_web_pages import text_of
from tests.support.messages import CLOCK
from tests.support.shelf import Shelf

REPLAYED = CLOCK.model_copy(update={"source": "replay"})


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Of `acme`, two photos with a right price, two wrong ones, and one that cannot be read."""
    with furnished(tmp_path_factory.mktemp("prices")) as shelf:
        with shelf.services.records.session("acme") as session:
            for sku, price in (("cola-330", "2.50"), ("lemon-330", "2.00"), ("rival-330", "3.00")):
                session.execute(update(Product).where(Product.sku == sku).values(price=Decimal(price)))
        said = (("cola-330", 2.5), ("lemon-330", 2.4), ("rival-330", 9.0), ("cola-330", None))
        box = Box(x=0.1, y=0.8, w=0.1, h=0.05)
        tags = tuple(PriceTag(box=box, sku=sku, price=price, confidence=0.99) for sku, price in said)
        counts: dict[str | None, int] = {"cola-330": 2, "lemon-330": 1, "rival-330": 1}
        shelf.send(*(shelf.photo(hour, counts, price_tags=tags, clock=REPLAYED) for hour in (0, 1)))
        yield shelf


def test_without_a_tag_the_page_says_what_it_takes(shelf: Shelf) -> None:
    with visiting(shelf, "manager@other.example") as manager:
        seen = text_of(manager.get("/prices"))
        assert manager.get("/api/v1/prices/wrong").json() == []
    assert "No price tag of the last seven days" in seen
    assert "Give products their prices in the catalogue" in seen


def test_wrong_prices_are_listed_own_ones_first(shelf: Shelf) -> None:
    with visiting(shelf) as manager:
        page, answers = text_of(manager.get("/prices")), manager.get("/api/v1/prices/wrong").json()
    assert "2 wrong prices on the shelf" in page
    assert "Own prices right 50%" in page
    assert "Tags read 75%" in page
    assert page.index("Lemon-330") < page.index("Rival-330")
    assert "2.40 2.00 +20%" in page
    assert [(one["sku"], one["said"], one["ought"]) for one in answers] == [
        ("rival-330", 9.0, 3.0),
        ("lemon-330", 2.4, 2.0),
    ]


def test_the_photo_shows_its_tags_and_the_shelf_their_prices(shelf: Shelf) -> None:
    with visiting(shelf) as manager:
        answer = manager.get("/coolers/cooler-01")
    seen = text_of(answer)
    assert answer.text.count('<g class="tag">') == 4
    assert "Price tag: cannot be read" in answer.text
    assert "Price tags 4" in seen
    assert "2.40 instead of ≠ 2.00" in seen


def test_prices_go_out_as_a_table(shelf: Shelf) -> None:
    with visiting(shelf) as manager:
        query = {"from": "2026-11-01T00:00:00Z", "to": "2026-11-04T00:00:00Z", "format": "csv"}
        lines = manager.get("/api/v1/exports/price-tags", params=query).text.splitlines()
    rows = [dict(zip(lines[0].replace('"', "").split(","), line.split(","), strict=True)) for line in lines[1:]]
    assert [row["price"] for row in rows] == ["2.5", "2.4", "9", ""] * 2


def test_the_page_speaks_chinese_and_runs_no_inline_script(shelf: Shelf) -> None:
    with visiting(shelf) as manager:
        manager.post("/preferences", data={"language": "zh-Hans", "theme": "dark"})
        answers = manager.get("/prices"), manager.get("/coolers/cooler-01")
        manager.post("/preferences", data={"language": "en", "theme": "auto"})
    for answer in answers:
        assert {text for text in english_texts() if text in text_of(answer)} == set()
        assert not re.search(r'\s(style|on\w+)="', answer.text)


def test_a_difference_has_its_sign() -> None:
    assert [off(one, "en") for one in (-0.105, 0.2)] == ["−10%", "+20%"]
