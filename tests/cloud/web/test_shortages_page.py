"""What runs out next, and again and again, on the stock-outs page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from cloud.analytics.shortages.answer import RepeatedAnswer
from cloud.analytics.shortages.repeated import Reason
from cloud.web.shortages import REASONS, repeated_row
from facings.messages import Estimate
from tests.cloud.web.conftest import english_texts, furnished, visiting
from tests.cloud.web.test_web_pages import HTMX, text_of
from tests.support.shelf import Shelf
from tests.support.shortages import run_short


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Only in acme anything is short."""
    with furnished(tmp_path_factory.mktemp("shortages")) as shelf:
        yield run_short(shelf, shelf.services.clock.now())


@pytest.fixture(scope="module")
def manager(short: Shelf) -> Iterator[httpx.Client]:
    with visiting(short) as browser:
        yield browser


def test_the_page_tells_what_runs_out_next_and_what_again_and_again(manager: httpx.Client) -> None:
    seen = text_of(manager.get("/stock-outs"))
    assert "Last units 1 the soonest to go first" in seen
    assert "Cola-330 Kiosk Front 1 1–3 1 / 4 4h 3–12h" in seen
    assert "Again and again 2 out 3 times or more in 28 days" in seen
    assert "Cola-330 Kiosk Front 3 27h 18–36h Come more often full lanes last 2d, somebody comes every 3d" in seen
    assert "10 10–10 25 USD 25–25" in seen
    assert "Lemon-330 Kiosk Front 3 27h 18–36h Cannot tell why" in seen


def test_the_lists_come_up_to_date_without_the_page(manager: httpx.Client) -> None:
    part = manager.get("/stock-outs/shortages", headers=HTMX)
    assert "Cola-330" in text_of(part)
    assert "<html" not in part.text
    assert manager.get("/stock-outs/shortages").headers["location"] == "/stock-outs#last-units"


def test_where_nothing_is_short_the_page_says_so(short: Shelf) -> None:
    with visiting(short, "manager@other.example") as other:
        seen = text_of(other.get("/stock-outs"))
    assert "Nothing is down to its last units." in seen
    assert "No product runs out again and again." in seen


def test_the_page_speaks_chinese(short: Shelf) -> None:
    with visiting(short) as reader:
        reader.post("/preferences", data={"language": "zh-Hans"})
        answer = reader.get("/stock-outs")
    assert {text for text in english_texts() if text in text_of(answer)} == set()
    assert not re.search(r'\s(style|on\w+)="', answer.text)


@pytest.mark.parametrize(
    ("reason", "advice", "why"),
    [
        ("lanes-too-few", "Give it more lanes", "12 fit in, 6 a day are wanted"),
        ("visits-too-rare", "Come more often", "full lanes last 2d, somebody comes every 3d"),
        ("not-filled-up", "Fill it up", "full lanes would last 2d, longer than the 3d between visits"),
        ("unknown", "Cannot tell why", "its demand, or the visits, are not known"),
    ],
)
def test_every_reason_says_what_to_do(reason: Reason, advice: str, why: str) -> None:
    found = RepeatedAnswer(
        cooler="cooler-01",
        outlet="kiosk",
        sku="cola-330",
        name="Cola",
        name_zh="",
        episodes=3,
        hours=Estimate(value=27, low=18, high=36),
        reason=reason,
        holds=12,
        wanted_a_day=6,
        visit_every_hours=72,
        lost_units=None,
        lost_value=None,
        currency=None,
    )
    assert (repeated_row(found, "en").advice, repeated_row(found, "en").why) == (advice, why)
    assert reason in REASONS
