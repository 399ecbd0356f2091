"""The page of new products: what was seen is shown, named by a form, and gone from the page."""

from __future__ import annotations

import re

import httpx
import pytest

from cloud.catalog.newcomers.rounds import NewcomerRounds
from cloud.web.new_products import INCOMPLETE, WRONG_GTIN, WRONG_HEIGHT, NewProductForm
from cloud.web.pages import LANGUAGE_COOKIE
from tests.cloud.web.conftest import signed_in
from tests.support.newcomers import unknown_photo
from tests.support.shelf import Shelf

FILLED = {"name": "Solara Pear", "brand": "Solara", "owner": "Acme", "gtin": "4006381333931", "own": "true"}


@pytest.fixture
def seen(shelf: Shelf) -> Shelf:
    """Two unknown products, one of them on two photos."""
    unknown_photo(shelf, 0, [1, 2])
    unknown_photo(shelf, 1, [1], device="cooler-02")
    NewcomerRounds(shelf.services).round()
    return shelf


def cards(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="newcomer-(\d+)"', page)]


def test_what_was_seen_most_comes_first(seen: Shelf, manager: httpx.Client) -> None:
    page = manager.get("/new-products").text
    assert cards(page) == [1, 2]
    assert "Seen 2 times" in page
    assert "2 coolers" in page
    crops = re.findall(r'<img src="([^"]+)"', page)
    assert len(crops) == 3
    assert manager.get(crops[0]).headers["content-type"] == "image/jpeg"
    manager.cookies.set(LANGUAGE_COOKIE, "zh-Hans")
    assert "看到 2 次" in manager.get("/new-products").text


def filled_in(page: str) -> list[str]:
    """What stands in the fields for SKUs, card by card."""
    return [
        (re.findall(r'value="([^"]*)"', field) or [""])[0] for field in re.findall(r'<input name="sku"[^>]*>', page)
    ]


def test_what_it_looks_like_is_said_and_filled_in_where_its_views_agree(shelf: Shelf, manager: httpx.Client) -> None:
    for hour, lemon in enumerate(["lemon-330", "lemon-330", "lemon-330", "cola-330", "cola-330"]):
        agreed = {1: "cola-330"} if hour else {}
        unknown_photo(shelf, hour, [1, 2, 3], stored=False, resembles={**agreed, 2: lemon})
    NewcomerRounds(shelf.services).round()
    page = manager.get("/new-products").text
    assert re.findall(r"Looks like ([^<]+?) <span[^>]*>([^<]+)<", page) == [
        ("Cola-330", "4 of 5 views"),
        ("Lemon-330", "3 of 5 views"),
    ]
    assert filled_in(page) == ["cola-330", "", ""]
    assert page.count('title="Looks like Cola-330"') == 4 + 2, "each crop tells what it alone resembles"
    manager.cookies.set(LANGUAGE_COOKIE, "zh-Hans")
    assert "看起来像" in manager.get("/new-products").text


def test_a_product_is_added_and_named_in_one_step(seen: Shelf, manager: httpx.Client) -> None:
    answer = manager.post("/new-products/1/add", data={**FILLED, "height_mm": "226"}, headers={"hx-request": "true"})
    assert "Added and named" in answer.text
    assert cards(answer.text) == [2]
    assert "Version 1 is in use on 0 of 2 devices." in answer.text
    added = manager.get("/api/v1/products/solara-pear").json()
    assert (added["own"], added["height_mm"]) == (True, 226)


def test_a_product_of_the_catalogue_is_chosen(seen: Shelf, manager: httpx.Client) -> None:
    crop = manager.get("/api/v1/new-products/1").json()["crops"][0]["id"]
    answer = manager.post("/new-products/1/name", data={"sku": "cola-330", "without": crop})
    assert "Named." in answer.text
    assert len(manager.get("/api/v1/gallery/skus/cola-330/pictures").json()) == 1


@pytest.mark.parametrize(
    ("path", "form", "notice"),
    [
        pytest.param("name", {"sku": "nothing"}, "There is no such product", id="no such product"),
        pytest.param("add", {**FILLED, "name": ""}, INCOMPLETE, id="no name"),
        pytest.param("add", {**FILLED, "gtin": "123"}, WRONG_GTIN, id="no GTIN"),
        pytest.param("add", {**FILLED, "height_mm": "23 cm"}, WRONG_HEIGHT, id="no height"),
        pytest.param("add", {**FILLED, "height_mm": "23000"}, WRONG_HEIGHT, id="taller than a door"),
        pytest.param("add", {**FILLED, "name": "Cola 330"}, "the product is there already", id="a product there is"),
    ],
)
def test_what_cannot_be_named_is_said_and_changes_nothing(
    seen: Shelf, manager: httpx.Client, path: str, form: dict[str, str], notice: str
) -> None:
    answer = manager.post(f"/new-products/1/{path}", data=form)
    assert notice in answer.text
    assert cards(answer.text) == [1, 2]
    assert manager.get("/api/v1/gallery").json()["skus"] == []


def test_viewers_may_look_and_not_name(seen: Shelf, web: httpx.Client) -> None:
    viewer = signed_in(web, "viewer@acme.example")
    page = viewer.get("/new-products").text
    assert "managers name products" in page
    assert "hx-post" not in page
    assert viewer.post("/new-products/1/dismiss").status_code == 403


def test_what_is_dismissed_is_gone(seen: Shelf, manager: httpx.Client) -> None:
    assert cards(manager.post("/new-products/2/dismiss").text) == [1]


def test_without_unknown_products_all_is_calm(manager: httpx.Client) -> None:
    assert "Everything the coolers see has a name." in manager.get("/new-products").text


@pytest.mark.parametrize(
    ("name", "gtin", "sku"),
    [
        ("Solara Pear 0.33 l", "", "solara-pear-0-33-l"),
        ("阳光梨汁", "4006381333931", "gtin-4006381333931"),
        ("-- !", "4006381333931", "gtin-4006381333931"),
        ("阳光梨汁", "", "product"),
        ("阳光梨汁 330ml", "", "330ml-2"),
    ],
)
def test_a_new_products_sku_comes_from_its_name(name: str, gtin: str, sku: str) -> None:
    assert NewProductForm(name=name, gtin=gtin).sku({"330ml": "阳光桃汁 330ml"}) == sku
