"""The grade of one outlet is the same alone and among all others, and reads no other's shelves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from cloud.analytics.grades.reading import OutletGrades
from cloud.analytics.judging.work import judge_photos
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.outlets.models import Cooler, Outlet
from tests.support.cloud import running_services
from tests.support.messages import NOON
from tests.support.shelf import Shelf

OUTLETS = ("kiosk", "bar", "pub", "club", "inn")
END = NOON + timedelta(days=2)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Photos of a kiosk and a bar, and what five outlets sold: the inn is of another class."""
    with running_services(tmp_path_factory.mktemp("one") / "cloud") as services:
        shelf = Shelf(services).furnish()
        with services.records.session("acme") as session:
            session.add_all(Outlet(id=name, name=name) for name in OUTLETS[1:])
            session.flush()
            session.get_one(Outlet, ("acme", "inn")).outlet_class = "inn"
            second = session.get_one(Cooler, ("acme", "cooler-02"))
            second.outlet_id, second.planogram_id = "bar", 1
        for hour in (0, 3, 24):
            shelf.send(shelf.row(hour, {"cola-330": 3, "rival-330": 3}))
            shelf.send(shelf.row(hour, {"cola-330": 4, "lemon-330": 2}), device="cooler-02")
        judge_photos(services, "acme", ["cooler-01", "cooler-02"])
        services.facts.insert(sellout_day, [_sold(name, sku) for name in OUTLETS for sku in ("cola-330", "rival-330")])
        services.rollups.before_reading()
        yield shelf


def _sold(outlet: str, sku: str) -> tuple[object, ...]:
    """A row: so many units more in each outlet than in the one before, two of them lost."""
    units = 10.123456 + OUTLETS.index(outlet)
    return "acme", f"of-{outlet}", sku, NOON.date(), outlet, units, 1.0, 0.5, 2.0, 1.0, 20.0, 0.0, 0, NOON


def grades(shelf: Shelf, only: str | None = None) -> OutletGrades:
    with shelf.services.records.session("acme", write=False) as session:
        settings = shelf.services.settings.sellout
        return OutletGrades(session, shelf.services.facts, "acme", NOON, END, settings, only)


@pytest.mark.parametrize("outlet", OUTLETS)
def test_the_same_alone_and_among_all(shelf: Shelf, outlet: str) -> None:
    among_all, alone = grades(shelf).grades(), grades(shelf, outlet).grades()
    assert alone == {outlet: among_all[outlet]} if outlet in among_all else alone == {}


def test_all_pillars_are_compared(shelf: Shelf) -> None:
    graded = grades(shelf).grades()["kiosk"]
    assert ({one.pillar for one in graded.parts}, graded.missing) == (
        {"availability", "share", "purity", "planogram", "sell-out"},
        (),
    )


def test_no_shelves_of_others_are_read(shelf: Shelf) -> None:
    window = grades(shelf, "kiosk").window
    assert {one.outlet for one in (*window.lines, *window.watched)} == {"kiosk"}
