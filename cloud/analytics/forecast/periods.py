"""The periods of a file: which there are, which are to come, and how many make a cycle."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cloud.analytics.forecast.history import WEEK, HistoryError
from cloud.analytics.promo.periods import in_order

LONGEST_DAYS = 4000
CYCLES = ((re.compile(r"\d{4}-?W\d+", re.I), 52), (re.compile(r"\d{4}[ -]?Q\d", re.I), 4))
MONTH, MONTHS = re.compile(r"\d{4}[-/M ]M?\d{1,2}", re.I), 12
CYCLES_TO_SEE = 2


@dataclass(frozen=True, slots=True)
class Periods:
    """`known` and `ahead` are labels in order, those ahead after those known; `season` periods make a cycle."""

    known: tuple[str, ...]
    ahead: tuple[str, ...]
    season: int
    first_day: date | None = None

    def places(self) -> dict[str, int]:
        """Where each label stands."""
        return {label: place for place, label in enumerate((*self.known, *self.ahead))}


def periods_of(texts: Iterable[str], last_known: str, horizon: int, season: int | None) -> Periods:
    """The periods from the first to `last_known`, without a gap where they are days, and `horizon` more.

    Raises:
        BadInputError: the times cannot be put in order, or the days span more than ten years.
    """
    ordered = in_order(texts)
    first, last = _day(ordered[0]), _day(last_known)
    if first and last:
        return _days(first, last, horizon, season)
    known = ordered[: ordered.index(last_known) + 1]
    ahead = ordered[len(known) :][:horizon]
    numbered = (*ahead, *(f"+{number}" for number in range(len(ahead) + 1, horizon + 1)))
    return Periods(known, numbered, season or _season(known))


def _days(first: date, last: date, horizon: int, season: int | None) -> Periods:
    span = (last - first).days + 1
    if span > LONGEST_DAYS:
        raise HistoryError(f"the days from {first} to {last} span over ten years: is one of the dates mistyped?")
    labels = [(first + timedelta(days=number)).isoformat() for number in range(span + horizon)]
    return Periods(tuple(labels[:span]), tuple(labels[span:]), season or WEEK, first)


def day_label(text: str) -> str:
    """A day as ISO writes it, whichever way it was written; other times as they are."""
    day = _day(text)
    return day.isoformat() if day else text


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace("/", "-")[:10]) if len(text) >= 8 and not text.isdigit() else None
    except ValueError:
        return None


def _season(known: tuple[str, ...]) -> int:
    """Cycle of weeks, quarters and months, where two were seen; else none."""
    for pattern, season in (*CYCLES, (MONTH, MONTHS)):
        if pattern.fullmatch(known[0]):
            return season if len(known) >= CYCLES_TO_SEE * season else 1
    return 1
