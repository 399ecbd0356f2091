"""When the stores behind the cloud do not answer: what they raise then, and the room that they need on the disk."""

from __future__ import annotations

import shutil
from pathlib import Path

from clickhouse_connect.driver.exceptions import ClickHouseError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from facings.errors import UnavailableError

STORE_ERRORS = (OperationalError, InterfaceError, PoolTimeoutError, ClickHouseError)
"""What a store raises in its own words."""

STORES_AWAY = (*STORE_ERRORS, UnavailableError, OSError)
"""What a store raises that is down, full or locked: what was to be done is tried again."""

LEAST_FREE_MB = 100
"""Below this the disk counts as full: the facts store merges by writing anew, SQLite keeps a log beside its file."""

_FULL = ("NOT_ENOUGH_SPACE", "No space left on device", "disk is full")


def is_away(error: BaseException) -> bool:
    """Whether trying again can help: a store is down, full or locked, and not just a statement of ours wrong."""
    return isinstance(error, STORES_AWAY) and (not isinstance(error, ClickHouseError) or is_full(error))


def is_full(error: BaseException) -> bool:
    """Whether a store failed for want of room on its disk."""
    return any(words in str(_said_by_store(error)) for words in _FULL)


def in_short(error: BaseException) -> str:
    """The first line of what a store says, without the statement that it could not do."""
    said = _said_by_store(error)
    return (str(said).splitlines() or [type(said).__name__])[0][:300]


def _said_by_store(error: BaseException) -> BaseException:
    """Without the statement and its values, which SQLAlchemy adds: an alert may be called 'disk is full'."""
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def check_disk(folder: Path) -> None:
    """Make sure that there is room where the stores lie.

    Raises:
        UnavailableError: next to none.
    """
    free_mb = shutil.disk_usage(folder).free / 1e6
    if free_mb < LEAST_FREE_MB:
        raise UnavailableError(f"the disk of {folder} is full: {free_mb:.0f} MB are free; make room")
