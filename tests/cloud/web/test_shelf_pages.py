"""Compliance on the cooler's page, competition, and the grades of outlets: what readers see, in both languages."""

from __future__ import annotations

import re

import httpx
import pytest

from cloud.analytics.judging.work import judge_photos
from cloud.outlets.models import Cooler
from cloud.web.competition import points
from tests.cloud.web.conftest import english_texts, signed_in
from tests.cloud.web.test_web_pages import HTMX, text_of
from tests.support.messages import NOON, products_of
from tests.support.shelf import Shelf

WRONG = {"lemon-330": 2, "cola-330": 3, "rival-330": 1, None: 1}
RIGHT = {"cola-330": 4, "lemon-330": 2}
PAGES = ("/coolers/cooler-01", "/coolers/cooler-02", "/competition", "/outlets", "/outlets/kiosk")


@pytest.fixture
def lived(shelf: Shelf) -> Shelf:
    """Two weeks ago all was right; now a rival has come. Photos are of today, as the pages show the last week."""
    now = (shelf.services.clock.now() - shelf.photo(0, {}).captured_at).total_seconds() / 3600  # type: ignore[attr-defined]
    shelf.send(shelf.row(now - 240, RIGHT), shelf.row(now - 30, RIGHT), shelf.row(now - 2, WRONG))
    judge_photos(shelf.services, "acme", ["cooler-01", "cooler-02"])
    return shelf


def test_heights_are_listed_from_the_top(lived: Shelf, manager: httpx.Client) -> None:
    on_three = [
        product.model_copy(update={"row": row})
        for row, sku in enumerate(("cola-330", "rival-330", "lemon-330"))
        for product in products_of({sku: 2})
    ]
    now = (lived.services.clock.now() - NOON).total_seconds() / 3600
    lived.send(lived.photo(now - 1, {"cola-330": 2}, products=tuple(on_three), gaps=(), rows=3), device="cooler-02")
    judge_photos(lived.services, "acme", ["cooler-02"])
    shown = text_of(manager.get("/competition")).partition("Own share by height of the shelf")[2]
    rows = re.findall(r"(Upper third|Middle third, eye level|Lower third) (\d+%)", shown)
    assert rows == [("Upper third", "100%"), ("Middle third, eye level", "0%"), ("Lower third", "100%")]


def test_the_cooler_page_tells_how_to_repair_it(lived: Shelf, manager: httpx.Client) -> None:
    seen = text_of(manager.get("/coolers/cooler-01"))
    assert "Against the planogram standard, version 1 Present 83%" in seen
    assert "5 facings to touch, and it looks as planned" in seen
    assert "Move 2 × Lemon-330 shelf 1: place 1, 2 to place 5, 6" in seen
    assert "Put in 1 × Cola-330 shelf 1, place 1" in seen
    assert "Take out 1 × Rival-330 shelf 1, place 6" in seen
    assert "Look at 1 × unknown shelf 1, place 7" in seen


def test_one_press_makes_a_photo_the_planogram(lived: Shelf, manager: httpx.Client) -> None:
    page = manager.get("/coolers/cooler-01").text
    observation = re.search(r'name="observation" value="([0-9a-f-]+)"', page)
    assert observation
    answer = manager.post("/coolers/cooler-01/planogram", data={"observation": observation[1]}, headers=HTMX)
    assert "Against the planogram Front, version 1 Present 100%" in text_of(answer)
    (cooler,) = lived.rows(Cooler, Cooler.id == "cooler-01")
    assert cooler.planogram_by == "hand"
    assert manager.post("/coolers/none/planogram", data={"observation": observation[1]}).status_code == 404


def test_a_viewer_cannot_change_the_planogram(lived: Shelf, web: httpx.Client) -> None:
    viewer = signed_in(web, "viewer@acme.example")
    page = viewer.get("/coolers/cooler-01").text
    assert "This is how it should look" not in page
    photo = re.search(r'data-photo="([0-9a-f-]+)"', page)
    assert photo
    assert viewer.post("/coolers/cooler-01/planogram", data={"observation": photo[1]}).status_code == 403


def test_the_competition_page_says_who_came_and_what_it_cost(lived: Shelf, manager: httpx.Client) -> None:
    seen = text_of(manager.get("/competition"))
    assert "Competitors' products in 1 of your coolers" in seen
    assert "Kiosk Front 1 Rival-330 x" in seen
    assert "Rival-330 new Kiosk 0.0 → 0.5 −7.4" in seen
    assert "1 of 2 coolers reported." in seen


def test_outlets_are_graded_and_told_what_would_raise_them(lived: Shelf, manager: httpx.Client) -> None:
    listed = text_of(manager.get("/outlets"))
    assert "1 outlet, the worst first" in listed
    shown = text_of(manager.get("/outlets/kiosk"))
    assert "Take out: Rival-330 0.5 facings" in shown
    assert "Not known, so their weight went to the others: Sell-out." in shown
    assert "1 of 2 coolers reported." in shown
    assert "Coolers 2 Cooler Cooler type Device Last photo Stock-outs Occupancy Own share Back say which" in shown
    assert "Nothing that enough similar outlets sell." in shown
    assert manager.get("/outlets/none").status_code == 404


def test_nothing_of_another_tenant_is_seen(lived: Shelf, web: httpx.Client) -> None:
    other = signed_in(web, "manager@other.example")
    assert "No photo of the last seven days" in text_of(other.get("/competition"))
    assert "No photo of the last seven days 1 Kiosk" in text_of(other.get("/outlets"))


def test_the_pages_speak_chinese_and_run_no_inline_script(lived: Shelf, manager: httpx.Client) -> None:
    manager.post("/preferences", data={"language": "zh-Hans", "theme": "dark"})
    for path in PAGES:
        answer = manager.get(path)
        assert answer.status_code == 200, path
        assert {text for text in english_texts() if text in text_of(answer)} == set(), path
        assert not re.search(r'\s(style|on\w+)="', answer.text)


@pytest.mark.parametrize(("change", "told"), [(0.0125, "+1.2"), (-0.2, "−20.0"), (0, "+0.0")])
def test_changes_of_a_share_are_told_in_points(change: float, told: str) -> None:
    assert points(change, "en") == told
