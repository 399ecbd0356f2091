"""Time: always UTC, always aware, always from a `Clock` that tests can replace."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated, Protocol

from pydantic import AfterValidator, PlainSerializer


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump, from an arbitrary start."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never jump, from an arbitrary start."""
        return time.monotonic()


def format_utc(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and a `Z`.

    Example:
        >>> format_utc(datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC))
        '2026-01-02T03:04:05.678Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _as_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone: write it in RFC 3339 with Z, as 2026-01-02T03:04:05Z")
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)


UtcDatetime = Annotated[
    datetime, AfterValidator(_as_utc), PlainSerializer(format_utc, return_type=str, when_used="json")
]
"""A moment in UTC, to the millisecond; a time without a zone is refused."""
