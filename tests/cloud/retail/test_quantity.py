"""How much is proposed: demand until the delivery after the next one, as far as it fits; and why."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cloud.audits.models import LatestObservation
from cloud.outlets.models import Cooler, Planogram
from cloud.retail import orders
from cloud.retail.models import DemandOutlook, StockMovement
from cloud.retail.quantity import FRESH, Why, quantity, units_to_order
from cloud.retail.rhythm import Rhythm, rhythm_of, rhythms
from tests.cloud.retail.conftest import CASE, NOW

TODAY = date(2026, 5, 12)


def outlook(wanted: int, *, age: timedelta = timedelta(0)) -> DemandOutlook:
    """Of the cola of the kiosk, three days from one delivery to the next."""
    return DemandOutlook(
        tenant_id="acme", outlet_id="kiosk", sku="cola", made_at=NOW - age, begins=NOW.date(), days=3, service=0.95,
        expected=wanted / 2, wanted=wanted,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("capacity", "case", "units"),
    [
        (20, 1, 20),
        (20, 6, 18),  # a fourth case would stand in the way
        (24, 6, 24),
        (4, 6, 6),  # less than a case cannot be ordered
        (0, 6, 6),  # unknown
    ],
)
def test_orders_whole_cases_that_fit(capacity: int, case: int, units: int) -> None:
    assert units_to_order(capacity, case) == units


@pytest.mark.parametrize(
    ("capacity", "wanted", "elsewhere", "units", "by", "reason"),
    [
        pytest.param(20, 7, 0, 12, "demand", "at most 7 are wanted in the 3 days", id="whole cases that cover it"),
        pytest.param(20, 12, 0, 12, "demand", "with a chance of 95%", id="as much as is wanted"),
        pytest.param(20, 12, 6, 6, "demand", "other coolers have 6", id="others have a part of it"),
        pytest.param(20, 5, 30, 6, "demand", "other coolers have 30", id="others have more: one case"),
        pytest.param(20, 0, 0, 6, "demand", "at most 0 are wanted", id="hardly wanted: one case"),
        pytest.param(20, 40, 0, 18, "lanes", "no more fit", id="no more fit"),
        pytest.param(20, None, 0, 18, "lanes", "as its demand is not known", id="no forecast: filled up"),
        pytest.param(0, 12, 0, 6, "case", "one case, as no planogram", id="no planogram"),
    ],
)
def test_quantity(capacity: int, wanted: int | None, elsewhere: int, units: int, by: str, reason: str) -> None:
    found = quantity(capacity, CASE, None if wanted is None else outlook(wanted), elsewhere)
    assert (found.units, found.why["by"]) == (units, by)
    assert reason in found.reason
    assert len(found.reason) <= 200


@pytest.mark.parametrize(("age", "units"), [(timedelta(hours=1), 12), (FRESH + timedelta(hours=1), 18)])
def test_a_stock_out_is_ordered_by_a_fresh_outlook(shop: Any, age: timedelta, units: int) -> None:
    keep(shop, outlook(10, age=age))
    proposal = shop.stock_out()
    assert proposal.units == units
    by_demand: Why = {"by": "demand", "wanted": 10, "days": 3, "service": 0.95, "elsewhere": 0}
    assert proposal.why == (by_demand if units == 12 else {"by": "lanes"})


def test_what_other_coolers_have_or_get_need_not_be_ordered(shop: Any) -> None:
    cola = [{"sku": "cola", "depth": 12}]
    with shop.records.session("acme") as session:
        plan = Planogram(tenant_id="acme", name="one lane", rows=[cola], created_at=NOW)
        session.add(plan)
        session.flush()
        session.add(Cooler(tenant_id="acme", id="cooler-03", outlet_id="kiosk", name="3", planogram_id=plan.id))
    shop.act(orders.confirm, [shop.propose(cooler_id="cooler-03")])  # 12 on their way there
    keep(shop, outlook(25), shown("cooler-02", 5), shown("cooler-03", 9, age=timedelta(days=2)))
    proposal = shop.stock_out(id=2)
    assert proposal.why["elsewhere"] == 12 + 5, "a photo of two days ago says nothing of now"
    assert proposal.units == 12, "eight more, in whole cases"


def shown(cooler: str, units: int, *, age: timedelta = timedelta(0)) -> LatestObservation:
    """Its latest photo shows so many cola."""
    at, line = NOW - age, {"sku": "cola", "units": units, "facings": 1, "linear_share": 1.0, "confidence": 1.0}
    ids = {"observation_id": uuid.uuid4(), "photo_id": uuid.uuid4()}
    return LatestObservation(
        tenant_id="acme", cooler_id=cooler, device_id=cooler, observed_at=at, due_at=at, received_at=at,
        clock_source="ntp", quality={}, confidence=1.0, gaps=0, lines=[line], **ids,
    )  # fmt: skip


def keep(shop: Any, *rows: Any) -> None:
    with shop.records.session("acme") as session:
        session.add_all(rows)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param([4, 7, 11], Rhythm(date(2026, 5, 15), 4), id="the gap in the middle"),
        pytest.param([1, 4, 7, 10], Rhythm(date(2026, 5, 13), 3), id="each third day"),
        pytest.param([1, 2, 3], Rhythm(date(2026, 5, 13), 1), id="daily, but for a while not: tomorrow"),
        pytest.param([1, 3, 3, 5], Rhythm(date(2026, 5, 13), 2), id="two on one day are one"),
        pytest.param([4, 11], Rhythm(date(2026, 5, 13), 7), id="too few: as usual"),
        pytest.param([], Rhythm(date(2026, 5, 13), 7), id="none: as usual"),
    ],
)
def test_rhythm(days: list[int], expected: Rhythm) -> None:
    assert rhythm_of([date(2026, 5, day) for day in days], TODAY, usual=7) == expected


def test_rhythms_are_of_days_in_the_outlets_own_time(shop: Any) -> None:
    now = datetime(2026, 5, 12, 12, tzinfo=UTC)
    with shop.records.session("acme") as session:
        for day in (1, 4, 7):
            session.add(
                StockMovement(
                    outlet_id="kiosk",
                    sku="cola",
                    kind="delivery",
                    units=6,
                    recorded_at=now,
                    recorded_by="tests",
                    at=datetime(2026, 5, day, 23, tzinfo=UTC),
                )
            )
        session.flush()
        found = rhythms(session, {"kiosk": ZoneInfo("Asia/Shanghai"), "new": ZoneInfo("UTC")}, now, 7)
    assert found == {"kiosk": Rhythm(date(2026, 5, 14), 3), "new": Rhythm(date(2026, 5, 13), 7)}
