"""Alerts and commands that are over go after their time; those that are not stay, however old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from cloud import deleting
from cloud.alerts.models import Alert, AlertDelivery, AlertRule
from cloud.fleet.models import Device, DeviceCommand
from cloud.identity.service import create_tenant
from cloud.outlets.models import Cooler, Outlet
from cloud.retention import RecordRetention
from cloud.services import Services
from facings.ids import uuid7

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OLD, NEW, LIMIT = NOW - timedelta(days=500), NOW - timedelta(days=3), NOW - timedelta(days=400)


@pytest.fixture(autouse=True)
def company(services: Services) -> None:
    with services.records.all_tenants() as session:
        create_tenant(session, "acme", "Acme")
    with services.records.session("acme") as session:
        session.add(Outlet(id="kiosk", name="Kiosk"))
        session.add(AlertRule(id=1, name="gone", watch="stock-out", created_at=OLD, created_by="me"))
        session.flush()
        session.add(Cooler(id="front", outlet_id="kiosk", name="Front"))
        session.flush()
        session.add(Device(id="front", cooler_id="front", key_hash="k", mqtt_hash="m", created_at=OLD))


def add_alert(services: Services, state: Any, resolved: datetime | None, **delivery: Any) -> None:
    with services.records.session("acme") as session:
        alert = Alert(id=uuid7(), rule_id=1, key=uuid7().hex, state=state, severity="info", watch="stock-out")
        alert.outlet_id, alert.since, alert.resolved_at = "kiosk", OLD, resolved
        session.add(alert)
        session.flush()
        session.add(AlertDelivery(alert_id=alert.id, event="opened", made_at=OLD, due_at=OLD, **delivery))


def add_command(services: Services, expires: datetime, answered: datetime | None) -> None:
    with services.records.session("acme") as session:
        row = DeviceCommand(id=uuid7(), device_id="front", name="snapshot", arguments={}, asked_by="me", asked_at=OLD)
        row.expires_at, row.answered_at = expires, answered
        session.add(row)


def left(services: Services, table: Any) -> int:
    with services.records.session("acme", write=False) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    ("state", "resolved", "delivery", "stays"),
    [
        pytest.param("resolved", OLD, {"delivered_at": OLD}, False, id="over for long"),
        pytest.param("resolved", OLD, {"given_up_at": OLD}, False, id="over for long, its message given up"),
        pytest.param("resolved", OLD, {}, True, id="its message is still to be sent"),
        pytest.param("resolved", NEW, {"delivered_at": OLD}, True, id="over lately"),
        pytest.param("open", None, {"delivered_at": OLD}, True, id="open"),
        pytest.param("acknowledged", None, {"delivered_at": OLD}, True, id="somebody is on it"),
        pytest.param("waiting", None, {"delivered_at": OLD}, True, id="not told yet"),
    ],
)
def test_alerts_that_are_over_go(
    services: Services, state: str, resolved: datetime | None, delivery: dict[str, datetime], stays: bool
) -> None:
    add_alert(services, state, resolved, **delivery)
    assert RecordRetention(services).delete_alerts(LIMIT) == (not stays)
    assert left(services, Alert) == left(services, AlertDelivery) == stays


@pytest.mark.parametrize(
    ("expires", "answered", "stays"),
    [
        pytest.param(OLD, OLD, False, id="answered long ago"),
        pytest.param(OLD, None, False, id="expired long ago"),
        pytest.param(OLD, NEW, True, id="answered lately"),
        pytest.param(NOW + timedelta(days=1), None, True, id="still waiting for its device"),
    ],
)
def test_commands_that_are_over_go(
    services: Services, expires: datetime, answered: datetime | None, stays: bool
) -> None:
    add_command(services, expires, answered)
    assert RecordRetention(services).delete_commands(LIMIT) == (not stays)
    assert left(services, DeviceCommand) == stays


def test_many_go_in_turns(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deleting, "AT_ONCE", 2)
    for _ in range(5):
        add_command(services, OLD, OLD)
    assert RecordRetention(services).delete_commands(LIMIT) == 5


def test_by_default_alerts_are_kept_for_longer_than_a_year(services: Services) -> None:
    add_alert(services, "resolved", services.clock.now() - timedelta(days=366), delivered_at=OLD)
    add_command(services, services.clock.now() - timedelta(days=91), None)
    RecordRetention(services).round()
    assert (left(services, Alert), left(services, DeviceCommand)) == (1, 0)
