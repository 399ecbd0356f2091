"""The stock-out rules: what a cooler's photos, in the order they were taken, tell of one planned SKU.

- A SKU that was never seen cannot run out: that is a void.
- A photo that is unusable says nothing.
- Where one of several cameras gives no photo, the lanes that the others show are judged as ever; which these are, the
  last photos of the whole cooler tell. A SKU none of whose lanes is seen stays as it was. One of whose lanes some are
  seen is back where it stands in one of these; out it is not, as it may stand in the others.
- A photo is judged lane by lane of the planogram. A gap where the SKU should stand tells of its absence; a product
  without a name there is most likely the SKU itself; another SKU, or neither product nor gap, tells little. Where the
  SKU stood when it was last seen counts most. The less sure a photo is of itself, the less all of it counts.
- A SKU named outside its lanes is most often a misnamed neighbour, and tells little too.
- Where a photo shows another number of rows, they are matched with the planned ones by what stands in them. Where that
  cannot be done either, only the names count: the more products without a name, the less sure is an absence; one with
  products of which none was named says nothing.
- After each photo the SKU is there, in sight or pushed back where it is hard to see, or out, each with a probability.
  An episode opens when it is out more likely than not, and closes when it is out with no more than 0.1.
- The photo that shows it again looks back: where few of the cooler's other empty lanes were filled since the photo
  before, it more likely stood there unseen. With less than 0.6 in hindsight the episode is withdrawn.
- An episode runs from the first photo that makes the SKU's absence sure, with 0.95, to the first that shows it again;
  if none does, from the last that makes it likely. The true start lies between the last photo with it and that first
  one, the true end between the last without and the first with it: hence three hours.

A sighting in one of its lanes makes all that came before irrelevant to what comes after. That is where the fold may be
taken up again when a photo arrives late: the episodes in the end are those of the photos in order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cloud.analytics.absence import Belief, Reading, believe, in_hindsight, unknown
from facings.messages import Estimate

OUT = 0.5
"""Missing is what is out with more than this probability."""
SURELY = 0.95
"""It was missing from the first photo on after which it was out with this probability."""
KEPT = 0.6
"""An episode stands if, in hindsight, the SKU was out with this probability."""
BACK = 0.1
"""Back, or there, is what is out with no more than this."""
DOUBTFUL = 0.7
"""An absence that one photo makes less likely than this waits for a second before anybody is alerted: four in ten of
those are refuted, of the others 4% (`alerts` of `python -m bench.stockouts`)."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A stock-out; open while `back_at` is None.

    `confidence` is the highest probability that the SKU was out, `photos` how many made it likely.
    """

    last_seen_at: datetime
    first_missed_at: datetime
    last_missed_at: datetime
    confidence: float
    back_at: datetime | None = None
    photos: int = 1

    @property
    def doubtful(self) -> bool:
        """Whether the next photo may well refute it."""
        return self.confidence < DOUBTFUL and self.photos == 1


@dataclass(frozen=True, slots=True)
class SkuWatch:
    """What is known of a SKU after some photos: never seen (a void), there, or missing.

    `holes` are its lanes that the last photo with lanes told to be empty.
    """

    last_seen_at: datetime | None = None
    belief: Belief | None = None
    missing: Episode | None = None
    holes: tuple[int, ...] = ()

    @property
    def there(self) -> bool:
        """Whether the SKU is held to stand in the cooler."""
        return self.last_seen_at is not None and self.missing is None

    def after(self, reading: Reading) -> tuple[SkuWatch, Episode | None]:
        """The watch after one more photo, and the episode that ended with it, if any."""
        if not reading.usable:
            return self, None
        known = self.belief
        if known is None or len(known.lanes) != reading.lanes:
            known = unknown(reading.lanes, gravity_feed=reading.gravity_feed)
        belief = believe(known, reading)
        holes = reading.holes if reading.spots else self.holes
        if belief.out <= BACK and reading.shows_it:
            return SkuWatch(reading.at, belief, holes=holes), self._ended(reading)
        now = replace(self, belief=belief, holes=holes)
        if belief.out <= OUT or self.last_seen_at is None:
            return now, None
        return replace(now, missing=self._lasting(self.last_seen_at, reading.at, round(belief.out, 4))), None

    def _lasting(self, last_seen_at: datetime, at: datetime, out: float) -> Episode:
        """The episode with one more photo; it begins with this one while none has told it for sure."""
        before = self.missing
        if before is None:
            return Episode(last_seen_at, at, at, out)
        first = at if before.confidence < SURELY else before.first_missed_at
        surest = max(before.confidence, out)
        return Episode(last_seen_at, first, at, surest, photos=before.photos + 1)

    def _ended(self, reading: Reading) -> Episode | None:
        """The episode that this sighting ends; None where it shows that there was none."""
        if self.missing is None or (reading.at_home and in_hindsight(self.missing.confidence, reading) < KEPT):
            return None
        return replace(self.missing, back_at=reading.at)


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
