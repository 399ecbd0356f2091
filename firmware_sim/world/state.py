"""`ShelfState`: what stands in one cooler at one moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from datasets.products.stock import Lane


@dataclass(frozen=True)
class ShelfState:
    """What stands in a cooler at a moment, and what belongs there.

    Attributes:
        cooler: its id.
        at: the moment, UTC.
        rows: shelf rows from the top, lanes from the left; a lane's places run from the front to the back, and its
            `planned` is the SKU that the planogram in force puts there.
    """

    cooler: str
    at: datetime
    rows: tuple[tuple[Lane, ...], ...]

    def units(self) -> Counter[str]:
        """Units by SKU, those that nobody can see too."""
        return Counter(unit.sku for row in self.rows for lane in row for unit in lane.places if unit)

    def facings(self) -> Counter[str]:
        """Lanes by the SKU that stands first in them; an empty lane has none."""
        fronts = (next(filter(None, lane.places), None) for row in self.rows for lane in row)
        return Counter(unit.sku for unit in fronts if unit)

    def capacity(self) -> Counter[str]:
        """Places by the SKU that is planned there."""
        room: Counter[str] = Counter()
        for row in self.rows:
            for lane in row:
                if lane.planned:
                    room[lane.planned] += len(lane.places)
        return room
