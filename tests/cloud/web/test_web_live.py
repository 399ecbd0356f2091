"""The pages in a real browser over a whole cloud: broker, ingest, stores, MQTT over WebSocket."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from cloud.web.i18n import LANGUAGES, Formats
from facings.messages import Estimate, ImageRef, Observation, Timing
from tests.support.chromium import chromium
from tests.support.cloud import EMAIL, PASSWORD, RunningCloud
from tests.support.messages import observation
from tests.support.shelf import in_lanes
from tests.support.web_seed import Device

WITHIN_MS = 15_000
START = datetime.now(UTC) - timedelta(hours=20)
PHOTO = cv2.imencode(".png", np.full((400, 300, 3), 90, np.uint8))[1].tobytes()


@dataclass
class Scene:
    """A cloud with one planned cooler, its device, and a browser."""

    cloud: RunningCloud
    device: Device
    browser: Browser
    sent: list[Observation] = field(default_factory=list)

    def observe(self, counts: dict[str | None, int], *, with_photo: bool = True) -> Observation:
        """The next photo, four hours after the one before."""
        now = datetime.now(UTC)
        image = ImageRef(
            sha256=hashlib.sha256(PHOTO).hexdigest(), bytes=len(PHOTO), width=300, height=400, media_type="image/png"
        )
        products, gaps = in_lanes(counts)
        message = observation(
            counts=counts,
            products=products,
            gaps=gaps,
            seq=len(self.sent) + 1,
            captured_at=START + timedelta(hours=4 * len(self.sent)),
            image=image,
            timing=Timing(due_at=now, taken_at=now, vision_ms=90),
        )
        self.sent.append(message)
        self.device.observe(message)
        if with_photo:
            self.device.upload(message, PHOTO)
        return message

    def page(self, path: str = "/", **browser: Any) -> Page:
        """A page, signed in through the form; a complaint of the browser fails the test."""
        context = self.browser.new_context(base_url=self.cloud.url, locale="en-GB", **browser)
        context.set_default_timeout(WITHIN_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        page.goto(path)
        page.get_by_label("Email").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(path)
        return page


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with chromium() as browser, RunningCloud(tmp_path_factory.mktemp("web") / "cloud") as cloud:
        key = provisioned(cloud)
        with Device(cloud, "cooler-01", key) as device:
            scene = Scene(cloud, device, browser)
            scene.observe({"cola-330": 4, "lemon-330": 2, "rival-330": 3, None: 1})
            yield scene


def provisioned(cloud: RunningCloud) -> str:
    """One planned cooler; the key of its device."""
    products = [
        {"sku": sku, "name": name, "name_zh": name_zh, "brand": "b", "owner": "o", "own": own}
        for sku, name, name_zh, own in (
            ("cola-330", "Polar Cola", "极地可乐", True),
            ("lemon-330", "Polar Lemon", "极地柠檬", True),
            ("rival-330", "Rival Cola", "对手可乐", False),
        )
    ]
    lanes = [{"sku": sku, "depth": 3} for sku, places in (("cola-330", 4), ("lemon-330", 2)) for _ in range(places)]
    with cloud.client() as http:
        http.put("/api/v1/products", json={"products": products}).raise_for_status()
        plan = http.post("/api/v1/planograms", json={"name": "standard", "rows": [lanes]}).raise_for_status().json()
        cooler = {
            "id": "cooler-01", "outlet_id": "kiosk", "name": "Front", "name_zh": "门口", "planogram_id": plan["id"]
        }  # fmt: skip
        http.put("/api/v1/coolers", json={"coolers": [cooler]}).raise_for_status()
        made = http.post("/api/v1/devices", json={"id": "cooler-01", "cooler": "cooler-01"}).raise_for_status()
        key: str = made.json()["key"]
    return key


def live(page: Page) -> None:
    expect(page.locator("#live")).to_have_attribute("data-state", "connected", timeout=WITHIN_MS)


def test_the_overview_follows_the_shelf_without_a_reload(scene: Scene) -> None:
    page = scene.page()
    live(page)
    expect(page.locator("[data-headline]")).to_have_text("Everything planned is on the shelf")
    page.evaluate("window.notReloaded = true")
    scene.observe({"lemon-330": 2, "rival-330": 3})
    expect(page.locator("[data-headline]")).to_have_text("1 stock-out in 1 cooler", timeout=WITHIN_MS)
    expect(page.locator('[data-bind="units.value"]')).to_have_text("5")
    expect(page.locator('.tile [data-bind="share.own.value"]')).to_have_text("40%")
    expect(page.locator('[data-bind="open_proposals"]')).to_have_text("1")
    row = page.locator('[data-cooler="cooler-01"]')
    expect(row.locator('[data-cell="open_stockouts"]')).to_have_text("1")
    expect(row.locator(".state")).to_have_text("online")
    expect(page.locator("#outs .out")).to_contain_text("Polar Cola")
    assert page.evaluate("window.notReloaded") is True
    page.context.close()


def test_the_overview_draws_the_days_of_a_figure(scene: Scene) -> None:
    page = scene.page("/setup")
    with page.expect_response(lambda answer: "/api/v1/kpis/share-of-facings?" in answer.url) as shares:
        page.goto("/")
    days = shares.value.json()["points"]
    assert days
    expect(page.locator("#trend-empty")).to_be_visible(visible=len(days) < 2)
    expect(page.locator("#trend")).to_be_visible(visible=len(days) > 1)
    with page.expect_response(lambda answer: "/api/v1/kpis/stockout-hours?" in answer.url) as hours:
        page.get_by_role("button", name="Stock-out hours").click()
    assert hours.value.ok
    page.context.close()


def test_days_that_cannot_be_read_are_told_and_read_again(scene: Scene) -> None:
    page = scene.page("/setup")
    page.route("**/api/v1/kpis/**", lambda route: route.fulfill(status=503))
    page.goto("/")
    expect(page.locator("#trend-unread")).to_contain_text("The days could not be read.")
    expect(page.locator("#trend-empty")).to_be_hidden()
    page.unroute("**/api/v1/kpis/**")
    page.route("**/api/v1/kpis/units?*", lambda route: route.abort())
    with page.expect_response(lambda answer: "/api/v1/kpis/share-of-facings?" in answer.url):
        page.get_by_role("button", name="Try again").click()
    expect(page.locator("#trend-unread")).to_be_hidden()
    page.locator("[data-trend=units]").click()
    expect(page.locator("#trend-unread")).to_be_visible()
    page.context.close()


def test_a_proposal_is_confirmed_and_delivered_by_hand(scene: Scene) -> None:
    page = scene.page("/stock-outs")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("#notice")).to_have_text("The order is made.")
    expect(page.locator("#orders")).to_contain_text("R000001")
    page.get_by_role("button", name="Mark delivered").click()
    expect(page.locator("#notice")).to_have_text("Delivered: it counts from now on.")
    expect(page.locator("#orders")).to_contain_text("No order is on its way.")
    page.context.close()


def test_the_cooler_page_swaps_to_the_new_photo(scene: Scene) -> None:
    page = scene.page("/coolers/cooler-01")
    live(page)
    expect(page.locator(".box")).to_have_count(len(scene.sent[-1].products), timeout=WITHIN_MS)
    message = scene.observe({"cola-330": 4, "lemon-330": 1, "rival-330": 3}, with_photo=False)
    expect(page.locator("#photo")).to_have_attribute("data-photo", str(message.photo_id), timeout=WITHIN_MS)
    expect(page.locator(".box")).to_have_count(8)
    expect(page.locator(".photo__wait")).to_be_visible()
    scene.device.upload(message, PHOTO)
    expect(page.locator(".photo__wait")).to_be_hidden(timeout=WITHIN_MS)
    expect(page.locator(".photo__sheet img")).to_be_visible()

    page.locator(".box").first.focus()
    expect(page.locator(".photo__tip")).to_contain_text("Polar Cola · 97%")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".box:focus")).to_have_count(1)
    page.get_by_role("button", name="Products").click()
    expect(page.locator(".box").first).to_be_hidden()
    page.get_by_role("link", name="Earlier photo").click()
    expect(page.locator(".box").first).to_be_attached()
    expect(page.get_by_role("link", name="Later photo")).to_be_visible()
    page.context.close()


def test_a_photo_of_another_time_zone_says_which(scene: Scene) -> None:
    times = {}
    for zone in ("America/New_York", "Asia/Tokyo"):
        page = scene.page("/coolers/cooler-01", timezone_id=zone)
        live(page)
        write = """async () => {
            const { momentWithZone } = await import("/static/words.js");
            return ["America/New_York", "Asia/Tokyo", ""].map((zone) => momentWithZone("2026-03-02T15:00:00Z", zone));
        }"""
        times[zone] = page.evaluate(write)
        expect(page.locator(".photo__when time")).to_have_text(re.compile("GMT|UTC"))
        page.context.close()
    assert times["America/New_York"] == ["Mar 2, 10:00", "Mar 3, 00:00 GMT+9", "Mar 2, 10:00"]
    assert times["Asia/Tokyo"] == ["Mar 2, 10:00 GMT-5", "Mar 3, 00:00", "Mar 3, 00:00"]


def test_keyboard_language_and_theme(scene: Scene) -> None:
    page = scene.page()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#filter")).to_be_focused()
    page.keyboard.type("nowhere")
    expect(page.locator("#no-match")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#no-match")).to_be_hidden()
    page.get_by_role("button", name="Units", exact=True).last.press("Enter")
    expect(page.locator('th[aria-sort="descending"]')).to_contain_text("Units")
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator('[data-cooler="cooler-01"]')).to_contain_text("门口")
    live(page)
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.context.close()


def test_a_lost_broker_is_told_and_comes_back(scene: Scene) -> None:
    page = scene.page()
    live(page)
    scene.cloud.kill9_broker()
    expect(page.locator("#offline")).to_be_visible(timeout=WITHIN_MS)
    live(page)
    expect(page.locator("#offline")).to_be_hidden()
    page.context.close()


def test_scripts_write_numbers_as_the_server_does(scene: Scene) -> None:
    page = scene.page()
    spans = [
        Estimate(value=value, low=value * 0.8, high=value * 1.3) for value in (0.04, 0.5, 3.24, 14.2, 47, 60, 1234)
    ]
    for language in LANGUAGES:
        page.locator(f'[value="{language}"]').click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        written = page.evaluate(
            """async (spans) => {
                const { integer, forms, hours, rangeHours } = await import("/static/words.js");
                const { percent, rangePercent } = forms;
                return spans.map((span) => [
                    integer(span.value), percent(span.value), rangePercent(span), hours(span), rangeHours(span)
                ]);
            }""",
            [span.model_dump() for span in spans],
        )
        formats = Formats(language)
        assert written == [
            [
                formats.integer(span.value),
                formats.percent(span.value),
                formats.range_percent(span),
                formats.hours(span),
                formats.range_hours(span),
            ]
            for span in spans
        ]
    page.context.close()
