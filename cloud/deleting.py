"""Rounds that delete what was kept for long enough."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cloud.rounds import Rounds
from cloud.services import Services

EVERY = timedelta(hours=6)
AT_ONCE = 500
"""Rows of one transaction: nobody waits long for the lock."""

log = logging.getLogger(__name__)


class Deleting(Rounds):
    """A round every six hours, over all tenants."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    def pause_s(self) -> float:
        """Six hours."""
        return EVERY.total_seconds()

    def before(self, days: int) -> datetime:
        """The beginning of the first day, in UTC, that is kept where so many are."""
        midnight = self._services.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - timedelta(days=days)

    def in_turns(self, what: str, delete_some: Callable[[Session, int], int]) -> int:
        """Delete records, `AT_ONCE` in a transaction, until none is left or the rounds are to end.

        Args:
            what: as the log says it.
            delete_some: deletes at most so many, and says how many.

        Returns:
            How many in all.
        """
        deleted = 0
        while not self._worker.stopping:
            with self._services.records.all_tenants() as session:
                some = delete_some(session, AT_ONCE)
            deleted += some
            if some < AT_ONCE:
                break
        if deleted:
            log.info("deleted %d old %s", deleted, what)
        return deleted
