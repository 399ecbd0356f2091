"""How long records that are over are kept: alerts with their messages, and commands of devices.

Facts and photos have a retention of their own: `cloud.analytics.rollups.retention`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cloud.alerts.models import Alert, AlertDelivery
from cloud.fleet.models import DeviceCommand
from cloud.rounds import Rounds
from cloud.services import Services

EVERY = timedelta(hours=6)
AT_ONCE = 500
"""Rows of one transaction: nobody waits long for the lock."""

log = logging.getLogger(__name__)


class RecordRetention(Rounds):
    """Deletes alerts and commands that were over longer ago than the settings say; never one that is not."""

    name = "record-retention"
    purpose = "delete old alerts and commands"

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    def pause_s(self) -> float:
        """Six hours."""
        return EVERY.total_seconds()

    def round(self) -> None:
        """Delete what is too old now."""
        kept, now = self._services.settings.retention, self._services.clock.now()
        self.delete_alerts(now - timedelta(days=kept.alerts_days))
        self.delete_commands(now - timedelta(days=kept.commands_days))

    def delete_alerts(self, before: datetime) -> int:
        """Delete alerts resolved before a moment, with their messages; not while one is still to be sent. How many."""
        return self._in_turns("alerts", lambda session: _delete_alerts(session, before))

    def delete_commands(self, before: datetime) -> int:
        """Delete commands answered, or expired unanswered, before a moment. How many that were."""
        return self._in_turns("commands of devices", lambda session: _delete_commands(session, before))

    def _in_turns(self, what: str, delete_some: Callable[[Session], int]) -> int:
        deleted = 0
        while not self.worker.stopping:
            with self._services.records.all_tenants() as session:
                some = delete_some(session)
            deleted += some
            if some < AT_ONCE:
                break
        if deleted:
            log.info("deleted %d old %s", deleted, what)
        return deleted


def _delete_alerts(session: Session, before: datetime) -> int:
    to_be_sent = (
        select(AlertDelivery.id)
        .where(
            AlertDelivery.alert_id == Alert.id,
            AlertDelivery.delivered_at.is_(None),
            AlertDelivery.given_up_at.is_(None),
        )
        .exists()
    )
    over = select(Alert.id).where(Alert.resolved_at < before, ~to_be_sent).limit(AT_ONCE)
    ids = list(session.scalars(over))
    session.execute(delete(AlertDelivery).where(AlertDelivery.alert_id.in_(ids)))
    session.execute(delete(Alert).where(Alert.id.in_(ids)))
    return len(ids)


def _delete_commands(session: Session, before: datetime) -> int:
    answered = DeviceCommand.answered_at < before
    expired = DeviceCommand.answered_at.is_(None) & (DeviceCommand.expires_at < before)
    ids = list(session.scalars(select(DeviceCommand.id).where(or_(answered, expired)).limit(AT_ONCE)))
    session.execute(delete(DeviceCommand).where(DeviceCommand.id.in_(ids)))
    return len(ids)
