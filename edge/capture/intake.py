"""The intake: every photo, and every photo that could not be taken, goes through here to disk."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from edge.capture.shot import Shot
from edge.uplink.outbox import Outbox
from edge.uplink.quota import Quota
from edge.uplink.spool import Spool, SpooledPhoto
from edge.uplink.store import Store
from facings.errors import UnavailableError


class Intake:
    """Puts photos into the spool. `on_photo` is called after each; it must not block."""

    def __init__(self, store: Store, outbox: Outbox, spool: Spool, quota: Quota, log: logging.Logger) -> None:
        self._store = store
        self._outbox = outbox
        self._spool = spool
        self._quota = quota
        self._log = log
        self._untold = 0
        self.on_photo: Callable[[], None] = lambda: None

    def keep(self, shot: Shot, bookmark: tuple[str, str] | None = None) -> SpooledPhoto:
        """Keep a photo; `bookmark` is remembered in the same transaction.

        Raises:
            UnavailableError: the spool or the disk is full.
        """
        if not self._quota.has_room_for(len(shot.encoded)):
            raise UnavailableError("the spool is full of photos that vision has not read yet")
        try:
            photo = self._keep_within_quota(shot, bookmark)
        except UnavailableError:
            if not self._quota.relieve():
                raise
            photo = self._keep_within_quota(shot, bookmark)
        self.tell_untold()
        self.on_photo()
        return photo

    def not_taken(
        self, reason: str, captured_at: datetime, bookmark: tuple[str, str] | None = None, camera: str | None = None
    ) -> bool:
        """Tell that a photo was not taken and why, and with which `camera` where there are several.

        Returns:
            False where even this could not be written.
        """
        self._log.warning("no photo%s: %s", f" of {camera}" if camera else "", reason)
        detail: dict[str, Any] = {"earlier_untold": self._untold} if self._untold else {}
        if camera:
            detail["camera"] = camera
        try:
            with self._quota.enforced():
                self._outbox.report("photo-not-taken", reason, captured_at=captured_at, detail=detail)
                if bookmark:
                    self._store.keep(*bookmark)
        except UnavailableError:
            self._untold += 1
            return False
        self._untold = 0
        return True

    def tell_untold(self) -> None:
        """Tell how many photos were not taken while not even that could be written."""
        count = self._untold
        if not count:
            return
        reason = f"{count} photos were not taken while the disk was full"
        with suppress(UnavailableError):
            self._outbox.report("photo-not-taken", reason, detail={"earlier_untold": count})
            self._untold -= count

    def _keep_within_quota(self, shot: Shot, bookmark: tuple[str, str] | None) -> SpooledPhoto:
        with self._quota.enforced():
            return self._spool.keep(shot, bookmark)
