"""What a reader finds by a name or an id: of every kind, of the own company alone, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from cloud.catalog.models import Product
from cloud.identity.service import operator
from cloud.outlets.models import Outlet
from cloud.retail.promotions.schemas import PromotionBody
from cloud.retail.promotions.service import put_promotion
from tests.cloud.web.conftest import english_texts, furnished, visiting
from tests.cloud.web.test_web_pages import text_of
from tests.support.shelf import Shelf

PROMOTION = PromotionBody.model_validate(
    {
        "name": "100% cola",
        "skus": ["cola-330"],
        "outlets": ["kiosk"],
        "first": "2026-05-04",
        "last": "2026-05-17",
        "margins": {"cola-330": 0.4},
        "cost": 150,
    }
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """A promotion, a product with a GTIN and a secret outlet of another company beside what both have."""
    with furnished(tmp_path_factory.mktemp("search")) as shelf:
        with shelf.services.records.session("acme") as session:
            put_promotion(session, operator("acme"), PROMOTION, datetime.now(UTC))
            session.add(Product(sku="pear", name="Pear", brand="Solara", owner="x", own=True, gtin="6291041500213"))
            for n in range(30):
                session.add(Outlet(id=f"shop-{n:02d}", name=f"Shop {n:02d}", region="south"))
        with shelf.services.records.session("other") as session:
            session.add(Outlet(id="secret", name="Secret"))
        yield shelf


@pytest.fixture(scope="module")
def reader(shelf: Shelf) -> Iterator[httpx.Client]:
    with visiting(shelf) as client:
        yield client


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        pytest.param("kiosk", ['href="/outlets/kiosk"'], id="an outlet"),
        pytest.param("小卖", ['href="/outlets/kiosk"'], id="its Chinese name"),
        pytest.param("cooler-02", ['href="/coolers/cooler-02"', "Back"], id="the id of a cooler"),
        pytest.param("COLA", ["<strong>Cola-330</strong>", 'href="/promotions/1"'], id="two kinds, in capitals"),
        pytest.param("6291041500213", ["<strong>Pear</strong>"], id="a GTIN"),
        pytest.param("07 shop", ['href="/outlets/shop-07"'], id="words in any order"),
        pytest.param("shop", ["Shown: 20 of 30.", "Another word narrows it."], id="more than are shown"),
        pytest.param("100%", ['href="/promotions/1"'], id="a sign that stands for any in SQL"),
        pytest.param("%", ["1</span></h2>"], id="that sign alone"),
        pytest.param("secret", ["Nothing is called “secret”"], id="another company's"),
        pytest.param("<b>", ["Nothing is called “&lt;b&gt;”"], id="marks"),
        pytest.param("  ", ["<h1>Find</h1>"], id="nothing asked"),
    ],
)
def test_what_is_found(reader: httpx.Client, wanted: str, told: list[str]) -> None:
    answer = reader.get("/search", params={"q": wanted})
    assert answer.status_code == 200
    for text in told:
        assert text in answer.text


def test_it_speaks_chinese(reader: httpx.Client) -> None:
    reader.post("/preferences", data={"language": "zh-Hans"})
    for wanted in ("shop", "nothing of this", ""):
        seen = text_of(reader.get("/search", params={"q": wanted}))
        assert {text for text in english_texts() if text in seen} == set()
    reader.post("/preferences", data={"language": "en"})
