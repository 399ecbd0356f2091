"""The life of an alert: what opens it, holds it back, escalates it and ends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from cloud.alerts.models import Alert, AlertDelivery
from cloud.alerts.quiet import quiet_until
from cloud.alerts.service import acknowledge, delete_rule
from cloud.alerts.told import alert_list
from cloud.analytics.judging.work import judge_photos
from cloud.analytics.retelling import tell_stockouts_anew
from cloud.analytics.share.models import Intrusion
from cloud.catalog.models import Product
from facings.messages import Box, PriceTag
from tests.cloud.alerts.conftest import EMPTY, FULL, NO_COLA, Watched

COLA, LEMON = "cooler-01/cola-330", "cooler-01/lemon-330"


def out_of_cola(watched: Watched) -> None:
    watched.photo(FULL)
    watched.pass_time(minutes=30)
    watched.photo(NO_COLA)


def test_a_stock_out_opens_after_its_duration_and_ends_by_itself(watched: Watched) -> None:
    watched.rule(minutes=60)
    out_of_cola(watched)
    assert watched.look() == [("waiting", "stock-out", COLA)]
    watched.pass_time(minutes=61)
    assert watched.look() == [("open", "stock-out", COLA)]
    assert watched.look() == [("open", "stock-out", COLA)], "once, however often it is seen"
    watched.photo(FULL)
    assert watched.look() == []
    events = [row.event for row in watched.rows(AlertDelivery)]
    assert events == ["opened", "resolved"]


def test_what_ends_before_its_duration_is_told_to_nobody(watched: Watched) -> None:
    watched.rule(minutes=60)
    out_of_cola(watched)
    watched.look()
    watched.pass_time(minutes=10)
    watched.photo(FULL)
    assert watched.look() == []
    assert watched.rows(Alert) == watched.rows(AlertDelivery) == []


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        ({}, [COLA, LEMON]),
        ({"regions": ["north"]}, [COLA, LEMON]),
        ({"regions": ["south"]}, []),
        ({"outlet_classes": ["bar"]}, []),
        ({"brands": ["cola-"]}, []),
        ({"brands": ["cola"]}, [COLA]),
        ({"coolers": ["cooler-01"]}, [COLA, LEMON]),
        ({"coolers": ["cooler-02"]}, []),
        ({"enabled": False}, []),
    ],
)
def test_the_scope_of_a_rule(watched: Watched, scope: dict[str, object], found: list[str]) -> None:
    watched.rule(**scope)
    watched.photo(FULL)
    watched.pass_time(minutes=30)
    watched.photo({"rival-330": 3})
    assert [key for _, _, key in watched.look()] == found


@pytest.mark.parametrize(
    ("watch", "fields", "health", "found"),
    [
        ("temperature", {"threshold": 8.0}, {"cabinet_c": 9.5}, [("temperature", "cooler-01")]),
        ("temperature", {"threshold": 8.0}, {"cabinet_c": 7.9}, []),
        ("temperature", {"threshold": 8.0}, {}, []),
        ("device-alarm", {}, {"alarms": ["camera-frozen"]}, [("device-alarm", "cooler-01/camera-frozen")]),
        ("device-alarm", {}, {"alarms": ["hot", "hot"]}, [("device-alarm", "cooler-01/hot")]),
        ("device-alarm", {}, {"alarms": ["a" * 300]}, [("device-alarm", f"cooler-01/{'a' * 100}")]),
        ("device-alarm", {}, {"alarms": []}, []),
        ("occupancy", {"threshold": 0.5}, {}, [("occupancy", "cooler-01")]),
        ("occupancy", {"threshold": 0.2}, {}, []),
        ("own-share", {"threshold": 0.9}, {}, [("own-share", "cooler-01")]),
        ("own-share", {"threshold": 0.1}, {}, []),
    ],
)
def test_what_rules_look_at(
    watched: Watched, watch: str, fields: dict[str, float], health: dict[str, object], found: list[tuple[str, str]]
) -> None:
    watched.rule(watch, **fields)
    watched.photo({"lemon-330": 2, "rival-330": 1})
    watched.heard("cooler-01", health)
    assert [(kind, key) for _, kind, key in watched.look()] == found


def test_a_cooler_that_does_not_look_as_planned(watched: Watched) -> None:
    watched.rule("compliance", threshold=0.8)
    watched.photo({"cola-330": 1, "lemon-330": 2})
    judge_photos(watched.services, "acme", ["cooler-01"])
    watched.services.rollups.refresh()
    watched.pass_time(minutes=1)
    assert watched.look() == [("open", "compliance", "cooler-01")]
    assert watched.rows(Alert)[0].value == pytest.approx(0.5)


def test_what_is_there_twice_is_one_alert(watched: Watched) -> None:
    watched.rule("intrusion")
    now = watched.clock.now()
    with watched.services.records.session("acme") as session:
        for at in (now, now - timedelta(hours=1)):
            times = {"clear_at": at, "first_seen_at": at, "last_seen_at": at}
            session.add(Intrusion(cooler_id="cooler-01", sku="rival-330", facings=2, confidence=0.9, **times))
    assert watched.look() == [("open", "intrusion", "cooler-01/rival-330")]


def test_an_intrusion_is_a_finding(watched: Watched) -> None:
    watched.rule("intrusion")
    now = watched.clock.now()
    times = {"clear_at": now, "first_seen_at": now, "last_seen_at": now}
    with watched.services.records.session("acme") as session:
        session.add(Intrusion(cooler_id="cooler-01", sku="rival-330", facings=2, confidence=0.9, **times))
    assert watched.look() == [("open", "intrusion", "cooler-01/rival-330")]


def test_a_share_that_has_fallen_in_a_week(watched: Watched) -> None:
    watched.rule("share-drop", threshold=0.2)
    watched.photo({"cola-330": 4, "rival-330": 1})
    watched.pass_time(days=2)
    watched.photo({"cola-330": 2, "rival-330": 2})
    watched.pass_time(minutes=1)
    watched.services.rollups.refresh()
    assert watched.look() == [("open", "share-drop", "kiosk")]
    assert watched.rows(Alert)[0].value == pytest.approx(0.3)


def test_a_wrong_price_on_the_tag(watched: Watched) -> None:
    with watched.services.records.session("acme") as session:
        for product in session.scalars(select(Product)):
            product.price = Decimal("2.00")
    watched.rule("wrong-price", threshold=0.1)
    box = Box(x=0.1, y=0.8, w=0.1, h=0.05)
    said = {"cola-330": 2.4, "lemon-330": 2.1, "rival-330": 9.0}
    tags = tuple(PriceTag(box=box, sku=sku, price=price, confidence=0.99) for sku, price in said.items())
    watched.photo(FULL, price_tags=tags * 2)
    watched.pass_time(minutes=1)
    watched.services.rollups.refresh()
    assert watched.look() == [("open", "wrong-price", "cooler-01/cola-330")]
    assert watched.rows(Alert)[0].value == pytest.approx(0.2)
    watched.pass_time(minutes=120)
    watched.photo(FULL, price_tags=tuple(tag.model_copy(update={"price": 2.0}) for tag in tags * 2))
    watched.pass_time(minutes=1)
    watched.services.rollups.refresh()
    assert watched.look() == []


def test_a_silent_cooler_stands_for_all_that_is_wrong_in_it(watched: Watched) -> None:
    watched.rule("device-silent", minutes=120, severity="critical")
    watched.rule("stock-out", minutes=180)
    watched.photo(FULL)
    watched.heard("cooler-02")
    watched.pass_time(minutes=30)
    watched.photo(EMPTY)
    watched.heard("cooler-02")
    watched.pass_time(minutes=200)
    watched.heard("cooler-02")
    assert [each for each in watched.look() if each[0] == "open"] == [("open", "device-silent", "cooler-01")]
    with watched.services.records.session("acme", write=False) as session:
        active = alert_list(session, watched.clock.now())
    assert [(alert.watch, alert.holds) for alert in active.alerts] == [("device-silent", 2)]
    watched.heard("cooler-01")
    found = [each for each in watched.look() if each[1] == "stock-out"]
    assert found == [("open", "stock-out", COLA), ("open", "stock-out", LEMON)], "it speaks again: they are told now"


def test_nobody_acknowledges_so_others_are_told_once(watched: Watched) -> None:
    first = watched.destination("email", "ann@acme.example").id
    boss = watched.destination("email", "boss@acme.example").id
    watched.rule(destinations=[first], escalate_minutes=30, escalate_to=[boss])
    out_of_cola(watched)
    watched.look()
    assert watched.waiting() == [("opened", first)]
    for _ in range(3):
        watched.pass_time(minutes=31)
        watched.look()
    assert watched.waiting() == [("opened", first), ("escalated", boss)]


def test_an_acknowledged_alert_does_not_escalate_and_still_ends(watched: Watched) -> None:
    boss = watched.destination("email", "boss@acme.example").id
    watched.rule(escalate_minutes=30, escalate_to=[boss])
    out_of_cola(watched)
    watched.look()
    with watched.services.records.session("acme") as session:
        for _ in range(2):
            acknowledge(session, watched.me, watched.rows(Alert)[0].id, watched.clock.now())
    watched.pass_time(hours=2)
    assert watched.look() == [("acknowledged", "stock-out", COLA)]
    assert watched.waiting() == []
    watched.photo(FULL)
    assert watched.look() == []


def test_telling_stockouts_anew_sends_nothing_again(watched: Watched) -> None:
    first = watched.destination("email", "ann@acme.example").id
    watched.rule(destinations=[first])
    out_of_cola(watched)
    before = watched.look()
    assert watched.waiting() == [("opened", first)]
    assert tell_stockouts_anew(watched.services, "acme", ["cooler-01"], watched.clock.now() - timedelta(days=1)) == 1
    assert watched.look() == before
    assert watched.waiting() == [("opened", first)]


def test_routing_by_market_and_channel(watched: Watched) -> None:
    places = {
        region: watched.destination("email", f"{region}@acme.example", regions=[region]).id
        for region in ("north", "south")
    }
    bars = watched.destination("email", "bars@acme.example", outlet_classes=["bar"]).id
    off = watched.destination("email", "off@acme.example", enabled=False).id
    watched.rule(destinations=[*places.values(), bars, off])
    out_of_cola(watched)
    watched.look()
    assert watched.waiting() == [("opened", places["north"])]


def test_quiet_hours_put_off_what_goes_out_and_spare_what_is_over_by_then(watched: Watched) -> None:
    place = watched.destination("email", "ann@acme.example").id
    now = watched.clock.now()
    begin, end = f"{now:%H}:00", f"{(now.hour + 3) % 24:02}:00"
    watched.rule(destinations=[place], quiet_from=begin, quiet_to=end)
    out_of_cola(watched)
    watched.look()
    put_off = [row for row in watched.rows(AlertDelivery) if row.destination_id]
    assert [f"{row.due_at:%H:%M}" for row in put_off] == [end]
    watched.photo(FULL)
    watched.look()
    assert watched.waiting() == []


def test_a_rule_switched_off_or_deleted_ends_its_alerts_without_a_word(watched: Watched) -> None:
    place = watched.destination("email", "ann@acme.example").id
    rules = [watched.rule(destinations=[place]), watched.rule(destinations=[place])]
    out_of_cola(watched)
    assert len(watched.look()) == 2
    watched.change(rules[0], enabled=False)
    with watched.services.records.session("acme") as session:
        delete_rule(session, watched.me, rules[1], watched.clock.now())
    assert watched.look() == []
    assert {row.event for row in watched.rows(AlertDelivery)} == {"opened"}


@pytest.mark.parametrize(
    ("clock", "zone", "begins", "ends", "told"),
    [
        ("2026-01-01T12:00", "UTC", "", "", "2026-01-01T12:00"),
        ("2026-01-01T12:00", "UTC", "22:00", "07:00", "2026-01-01T12:00"),
        ("2026-01-01T23:00", "UTC", "22:00", "07:00", "2026-01-02T07:00"),
        ("2026-01-02T03:00", "UTC", "22:00", "07:00", "2026-01-02T07:00"),
        ("2026-01-01T13:30", "UTC", "13:00", "14:00", "2026-01-01T14:00"),
        ("2026-01-01T15:30", "Asia/Shanghai", "22:00", "07:00", "2026-01-01T23:00"),
        ("2026-01-01T12:00", "Asia/Shanghai", "22:00", "07:00", "2026-01-01T12:00"),
        ("2026-03-28T23:30", "Europe/Berlin", "22:00", "07:00", "2026-03-29T05:00"),  # the night the clocks go forward
    ],
)
def test_quiet_hours_are_those_of_the_outlet(clock: str, zone: str, begins: str, ends: str, told: str) -> None:
    now, wanted = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (clock, told))
    assert quiet_until(now, zone, begins, ends) == wanted
