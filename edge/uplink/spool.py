"""The spool: photos on the device's disk, from the moment they are taken until the cloud has them.

A photo is `captured` until vision has read it and `read` until it is uploaded. Its file is on disk before its row is
committed; a file without a row was never taken.
"""

from __future__ import annotations

import hashlib
import sqlite3
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from edge.capture.shot import Shot
from edge.uplink.store import NO_ROOM, Store
from facings.errors import PhotoError, UnavailableError
from facings.files import write_atomic
from facings.ids import uuid7
from facings.messages import ClockState

LEFT_TO_MESSAGES = 500_000
"""Photos leave this free for the messages that say why there are no more."""


@dataclass(frozen=True)
class SpooledPhoto:
    """A photo in the spool; size and type are known once it was read.

    `steady_s` is when it was taken on the monotonic clock, which has a meaning in the run `boot_id` only. `camera` and
    `occasion` are there where the device has several cameras.
    """

    photo_id: uuid.UUID
    sha256: str
    bytes: int
    captured_at: datetime
    due_at: datetime
    taken_at: datetime
    trigger: str
    clock: ClockState
    width: int | None
    height: int | None
    media_type: str | None
    boot_id: str | None = None
    steady_s: float | None = None
    camera: str | None = None
    occasion: str | None = None


class Spool:
    """Photos waiting, in `photos/` of the state folder."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folder = store.folder / "photos"

    def start(self) -> None:
        """Make the folder and remove files that no row knows."""
        try:
            self._folder.mkdir(exist_ok=True)
            with self._store.transaction() as db:
                known = {row["photo_id"] for row in db.execute("SELECT photo_id FROM photos")}
            for file in self._folder.iterdir():
                if file.name not in known:
                    file.unlink()
        except OSError as error:
            raise UnavailableError(f"cannot use {self._folder}: {error.strerror}") from error

    def stop(self) -> None:
        """Nothing to end: every photo is on disk."""

    def keep(self, shot: Shot, bookmark: tuple[str, str] | None = None) -> SpooledPhoto:
        """Write the photo to disk, then note it as captured; `bookmark` is kept in the same transaction.

        Raises:
            UnavailableError: the disk is full or broken.
        """
        photo = SpooledPhoto(
            photo_id=uuid7(),
            sha256=hashlib.sha256(shot.encoded).hexdigest(),
            bytes=len(shot.encoded),
            captured_at=shot.captured_at,
            due_at=shot.due_at,
            taken_at=shot.taken_at,
            trigger=shot.trigger,
            clock=shot.clock,
            width=None,
            height=None,
            media_type=None,
            steady_s=shot.steady_s,
            camera=shot.camera,
            occasion=shot.occasion,
        )
        self._write(self.file_of(photo.photo_id), shot.encoded)
        try:
            with self._store.transaction() as db:
                _insert(db, photo)
                if bookmark:
                    self._store.keep(*bookmark)
        except UnavailableError:
            self.remove_file(photo.photo_id)
            raise
        return photo

    def file_of(self, photo_id: uuid.UUID) -> Path:
        """Where the photo lies."""
        return self._folder / str(photo_id)

    def encoded(self, photo: SpooledPhoto) -> bytes:
        """The photo's file.

        Raises:
            PhotoError: its file is gone.
            UnavailableError: the disk does not answer.
        """
        try:
            return self.file_of(photo.photo_id).read_bytes()
        except FileNotFoundError as error:
            raise PhotoError(f"the file of photo {photo.photo_id} is gone from the spool") from error
        except OSError as error:
            raise UnavailableError(f"photo {photo.photo_id} cannot be read from disk: {error.strerror}") from error

    def next_unread(self) -> SpooledPhoto | None:
        """The oldest photo that vision has not read; photos of several cameras once all of them are taken."""
        return self._first(
            "SELECT photos.* FROM photos LEFT JOIN occasions USING (occasion) "
            "WHERE state = 'captured' AND coalesce(taken, 1) ORDER BY id LIMIT 1"
        )

    def taken_with(self, photo: SpooledPhoto) -> list[SpooledPhoto]:
        """The unread photos of the same occasion, this one among them, as they were taken."""
        if photo.occasion is None:
            return [photo]
        with self._store.transaction() as db:
            wanted = "SELECT * FROM photos WHERE state = 'captured' AND occasion = ? ORDER BY id"
            rows = db.execute(wanted, (photo.occasion,)).fetchall()
        return [_from_row(row) for row in rows]

    def next_upload(self) -> SpooledPhoto | None:
        """The newest photo to upload: someone may be looking at this cooler."""
        return self._first("SELECT * FROM photos WHERE state = 'read' ORDER BY id DESC LIMIT 1")

    def oldest_upload(self) -> SpooledPhoto | None:
        """The photo to give up first when room is short."""
        return self._first("SELECT * FROM photos WHERE state = 'read' ORDER BY id LIMIT 1")

    def count(self, state: str) -> int:
        """How many photos are `captured` or `read`."""
        with self._store.transaction() as db:
            number: int = db.execute("SELECT count(*) FROM photos WHERE state = ?", (state,)).fetchone()[0]
            return number

    def unread_bytes(self) -> int:
        """Bytes of the photos that vision has not read: these are never given up."""
        with self._store.transaction() as db:
            total: int = db.execute("SELECT coalesce(sum(bytes), 0) FROM photos WHERE state = 'captured'").fetchone()[0]
            return total

    def total_bytes(self) -> int:
        """Bytes of all photos here."""
        return self._store.total("photos")[1]

    def mark_read(self, photo_id: uuid.UUID, width: int, height: int, media_type: str) -> None:
        """Vision is done with it: it may be uploaded."""
        with self._store.transaction() as db:
            db.execute(
                "UPDATE photos SET state = 'read', width = ?, height = ?, media_type = ? WHERE photo_id = ?",
                (width, height, media_type, str(photo_id)),
            )

    def redate(self, photo: SpooledPhoto) -> None:
        """Note the times of a photo that was dated anew before anything was said of it."""
        times = (photo.captured_at.isoformat(), photo.due_at.isoformat(), photo.taken_at.isoformat())
        with self._store.transaction() as db:
            db.execute(
                "UPDATE photos SET captured_at = ?, due_at = ?, taken_at = ?, clock = ? WHERE photo_id = ?",
                (*times, photo.clock.model_dump_json(), str(photo.photo_id)),
            )

    def forget(self, photo_id: uuid.UUID) -> None:
        """Drop the photo's row; its file goes with `remove_file` after the commit, or at the next start."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM photos WHERE photo_id = ?", (str(photo_id),))

    def remove_file(self, photo_id: uuid.UUID) -> None:
        """Delete the file of a forgotten photo."""
        self.file_of(photo_id).unlink(missing_ok=True)

    def _first(self, query: str) -> SpooledPhoto | None:
        with self._store.transaction() as db:
            row = db.execute(query).fetchone()
        return _from_row(row) if row else None

    def _write(self, target: Path, encoded: bytes) -> None:
        self._store.check_room(len(encoded) + LEFT_TO_MESSAGES)
        try:
            write_atomic(target, encoded, durable=True)
        except OSError as error:
            if error.errno in NO_ROOM:
                self._store.on_full()
            raise UnavailableError(f"the photo cannot be written to {self._folder}: {error.strerror}") from error


def _insert(db: sqlite3.Connection, photo: SpooledPhoto) -> None:
    db.execute(
        "INSERT INTO photos "
        "(photo_id, state, sha256, bytes, captured_at, due_at, taken_at, trigger, clock, steady_s, camera, occasion, "
        "boot_id) VALUES (?, 'captured', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT boot_id FROM boot))",
        (
            str(photo.photo_id),
            photo.sha256,
            photo.bytes,
            photo.captured_at.isoformat(),
            photo.due_at.isoformat(),
            photo.taken_at.isoformat(),
            photo.trigger,
            photo.clock.model_dump_json(),
            photo.steady_s,
            photo.camera,
            photo.occasion,
        ),
    )


def _from_row(row: sqlite3.Row) -> SpooledPhoto:
    return SpooledPhoto(
        photo_id=uuid.UUID(row["photo_id"]),
        sha256=row["sha256"],
        bytes=row["bytes"],
        captured_at=datetime.fromisoformat(row["captured_at"]),
        due_at=datetime.fromisoformat(row["due_at"]),
        taken_at=datetime.fromisoformat(row["taken_at"]),
        trigger=row["trigger"],
        clock=ClockState.model_validate_json(row["clock"]),
        width=row["width"],
        height=row["height"],
        media_type=row["media_type"],
        boot_id=row["boot_id"],
        steady_s=row["steady_s"],
        camera=row["camera"],
        occasion=row["occasion"],
    )
