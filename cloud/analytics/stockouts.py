"""The stock-out rules: what a cooler's photos, in the order they were taken, tell of one planned SKU.

- A SKU that was never seen cannot run out: that is a void.
- A photo that is unusable says nothing.
- A photo is judged lane by lane of the planogram. A gap where the SKU should stand tells of its absence; a product
  without a name there is most likely the SKU itself; another SKU, or neither product nor gap, tells little. Where the
  SKU stood when it was last seen counts most. The less sure a photo is of itself, the less all of it counts.
- A SKU named outside its lanes is most often a misnamed neighbour, and tells little too.
- Where a photo shows another number of rows, they are matched with the planned ones by what stands in them. Where that
  cannot be done either, only the names count: the more products without a name, the less sure is an absence; one with
  products of which none was named says nothing.
- After each photo the SKU is in sight, pushed back where it is hard to see, or out, each with a probability. An
  episode opens when it is out with 0.9, and closes when it is out with no more than 0.1. So one bad reading neither
  opens nor closes an episode, and a gap need not wait for the next photo.
- An episode runs from the first photo that makes the SKU's absence so sure to the first that shows it again. The true
  start lies between the last photo with it and the first without, the true end between the last without and the first
  with it: hence three hours.

A sighting in one of its lanes makes all that came before irrelevant to what comes after. That is where the fold may be
taken up again when a photo arrives late: the episodes in the end are those of the photos in order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cloud.analytics.absence import Belief, Reading, believe, unknown
from facings.messages import Estimate

OUT = 0.9
"""Missing is what is out with this probability."""
BACK = 0.1
"""Back, or there, is what is out with no more than this."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A stock-out; open while `back_at` is None. `confidence` is the highest probability that the SKU was out."""

    last_seen_at: datetime
    first_missed_at: datetime
    last_missed_at: datetime
    confidence: float
    back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SkuWatch:
    """What is known of a SKU after some photos: never seen (a void), there, or missing."""

    last_seen_at: datetime | None = None
    belief: Belief | None = None
    missing: Episode | None = None

    @property
    def there(self) -> bool:
        """Whether the SKU is held to stand in the cooler."""
        return self.last_seen_at is not None and self.missing is None

    def after(self, reading: Reading) -> tuple[SkuWatch, Episode | None]:
        """The watch after one more photo, and the episode that ended with it, if any."""
        if not reading.usable:
            return self, None
        known = self.belief if self.belief and len(self.belief.lanes) == reading.lanes else unknown(reading.lanes)
        belief = believe(known, reading)
        now = replace(self, belief=belief)
        if belief.out <= BACK and reading.shows_it:
            ended = replace(self.missing, back_at=reading.at) if self.missing else None
            return SkuWatch(reading.at, belief), ended
        if belief.out < OUT or self.last_seen_at is None:
            return now, None
        begun = self.missing or Episode(self.last_seen_at, reading.at, reading.at, 0.0)
        surest = max(begun.confidence, round(belief.out, 4))
        return replace(now, missing=replace(begun, last_missed_at=reading.at, confidence=surest)), None


def fold(readings: Iterable[Reading], watch: SkuWatch | None = None) -> tuple[list[Episode], SkuWatch]:
    """The episodes that `readings`, in the order they were taken, bring after `watch`; and the watch after them.

    An episode still open comes last.

    Example:
        >>> from datetime import UTC, timedelta
        >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        >>> spots = ("itself", "gap", "gap", "itself")
        >>> at = [noon + timedelta(hours=hour) for hour in range(4)]
        >>> seen = [Reading(at[i], spot == "itself", 0.9, spots=(spot,)) for i, spot in enumerate(spots)]
        >>> [(e.first_missed_at.hour, e.back_at and e.back_at.hour) for e in fold(seen)[0]]
        [(13, 15)]
    """
    episodes = []
    watch = watch or SkuWatch()
    for reading in readings:
        watch, ended = watch.after(reading)
        if ended:
            episodes.append(ended)
    return ([*episodes, watch.missing] if watch.missing else episodes), watch


def hours(episode: Episode) -> Estimate:
    """How long the SKU was missing: surely between its first and last photo without it, at most between those with it.

    An open episode is counted up to the last photo without the SKU; what came after is not known.
    """
    low = episode.last_missed_at - episode.first_missed_at
    high = (episode.back_at or episode.last_missed_at) - episode.last_seen_at
    return Estimate(value=_hours((low + high) / 2), low=_hours(low), high=_hours(high))


def _hours(span: timedelta) -> float:
    return round(span / timedelta(hours=1), 4)
