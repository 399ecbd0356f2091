"""Alerts over filled stores, with a clock that the test moves; no broker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cloud.alerts.models import Alert, AlertDelivery, AlertDestination, AlertRule
from cloud.alerts.rounds import AlertRounds
from cloud.alerts.schemas import DestinationBody, RuleBody
from cloud.alerts.sending import AlertSender
from cloud.alerts.service import NewSecret, add_destination, put_rule
from cloud.broker.link import BrokerLink
from cloud.fleet.models import Device
from cloud.identity.service import operator
from cloud.services import NoLiveNumbers, Services
from facings.clock import SystemClock
from tests.support.messages import NOON
from tests.support.receivers import Mailbox, WebhookReceiver
from tests.support.shelf import Shelf

FULL: dict[str | None, int] = {"cola-330": 4, "lemon-330": 2}
NO_COLA: dict[str | None, int] = {"lemon-330": 2}
EMPTY: dict[str | None, int] = {}


class MovedClock(SystemClock):
    """A clock that stands at `at` until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass
class Watched:
    """The tenant `acme` with its alerts."""

    services: Services
    shelf: Shelf
    clock: MovedClock
    sender: AlertSender
    rounds: AlertRounds
    me: Any = field(default_factory=lambda: operator("acme"))

    def rule(self, watch: str = "stock-out", **fields: Any) -> int:
        with self.services.records.session("acme") as session:
            body = RuleBody(name=f"rule on {watch}", watch=watch, **fields)
            return put_rule(session, self.me, body, self.clock.now()).id

    def destination(self, kind: str, address: str, **fields: Any) -> AlertDestination:
        return self.new_destination(kind, address, **fields).place

    def webhook(self, receiver: WebhookReceiver) -> int:
        """A destination at the receiver, which learns its signing secret."""
        place, receiver.secret = self.new_destination("webhook", receiver.url)
        return place.id

    def new_destination(self, kind: str, address: str, **fields: Any) -> NewSecret:
        with self.services.records.session("acme") as session:
            body = DestinationBody(name=kind, kind=kind, address=address, **fields)
            return add_destination(session, self.me, body, self.services)

    def send_mail_to(self, box: Mailbox) -> None:
        """Let mail go out by this server."""
        alerts = self.services.settings.alerts.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": box.port})
        self.services.settings = self.services.settings.model_copy(update={"alerts": alerts})

    def photo(self, counts: dict[str | None, int], cooler: str = "cooler-01", **fields: Any) -> None:
        """A photo taken and stored now; its device is heard of."""
        hours = (self.clock.now() - NOON) / timedelta(hours=1)
        self.shelf.send(self.shelf.photo(hours, counts, **fields), device=cooler, at=self.clock.now())
        self.heard(cooler)

    def heard(self, device: str, health: dict[str, Any] | None = None) -> None:
        with self.services.records.session("acme") as session:
            row = session.get(Device, ("acme", device))
            assert row
            row.last_seen_at, row.health = self.clock.now(), health or row.health

    def pass_time(self, **span: float) -> None:
        self.clock.at += timedelta(**span)

    def look(self) -> list[tuple[str, str, str]]:
        """Look for alerts: state, watch and key of those not over."""
        self.rounds.look("acme")
        found = self.rows(Alert, Alert.resolved_at.is_(None))
        return sorted((alert.state, alert.watch, alert.key) for alert in found)

    def rows(self, table: Any, *conditions: Any) -> list[Any]:
        with self.services.records.session("acme", write=False) as session:
            return list(session.scalars(select(table).where(*conditions)))

    def waiting(self) -> list[tuple[str, int | None]]:
        """Event and destination of what is still to be told elsewhere than on the topic."""
        rows = self.rows(AlertDelivery, AlertDelivery.delivered_at.is_(None), AlertDelivery.given_up_at.is_(None))
        return [(row.event, row.destination_id) for row in rows if row.destination_id]

    def change(self, rule: int, **fields: Any) -> None:
        with self.services.records.session("acme") as session:
            row = session.get(AlertRule, rule)
            for name, value in fields.items():
                setattr(row, name, value)


@pytest.fixture
def watched(services: Services) -> Iterator[Watched]:
    clock = MovedClock(datetime.now(UTC).replace(microsecond=0))
    services.clock = clock
    private = services.settings.alerts.model_copy(
        update={"allow_private_webhooks": True, "smtp_security": "none", "mail_from": "alerts@facings.example"}
    )
    services.settings = services.settings.model_copy(update={"alerts": private})
    shelf = Shelf(services).furnish()
    link = BrokerLink("mqtt://127.0.0.1:1", "nobody", "", "nobody")  # never started
    sender = AlertSender(services, link)
    yield Watched(services, shelf, clock, sender, AlertRounds(services, link, NoLiveNumbers(), sender))
