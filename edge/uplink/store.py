"""The device's one database: SQLite in WAL mode with one writer, every commit on disk before it returns."""

from __future__ import annotations

import errno
import fcntl
import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from facings.errors import UnavailableError

DATABASE_FILE = "outbox.sqlite"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
CHECKPOINT_PAGES = 100
"""SQLite's log of changes stays under half a megabyte, to be written back even where little room is left."""
ROOM_FOR_ACKS = 500_000
"""Left free by new messages and photos: to delete what was acknowledged takes room, and that must not fail."""
_SQLITE_RESULT = 0xFF

_SCHEMA = """
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, boot_id TEXT NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL,
    payload BLOB NOT NULL, bytes INTEGER NOT NULL, happened_at TEXT NOT NULL, UNIQUE (boot_id, seq));
CREATE TABLE photos (
    id INTEGER PRIMARY KEY AUTOINCREMENT, photo_id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL, captured_at TEXT NOT NULL, due_at TEXT NOT NULL, taken_at TEXT NOT NULL,
    trigger TEXT NOT NULL, clock TEXT NOT NULL, width INTEGER, height INTEGER, media_type TEXT);
CREATE INDEX photos_by_state ON photos (state, id);
CREATE TABLE losses (
    id INTEGER PRIMARY KEY AUTOINCREMENT, boot_id TEXT, first INTEGER, last INTEGER, photo_id TEXT,
    told INTEGER NOT NULL DEFAULT 0);
CREATE TABLE boot (boot_id TEXT NOT NULL, last_seq INTEGER NOT NULL);
CREATE TABLE kept (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE totals (what TEXT PRIMARY KEY, rows INTEGER NOT NULL, bytes INTEGER NOT NULL);
INSERT INTO totals VALUES ('outbox', 0, 0), ('photos', 0, 0);
"""

_TOTAL_TRIGGERS = """
CREATE TRIGGER {table}_in AFTER INSERT ON {table} BEGIN
    UPDATE totals SET rows = rows + 1, bytes = bytes + NEW.bytes WHERE what = '{table}'; END;
CREATE TRIGGER {table}_out AFTER DELETE ON {table} BEGIN
    UPDATE totals SET rows = rows - 1, bytes = bytes - OLD.bytes WHERE what = '{table}'; END;
"""

_MIGRATIONS = (
    _SCHEMA + "".join(_TOTAL_TRIGGERS.format(table=table) for table in ("outbox", "photos")),
    """
ALTER TABLE photos ADD COLUMN boot_id TEXT;
ALTER TABLE photos ADD COLUMN steady_s REAL;
""",
    """
ALTER TABLE photos ADD COLUMN camera TEXT;
ALTER TABLE photos ADD COLUMN occasion TEXT;
CREATE INDEX photos_by_occasion ON photos (occasion);
CREATE TABLE occasions (
    occasion TEXT PRIMARY KEY, cameras TEXT NOT NULL, problems TEXT NOT NULL DEFAULT '{}',
    taken INTEGER NOT NULL DEFAULT 0);
""",
)
"""What makes of each version the next; those published never change."""
SCHEMA_VERSION = len(_MIGRATIONS)


class Store:
    """The database in `folder` and the lock that keeps a second daemon out of it.

    `on_full` is called from inside a write that found no room on the disk; it must neither block nor write.
    """

    def __init__(self, folder: Path, log: logging.Logger) -> None:
        self.folder = folder
        self._log = log
        self._lock = threading.RLock()
        self._in_transaction = False
        self._connection: sqlite3.Connection | None = None
        self._owner: IO[str] | None = None
        self.on_full: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Open the database, made anew where there is none.

        Raises:
            UnavailableError: the folder cannot be used, another daemon has it, or the file is of a newer version.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._own_folder()
            self._connection = sqlite3.connect(
                self.folder / DATABASE_FILE, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            self._connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
            self._connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            self._migrate()
        except (OSError, sqlite3.Error) as error:
            self.stop()
            raise UnavailableError(f"cannot use state_dir {self.folder}: {error}") from error
        except UnavailableError:
            self.stop()
            raise

    def stop(self) -> None:
        """Close the database and let go of the folder."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            if self._owner is not None:
                self._owner.close()
                self._owner = None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; a transaction inside another is part of it.

        Raises:
            UnavailableError: the database cannot be read or written now, as on a full disk.
        """
        with self._lock, self._errors_in_words():
            if self._connection is None:
                raise UnavailableError(f"the outbox in {self.folder} is closed")
            if self._in_transaction:
                yield self._connection
                return
            self._in_transaction = True
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                if _is_full(error):
                    self._make_room()
                raise
            finally:
                self._in_transaction = False

    def _make_room(self) -> None:
        """A log that cannot grow is never written back by itself, and then nothing could be changed or deleted."""
        self.on_full()
        assert self._connection is not None
        with suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def _errors_in_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise UnavailableError(f"the outbox in {self.folder} cannot be written: {error}") from error

    def check_room(self, size: int) -> None:
        """See that `size` bytes can be added to the disk and enough is left for acks.

        Raises:
            UnavailableError: they cannot, even with the reserve.
        """
        if self._lacks(size):
            self.on_full()
            if self._lacks(size):
                raise UnavailableError(f"the disk of {self.folder} is full: make room")

    def _lacks(self, size: int) -> bool:
        return shutil.disk_usage(self.folder).free < size + ROOM_FOR_ACKS

    def total(self, what: str) -> tuple[int, int]:
        """Rows and bytes of `outbox` or `photos`."""
        with self.transaction() as db:
            row = db.execute("SELECT rows, bytes FROM totals WHERE what = ?", (what,)).fetchone()
            return row["rows"], row["bytes"]

    def keep(self, key: str, value: str) -> None:
        """Remember `value` under `key` over restarts."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO kept (key, value) VALUES (?, ?)", (key, value))

    def kept(self, key: str) -> str | None:
        """What is remembered under `key`."""
        with self.transaction() as db:
            row = db.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
            return row["value"] if row else None

    def _own_folder(self) -> None:
        self._owner = (self.folder / "daemon.lock").open("w")
        try:
            fcntl.flock(self._owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UnavailableError(
                f"another daemon runs with state_dir {self.folder}: stop it, or give this device a folder of its own"
            ) from error

    def _migrate(self) -> None:
        with self.transaction() as db:
            found = db.execute("PRAGMA user_version").fetchone()[0]
            if found > SCHEMA_VERSION:
                raise UnavailableError(f"{self.folder / DATABASE_FILE} was written by a newer version: update facings")
            for script in _MIGRATIONS[found:]:
                for statement in _statements(script):
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _is_full(error: BaseException | None) -> bool:
    """Whether SQLite found no room; the error of an inner transaction is wrapped in words already."""
    if isinstance(error, UnavailableError):
        error = error.__cause__
    return getattr(error, "sqlite_errorcode", 0) & _SQLITE_RESULT == sqlite3.SQLITE_FULL


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for piece in script.splitlines():
        statement += piece + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
