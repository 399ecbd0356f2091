"""Sell-out added up in the store is what its days add up to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cloud.analytics.query.cut import BETWEEN
from cloud.analytics.query.scope import Scope
from cloud.analytics.sellout import by_cut
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.analytics.sellout.sums import (
    days_sold,
    lost_by_sku,
    sold_by_outlet,
    sold_by_sku,
    sold_on_days,
    sold_sums,
)
from cloud.analytics.series import Period
from cloud.catalog.models import Product
from cloud.identity.service import create_tenant
from cloud.outlets.models import Cooler, Outlet
from cloud.services import Services
from tests.support.sold_days import KPIS, SoldDay, sell_out, sold_days

START = datetime(2026, 11, 2, tzinfo=UTC)
END = START + timedelta(days=9)
OWN = ("cola", "lemon")


@pytest.fixture
def sold(services: Services) -> list[SoldDay]:
    """Two outlets, one of them with two coolers; days that follow one another and days that do not; one withdrawn."""
    rows = []
    for number, (cooler, outlet) in enumerate((("front", "kiosk"), ("back", "kiosk"), ("door", "bar"))):
        for place, sku in enumerate((*OWN, "rival")):
            for day in range(12):
                if (day + number) % 5 == 3 and place == 1:
                    continue
                units = 2.0 + (day * 7 + number + place) % 5
                following = [-0.2, 0.1 * place, -0.05][: (day + place) % 4]
                withdrawn = int(day == 4 and number == 2)
                on = (START + timedelta(days=day)).date()
                made = (units, 0.4 + 0.1 * place, 0.3, 0.5 * (day % 2), 0.1, 6.0, 1.0, withdrawn, START, following)
                rows.append(("acme", cooler, sku, on, outlet, *made))
    services.facts.insert(sellout_day, rows)
    return [one for one in sold_days(services.facts, "acme", START, END) if one.sku in OWN]


@pytest.mark.parametrize("outlet", [None, "kiosk"])
def test_by_outlet_and_sku(services: Services, sold: list[SoldDay], outlet: str | None) -> None:
    found = sold_sums(services.facts, "acme", START, END, OWN, "outlet, sku", outlet)
    days = [one for one in sold if outlet in (None, one.outlet)]
    assert {f"{one.outlet}/{one.sku}": one.units for one in found} == sell_out(
        days, lambda one: f"{one.outlet}/{one.sku}"
    )


def test_by_outlet(services: Services, sold: list[SoldDay]) -> None:
    found = sold_sums(services.facts, "acme", START, END, OWN, "outlet")
    assert {one.outlet: one.units for one in found} == sell_out(sold, lambda one: one.outlet)
    lost = lost_by_sku(services.facts, "acme", START, END, OWN)
    assert {name: sum(skus.values()) for name, skus in lost.items()} == pytest.approx(
        {name: sum(one.lost for one in sold if one.outlet == name) for name in ("kiosk", "bar")}
    )
    assert lost_by_sku(services.facts, "acme", START, END, OWN, "bar") == {"bar": lost["bar"]}
    assert sold_by_sku(services.facts, "acme", START, END, OWN, {"bar"}) == [
        ("bar", sku, pytest.approx(sum(one.sold for one in sold if (one.outlet, one.sku) == ("bar", sku))))
        for sku in OWN
    ]
    assert days_sold(services.facts, "acme", START, END, OWN) == {"kiosk": 9, "bar": 8}
    assert sold_on_days(services.facts, "acme", START, END, OWN) == {
        name: (pytest.approx(sum(one.sold for one in sold if one.outlet == name), abs=1e-4), days)
        for name, days in (("kiosk", 9), ("bar", 8))
    }
    whole = sold_days(services.facts, "acme", START, END)
    assert sold_by_outlet(services.facts, "acme", START, END) == pytest.approx(
        {name: sum(one.sold for one in whole if one.outlet == name) for name in ("kiosk", "bar")}
    )


@pytest.fixture
def known(services: Services) -> None:
    """The records of these outlets; the door was moved from the bar to the shop since."""
    with services.records.all_tenants() as session:
        create_tenant(session, "acme", "Acme")
    with services.records.session("acme") as session:
        for outlet, region in (("kiosk", "north"), ("bar", "south"), ("shop", "south")):
            session.add(Outlet(id=outlet, name=outlet, region=region))
        for sku in (*OWN, "rival"):
            session.add(Product(sku=sku, name=sku, brand=f"of {sku[0]}", owner="x", own=sku in OWN))
        session.flush()
        for cooler, outlet in (("front", "kiosk"), ("back", "kiosk"), ("door", "shop")):
            session.add(Cooler(id=cooler, outlet_id=outlet, name=cooler))


@pytest.mark.usefixtures("known", "sold")
@pytest.mark.parametrize("scope", [Scope(), Scope(outlets=frozenset({"kiosk"}), skus=frozenset({"cola", "lemon"}))])
@pytest.mark.parametrize("by", ["all", "day", "week,outlet", "region,brand", "cooler", "month,sku", "group"])
def test_in_any_cut(services: Services, by: str, scope: Scope) -> None:
    with services.records.session("acme", write=False) as session:
        period = Period(session, services.facts, "acme", START, END, scope)
        for kpi, make in by_cut.MAKERS.items():
            points = make(period, by)
            found = {BETWEEN.join(point.keys.values()) or "all": point.value.model_dump() for point in points}
            days = [one for one in sold_days(services.facts, "acme", START, END) if period.has(one.cooler, one.sku)]
            expected = KPIS[kpi](days, lambda one: period.key(by, one.cooler, one.sku, one.day))
            assert found == {key: pytest.approx(value.model_dump(), abs=1e-4) for key, value in expected.items()}, kpi
            assert found, kpi


def test_of_nothing(services: Services) -> None:
    assert sold_sums(services.facts, "acme", START, END, OWN, "outlet") == []
    assert sold_sums(services.facts, "acme", START, END, (), "outlet, sku") == []
