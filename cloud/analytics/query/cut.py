"""How a KPI is cut: by none, one or several dimensions, at most one of them of time.

A group is named by its key: the names of its parts in the order of the cut, joined by `BETWEEN`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache

from facings.clock import format_utc
from facings.errors import BadInputError

TIMES = ("hour", "day", "week", "month")
COOLER = "cooler"
OF_OUTLETS = ("outlet", "region", "class")
OF_PLACES = (COOLER, *OF_OUTLETS)
OF_PRODUCTS = ("sku", "brand", "owner", "category", "pack", "group")
ALL = (*TIMES, *OF_PLACES, *OF_PRODUCTS)

WHOLE = "all"
"""Name of the cut by nothing, and of its only group."""
BETWEEN = "\x1f"
"""No id, brand or region has it: a control character."""


class Cut:
    """Dimensions in the order in which they were asked for; make it with `Cut.of`."""

    def __init__(self, dimensions: Sequence[str]) -> None:
        self.dimensions = tuple(dimensions)

    @staticmethod
    def of(by: str) -> Cut:
        """The cut written as `day,outlet`, or `all`.

        Raises:
            BadInputError: a dimension that does not exist, comes twice, or is the second of time.
        """
        return _cut(by)

    @cached_property
    def time(self) -> str | None:
        """The dimension of time."""
        return next((one for one in self.dimensions if one in TIMES), None)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The dimensions of coolers and outlets."""
        return tuple(one for one in self.dimensions if one in OF_PLACES)

    @cached_property
    def products(self) -> tuple[str, ...]:
        """The dimensions of products."""
        return tuple(one for one in self.dimensions if one in OF_PRODUCTS)

    @property
    def written(self) -> str:
        """As `Cut.of` reads it."""
        return ",".join(self.dimensions) or WHOLE

    def key(self, values: Mapping[str, str]) -> str:
        """The key of the group with these values."""
        return BETWEEN.join(values[one] for one in self.dimensions) if self.dimensions else WHOLE

    def values(self, key: str) -> dict[str, str]:
        """The values of the group of this key."""
        return dict(zip(self.dimensions, key.split(BETWEEN), strict=True)) if self.dimensions else {}

    def without_products(self) -> Cut:
        """Time and places alone: what a share of products is a share of."""
        return Cut([one for one in self.dimensions if one not in OF_PRODUCTS])


@lru_cache(maxsize=256)
def _cut(by: str) -> Cut:
    dimensions = [] if by == WHOLE else by.split(",")
    for one in dimensions:
        if one not in ALL:
            raise BadInputError(f"there is no dimension {one!r}: take some of {', '.join(ALL)}")
    if len(set(dimensions)) < len(dimensions):
        raise BadInputError(f"a dimension comes twice in {by!r}: leave one of each")
    if sum(one in TIMES for one in dimensions) > 1:
        raise BadInputError(f"{by!r} has two dimensions of time: take one of {', '.join(TIMES)}")
    return Cut(dimensions)


def written(by: Iterable[str]) -> str:
    """The cut of repeated `by=` and of lists with commas, in one text."""
    return ",".join(part.strip() for one in by for part in one.split(",") if part.strip()) or WHOLE


def bucket_of(time: str, day: date) -> str:
    """The day, week or month that a business day lies in, as keys name it.

    Example:
        >>> bucket_of("week", date(2026, 11, 22)), bucket_of("month", date(2026, 11, 22))
        ('2026-11-16', '2026-11')
    """
    if time == "week":
        return (day - timedelta(days=day.weekday())).isoformat()
    return day.isoformat()[:7] if time == "month" else day.isoformat()


def hour_name(moment: datetime) -> str:
    """An hour, as keys name it."""
    return format_utc(moment.replace(minute=0, second=0, microsecond=0))
