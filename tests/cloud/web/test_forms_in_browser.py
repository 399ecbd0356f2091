"""Forms that change a part of their page, in a real browser: a preview while one fills in, rules set and taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from cloud.analytics.grades.models import GradeScheme
from cloud.catalog.newcomers.models import Newcomer
from cloud.outlets.models import Outlet
from tests.cloud.web.conftest import browsing, furnished
from tests.support.messages import NOON
from tests.support.shelf import Shelf


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Half of what stands in the kiosk's cooler is a rival's."""
    with furnished(tmp_path_factory.mktemp("forms")) as shelf:
        hour = (shelf.services.clock.now() - NOON).total_seconds() / 3600
        shelf.send(shelf.photo(hour - 2, {"cola-330": 3, "rival-330": 3}))
        with shelf.services.records.session("acme") as session:
            session.get_one(Outlet, ("acme", "kiosk")).outlet_class = "kiosk"
        yield shelf


@pytest.fixture(scope="module")
def context(shelf: Shelf) -> Iterator[BrowserContext]:
    with browsing(shelf) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    yield page
    page.close()


def test_grades_follow_what_is_filled_in_before_anything_is_kept(page: Page, shelf: Shelf) -> None:
    page.goto("/grade-schemes?outlet_class=kiosk")
    then = page.locator("#regraded tbody td").nth(1)
    expect(then).to_have_text("69")
    page.get_by_label("Weight of Own share").fill("0")
    page.get_by_label("Weight of Own share").press("Tab")
    expect(then).to_have_text("50")
    expect(page.get_by_label("Target of Own share in percent")).to_be_focused()
    assert shelf.rows(GradeScheme) == []
    page.get_by_role("button", name="Keep").click()
    expect(page.locator(".notice")).to_have_text("Kept: grades follow it from now on.")
    assert [row.outlet_class for row in shelf.rows(GradeScheme)] == ["kiosk"]


def test_a_rule_is_set_and_taken_back_on_the_page_that_is_there(page: Page) -> None:
    page.goto("/planograms")
    page.evaluate("window.notReloaded = true")
    page.get_by_label("Outlet class").select_option("kiosk")
    page.get_by_role("button", name="Set the rule").click()
    rules = page.locator("#rules tbody tr")
    expect(rules).to_have_count(1)
    expect(page.locator("#notice")).to_have_text("The rule holds from now on.")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Take back").click()
    expect(rules).to_have_count(0)
    expect(page.locator("#notice")).to_have_text("The rule is taken back.")
    assert page.evaluate("window.notReloaded")


def test_what_cannot_be_taken_is_told_and_what_was_chosen_stays(page: Page) -> None:
    page.goto("/setup")
    page.locator("#products").evaluate("step => step.open = true")
    pictures = page.get_by_label("Pictures")
    pictures.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"x" * 9_000_000})
    page.get_by_role("button", name="Add and publish").click()
    expect(page.locator("#failed")).to_contain_text("send the files in parts")
    assert pictures.evaluate("field => field.files.length") == 1


def test_times_stay_those_of_the_browser_when_a_part_of_the_page_is_drawn_anew(page: Page, shelf: Shelf) -> None:
    with shelf.services.records.session("acme") as session:
        for number in (1, 2):
            seen = {"first_seen_at": NOON, "last_seen_at": NOON}
            session.add(Newcomer(id=number, embedder="e", total=b"", state="open", **seen))
    page.goto("/new-products")
    page.locator("#newcomer-1").get_by_role("button", name="Nothing to name").click()
    expect(page.locator("#newcomer-1")).to_have_count(0)
    expect(page.locator("#newcomer-2 time").first).to_have_attribute("title", re.compile("2026"))
