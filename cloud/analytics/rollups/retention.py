"""How long things are kept: photos, raw lines, rollups. Rollups outlive the raw lines they were made of."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.compliance.table import judgement, shelf_facing
from cloud.analytics.rollups.statements import milliseconds
from cloud.analytics.rollups.tables import DAILY, HOURLY
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.audits.facts import device_event, observation, price_tag, shelf_line
from cloud.audits.models import Photo
from cloud.deleting import Deleting

SPARE = timedelta(days=2)
"""Raw lines are kept so much longer than their buckets stay open: a business day that is made anew must find all of its
own, in every time zone."""

log = logging.getLogger(__name__)


class Retention(Deleting):
    """Deletes what is older than the settings say; by default nothing is."""

    name = "retention"
    purpose = "delete what is too old"

    def round(self) -> None:
        """Delete what is too old now."""
        kept = self._services.settings.retention
        if kept.photos_days:
            self.delete_photos(self.before(kept.photos_days))
        if kept.lines_days:
            self.delete_lines(self.before(kept.lines_days))
        if kept.rollups_days:
            self.delete_rollups(self.before(kept.rollups_days))

    def delete_lines(self, before: datetime) -> None:
        """Close the rollups before a moment, then delete the raw lines behind them.

        What was captured long ago and came in lately is kept as long as if it had been captured then.
        """
        self._services.rollups.close(before)
        for table in (shelf_line, price_tag, observation, device_event):
            self._delete(table.name, "captured_at < {} AND received_at < {}", before - SPARE)

    def delete_rollups(self, before: datetime) -> None:
        """Delete hours and days before a moment, and what else was made of single photos and days."""
        for table in HOURLY:
            self._delete(table.name, "hour < {}", before)
        for table in (*DAILY, sellout_day):
            self._delete(table.name, "day < toDate({})", before)
        for table in (judgement, shelf_facing):
            self._delete(table.name, "captured_at < {} AND judged_at < {}", before - SPARE)

    def delete_photos(self, before: datetime) -> int:
        """Delete the bytes of photos taken before a moment; what was seen on them stays. How many photos that were."""
        wanted = select(Photo).where(Photo.captured_at < before, Photo.stored_at.is_not(None), Photo.stored_at < before)

        def delete_some(session: Session, most: int) -> int:
            photos = session.scalars(wanted.limit(most)).all()
            for photo in photos:
                self._services.photos.remove(photo.path)
                photo.stored_at = None
            return len(photos)

        return self.in_turns("photos", delete_some)

    def _delete(self, table: str, condition: str, before: datetime) -> None:
        moment = f"fromUnixTimestamp64Milli(toInt64({milliseconds(before)}), 'UTC')"
        where = condition.replace("{}", moment)
        found = f"SELECT 1 FROM {table} WHERE {where} LIMIT 1"  # noqa: S608 (names and a number of ours)
        if self._services.facts.arrow(found).num_rows:
            self._services.facts.command(f"ALTER TABLE {table} DELETE WHERE {where} SETTINGS mutations_sync = 1")
            log.info("deleted from %s what was before %s", table, before.date())
