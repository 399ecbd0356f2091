"""Where a cooler stood and what it was planned for: each stay is told by itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from cloud.analytics.photo_reading import PhotoReading
from cloud.analytics.sellout.service import compute, stale
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.analytics.sellout.stays import EVER, FOREVER, Photo, stays_of
from cloud.analytics.sellout.timeline import HOUR, timeline
from cloud.catalog.models import Product
from cloud.outlets.models import Cooler, Outlet, Planogram
from cloud.outlets.planograms import begin_period
from facings.messages import ClockState
from tests.cloud.analytics.sellout.test_sellout_service import whole_lanes_in_sight
from tests.support.cloud import running_services
from tests.support.messages import NOON
from tests.support.sellout import watch, world_job
from tests.support.shelf import Shelf

REPLAY = ClockState(synced=True, source="replay")
FIRST = (NOON - timedelta(days=3)).date()
MIDNIGHT = datetime.combine(FIRST, datetime.min.time(), NOON.tzinfo)


def at(hour: float) -> datetime:
    return NOON + timedelta(hours=hour)


def photos(*where: tuple[float, str]) -> list[Photo]:
    """One at each hour, in an outlet."""
    return [Photo(outlet, PhotoReading(at(hour), uuid.uuid4(), 1.0, {}), {}) for hour, outlet in where]


@pytest.mark.parametrize(
    ("seen", "changes", "stays"),
    [
        pytest.param([(1, "a"), (2, "a")], {}, [("a", 1, EVER, FOREVER)], id="one stay"),
        pytest.param(
            [(1, "a"), (2, "a"), (5, "b"), (6, "b")], {}, [("a", 1, EVER, at(2)), ("b", 1, at(5), FOREVER)],
            id="moved: nothing is sold on the way",
        ),
        pytest.param(
            [(1, "a"), (2, "a"), (5, "a"), (6, "a")], {3: 2}, [("a", 1, EVER, at(5)), ("a", 2, at(5), FOREVER)],
            id="another planogram: it goes on selling until the first photo with it",
        ),
        pytest.param([(1, "a"), (2, "a"), (5, "a")], {3: 2}, [("a", 1, EVER, at(5))], id="one photo tells nothing"),
        pytest.param([(1, "a"), (2, "a"), (5, "a"), (6, "a")], {3: None}, [("a", 1, EVER, at(5))], id="no planogram"),
    ],
)  # fmt: skip
def test_stays(seen: list[tuple[float, str]], changes: dict[float, int | None], stays: list[tuple[Any, ...]]) -> None:
    def followed(moment: datetime) -> int | None:
        begun = [plan for hour, plan in changes.items() if at(hour) <= moment]
        return begun[-1] if begun else 1

    found = [(one.outlet, one.planogram, one.start, one.end) for one in stays_of("c", photos(*seen), followed)]
    assert found == stays


def test_a_record_sells_only_while_its_cooler_stands_there() -> None:
    (record,) = (one.record for one in watch(world_job(1, 4, seed=4), range(1), "all"))
    moved = replace(record, stood=(record.days[1] + 12 * HOUR, record.days[3]))
    hours = np.zeros(4)
    line = timeline(moved)
    np.add.at(hours, line.day, line.hours.sum(axis=1))
    opens, closes = (record.opening[1] - record.days[1]) / HOUR
    assert hours.tolist() == pytest.approx([0, closes - 12, closes - opens, 0])
    assert [moved.stood_on(day) for day in range(4)] == [False, True, True, False]
    assert line.covered[1] < 0.7 * line.covered[2], "the rest of the day is not known"


@pytest.fixture
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with running_services(tmp_path_factory.mktemp("stays") / "cloud") as services:
        shelf = Shelf(services).furnish()
        whole_lanes_in_sight(shelf)
        with services.records.session("acme") as session:
            session.add(Outlet(id="bar", name="Bar", region="north"))
        yield shelf


def three_a_day(shelf: Shelf, days: range, sku: str = "cola-330") -> None:
    """Photos at nine, one and five; the SKU falls from photo to photo and is full again each morning."""
    shelf.send(
        *(
            shelf.photo(24 * (day - 3) - 3 + 4 * number, {sku: 12 - 3 * number, "lemon-330": 6}, clock=REPLAY)
            for day in days
            for number in range(3)
        )
    )


def sold(shelf: Shelf) -> dict[tuple[str, str], dict[int, float]]:
    """Units by outlet and SKU, and day; rows that were withdrawn left out."""
    row, found = sellout_day.c, dict[tuple[str, str], dict[int, float]]()
    wanted = select(row.outlet, row.sku, row.day, row.sold).where(row.withdrawn == 0)
    for one in shelf.services.facts.select("acme", wanted, sellout_day):
        found.setdefault((one.outlet, one.sku), {})[(one.day - FIRST).days] = one.sold
    return found


def compute_all(shelf: Shelf) -> None:
    compute(shelf.services, "acme", FIRST, FIRST + timedelta(days=3))


def test_a_cooler_that_moved_sells_in_the_old_outlet_before_and_in_the_new_one_after(shelf: Shelf) -> None:
    three_a_day(shelf, range(2))
    compute_all(shelf)
    before = sold(shelf)
    with shelf.services.records.session("acme") as session:
        session.get_one(Cooler, ("acme", "cooler-01")).outlet_id = "bar"
    three_a_day(shelf, range(2, 4))
    compute_all(shelf)
    found = sold(shelf)
    assert found.keys() == {(outlet, sku) for outlet in ("kiosk", "bar") for sku in ("cola-330", "lemon-330")}
    assert found["kiosk", "cola-330"].keys() == before["kiosk", "cola-330"].keys() & {0, 1}
    assert found["bar", "cola-330"].keys() == {2, 3}
    total = sum(found["kiosk", "cola-330"].values()) + sum(found["bar", "cola-330"].values())
    assert 20 <= total <= 50, "six were seen to go each day, and none counts twice"
    assert stale(shelf.services, "acme") == {}


def test_on_the_day_of_the_move_it_has_rows_in_both(shelf: Shelf) -> None:
    three_a_day(shelf, range(1))
    shelf.send(*(shelf.photo(-48 + hour, {"cola-330": 12, "lemon-330": 6}, clock=REPLAY) for hour in (-4, -3)))
    with shelf.services.records.session("acme") as session:
        session.get_one(Cooler, ("acme", "cooler-01")).outlet_id = "bar"
    shelf.send(*(shelf.photo(-48 + hour, {"cola-330": 9, "lemon-330": 6}, clock=REPLAY) for hour in (2, 6)))
    compute_all(shelf)
    found = sold(shelf)
    assert (1 in found["kiosk", "cola-330"], 1 in found["bar", "cola-330"]) == (True, True)
    assert 2 not in found["kiosk", "cola-330"]


def test_a_sku_that_got_another_code_keeps_its_days_under_the_old_one(shelf: Shelf) -> None:
    three_a_day(shelf, range(2))
    compute_all(shelf)
    with shelf.services.records.session("acme") as session:
        session.add(Product(sku="cola-331", name="Cola", brand="cola", owner="x", own=True))
        cooler = session.get_one(Cooler, ("acme", "cooler-01"))
        begin_period(session, cooler, MIDNIGHT - timedelta(days=1))
        old = session.get_one(Planogram, cooler.planogram_id)
        rows = [[lane | {"sku": lane["sku"].replace("cola-330", "cola-331")} for lane in row] for row in old.rows]
        plan = Planogram(name="new codes", rows=rows, created_at=NOON)
        session.add(plan)
        session.flush()
        cooler.planogram_id = plan.id
        begin_period(session, cooler, MIDNIGHT + timedelta(days=2))
    three_a_day(shelf, range(2, 4), sku="cola-331")
    compute_all(shelf)
    found = sold(shelf)
    assert {0, 1} <= found["kiosk", "cola-330"].keys() <= {0, 1, 2}
    assert {2, 3} == found["kiosk", "cola-331"].keys()
    assert found["kiosk", "lemon-330"].keys() == {0, 1, 2, 3}, "what kept its code goes on"
    units = sum(found["kiosk", "cola-330"].values()) + sum(found["kiosk", "cola-331"].values())
    assert 20 <= units <= 50
