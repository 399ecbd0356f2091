"""The rules of intrusions: a pure fold over what a cooler's photos say of one competitor's product.

- Only coolers that the brand owns have them; products that no gallery knows are none.
- A photo that is unusable says nothing.
- A reading is sure from a confidence of 0.5 on: that of the product's line where it was seen, that of the whole photo
  where not. A sure one decides at once; a doubtful one that contradicts what was known decides only if the next usable
  photo agrees, and then from the doubtful one on. So one misread photo neither begins nor ends an intrusion.
- It runs from the first photo with the product to the first without it. The true beginning lies between the last photo
  without it and the first with it, the true end likewise: hence three hours, as for stock-outs. Where the cooler's
  first photo has the product already, nothing is known of before, and its hours begin there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from facings.messages import Estimate

SURE = 0.5


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one photo says of the product; no facings where it was not seen."""

    at: datetime
    facings: int
    confidence: float

    @property
    def sure(self) -> bool:
        """Whether it may decide alone."""
        return self.confidence >= SURE


@dataclass(frozen=True, slots=True)
class Spell:
    """An intrusion; open while `gone_at` is None."""

    clear_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    facings: int
    confidence: float
    gone_at: datetime | None = None

    def seen_again(self, sighting: Sighting) -> Spell:
        """The spell with one more photo that shows the product."""
        return replace(
            self,
            last_seen_at=sighting.at,
            facings=max(self.facings, sighting.facings),
            confidence=max(self.confidence, sighting.confidence),
        )


def fold(sightings: Iterable[Sighting], present: Spell | None = None, clear_at: datetime | None = None) -> list[Spell]:
    """The intrusions that `sightings`, in the order they were taken, make after `present`, the one still open.

    Without one, `clear_at` is when the last photo before them was taken.

    Example:
        >>> from datetime import UTC
        >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        >>> seen = [Sighting(noon + timedelta(hours=i), facings, 0.9) for i, facings in enumerate((0, 2, 3, 0))]
        >>> [(one.first_seen_at.hour, one.gone_at and one.gone_at.hour, one.facings) for one in fold(seen)]
        [(13, 15, 3)]
    """
    ended: list[Spell] = []
    doubt: Sighting | None = None
    for now in sightings:
        agrees = bool(now.facings) == bool(present)
        if agrees:
            doubt = None
            present = present.seen_again(now) if present else None
            clear_at = clear_at if present else now.at
        elif not now.sure and doubt is None:
            doubt = now
        elif present:
            clear_at = now.at
            ended.append(replace(present, gone_at=(doubt or now).at))
            present, doubt = None, None
        else:
            present, doubt = _begun(clear_at, doubt, now), None
    return [*ended, present] if present else ended


def _begun(clear_at: datetime | None, doubt: Sighting | None, now: Sighting) -> Spell:
    first = doubt or now
    return Spell(clear_at, first.at, first.at, first.facings, first.confidence).seen_again(now)


def hours(spell: Spell) -> Estimate:
    """How long the product stood there: surely between its first and last photo, at most between those without it."""
    low = spell.last_seen_at - spell.first_seen_at
    high = (spell.gone_at or spell.last_seen_at) - (spell.clear_at or spell.first_seen_at)
    value, least, most = (round(span / timedelta(hours=1), 4) for span in ((low + high) / 2, low, high))
    return Estimate(value=value, low=least, high=most)
