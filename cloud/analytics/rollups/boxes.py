"""Touched buckets gathered into boxes (some coolers, a stretch of hours), each made anew by few statements.

A box may hold buckets that nothing touched: making those anew changes nothing. So boxes have to be small, not exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LARGEST = 4_000
"""Cooler-days of a box: some two million raw lines where a cooler is photographed every hour."""
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Touched:
    """A cooler in an hour of UTC for which something came in; `outlet` is where it stood."""

    hour: datetime
    cooler: str
    outlet: str


@dataclass(frozen=True, slots=True)
class Box:
    """Coolers, outlets, and the hours from `start` to just before `end`."""

    coolers: tuple[str, ...]
    outlets: tuple[str, ...]
    start: datetime
    end: datetime

    @property
    def cooler_days(self) -> float:
        """How much work it is."""
        return len(self.coolers) * max((self.end - self.start) / _DAY, 1)


def boxes(touched: Sequence[Touched]) -> Iterator[Box]:
    """Boxes that hold all of `touched`, each of at most `LARGEST` cooler-days.

    Example:
        >>> from datetime import UTC
        >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        >>> [box.end - box.start for box in boxes([Touched(noon, "a", "kiosk"), Touched(noon, "b", "kiosk")])]
        [datetime.timedelta(seconds=3600)]
    """
    if not touched:
        return
    box = _around(touched)
    if box.cooler_days <= LARGEST or len(touched) == 1:
        yield box
        return
    # In time where it spans more than a day, else by cooler.
    by_time = box.end - box.start > _DAY
    inside = sorted(touched) if by_time else sorted(touched, key=lambda one: (one.cooler, one.hour))
    half = len(inside) // 2
    yield from boxes(inside[:half])
    yield from boxes(inside[half:])


def by_coolers(touched: Sequence[Touched]) -> Iterator[list[Touched]]:
    """The same some coolers at a time, so that each lot makes one box, however many days it spans."""
    if not touched:
        return
    whole = _around(touched)
    together = max(int(LARGEST * len(whole.coolers) / whole.cooler_days), 1)
    of_cooler: dict[str, list[Touched]] = defaultdict(list)
    for one in touched:
        of_cooler[one.cooler].append(one)
    for first in range(0, len(whole.coolers), together):
        yield [one for cooler in whole.coolers[first : first + together] for one in of_cooler[cooler]]


def _around(touched: Sequence[Touched]) -> Box:
    return Box(
        coolers=tuple(sorted({one.cooler for one in touched})),
        outlets=tuple(sorted({one.outlet for one in touched})),
        start=min(one.hour for one in touched),
        end=max(one.hour for one in touched) + _HOUR,
    )
