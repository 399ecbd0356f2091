"""Promotions planned, changed, ended and removed on their pages: by hand in a real browser, and form by form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from cloud.catalog.models import Product
from cloud.outlets.models import Outlet
from cloud.retail.promotions.models import Promotion
from cloud.web.promotion_form import PromotionForm
from facings.clock import SystemClock
from tests.cloud.web.conftest import browsing, english_texts, furnished, signed_in, visiting
from tests.cloud.web.test_web_pages import text_of
from tests.support.cloud import WITHIN_S
from tests.support.promoted_cloud import SetClock
from tests.support.shelf import Shelf

MANY = 500
TODAY = datetime.now(UTC).date()
FORM: dict[str, Any] = {
    "name": "Summer pear",
    "mechanic": "display",
    "discount": "7",
    "first": str(TODAY + timedelta(days=3)),
    "last": str(TODAY + timedelta(days=16)),
    "skus": ["pear-001", "pear-002"],
    "sisters": ["cola-330"],
    "margin": "0.40",
    "margin.cola-330": "0.5",
    "margin.pear-400": "1",
    "where": "rule",
    "regions": ["south"],
    "outlets": ["kiosk"],
    "cost": "1500",
    "currency": "usd",
    "least_facings": "2",
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """500 pears beside the usual products, and 500 outlets beside the kiosk: by turns in the south and west."""
    with furnished(tmp_path_factory.mktemp("promotion-form")) as shelf:
        with shelf.services.records.session("acme") as session:
            for n in range(MANY):
                session.add(Product(sku=f"pear-{n:03d}", name=f"Pear {n:03d}", brand="Solara", owner="Acme", own=True))
                region, kind = ("south", "west")[n % 2], ("gold", "silver")[n % 4 // 2]
                session.add(Outlet(id=f"shop-{n:03d}", name=f"Shop {n:03d}", region=region, outlet_class=kind))
        yield shelf


@pytest.fixture(scope="module")
def context(shelf: Shelf) -> Iterator[BrowserContext]:
    with browsing(shelf) as context:
        yield context


@pytest.fixture(scope="module")
def reader(shelf: Shelf) -> Iterator[httpx.Client]:
    with visiting(shelf) as client:
        yield client


@pytest.fixture(autouse=True)
def none_is_left(shelf: Shelf) -> Iterator[None]:
    """Each test begins without promotions, today."""
    yield
    shelf.services.clock = SystemClock()
    with shelf.services.records.session("acme") as session:
        session.query(Promotion).delete()


def planned(reader: httpx.Client, **changed: Any) -> str:
    """The address of the promotion of the form."""
    answer = reader.post("/promotions/new", data=FORM | changed)
    assert answer.status_code == 303, text_of(answer)
    return answer.headers["location"].partition("?")[0]


def kept(shelf: Shelf) -> Promotion:
    (row,) = shelf.rows(Promotion)
    assert isinstance(row, Promotion)
    return row


def test_a_promotion_is_planned_by_hand_among_hundreds(context: BrowserContext, shelf: Shelf) -> None:
    page = context.new_page()
    page.goto("/promotions")
    page.keyboard.press("/")  # no filter here: the search of the bar takes it
    expect(page.get_by_role("searchbox", name="Find an outlet, cooler, product or promotion")).to_be_focused()
    page.get_by_role("link", name="New promotion").click()
    page.get_by_label("Name", exact=True).fill("Summer pear")
    page.get_by_label("First day").fill(FORM["first"])
    page.get_by_label("Last day").fill(FORM["last"])
    page.get_by_label("Margin of a unit").fill("0.40")
    page.keyboard.press("Tab")
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type("solara pear-00")
    expect(page.locator("#products tr[data-row]:visible")).to_have_count(10)
    page.keyboard.press("Enter")  # the filter sends nothing
    page.locator("[name=skus][value=pear-007]").check()
    page.locator("[name=sisters][value=pear-008]").check()
    page.locator("[name='margin.pear-008']").fill("0.55")
    page.get_by_label("by name").check()
    page.get_by_placeholder("Filter: name, region, class").fill("south gold")
    page.get_by_role("button", name="Choose all shown").click()
    expect(page.locator("#compared")).to_contain_text("No outlet of these regions and classes is left")
    page.locator("[name=outlets][value=shop-000]").uncheck()
    expect(page.locator("#compared")).to_have_text(
        "With it: 124. Of the same regions and classes and left to compare with: 1."
    )
    page.get_by_role("button", name="Plan it").click()
    expect(page.locator("#problems")).to_be_focused(timeout=1000 * WITHIN_S)
    expect(page.locator("#problems li")).to_have_text(["Cost: Give an amount over 0, as in 1500 or 1500.50."])
    page.get_by_role("link", name="Cost").click()
    expect(page.locator("#cost")).to_be_focused()
    page.keyboard.type("1500")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Summer pear: Planned")
    row = kept(shelf)
    assert (row.skus, row.sisters, row.margins) == (["pear-007"], ["pear-008"], {"pear-007": 0.4, "pear-008": 0.55})
    assert len(row.outlets) == 124
    page.close()


def test_what_is_sent_is_what_is_kept_and_shown_again(reader: httpx.Client, shelf: Shelf) -> None:
    where = planned(reader)
    row = kept(shelf)
    assert (row.discount, row.currency, row.least_facings, row.cost) == (0.07, "USD", 2, 1500)
    assert row.margins == {"pear-001": 0.4, "pear-002": 0.4, "cola-330": 0.5}
    assert (row.regions, row.outlets, row.changed_by) == (["south"], [], "manager@acme.example")
    assert PromotionForm.of(row).body().model_dump() == PromotionForm.model_validate(FORM).body().model_dump()
    seen = text_of(reader.get(where))
    assert "Summer pear: Planned It has not begun." in seen
    assert "Outlets 250: south" in seen
    assert "Change it" in seen


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": " "}, "Name: Give it a name, of 200 letters at most."),
        ({"mechanic": "magic"}, "Kind: Choose one of the list."),
        ({"discount": "100"}, "Price cut, in percent: Give a number over 0 and under 100, or leave it empty."),
        ({"discount": "a lot"}, "Price cut, in percent: Give a number over 0 and under 100, or leave it empty."),
        ({"first": ""}, "First day: Give its first day."),
        ({"last": str(TODAY)}, "Last day: It lies before the first day."),
        ({"last": "2099-01-01"}, "Last day: A promotion lasts a year at most: split it."),
        ({"skus": []}, "Promoted products: Choose 1 to 200 products."),
        ({"skus": ["pear-900"]}, "Promoted products: Some of these are there no longer: choose anew."),
        ({"sisters": ["pear-001"]}, "Sister products: Promoted and sister product at once: pear-001."),
        ({"margin": ""}, "Margin of a unit: Give what one unit more earns, as in 0.40: here, or at each product"),
        ({"margin": "nan"}, "Margin of a unit: Give what one unit more earns, as in 0.40: here, or at each product"),
        ({"margin.cola-330": "x"}, "Margin of a unit: Give what one unit more earns, as in 0.40: here, or at each"),
        ({"where": "names", "outlets": []}, "Outlets: Choose a region or a class at least, or outlets by name."),
        ({"where": "names", "outlets": ["gone"]}, "Outlets: Some of these are there no longer: choose anew."),
        ({"regions": []}, "Outlets: Choose a region or a class at least, or outlets by name."),
        ({"outlet_classes": ["tin"]}, "Outlets: No outlet is of these regions and classes at once: choose others."),
        ({"cost": "free"}, "Cost: Give an amount over 0, as in 1500 or 1500.50."),
        ({"currency": "€"}, "Currency: Give three letters, as in USD."),
        ({"least_facings": "0"}, "Facings that show it: Give a whole number from 1 to 1000."),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_what_was_typed_stays(
    reader: httpx.Client, shelf: Shelf, changed: dict[str, Any], told: str
) -> None:
    answer = reader.post("/promotions/new", data=FORM | changed)
    assert answer.status_code == 422
    seen = text_of(answer)
    assert "Not kept: 1 field is to be mended." in seen
    label, _, text = told.partition(": ")
    assert f"{label} : {text}" in seen
    assert seen.count(text) == 2  # in the list on top and beside the field
    for name in {"name", "cost", "first"} - changed.keys():
        assert f'value="{FORM[name]}"' in answer.text
    assert shelf.rows(Promotion) == []


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_form(reader: httpx.Client) -> None:
    wrong = {"name": "", "last": "", "margin": "", "regions": [], "cost": ""}
    seen = text_of(reader.post("/promotions/new", data=FORM | wrong))
    assert "5 fields" in seen
    places = [seen.index(f" {label} :") for label in ("Name", "Last day", "Margin of a unit", "Outlets", "Cost")]
    assert places == sorted(places)


def test_a_plan_is_changed_until_it_begins(reader: httpx.Client, shelf: Shelf) -> None:
    where = planned(reader)
    form = reader.get(f"{where}/change")
    assert "Change: Summer pear" in text_of(form)
    assert form.text.index('value="pear-002" checked') < form.text.index('value="pear-000"')
    wrong = reader.post(f"{where}/change", data=FORM | {"name": "Autumn pear", "cost": "0"})
    assert (wrong.status_code, kept(shelf).name) == (422, "Summer pear")
    answer = reader.post(f"{where}/change", data=FORM | {"name": "Autumn pear"})
    assert "Kept." in text_of(reader.get(answer.headers["location"]))
    assert kept(shelf).name == "Autumn pear"
    shelf.services.clock = SetClock(datetime.now(UTC) + timedelta(days=3))
    for answer in (reader.get(f"{where}/change"), reader.post(f"{where}/change", data=FORM)):
        assert answer.headers["location"] == f"{where}?told=begun"
    seen = text_of(reader.get(f"{where}?told=begun"))
    assert "It has begun: it can be ended, but not changed." in seen
    assert "Change it" not in seen
    assert kept(shelf).name == "Autumn pear"


def test_another_promotion_beside_a_plan_is_named(reader: httpx.Client) -> None:
    planned(reader, name="Spring pear")
    address = planned(reader, name="Summer pear")
    assert "It runs together with Spring pear: same products, outlets and days." in text_of(reader.get(address))
    elsewhere = planned(reader, name="West pear", regions=["west"])
    assert "runs together" not in text_of(reader.get(elsewhere))


def test_one_that_runs_is_ended_and_any_is_removed(reader: httpx.Client, shelf: Shelf) -> None:
    where = planned(reader)
    assert "End it today" not in text_of(reader.get(where))
    assert reader.post(f"{where}/end").headers["location"] == f"{where}?told=over"
    shelf.services.clock = SetClock(datetime.now(UTC) + timedelta(days=5))
    assert "Summer pear: Running" in text_of(reader.get(where))
    assert reader.post(f"{where}/end").headers["location"] == f"{where}?told=ended"
    assert kept(shelf).last == TODAY + timedelta(days=5)
    assert reader.post(f"{where}/remove").headers["location"] == "/promotions"
    assert shelf.rows(Promotion) == []
    assert reader.post(f"{where}/end").status_code == reader.post(f"{where}/remove").status_code == 404


def test_another_one_like_it_has_no_days_yet(reader: httpx.Client, shelf: Shelf) -> None:
    planned(reader)
    form = reader.get(f"/promotions/new?like={kept(shelf).id}").text
    assert 'value="Summer pear"' in form
    assert FORM["first"] not in form
    assert reader.get("/promotions/new?like=99999").status_code == 404


def test_who_may_do_what(reader: httpx.Client, shelf: Shelf) -> None:
    where = planned(reader)
    actions = ("/promotions/new", f"{where}/change", f"{where}/end", f"{where}/remove")
    try:
        signed_in(reader, "viewer@acme.example")
        assert {reader.post(one, data=FORM).status_code for one in actions} == {403}
        assert {reader.get(one).status_code for one in actions[:2]} == {403}
        for page in ("/promotions", where):
            assert "/promotions/new" not in reader.get(page).text
        signed_in(reader, "manager@other.example")
        assert {reader.post(one, data=FORM).status_code for one in actions[1:]} == {404}
        assert reader.get(f"{where}/change").status_code == 404
        assert "Some of these are there no longer" in text_of(reader.post("/promotions/new", data=FORM))
    finally:
        signed_in(reader, "manager@acme.example")
    forged = reader.post("/promotions/new", data=FORM, headers={"sec-fetch-site": "cross-site"})
    assert forged.status_code == 403
    assert kept(shelf).last == date.fromisoformat(FORM["last"])


def test_without_promotions_the_list_leads_to_the_form(reader: httpx.Client) -> None:
    seen = reader.get("/promotions")
    assert "No promotion yet" in text_of(seen)
    assert 'href="/promotions/new"' in seen.text


def test_it_speaks_chinese(reader: httpx.Client) -> None:
    where = planned(reader)
    reader.post("/preferences", data={"language": "zh-Hans"})
    wrong = FORM | {"name": "", "last": "", "margin": "", "regions": [], "cost": ""}
    answers = (reader.get("/promotions"), reader.get(where), reader.post("/promotions/new", data=wrong))
    for answer in answers:
        seen = text_of(answer)
        assert {text for text in english_texts() if text in seen} == set()
    reader.post("/preferences", data={"language": "en"})
