"""Intrusions of many coolers are told from as few questions to the facts as those of one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from cloud.analytics.share.intrusion_book import Told, follow_intrusions, tell_intrusions
from cloud.analytics.share.models import Intrusion
from cloud.audits.facts import Facts
from tests.support.messages import NOON
from tests.support.shelf import Shelf

DAY = 24.0
LATER = NOON + timedelta(days=10)
PRESENT: dict[str | None, int] = {"cola-330": 4, "rival-330": 1}
CLEAR: dict[str | None, int] = {"cola-330": 4}


@pytest.fixture
def visited(shelf: Shelf) -> Shelf:
    """A rival's product in both coolers, at the same hours: on the first day, and again from the tenth on."""
    for device in ("cooler-01", "cooler-02"):
        for hour, counts in ((0, CLEAR), (1, PRESENT), (2, CLEAR), (6 * DAY, CLEAR), (10 * DAY, PRESENT)):
            shelf.send(shelf.row(hour, counts), device=device)
    return shelf


def told(shelf: Shelf, earliest: dict[str, datetime]) -> list[Told]:
    with shelf.services.records.session("acme", write=False) as session:
        return tell_intrusions(session, shelf.services.facts, "acme", earliest)


def test_each_cooler_is_told_from_its_own_moment_on(visited: Shelf) -> None:
    whole, late = told(visited, {"cooler-01": NOON, "cooler-02": LATER})
    assert [(spell.clear_at, spell.first_seen_at) for spell in whole.spells] == [
        (NOON, NOON + timedelta(hours=1)),
        (NOON + timedelta(days=6), LATER),
    ]
    assert [(spell.clear_at, spell.first_seen_at) for spell in late.spells] == [(NOON + timedelta(days=6), LATER)]
    assert [one.cooler for one in (whole, late)] == ["cooler-01", "cooler-02"]
    for cooler, alone in (("cooler-01", whole), ("cooler-02", late)):
        assert told(visited, {cooler: {"cooler-01": NOON, "cooler-02": LATER}[cooler]}) == [alone]


def test_many_coolers_are_no_more_questions_than_one(visited: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    select = Facts.select

    def counted(*args: Any) -> Any:
        asked[-1] += 1
        return select(*args)

    monkeypatch.setattr(Facts, "select", counted)
    for earliest in ({"cooler-01": LATER}, {"cooler-01": LATER, "cooler-02": NOON}):
        asked.append(0)
        told(visited, earliest)
    assert asked[0] == asked[1]


def test_where_nothing_is_seen_nothing_is_told(shelf: Shelf) -> None:
    shelf.send(shelf.row(0, CLEAR))
    assert told(shelf, {"cooler-01": NOON}) == told(shelf, {}) == []


def test_those_who_follow_them_at_once_keep_the_same(visited: Shelf) -> None:
    together = Barrier(4)

    def follow(_number: int) -> None:
        together.wait()
        follow_intrusions(visited.services.records, visited.services.facts, "acme", {"cooler-01": NOON})

    with ThreadPoolExecutor(together.parties) as threads:
        list(threads.map(follow, range(together.parties)))
    assert len(visited.rows(Intrusion)) == 2
