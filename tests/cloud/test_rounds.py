"""Work in the background: one part of a round that fails holds up no other."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import pytest

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


def test_a_store_that_is_away_ends_the_round() -> None:
    with pytest.raises(UnavailableError):
        _Count({"bbb": UnavailableError("away")}).round()
