"""How long records that are over are kept: alerts with their messages, and commands of devices.

Facts and photos have a retention of their own: `cloud.analytics.rollups.retention`.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cloud.alerts.models import Alert, AlertDelivery
from cloud.deleting import Deleting
from cloud.fleet.models import DeviceCommand


class RecordRetention(Deleting):
    """Deletes alerts and commands that were over longer ago than the settings say; never one that is not."""

    name = "record-retention"
    purpose = "delete old alerts and commands"

    def round(self) -> None:
        """Delete what is too old now."""
        kept = self._services.settings.retention
        self.delete_alerts(self.before(kept.alerts_days))
        self.delete_commands(self.before(kept.commands_days))

    def delete_alerts(self, before: datetime) -> int:
        """Delete alerts resolved before a moment, with their messages; not while one is still to be sent. How many."""
        return self.in_turns("alerts", partial(_delete_alerts, before))

    def delete_commands(self, before: datetime) -> int:
        """Delete commands answered, or expired unanswered, before a moment. How many that were."""
        return self.in_turns("commands of devices", partial(_delete_commands, before))


def _delete_alerts(before: datetime, session: Session, most: int) -> int:
    to_be_sent = (
        select(AlertDelivery.id)
        .where(
            AlertDelivery.alert_id == Alert.id,
            AlertDelivery.delivered_at.is_(None),
            AlertDelivery.given_up_at.is_(None),
        )
        .exists()
    )
    over = select(Alert.id).where(Alert.resolved_at < before, ~to_be_sent).limit(most)
    ids = list(session.scalars(over))
    session.execute(delete(AlertDelivery).where(AlertDelivery.alert_id.in_(ids)))
    session.execute(delete(Alert).where(Alert.id.in_(ids)))
    return len(ids)


def _delete_commands(before: datetime, session: Session, most: int) -> int:
    answered = DeviceCommand.answered_at < before
    expired = DeviceCommand.answered_at.is_(None) & (DeviceCommand.expires_at < before)
    ids = list(session.scalars(select(DeviceCommand.id).where(or_(answered, expired)).limit(most)))
    session.execute(delete(DeviceCommand).where(DeviceCommand.id.in_(ids)))
    return len(ids)
