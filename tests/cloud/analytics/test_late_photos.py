"""A late photo has no more photos read than a bound; what needs more is told in the background, and ends the same."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from cloud.analytics import episodes, stored_photos
from cloud.analytics.late_photos import LatePhotos
from cloud.analytics.models import ShelfWatch, StockoutEpisode
from cloud.audits.facts import Facts
from cloud.outlets.models import Cooler
from facings.messages import Message
from tests.support.messages import NOON
from tests.support.shelf import Shelf

Counts = dict[str | None, int]
FULL: Counts = {"cola-330": 4, "lemon-330": 2}
NO_COLA: Counts = {"lemon-330": 2}
NO_LEMON: Counts = {"cola-330": 4}
MOST, PAGE = 30, 8
PHOTOS = 60
"""One every six hours: five days of them may be read, and all of them may not."""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small bounds, for histories that are quickly sent."""
    monkeypatch.setattr(episodes, "MOST_AT_ONCE", MOST)
    monkeypatch.setattr(stored_photos, "PAGE", PAGE)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bool, int]]:
    """Of each question to the facts, whether it asks for messages, and how many rows it brought."""
    found: list[tuple[bool, int]] = []
    select = Facts.select

    def counting(self: Facts, tenant: str, statement: Any, *tables: Any) -> Any:
        rows = select(self, tenant, statement, *tables)
        found.append(("document" in statement.selected_columns, len(rows)))
        return rows

    monkeypatch.setattr(Facts, "select", counting)
    return found


def history(shelf: Shelf, counts: Counts) -> list[Message]:
    return [shelf.photo(6 * number, counts) for number in range(PHOTOS)]


def standing(shelf: Shelf, tenant: str) -> list[tuple[Any, ...]]:
    rows = shelf.rows(StockoutEpisode, StockoutEpisode.withdrawn_at.is_(None), tenant=tenant)
    return sorted((r.sku, r.last_seen_at, r.first_missed_at, r.last_missed_at, r.back_at, r.confidence) for r in rows)


def watch(shelf: Shelf, tenant: str = "acme") -> ShelfWatch:
    (row,) = shelf.rows(ShelfWatch, tenant=tenant)
    assert isinstance(row, ShelfWatch)
    return row


def told(shelf: Shelf, tenant: str = "acme") -> tuple[Any, ...]:
    """Episodes, and all that is known of each SKU."""
    return standing(shelf, tenant), watch(shelf, tenant).skus


def as_in_order(shelf: Shelf, photos: list[Message]) -> tuple[Any, ...]:
    shelf.send(*photos, tenant="other")
    return told(shelf, "other")


def at(hour: float) -> str:
    return (NOON + timedelta(hours=hour)).isoformat()


def test_of_a_sku_never_seen_the_history_is_not_read_for_a_message(shelf: Shelf, read: list[tuple[bool, int]]) -> None:
    photos = history(shelf, NO_LEMON)
    shelf.send(*photos[:-3], *photos[-2:])
    read.clear()
    shelf.send(photos[-3])
    assert max(rows for _, rows in read) <= MOST + 1
    assert sum(rows for messages, rows in read if messages) <= 24, "five days, and what came after the late one"
    assert watch(shelf).waiting == {"lemon-330": at(6 * (PHOTOS - 3))}
    assert LatePhotos(shelf.services).round() == 0, "no stock-out: it was never seen"
    assert told(shelf) == as_in_order(shelf, photos)
    assert watch(shelf).waiting is None


def test_the_background_reads_messages_in_pages(shelf: Shelf, read: list[tuple[bool, int]]) -> None:
    photos = history(shelf, NO_LEMON)
    shelf.send(*photos[1:])
    shelf.send(photos[0])
    read.clear()
    LatePhotos(shelf.services).round()
    pages = [rows for messages, rows in read if messages]
    assert (max(pages), sum(pages)) == (PAGE, 2 * PHOTOS), "once for what it shows of late, once for all"
    read.clear()
    LatePhotos(shelf.services).round()
    assert read == [], "nothing waits any more"


def test_a_photo_of_long_ago_is_left_to_the_background_and_new_ones_go_on(shelf: Shelf) -> None:
    photos = [*history(shelf, FULL), shelf.photo(6 * PHOTOS, NO_COLA), shelf.photo(6 * PHOTOS + 6, NO_COLA)]
    late = shelf.photo(9, NO_COLA)
    shelf.send(*photos[:-2])
    shelf.send(late, photos[-2])
    assert [row[0] for row in standing(shelf, "acme")] == ["cola-330"], "that of now, at once"
    shelf.send(photos[-1])
    assert watch(shelf).waiting == {"cola-330": at(9), "lemon-330": at(9)}
    assert LatePhotos(shelf.services).round() > 0
    assert told(shelf) == as_in_order(shelf, [*photos, late])
    assert len(standing(shelf, "acme")) == 2


def test_a_sku_planned_anew_is_judged_by_all_photos_in_the_background(shelf: Shelf) -> None:
    def follow(plan: int | None) -> int | None:
        with shelf.services.records.session("acme") as session:
            cooler = session.get_one(Cooler, ("acme", "cooler-01"))
            before, cooler.planogram_id = cooler.planogram_id, plan
        return before

    photos = [*history(shelf, FULL), shelf.photo(6 * PHOTOS, NO_COLA), shelf.photo(6 * PHOTOS + 6, NO_COLA)]
    plan = follow(None)
    shelf.send(*photos[:-1])
    follow(plan)
    shelf.send(photos[-1])
    assert watch(shelf).waiting == {"cola-330": "", "lemon-330": ""}
    assert standing(shelf, "acme") == []
    LatePhotos(shelf.services).round()
    assert told(shelf) == as_in_order(shelf, photos)
    assert [row[0] for row in standing(shelf, "acme")] == ["cola-330"]


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_arrival_ends_the_same(shelf: Shelf, seed: int) -> None:
    dice = random.Random(seed)
    photos = [
        shelf.photo(
            5 * number,
            {sku: 2 for sku in ("cola-330", "lemon-330") if dice.random() < (0.6 if sku == "cola-330" else 0.02)},
            confidence=dice.choice((0.2, 0.9)),
        )
        for number in range(PHOTOS)
    ]
    shuffled = dice.sample(photos, len(photos))
    background, waited = LatePhotos(shelf.services), False
    while shuffled:
        size = dice.randint(3, 12)
        shelf.send(*shuffled[:size])
        shuffled = shuffled[size:]
        waited |= bool(watch(shelf).waiting)
        if dice.random() < 0.3:
            background.round()
    background.round()
    assert waited
    assert told(shelf) == as_in_order(shelf, photos)
