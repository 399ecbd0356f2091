"""The part that turns the device's photos into observations."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from edge.device.identity import Identity
from edge.device.timekeeping import dated, is_held
from edge.kept import Kept
from edge.observe import observation
from edge.observe_together import CameraView, Taken, observation_of_all
from edge.peer import Peer
from edge.reader import SharedReader
from edge.uplink.occasions import Occasion
from edge.uplink.spool import SpooledPhoto
from edge.vision.decode import decode_photo
from edge.vision.photo import Photo
from facings.errors import PhotoError, UnavailableError
from facings.messages import Observation
from facings.worker import Worker, WorkingPart

RETRY_S = 5.0
HELD_LOOK_S = 5.0


class Observer(WorkingPart):
    """Turns the device's photos into observations, oldest first: each photo, or the photos that several cameras took
    at the same time, becomes one, in one transaction.

    `on_decoded` is called with the name of the camera and its photo.
    """

    def __init__(
        self,
        reader: SharedReader,
        kept: Kept,
        identity: Identity,
        camera: str,
        log: logging.Logger,
        *,
        keeps_photos: bool,
    ) -> None:
        super().__init__("observer", log)
        self._reader = reader
        self._spool = kept.spool
        self._occasions = kept.occasions
        self._outbox = kept.outbox
        self._quota = kept.quota
        self._identity = identity
        self._camera = camera
        self._keeps_photos = keeps_photos
        self._trouble = Peer("photos wait on disk", log)
        self.last_good_photo_at: datetime | None = None
        self.on_read: Callable[[], None] = lambda: None
        self.on_decoded: Callable[[str, Photo], None] = lambda _camera, _photo: None

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
        if found.occasion is None:
            self._observe_alone(found)
        else:
            self._observe_together(self._spool.taken_with(found), self._occasions.of(found.occasion))

    def _observe_alone(self, found: SpooledPhoto) -> None:
        spooled = dated(found, self._identity)
        try:
            photo, reading, vision_ms = self._reader.read(self._spool.encoded(spooled))
            envelope = self._identity.envelope(spooled.captured_at, spooled.clock)
            message = observation(envelope, spooled, photo, reading, vision_ms, self._camera)
        except PhotoError as error:
            self._give_up(spooled, str(error))
        except UnavailableError:
            raise
        except Exception as error:
            self._log.exception("vision failed on photo %s", spooled.photo_id)
            self._give_up(spooled, f"vision failed: {type(error).__name__}: {error}")
        else:
            self._keep(message, [Taken(spooled, photo)])

    def _observe_together(self, found: Sequence[SpooledPhoto], occasion: Occasion) -> None:
        views = self._views({photo.camera or "": photo for photo in found}, occasion)
        taken = [view.taken for view in views if view.taken]
        if not taken:
            self._occasions.forget(found[0].occasion or "")
            return
        first = taken[0].spooled
        try:
            photos, shows = [one.photo for one in taken], [view.shows for view in views if view.taken]
            reading, vision_ms = self._reader.read_together(photos, shows)
            envelope = self._identity.envelope(first.captured_at, first.clock)
            message = observation_of_all(envelope, views, reading, vision_ms)
        except UnavailableError:
            raise
        except Exception as error:
            self._log.exception("vision failed on photos of %s", ", ".join(view.camera for view in views))
            for one in taken:
                self._give_up(one.spooled, f"vision failed: {type(error).__name__}: {error}")
            self._occasions.forget(first.occasion or "")
        else:
            self._keep(message, taken)

    def _views(self, found: Mapping[str, SpooledPhoto], occasion: Occasion) -> list[CameraView]:
        """What came of each camera; a file that is no photo is given up."""
        views = []
        for camera, shows in occasion.cameras.items():
            view = CameraView(camera, shows, problem=occasion.problem(camera))
            if camera in found:
                spooled = dated(found[camera], self._identity)
                try:
                    view = CameraView(camera, shows, Taken(spooled, decode_photo(self._spool.encoded(spooled))))
                except PhotoError as error:
                    self._give_up(spooled, str(error))
                    view = CameraView(camera, shows, problem=str(error))
            views.append(view)
        return views

    def _keep(self, message: Observation, taken: Sequence[Taken]) -> None:
        """Put the message in the outbox, and its photos where they wait for their upload."""
        with self._quota.enforced():
            self._outbox.add(message, happened_at=taken[0].spooled.taken_at)
            for one in taken:
                self._put_by(one)
        if not self._keeps_photos:
            for one in taken:
                self._spool.remove_file(one.spooled.photo_id)
        self.on_read()
        if message.quality.verdict != "unusable":
            self.last_good_photo_at = taken[0].spooled.taken_at
        for one in taken:
            self.on_decoded(one.spooled.camera or self._camera, one.photo)

    def _put_by(self, one: Taken) -> None:
        spooled, photo = one.spooled, one.photo
        self._spool.redate(spooled)
        if spooled.occasion:
            self._occasions.forget(spooled.occasion)
        if self._keeps_photos:
            self._spool.mark_read(spooled.photo_id, photo.width, photo.height, photo.media_type)
        else:
            self._spool.forget(spooled.photo_id)

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
