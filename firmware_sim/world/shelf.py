"""`Shelf`: what stands in one cooler now, lane by lane."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from firmware_sim.world.places import LanePlan, Planogram


@dataclass
class StockedLane:
    """A lane with what stands in it, front to back; None is an empty place."""

    plan: LanePlan
    places: list[str | None]

    def front(self) -> str | None:
        """The first unit that a hand meets."""
        return next((sku for sku in self.places if sku), None)

    def take_front(self, gravity: bool) -> str:
        """Takes the first unit; in a gravity lane the others slide forward."""
        place = next(i for i, sku in enumerate(self.places) if sku)
        taken = self.places[place]
        assert taken is not None
        self.places[place] = None
        if gravity:
            self.pull_forward()
        return taken

    def pull_forward(self) -> None:
        """Moves every unit as far to the front as it goes."""
        units = [sku for sku in self.places if sku]
        self.places = [*units, *([None] * (len(self.places) - len(units)))]

    def free(self) -> int:
        """Empty places."""
        return self.places.count(None)

    def put_front(self, sku: str) -> None:
        """Puts a unit into the front, the others move back; there must be a free place."""
        place = self.places.index(None)
        self.places[1 : place + 1] = self.places[:place]
        self.places[0] = sku

    def put_behind(self, sku: str) -> None:
        """Puts a unit behind the last one, or to the front of an empty lane."""
        last = max((i for i, unit in enumerate(self.places) if unit), default=-1)
        if last + 1 == len(self.places):
            self.pull_forward()
            last = len(self.places) - self.free() - 1
        self.places[last + 1] = sku


class Shelf:
    """All lanes of a cooler, by row and column."""

    def __init__(self, planogram: Planogram, gravity: bool) -> None:
        self.gravity = gravity
        self.rows = [[StockedLane(plan, [None] * plan.depth) for plan in lanes] for lanes in planogram]

    def lanes(self) -> list[StockedLane]:
        """Every lane, row by row."""
        return [lane for row in self.rows for lane in row]

    def units(self) -> Counter[str]:
        """Units in the cooler, by SKU, hidden ones too."""
        return Counter(sku for lane in self.lanes() for sku in lane.places if sku)

    def stock_opening(self, rng: np.random.Generator) -> None:
        """Fills the lanes as a shop has them on a normal morning: 60 to 100% full."""
        for lane in self.lanes():
            count = round(len(lane.places) * rng.uniform(0.6, 1.0))
            lane.places = [lane.plan.sku] * count + [None] * (len(lane.places) - count)

    def sell(self, sku: str, rng: np.random.Generator) -> bool:
        """Sells one unit from a lane that shows the SKU in front; False where none does."""
        showing = [lane for lane in self.lanes() if lane.front() == sku]
        if not showing:
            return False
        showing[int(rng.integers(len(showing)))].take_front(self.gravity)
        return True

    def misplace(self, rng: np.random.Generator) -> tuple[str, int, int] | None:
        """A shopper takes a unit and puts it back elsewhere in a lane it fits; the SKU and its new row and column."""
        taken_from = [lane for lane in self.lanes() if lane.front()]
        if not taken_from:
            return None
        lane = taken_from[int(rng.integers(len(taken_from)))]
        sku = lane.front()
        assert sku is not None
        # Where a lane is at least as wide and stands in the same row, the product fits.
        row = next(i for i, lanes in enumerate(self.rows) if any(lane is other for other in lanes))
        goals = [
            (column, goal)
            for column, goal in enumerate(self.rows[row])
            if goal.plan.sku != sku and goal.free() and goal.plan.width_mm >= lane.plan.width_mm - 1
        ]
        if not goals:
            return None
        column, goal = goals[int(rng.integers(len(goals)))]
        lane.take_front(self.gravity)
        goal.put_front(sku)
        return sku, row, column

    def intrude(self, row: int, sku: str, rng: np.random.Generator) -> int:
        """A rival's salesman fills the emptiest lane of a row with his own; the units put in."""
        lane = max(self.rows[row], key=lambda lane: (lane.free(), rng.random()))
        count = lane.free()
        for _ in range(count):
            lane.put_front(sku)
        return count

    def tidy(self) -> Counter[str]:
        """Staff pull every lane forward, put strays home where there is room, take the rest away; what they took."""
        strays: list[str] = []
        for lane in self.lanes():
            strays += [sku for sku in lane.places if sku and sku != lane.plan.sku]
            lane.places = [sku if sku == lane.plan.sku else None for sku in lane.places]
            lane.pull_forward()
        removed: Counter[str] = Counter()
        for sku in strays:
            home = next((lane for lane in self.lanes() if lane.plan.sku == sku and lane.free()), None)
            if home:
                home.put_behind(sku)
            else:
                removed[sku] += 1
        return removed

    def refill(self, sku: str, units: int) -> int:
        """Puts up to `units` behind what stands in the SKU's lanes, the emptiest first; how many found room."""
        placed = 0
        lanes = [lane for lane in self.lanes() if lane.plan.sku == sku]
        while placed < units:
            lane = max(lanes, key=StockedLane.free, default=None)
            if lane is None or not lane.free():
                break
            lane.put_behind(sku)
            placed += 1
        return placed
