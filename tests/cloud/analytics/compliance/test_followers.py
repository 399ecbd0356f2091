"""Who follows a planogram, and how well: only photos judged by that very planogram count."""

from __future__ import annotations

from datetime import timedelta

from cloud.analytics.compliance.followers import NOBODY, Followers, followers
from cloud.analytics.judging.work import judge_photos
from cloud.identity.service import operator
from cloud.outlets.planograms import add_planogram
from cloud.outlets.schemas import PlanogramBody
from cloud.outlets.service import assign_planogram
from tests.support.messages import NOON
from tests.support.shelf import Shelf

PLAN = {"cola-330": 4, "lemon-330": 2}
SHORT = {"cola-330": 3}


def found(shelf: Shelf, plan: int) -> Followers:
    shelf.services.rollups.refresh()
    with shelf.services.records.session("acme", write=False) as session:
        end = NOON + timedelta(days=1)
        return followers(session, shelf.services.facts, "acme", NOON, end).get(plan, NOBODY)


def test_coolers_of_a_planogram_the_worst_first(shelf: Shelf) -> None:
    with shelf.services.records.session("acme") as session:
        assign_planogram(session, operator("acme"), "cooler-02", 1)
    shelf.send(shelf.photo(1, PLAN))
    shelf.send(shelf.photo(1, SHORT), device="cooler-02")
    judge_photos(shelf.services, "acme", ["cooler-01", "cooler-02"])
    mine = found(shelf, 1)
    assert [(one.cooler.id, one.moves) for one in mine.coolers] == [("cooler-02", 3), ("cooler-01", 0)]
    present = mine.level("present")
    assert present and present.value == 0.75, "3 of 6, and 6 of 6"
    assert mine.judged == 2


def test_photos_judged_by_another_planogram_say_nothing_of_this_one(shelf: Shelf) -> None:
    shelf.send(shelf.photo(1, SHORT))
    judge_photos(shelf.services, "acme", ["cooler-01"])
    with shelf.services.records.session("acme") as session:
        lanes = [[{"sku": "cola-330"}] * 3]
        newer = add_planogram(session, operator("acme"), PlanogramBody(name="newer", rows=lanes)).id
        assign_planogram(session, operator("acme"), "cooler-01", newer)
    assert found(shelf, 1) == NOBODY
    (alone,) = found(shelf, newer).coolers
    assert (alone.judged, alone.level("present"), found(shelf, newer).level("present")) == (None, None, None)
