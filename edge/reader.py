"""Vision as the daemon sees it: one reader, shared by all devices of the process, and the part that feeds it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from edge.device.identity import Identity
from edge.device.timekeeping import dated, is_held
from edge.observe import observation
from edge.peer import Peer
from edge.uplink.outbox import Outbox
from edge.uplink.quota import Quota
from edge.uplink.spool import Spool, SpooledPhoto
from edge.vision.decode import decode_photo
from edge.vision.photo import Photo
from edge.vision.reading import ShelfReading
from facings.errors import PhotoError, UnavailableError
from facings.worker import Worker

RETRY_S = 5.0
HELD_LOOK_S = 5.0


class Reader(Protocol):
    """Reads what stands on a shelf from a photo; `edge.vision.chain.VisionChain` in earnest."""

    @property
    def models(self) -> dict[str, str]:
        """Name -> sha256 of the models in use."""
        ...

    @property
    def gallery(self) -> str | None:
        """Fingerprint of the gallery in use; None without one."""
        ...

    @property
    def gallery_problems(self) -> tuple[str, ...]:
        """Pictures of the gallery that could not be used, and why."""
        ...

    def load(self) -> None:
        """Load the models."""
        ...

    def use_gallery(self, folder: Path) -> None:
        """Name products by the gallery in `folder` from the next photo on."""
        ...

    def read(self, photo: Photo) -> ShelfReading:
        """Everything the photo says."""
        ...


class SharedReader:
    """A reader for many devices: loaded once; `threads` read at a time, the others wait with their photos on disk."""

    def __init__(self, reader: Reader, threads: int) -> None:
        self._reader = reader
        self._slots = threading.BoundedSemaphore(threads)

    @property
    def models(self) -> dict[str, str]:
        """Name -> sha256 of the models in use."""
        return self._reader.models

    @property
    def gallery(self) -> str | None:
        """Fingerprint of the gallery in use; None without one."""
        return self._reader.gallery

    @property
    def gallery_problems(self) -> tuple[str, ...]:
        """Pictures of the gallery that could not be used, and why."""
        return self._reader.gallery_problems

    def load(self) -> None:
        """Load the models."""
        self._reader.load()

    def use_gallery(self, folder: Path) -> None:
        """Name products by the gallery in `folder` from the next photo on; photos are read meanwhile.

        Raises:
            BadInputError: the gallery cannot be used; the present one stays.
        """
        self._reader.use_gallery(folder)

    def read(self, encoded: bytes) -> tuple[Photo, ShelfReading, float]:
        """The photo decoded, what it says, and the milliseconds that took once its turn had come.

        Raises:
            PhotoError: not a usable photo.
        """
        with self._slots:
            began = time.perf_counter()
            photo = decode_photo(encoded)
            reading = self._reader.read(photo)
            return photo, reading, (time.perf_counter() - began) * 1000


class Observer:
    """Turns the device's photos into observations, oldest first: each photo becomes one, in one transaction."""

    def __init__(
        self,
        reader: SharedReader,
        spool: Spool,
        outbox: Outbox,
        quota: Quota,
        identity: Identity,
        camera: str,
        keeps_photos: bool,
        log: logging.Logger,
    ) -> None:
        self._reader = reader
        self._spool = spool
        self._outbox = outbox
        self._quota = quota
        self._identity = identity
        self._camera = camera
        self._keeps_photos = keeps_photos
        self._log = log
        self._trouble = Peer("photos wait on disk", log)
        self._worker = Worker("observer", self._work, log)
        self.last_good_photo_at: datetime | None = None
        self.on_read: Callable[[], None] = lambda: None
        self.on_decoded: Callable[[Photo], None] = lambda _photo: None

    def start(self) -> None:
        """Begin with the photos left unread by the last run."""
        self._worker.start()

    def stop(self) -> None:
        """End after the photo in hand."""
        self._worker.stop()

    def wake(self) -> None:
        """There is a new photo."""
        self._worker.wake()

    def _work(self, worker: Worker) -> None:
        while not worker.stopping:
            try:
                held = self._read_all(worker)
                self._trouble.back()
            except UnavailableError as error:
                self._trouble.lost(str(error))
                worker.pause(RETRY_S)
            else:
                worker.wait(HELD_LOOK_S if held else None)

    def _read_all(self, worker: Worker) -> bool:
        """Read what there is; True where the next photo waits for the clock to be set."""
        while not worker.stopping and (spooled := self._spool.next_unread()):
            if is_held(spooled, self._identity):
                return True
            self._observe(spooled)
        return False

    def _observe(self, found: SpooledPhoto) -> None:
        spooled = dated(found, self._identity)
        try:
            photo, reading, vision_ms = self._reader.read(self._spool.encoded(spooled))
            envelope = self._identity.envelope(spooled.captured_at, spooled.clock)
            message = observation(envelope, spooled, photo, reading, vision_ms, self._camera)
        except PhotoError as error:
            self._give_up(spooled, str(error))
            return
        except UnavailableError:
            raise
        except Exception as error:
            self._log.exception("vision failed on photo %s", spooled.photo_id)
            self._give_up(spooled, f"vision failed: {type(error).__name__}: {error}")
            return
        with self._quota.enforced():
            self._outbox.add(message, happened_at=spooled.taken_at)
            if spooled is not found:
                self._spool.redate(spooled)
            if self._keeps_photos:
                self._spool.mark_read(spooled.photo_id, photo.width, photo.height, photo.media_type)
            else:
                self._spool.forget(spooled.photo_id)
        if not self._keeps_photos:
            self._spool.remove_file(spooled.photo_id)
        self.on_read()
        if reading.quality.verdict != "unusable":
            self.last_good_photo_at = spooled.taken_at
        self.on_decoded(photo)

    def _give_up(self, spooled: SpooledPhoto, reason: str) -> None:
        self._log.warning("photo %s is not used: %s", spooled.photo_id, reason)
        with self._quota.enforced():
            self._outbox.report(
                "photo-not-taken",
                reason,
                captured_at=spooled.captured_at,
                detail={"photo_id": str(spooled.photo_id), "sha256": spooled.sha256, "bytes": spooled.bytes},
            )
            self._spool.forget(spooled.photo_id)
        self._spool.remove_file(spooled.photo_id)
