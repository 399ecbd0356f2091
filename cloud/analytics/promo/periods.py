"""The order of the periods of a panel, whichever way they are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from math import isfinite

from facings.errors import BadInputError

_QUARTER = re.compile(r"(\d{4})[ -]?Q([1-4])", re.IGNORECASE)
_QUARTER_FIRST = re.compile(r"Q([1-4])[ -]?(\d{4})", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})[-/M ]M?(\d{1,2})", re.IGNORECASE)
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)
_DAY_SLASHES = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})")

Key = tuple[float, ...]


def in_order(texts: Iterable[str]) -> tuple[str, ...]:
    """The distinct periods, earliest first.

    Understood, all of one panel in one way: numbers, ISO dates and times, 2024/6/1, 2024-06, 2024Q2 or
    Q2 2024, 2024-W23.

    Raises:
        BadInputError: they are written in another way, or two texts mean the same period.

    Example:
        >>> in_order(["2024Q2", "2023Q4", "2024Q2"])
        ('2023Q4', '2024Q2')
    """
    distinct = list(dict.fromkeys(texts))
    for read in _READERS:
        keys = [read(text) for text in distinct]
        known = {text: key for text, key in zip(distinct, keys, strict=True) if key is not None}
        if len(known) == len(distinct):
            return _sorted(known)
    raise BadInputError(
        f"the times cannot be put in order ({', '.join(map(repr, distinct[:3]))}, ...): write all of them as numbers, "
        "as ISO dates (2024-06-01), months (2024-06), quarters (2024Q2) or weeks (2024-W23)"
    )


def _sorted(known: dict[str, Key]) -> tuple[str, ...]:
    seen: dict[Key, str] = {}
    for text, key in known.items():
        if key in seen:
            raise BadInputError(f"the times {seen[key]!r} and {text!r} are the same: write them alike")
        seen[key] = text
    return tuple(sorted(known, key=lambda text: known[text]))


def _number(text: str) -> Key | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return (value,) if isfinite(value) else None


def _instant(text: str) -> Key | None:
    slashes = _DAY_SLASHES.fullmatch(text)
    try:
        if slashes:
            year, month, day = map(int, slashes.groups())
            at = datetime(year, month, day, tzinfo=UTC)
        else:
            at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp(),)


def _parts(pattern: re.Pattern[str], most: int) -> Callable[[str], Key | None]:
    def read(text: str) -> Key | None:
        found = pattern.fullmatch(text)
        if found is None or not 1 <= int(found[2]) <= most:
            return None
        return int(found[1]), int(found[2])

    return read


def _quarter(text: str) -> Key | None:
    if first := _QUARTER_FIRST.fullmatch(text):
        return int(first[2]), int(first[1])
    return _parts(_QUARTER, 4)(text)


_READERS = (_number, _quarter, _parts(_MONTH, 12), _parts(_WEEK, 53), _instant)
