"""The period of a question, as addresses name it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Query

from cloud.api.errors import ApiError
from facings.clock import UtcDatetime

LONGEST = timedelta(days=400)
USUAL = timedelta(days=7)

From = Annotated[UtcDatetime | None, Query(alias="from", description="first moment; default: a week before `to`")]
To = Annotated[UtcDatetime | None, Query(alias="to", description="just after the last moment; default: now")]


def asked_period(
    start: datetime | None, end: datetime | None, now: datetime, usual: timedelta = USUAL
) -> tuple[datetime, datetime]:
    """The period from `start` to just before `end`; by default the `usual` time up to `now`.

    Raises:
        ApiError: 422 where it ends before it begins, or is longer than 400 days.
    """
    end = end or now
    start = start or end - usual
    if not timedelta(0) < end - start <= LONGEST:
        raise ApiError(422, "`from` must lie before `to`, by 400 days at most", "ask for a shorter period")
    return start, end
