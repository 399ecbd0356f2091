"""What the stores raise: whether trying again can help, and how it is told."""

from __future__ import annotations

import sqlite3

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from sqlalchemy.exc import OperationalError

from cloud.stores import in_short, is_away, is_full
from facings.errors import UnavailableError


def of_sqlite(said: str, name: str = "cola") -> OperationalError:
    return OperationalError("INSERT INTO alert (name) VALUES (?)", {"name": name}, sqlite3.OperationalError(said))


@pytest.mark.parametrize(
    ("error", "away", "full", "told"),
    [
        (of_sqlite("database is locked"), True, False, "database is locked"),
        (of_sqlite("database is locked", "the disk is full"), True, False, "database is locked"),
        (of_sqlite("database or disk is full"), True, True, "database or disk is full"),
        (DatabaseError("Code: 243. NOT_ENOUGH_SPACE\nin the statement"), True, True, "Code: 243. NOT_ENOUGH_SPACE"),
        (DatabaseError("Code: 62. SYNTAX_ERROR"), False, False, "Code: 62. SYNTAX_ERROR"),
        (OSError(28, "No space left on device"), True, True, "[Errno 28] No space left on device"),
        (UnavailableError("the broker is away"), True, False, "the broker is away"),
        (ValueError(), False, False, "ValueError"),
    ],
)
def test_what_stores_raise_is_known(error: Exception, away: bool, full: bool, told: str) -> None:
    assert (is_away(error), is_full(error), in_short(error)) == (away, full, told)
