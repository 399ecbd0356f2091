"""Work in the background: one part of a round that fails holds up no other."""

from __future__ import annotations

import logging
import threading
from functools import partial
from typing import ClassVar

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from cloud.rounds import Rounds
from facings.errors import UnavailableError


class _Count(Rounds):
    name: ClassVar[str] = "count"
    purpose: ClassVar[str] = "count"

    def __init__(self, errors: dict[str, Exception]) -> None:
        super().__init__()
        self._errors = errors

    def round(self) -> int:
        return sum(self.part(tenant, partial(self._count, tenant)) for tenant in ("aaa", "bbb", "ccc"))

    def pause_s(self) -> float:
        return 0.0

    def _count(self, tenant: str) -> int:
        if error := self._errors.get(tenant):
            raise error
        return 1


def test_a_broken_part_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    assert _Count({"bbb": ValueError("broken")}).round() == 2
    assert [record.message for record in caplog.records] == ["cannot count of bbb, trying again"]


def test_a_part_that_stays_broken_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    errors: dict[str, Exception] = {"bbb": ValueError("broken")}
    rounds = _Count(errors)
    assert [rounds.round(), rounds.round()] == [2, 2]
    errors["bbb"] = KeyError("broken otherwise")
    rounds.round()
    errors.clear()
    assert [rounds.round(), rounds.round()] == [3, 3]
    told = [record.message for record in caplog.records]
    assert told == ["cannot count of bbb, trying again"] * 2 + ["can count of bbb again"]


def test_a_store_that_is_away_ends_the_round() -> None:
    with pytest.raises(UnavailableError):
        _Count({"bbb": UnavailableError("away")}).round()


class _Failing(_Count):
    """Fails as often as there are errors, then works."""

    def __init__(self, *errors: Exception) -> None:
        super().__init__({})
        self._left = list(errors)
        self.worked = threading.Event()

    def round(self) -> int:
        if self._left:
            raise self._left.pop(0)
        self.worked.set()
        return 0

    def pause_s(self) -> float:
        return 0.01


def test_a_full_disk_is_told_once_and_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    full = DatabaseError("Code: 243. Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)\nand more")
    rounds = _Failing(*[full] * 5, ValueError("broken"), full)
    rounds.start()
    assert rounds.worked.wait(30)
    rounds.stop()
    told = [(record.levelname, record.message, bool(record.exc_info)) for record in caplog.records]
    assert told == [
        ("WARNING", f"cannot count, trying again: {str(full).splitlines()[0]}", False),
        ("ERROR", "cannot count, trying again", True),
        ("INFO", "can count again", False),
    ]


def test_a_full_disk_ends_the_round() -> None:
    with pytest.raises(OSError, match="No space left"):
        _Count({"bbb": OSError(28, "No space left on device")}).round()
