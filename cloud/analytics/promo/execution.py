"""Was the promotion carried out? What the photos of its outlets show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import sqrt

from scipy import stats

from cloud.analytics.promo.answer import Answer, Ranged
from cloud.analytics.promo.sellout import Promotion


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a usable photo of an outlet shows: the SKUs, and the displays where they are known by a name."""

    outlet: str
    day: date
    seen: frozenset[str]


class Execution(Answer):
    """Promoted outlets whose photos show it / promoted outlets with a photo in the days of the promotion."""

    share: Ranged | None
    executed: int
    photographed: int
    promoted: int


def executed(promotion: Promotion, sightings: Iterable[Sighting], shows: frozenset[str], level: float) -> Execution:
    """The share of promoted outlets where at least one photo in its days shows one of `shows`: promoted SKUs, display.

    The interval is Wilson's (1927), for the outlets without a photo taken to be like those with one.
    """
    photographed, done = set(), set()
    for sighting in sightings:
        if sighting.outlet in promotion.outlets and promotion.first <= sighting.day <= promotion.last:
            photographed.add(sighting.outlet)
            if sighting.seen & shows:
                done.add(sighting.outlet)
    share = _wilson(len(done), len(photographed), level) if photographed else None
    return Execution(share=share, executed=len(done), photographed=len(photographed), promoted=len(promotion.outlets))


def _wilson(successes: int, trials: int, level: float) -> Ranged:
    z = float(stats.norm.ppf((1 + level) / 2))
    share = successes / trials
    centre = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    reach = z / (1 + z**2 / trials) * sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    return Ranged(value=share, low=max(centre - reach, 0.0), high=min(centre + reach, 1.0))
