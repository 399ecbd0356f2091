"""Photos that were stored are judged, whatever their order, and again when their planogram changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cloud.analytics.compliance.table import judgement, shelf_facing
from cloud.analytics.judging.part import Judging, Together
from cloud.analytics.judging.work import judge_anew, judge_photos
from cloud.analytics.share.models import Intrusion
from cloud.identity.service import operator
from cloud.outlets.models import PlanogramPeriod
from cloud.outlets.planograms import add_planogram
from cloud.outlets.schemas import CoolerBody, PlanogramBody
from cloud.outlets.service import assign_planogram, put_cooler
from facings.messages import Message
from tests.support.cloud import wait_until
from tests.support.messages import NOON
from tests.support.shelf import Shelf

BOTH = ["cooler-01", "cooler-02"]


def judgements(shelf: Shelf) -> list[tuple[Any, ...]]:
    one = judgement.c
    wanted = select(one.cooler, one.captured_at, one.planned, one.present, one.position, one.count, one.moves)
    rows = shelf.services.facts.select("acme", wanted.order_by(one.cooler, one.captured_at), judgement)
    return [(row.cooler, (row.captured_at - NOON) / timedelta(hours=1), *row[2:]) for row in rows]


def intrusions(shelf: Shelf) -> list[tuple[Any, ...]]:
    rows = sorted(shelf.rows(Intrusion, Intrusion.withdrawn_at.is_(None)), key=lambda row: row.first_seen_at)
    hour = timedelta(hours=1)
    return [
        (row.cooler_id, row.sku, (row.first_seen_at - NOON) / hour, row.gone_at and (row.gone_at - NOON) / hour)
        for row in rows
    ]


def day(shelf: Shelf) -> list[Message]:
    """The plan is 4 cola-330, then 2 lemon-330, on one shelf."""
    return [
        shelf.row(0, {"cola-330": 4, "lemon-330": 2}),
        shelf.row(4, {"lemon-330": 2, "cola-330": 3, "rival-330": 1}),
        shelf.row(8, {"cola-330": 4, "rival-330": 2}),
        shelf.row(12, {"cola-330": 4, "lemon-330": 2}),
    ]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_photos_in_any_order_end_in_the_same(shelf: Shelf, order: tuple[int, ...]) -> None:
    photos = day(shelf)
    for number in order:
        shelf.send(photos[number])
        assert judge_photos(shelf.services, "acme", BOTH) == 1
        assert judge_photos(shelf.services, "acme", BOTH) == 0
    assert judgements(shelf) == [
        ("cooler-01", 0, 6, 6, 6, 6, 0),
        ("cooler-01", 4, 6, 5, 3, 2, 4),
        ("cooler-01", 8, 6, 4, 4, 4, 4),
        ("cooler-01", 12, 6, 6, 6, 6, 0),
    ]
    assert intrusions(shelf) == [("cooler-01", "rival-330", 4, 12)]
    assert shelf.facts(shelf_facing) == 9


def test_a_cooler_without_planogram_keeps_its_shelves(shelf: Shelf) -> None:
    shelf.send(shelf.row(0, {"cola-330": 1, "rival-330": 2}), device="cooler-02")
    assert judge_photos(shelf.services, "acme", BOTH) == 1
    assert judgements(shelf) == [("cooler-02", 0, 0, 0, 0, 0, 0)]
    row = shelf_facing.c
    wanted = select(row.sku, row.facings, row.beside_competitor).order_by(row.sku)
    assert [tuple(one) for one in shelf.services.facts.select("acme", wanted, shelf_facing)] == [
        ("cola-330", 1, 1),
        ("rival-330", 2, 2),
    ]


def test_coolers_of_the_shop_have_no_intrusions(shelf: Shelf) -> None:
    with shelf.services.records.session("acme") as session:
        put_cooler(session, operator("acme"), "cooler-01", CoolerBody(outlet_id="kiosk", name="Front", owned=False))
    shelf.send(*day(shelf))
    judge_photos(shelf.services, "acme", BOTH)
    assert intrusions(shelf) == []


def test_a_photo_is_judged_by_the_planogram_of_its_time(shelf: Shelf) -> None:
    shelf.send(*day(shelf))
    judge_photos(shelf.services, "acme", BOTH)
    with shelf.services.records.session("acme") as session:
        made = add_planogram(session, operator("acme"), PlanogramBody(name="wide", rows=[[{"sku": "cola-330"}] * 8]))
        assign_planogram(session, operator("acme"), "cooler-01", made.id)
        (period,) = session.scalars(select(PlanogramPeriod))
        session.delete(period)
        session.add(PlanogramPeriod(cooler_id="cooler-01", since=NOON - timedelta(days=1), planogram_id=1))
        session.add(PlanogramPeriod(cooler_id="cooler-01", since=NOON + timedelta(hours=6), planogram_id=made.id))
    assert judge_photos(shelf.services, "acme", BOTH) == 2, "those from six on"
    assert [(row[1], row[2]) for row in judgements(shelf)] == [(0, 6), (4, 6), (8, 8), (12, 8)]


def test_the_photos_of_a_period_can_be_judged_anew(shelf: Shelf) -> None:
    shelf.send(*day(shelf))
    judge_photos(shelf.services, "acme", BOTH)
    before = judgements(shelf), intrusions(shelf)
    assert judge_anew(shelf.services, "acme", BOTH, NOON + timedelta(hours=4), NOON + timedelta(hours=12)) == 2
    assert (judgements(shelf), intrusions(shelf)) == before


def test_unusable_photos_are_not_judged(shelf: Shelf) -> None:
    unusable = shelf.row(0, {"cola-330": 1}).quality.model_copy(update={"verdict": "unusable"})  # type: ignore[attr-defined]
    shelf.send(shelf.row(1, {"cola-330": 1}, quality=unusable))
    assert judge_photos(shelf.services, "acme", BOTH) == 0


def test_the_part_judges_what_it_hears_of_and_at_its_start_what_it_finds(shelf: Shelf) -> None:
    photos = day(shelf)
    shelf.send(*photos[:2])
    judging = Judging(shelf.services)
    judging.start()
    try:
        wait_until(lambda: len(judgements(shelf)) == 2)
        shelf.send(photos[2])
        Together(judging).refresh("acme", {"cooler-01"})
        wait_until(lambda: len(judgements(shelf)) == 3)
    finally:
        judging.stop()
