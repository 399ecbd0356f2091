"""What people do to a shelf other than buying: shoppers who put things back, staff, rivals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from datasets.products.packs import Pack
from firmware_sim.world.shelf import EMPTY, Shelf, pulled_forward, with_front

_SQUEEZE_MM = 1.0
"""A pack stands in a lane that is narrower than its own by so little."""


def tidy(shelf: Shelf, at: int) -> Counter[int]:
    """Staff pull every lane forward, put strays home where there is room, take the rest away; what they took."""
    strays: list[int] = []
    for lane, places in enumerate(shelf.lanes):
        home = shelf.home[lane]
        kept, free = places.count(home), places.count(EMPTY)
        if kept + free < len(places):
            strays += [sku for sku in places if sku not in (home, EMPTY)]
        shelf.set_lane(lane, [home] * kept + [EMPTY] * (len(places) - kept), at)
    removed: Counter[int] = Counter()
    for sku in strays:
        if not refill(shelf, sku, 1, at):
            removed[sku] += 1
    return removed


def room(shelf: Shelf) -> dict[int, int]:
    """Free places of the lanes of each SKU."""
    free: dict[int, int] = {}
    for home, places in zip(shelf.home, shelf.lanes, strict=True):
        free[home] = free.get(home, 0) + places.count(EMPTY)
    return free


def refill(shelf: Shelf, sku: int, units: int, at: int) -> int:
    """Puts up to `units` behind what stands in the SKU's lanes, the emptiest first; how many found room."""
    free = {lane: shelf.lanes[lane].count(EMPTY) for lane in shelf.kept[sku]}
    put = dict.fromkeys(free, 0)
    placed = min(units, sum(free.values()))
    for _ in range(placed):
        lane = max(free, key=free.__getitem__)
        free[lane] -= 1
        put[lane] += 1
    for lane, count in put.items():
        if count:
            shelf.put_behind(lane, sku, count, at)
    return placed


def refill_wrong_lane(shelf: Shelf, sku: int, units: int, pack: Pack, at: int) -> tuple[int, int] | None:
    """Puts up to `units` into the emptiest lane of another SKU beside its own; that lane and how many found room."""
    if not shelf.kept[sku]:
        return None
    row = shelf.rows[shelf.row_of[shelf.kept[sku][0]]]
    goals = [lane for lane in row if shelf.home[lane] != sku and _fits(shelf, lane, pack)]
    if not goals:
        return None
    goal = max(goals, key=lambda lane: shelf.lanes[lane].count(EMPTY))
    placed = min(units, shelf.lanes[goal].count(EMPTY))
    shelf.put_behind(goal, sku, placed, at)
    return goal, placed


def misplace(shelf: Shelf, packs: Sequence[Pack], draws: Sequence[float], at: int) -> tuple[int, int] | None:
    """A shopper takes a unit and puts it back in front of another lane of the row; the SKU and that lane."""
    lane = any_filled_lane(shelf, draws[0])
    if lane is None:
        return None
    sku = shelf.front(lane)
    row = shelf.rows[shelf.row_of[lane]]
    goals = [goal for goal in row if goal != lane and shelf.home[goal] != sku and _fits(shelf, goal, packs[sku])]
    if not goals:
        return None
    goal = goals[int(draws[1] * len(goals))]
    # First there, then here: the unit is in the cooler all the time.
    shelf.set_lane(goal, with_front(shelf.lanes[goal], sku), at)
    shelf.take(lane, at)
    return sku, goal


def intrude(shelf: Shelf, row: int, sku: int, pack: Pack, at: int) -> tuple[int, int] | None:
    """A rival's salesman fills the emptiest lane of a row with his own; that lane and the units put in."""
    goals = [lane for lane in shelf.rows[row] if _fits(shelf, lane, pack)]
    if not goals:
        return None
    lane = max(goals, key=lambda lane: shelf.lanes[lane].count(EMPTY))
    behind = [unit for unit in shelf.lanes[lane] if unit != EMPTY]
    units = len(shelf.lanes[lane]) - len(behind)
    shelf.set_lane(lane, [sku] * units + behind, at)
    return lane, units


def hand_over(shelf: Shelf, lane: int, packs: Sequence[Pack], goes_to: Callable[[int], bool]) -> int | None:
    """Staff keep a neighbour's SKU in this lane from now on, one that fits and that `goes_to` agrees to; which."""
    row = shelf.rows[shelf.row_of[lane]]
    now = packs[shelf.home[lane]]
    for neighbour in (lane - 1, lane + 1):
        sku = shelf.home[neighbour] if neighbour in row else shelf.home[lane]
        fits = packs[sku].width_mm <= shelf.widths[lane] and packs[sku].depth_mm <= now.depth_mm + _SQUEEZE_MM
        if sku != shelf.home[lane] and fits and goes_to(sku):
            shelf.keep(lane, sku)
            return sku
    return None


def any_filled_lane(shelf: Shelf, draw: float) -> int | None:
    """A lane with something in it, by chance."""
    filled = [lane for lane in range(len(shelf.lanes)) if shelf.front(lane) != EMPTY]
    return filled[int(draw * len(filled))] if filled else None


def relaid(shelf: Shelf, homes: Sequence[int], depths: Sequence[int]) -> tuple[list[list[int]], Counter[int]]:
    """The shelf's units laid out anew: lanes of these SKUs and depths with what is there, and what finds no place."""
    left = Counter(sku for places in shelf.lanes for sku in places if sku != EMPTY)
    lanes = []
    for sku, depth in zip(homes, depths, strict=True):
        units = min(left[sku], depth)
        left[sku] -= units
        lanes.append(pulled_forward([sku] * units + [EMPTY] * (depth - units)))
    return lanes, +left


def _fits(shelf: Shelf, lane: int, pack: Pack) -> bool:
    return EMPTY in shelf.lanes[lane] and pack.width_mm <= shelf.widths[lane] + _SQUEEZE_MM
