"""What is still to be told: written with the alert in one transaction, so that neither is there without the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.alerts.models import Alert, AlertDelivery, AlertDestination, AlertEvent, AlertRule
from cloud.alerts.quiet import quiet_until
from cloud.outlets.models import Outlet


@dataclass
class Outbox:
    """Puts messages of alerts into the outbox of a tenant."""

    session: Session
    tenant: str
    now: datetime
    outlets: Mapping[str, Outlet]
    put_in: int = field(default=0, init=False)
    """How many messages were put in."""

    def put(self, rule: AlertRule, alert: Alert, event: AlertEvent, destinations: Iterable[int]) -> None:
        """Tell of `event`: on the alert's topic at once, elsewhere when the quiet hours are over."""
        self._add(alert, event, None, self.now)
        outlet = self.outlets[alert.outlet_id]
        due = quiet_until(self.now, outlet.timezone, rule.quiet_from, rule.quiet_to)
        wanted = select(AlertDestination).where(AlertDestination.id.in_(list(destinations)), AlertDestination.enabled)
        for destination in self.session.scalars(wanted.order_by(AlertDestination.id)):
            if serves(destination, outlet):
                self._add(alert, event, destination.id, due)

    def resolve(self, alert: Alert, *, tell: bool) -> None:
        """Tell those who heard of the alert that it is over; those who have not heard yet need not hear at all."""
        told: dict[int, datetime] = {}
        for delivery in self.session.scalars(select(AlertDelivery).where(AlertDelivery.alert_id == alert.id)):
            if delivery.destination_id is None or delivery.given_up_at:
                continue
            if delivery.delivered_at is None and delivery.attempts == 0 and delivery.due_at > self.now:
                self.session.delete(delivery)  # it was kept for the end of the quiet hours
            else:
                told[delivery.destination_id] = max(delivery.due_at, self.now)
        if tell:
            self._add(alert, "resolved", None, self.now)
            for destination, due in told.items():
                self._add(alert, "resolved", destination, due)

    def _add(self, alert: Alert, event: AlertEvent, destination: int | None, due: datetime) -> None:
        self.put_in += 1
        self.session.add(
            AlertDelivery(
                tenant_id=self.tenant,
                alert_id=alert.id,
                event=event,
                destination_id=destination,
                made_at=self.now,
                due_at=due,
            )
        )


def serves(destination: AlertDestination, outlet: Outlet) -> bool:
    """Whether alerts of `outlet` go there: its market and channel are the destination's."""
    return (not destination.regions or outlet.region in destination.regions) and (
        not destination.outlet_classes or outlet.outlet_class in destination.outlet_classes
    )
