"""Room on disk: what goes first when the device has been offline for long."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from edge.uplink.outbox import Outbox
from edge.uplink.spool import Spool
from edge.uplink.store import Store


class Quota:
    """Keeps messages and photos together under `max_bytes`, photos alone under `max_photo_bytes`.

    The oldest photos waiting for upload go first, then the oldest observations. Photos that vision has not read and
    events are never given up; every loss is told in an `outbox-dropped` event.
    """

    def __init__(self, store: Store, outbox: Outbox, spool: Spool, max_bytes: int, max_photo_bytes: int) -> None:
        self._store = store
        self._outbox = outbox
        self._spool = spool
        self._max_bytes = max_bytes
        self._max_photo_bytes = max_photo_bytes

    def has_room_for(self, size: int) -> bool:
        """Whether a new photo of `size` bytes fits beside the photos that may not be given up."""
        return self._spool.unread_bytes() + size <= min(self._max_bytes, self._max_photo_bytes)

    @contextmanager
    def enforced(self) -> Iterator[None]:
        """A transaction at whose end everything is within the quota."""
        given_up: list[uuid.UUID] = []
        with self._store.transaction():
            yield
            self._enforce(given_up)
        for photo_id in given_up:
            self._spool.remove_file(photo_id)

    def relieve(self) -> bool:
        """The disk is full whatever the quota says: give up one photo waiting for upload. False where there is none."""
        given_up: list[uuid.UUID] = []
        with self._store.transaction():
            relieved = self._drop_oldest_photo(given_up)
        for photo_id in given_up:
            self._spool.remove_file(photo_id)
        return relieved

    def _enforce(self, given_up: list[uuid.UUID]) -> None:
        while self._spool.total_bytes() > self._max_photo_bytes and self._drop_oldest_photo(given_up):
            pass
        while self._is_over() and self._drop_oldest_photo(given_up):
            pass
        while self._is_over() and self._outbox.drop_oldest_observation():
            pass

    def _is_over(self) -> bool:
        return self._spool.total_bytes() + self._outbox.depth()[1] > self._max_bytes

    def _drop_oldest_photo(self, given_up: list[uuid.UUID]) -> bool:
        photo = self._spool.oldest_upload()
        if photo is None:
            return False
        self._spool.forget(photo.photo_id)
        self._outbox.note_lost_photo(photo.photo_id)
        given_up.append(photo.photo_id)
        return True
