"""`Ledger`: every unit that came or went, and what follows from it: totals and stock-outs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MovementKind = Literal["sale", "refill", "removal"]


@dataclass(frozen=True)
class Movement:
    """Units of one SKU that came into a cooler or left it; `source` says who: shopper, delivery, rival, staff."""

    at: datetime
    cooler: str
    sku: str
    kind: MovementKind
    units: int
    source: str

    @property
    def change(self) -> int:
        """What the movement adds to the stock."""
        return self.units if self.kind == "refill" else -self.units


@dataclass(frozen=True)
class Balance:
    """Stock of one SKU in one cooler over the whole time: opening + refills - sales - removed = closing."""

    opening: int
    refills: int
    sales: int
    removed: int
    closing: int


@dataclass(frozen=True)
class StockOut:
    """A time without a single unit of a planned SKU; `end` is None where it lasted beyond the simulated time."""

    cooler: str
    sku: str
    start: datetime
    end: datetime | None


def balances(opening: Counter[str], movements: Iterable[Movement]) -> dict[str, Balance]:
    """The balance of every SKU that was in the cooler or moved."""
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for movement in movements:
        sums[movement.sku][movement.kind] += movement.units
    found = {}
    for sku in sorted({*opening, *sums}):
        moved = sums[sku]
        closing = opening[sku] + moved["refill"] - moved["sale"] - moved["removal"]
        found[sku] = Balance(opening[sku], moved["refill"], moved["sale"], moved["removal"], closing)
    return found


def stock_outs(cooler: str, planned: Iterable[str], opening: Counter[str], begins: datetime,
               movements: Iterable[Movement]) -> list[StockOut]:  # fmt: skip
    """The stock-outs of the planned SKUs, from the last unit's leaving to the next unit's coming, in time order."""
    level = Counter({sku: opening[sku] for sku in planned})
    open_since = {sku: begins for sku, units in level.items() if units == 0}
    found = []
    for movement in movements:
        if movement.sku not in level:
            continue
        level[movement.sku] += movement.change
        if level[movement.sku] == 0:
            open_since.setdefault(movement.sku, movement.at)
        elif movement.sku in open_since:
            found.append(StockOut(cooler, movement.sku, open_since.pop(movement.sku), movement.at))
    found += [StockOut(cooler, sku, since, None) for sku, since in open_since.items()]
    return sorted(found, key=lambda stock_out: (stock_out.start, stock_out.sku))
