"""The stock-out rules: a pure fold over what a cooler's photos say of one planned SKU, in the order they were taken.

- A SKU that was never seen cannot run out: that is a void.
- A photo that is unusable says nothing.
- A SKU that is not named may be one of the products that could not be named: the more of them, the less sure is its
  absence. Below 0.4 that it is none of them, the photo says nothing of that SKU; nor does one with products of which
  none was named: the device may have lost its gallery.
- A reading is sure from a confidence of 0.5 on. A sure one decides at once; a doubtful one that contradicts what was
  known decides only if the next usable photo agrees, and then from the doubtful one on. So one bad reading neither
  opens nor closes an episode.
- An episode runs from the first photo without the SKU to the first with it again. The true start lies between the last
  photo with it and the first without, the true end between the last without and the first with it: hence three hours.

A sure sighting makes all that came before irrelevant to what comes after. That is where the fold may be taken up
again when a photo arrives late: the episodes in the end are those of the photos in order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from facings.messages import Estimate

SURE = 0.5
"""More likely right than wrong."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one photo says of one SKU.

    `confidence` is that of the SKU's line; where there is none, that of the whole photo stands for its absence.
    """

    at: datetime
    units: int
    confidence: float
    usable: bool = True

    @property
    def sure(self) -> bool:
        """Whether it may decide alone."""
        return self.confidence >= SURE


@dataclass(frozen=True, slots=True)
class Episode:
    """A stock-out; open while `back_at` is None. `confidence` is that of the surest photo since it was opened."""

    last_seen_at: datetime
    first_missed_at: datetime
    last_missed_at: datetime
    confidence: float
    back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SkuWatch:
    """What is known of a SKU after some photos: never seen (a void), there, or missing.

    `doubt_at` is when the last photo was taken that contradicted this, if that was a doubtful one.
    """

    last_seen_at: datetime | None = None
    doubt_at: datetime | None = None
    missing: Episode | None = None

    @property
    def there(self) -> bool:
        """Whether the SKU is held to stand in the cooler."""
        return self.last_seen_at is not None and self.missing is None

    def after(self, reading: Reading) -> tuple[SkuWatch, Episode | None]:
        """The watch after one more photo, and the episode that ended with it, if any."""
        if not reading.usable:
            return self, None
        seen = reading.units > 0
        if seen == self.there:
            return self._confirmed(reading), None
        if not reading.sure and self.doubt_at is None:
            return replace(self, doubt_at=reading.at), None
        since = self.doubt_at or reading.at
        if seen:
            ended = replace(self.missing, back_at=since) if self.missing else None
            return SkuWatch(last_seen_at=reading.at), ended
        assert self.last_seen_at is not None, "only what was there can go missing"
        missing = Episode(self.last_seen_at, since, reading.at, reading.confidence)
        return SkuWatch(last_seen_at=self.last_seen_at, missing=missing), None

    def _confirmed(self, reading: Reading) -> SkuWatch:
        if self.there:
            return SkuWatch(last_seen_at=reading.at)
        if self.missing is None:
            return SkuWatch()
        surest = max(self.missing.confidence, reading.confidence)
        return replace(self, doubt_at=None, missing=replace(self.missing, last_missed_at=reading.at, confidence=surest))


def fold(readings: Iterable[Reading], watch: SkuWatch | None = None) -> tuple[list[Episode], SkuWatch]:
    """The episodes that `readings`, in the order they were taken, bring after `watch`; and the watch after them.

    An episode still open comes last.

    Example:
        >>> from datetime import UTC, timedelta
        >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        >>> seen = [Reading(noon + timedelta(hours=i), units, 0.9) for i, units in enumerate((4, 0, 0, 4))]
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
