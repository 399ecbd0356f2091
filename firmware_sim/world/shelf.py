"""`Shelf`: what stands in one cooler now, lane by lane, in SKU numbers; it remembers every change."""

from __future__ import annotations

from collections.abc import Sequence

from firmware_sim.world.history import NONE, Change, StockOut

EMPTY = -1
"""A place with nothing in it."""

Places = list[int]
"""A lane's places from the front to the back: SKU numbers and EMPTY."""


def pulled_forward(places: Sequence[int]) -> Places:
    """The units as far to the front as they go."""
    units = [sku for sku in places if sku != EMPTY]
    return units + [EMPTY] * (len(places) - len(units))


def with_front(places: Sequence[int], sku: int) -> Places:
    """A unit put into the front, those before the first empty place moved back; there must be one."""
    free = places.index(EMPTY)
    return [sku, *places[:free], *places[free + 1 :]]


def with_behind(places: Sequence[int], sku: int, units: int) -> Places:
    """Units put behind the last one; where they do not fit there, all is pulled forward first."""
    last = max((place for place, unit in enumerate(places) if unit != EMPTY), default=-1)
    filled = list(places)
    if last + 1 + units > len(places):
        filled = pulled_forward(places)
        last = len(places) - filled.count(EMPTY) - 1
    filled[last + 1 : last + 1 + units] = [sku] * units
    return filled


class Shelf:
    """All lanes of a cooler, row by row.

    Attributes:
        lanes: places of each lane; only `take`, `put_behind`, `set_lane` and `reset` change them.
        home: the SKU that staff keep in each lane; at first the planogram's. `kept` has the lanes of each SKU.
        row_of: the shelf row of each lane; `rows` has the lanes of each row.
        widths: of each lane, mm.
        units: by SKU, hidden ones too.
        showing: by SKU, the lanes whose first unit it is.
        planned: by SKU, whether the planogram has it.
        changes, stock_outs: what has happened so far.
    """

    def __init__(self, skus: int, gravity: bool) -> None:
        self.gravity = gravity
        self.lanes: list[Places] = []
        self.home: list[int] = []
        self.kept: list[list[int]] = [[] for _ in range(skus)]
        self.row_of: list[int] = []
        self.rows: list[list[int]] = []
        self.widths: list[float] = []
        self.units = [0] * skus
        self.showing: list[list[int]] = [[] for _ in range(skus)]
        self.planned = [False] * skus
        self.changes: list[Change] = []
        self.stock_outs: list[StockOut] = []
        self._front: list[int] = []
        self._out_since: dict[int, int] = {}

    def front(self, lane: int) -> int:
        """The first unit that a hand meets, or EMPTY."""
        return self._front[lane]

    def column_of(self, lane: int) -> int:
        """Its place in its row, from the left."""
        return lane - self.rows[self.row_of[lane]][0]

    def take(self, lane: int, at: int) -> int:
        """Takes the first unit, of which there must be one; in a gravity lane the others slide forward."""
        places, sku = self.lanes[lane], self._front[lane]
        if self.gravity:
            del places[0]
            places.append(EMPTY)
            front = places[0]
        else:
            places[places.index(sku)] = EMPTY
            front = next((unit for unit in places if unit != EMPTY), EMPTY)
        self.changes.append(Change(at, lane))
        if front != sku:
            self._show(lane, front)
        self._lose(sku, at)
        return sku

    def keep(self, lane: int, sku: int) -> None:
        """From now on staff keep this SKU in the lane."""
        self.kept[self.home[lane]].remove(lane)
        self.kept[sku] = sorted([*self.kept[sku], lane])
        self.home[lane] = sku

    def put_behind(self, lane: int, sku: int, units: int, at: int) -> None:
        """Puts units behind what stands in a lane, which must have room for them."""
        places = with_behind(self.lanes[lane], sku, units)
        self.lanes[lane] = places
        self.changes.append(Change(at, lane, tuple(places)))
        if not self.units[sku]:
            self._back(sku, at)
        self.units[sku] += units
        if self._front[lane] == EMPTY:
            self._show(lane, sku)

    def set_lane(self, lane: int, places: Places, at: int) -> None:
        """Gives a lane other places, as many as before."""
        before = self.lanes[lane]
        if places == before:
            return
        self.lanes[lane] = places
        self.changes.append(Change(at, lane, tuple(places)))
        for sku in places:
            if sku != EMPTY:
                self._gain(sku, at)
        for sku in before:
            if sku != EMPTY:
                self._lose(sku, at)
        front = places[0] if self.gravity else next((unit for unit in places if unit != EMPTY), EMPTY)
        if front != self._front[lane]:
            self._show(lane, front)

    def reset(self, rows: Sequence[Sequence[tuple[int, float]]], lanes: list[Places], planogram: int, at: int) -> None:
        """Sets the cooler to a planogram: rows of (SKU, width), and what stands in its lanes now."""
        homes = [sku for row in rows for sku, _ in row]
        for sku in {sku for sku, planned in enumerate(self.planned) if planned} - set(homes):
            self.planned[sku] = False
            self._back(sku, at)
        before = [sku for places in self.lanes for sku in places if sku != EMPTY]
        self._lay_out(rows, lanes)
        for sku in set(homes):
            if not self.planned[sku]:
                self.planned[sku] = True
                if not self.units[sku]:
                    self._out_since[sku] = at
        for sku in (sku for places in lanes for sku in places if sku != EMPTY):
            self._gain(sku, at)
        for sku in before:
            self._lose(sku, at)
        self.changes.append(Change(at, NONE, None, planogram, tuple(map(tuple, lanes))))

    def finish(self) -> None:
        """Ends the time: what is out of stock now stays so."""
        self.stock_outs += [StockOut(sku, since, NONE) for sku, since in self._out_since.items()]
        self.stock_outs.sort(key=lambda stock_out: (stock_out.begins, stock_out.sku))

    def _lay_out(self, rows: Sequence[Sequence[tuple[int, float]]], lanes: list[Places]) -> None:
        self.home = [sku for row in rows for sku, _ in row]
        self.widths = [width for row in rows for _, width in row]
        self.row_of = [number for number, row in enumerate(rows) for _ in row]
        self.rows = [[lane for lane, row in enumerate(self.row_of) if row == number] for number in range(len(rows))]
        for number, kept in enumerate(self.kept):
            kept[:] = [lane for lane, home in enumerate(self.home) if home == number]
        self.lanes = lanes
        self._front = [EMPTY] * len(lanes)
        for showing in self.showing:
            showing.clear()
        for lane, places in enumerate(lanes):
            self._show(lane, next((unit for unit in places if unit != EMPTY), EMPTY))

    def _show(self, lane: int, front: int) -> None:
        before = self._front[lane]
        if before != EMPTY:
            self.showing[before].remove(lane)
        if front != EMPTY:
            self.showing[front].append(lane)
        self._front[lane] = front

    def _gain(self, sku: int, at: int) -> None:
        self.units[sku] += 1
        if self.units[sku] == 1:
            self._back(sku, at)

    def _lose(self, sku: int, at: int) -> None:
        self.units[sku] -= 1
        if self.units[sku] == 0 and self.planned[sku]:
            self._out_since[sku] = at

    def _back(self, sku: int, at: int) -> None:
        since = self._out_since.pop(sku, at)
        if since < at:
            self.stock_outs.append(StockOut(sku, since, at))
