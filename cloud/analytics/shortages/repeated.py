"""SKUs that run out in the same cooler again and again, and why that may be.

Demand a day is what was sold and what was wanted in vain, from the estimate of sell-out; a visit is when the SKU came
back. What the lanes hold is compared with what is wanted from one visit to the next:

- more than they hold is wanted within a day and a half: its lanes are too few, however often somebody comes;
- more is wanted from visit to visit: somebody comes too rarely;
- less is wanted: they would have lasted, had they been filled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import Literal

from cloud.analytics.stockouts import Episode

LEAST = 3
"""So many episodes in a period make a repeat offender."""
ONE_VISIT = timedelta(days=1.5)
"""Nobody comes much more often than daily."""

Reason = Literal["lanes-too-few", "visits-too-rare", "not-filled-up", "unknown"]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A SKU that ran out several times in a cooler.

    Attributes:
        wanted_a_day: units; None where sell-out is not known.
        between_visits: typical time; None where it came back less than twice.
    """

    cooler: str
    sku: str
    episodes: tuple[Episode, ...]
    holds: int
    wanted_a_day: float | None
    between_visits: timedelta | None

    @property
    def reason(self) -> Reason:
        """The likeliest of the reasons; unknown where demand or visits are."""
        if not self.wanted_a_day or not self.holds:
            return "unknown"
        lasts = timedelta(days=self.holds / self.wanted_a_day)
        if lasts < ONE_VISIT:
            return "lanes-too-few"
        if self.between_visits is None:
            return "unknown"
        return "visits-too-rare" if lasts < self.between_visits else "not-filled-up"


def between_visits(episodes: Sequence[Episode]) -> timedelta | None:
    """The median time from one return to the next."""
    back = sorted(episode.back_at for episode in episodes if episode.back_at)
    seconds = [(later - earlier).total_seconds() for earlier, later in pairwise(back)]
    return timedelta(seconds=median(seconds)) if seconds else None
