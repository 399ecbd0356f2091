"""`CoolerLife`: one cooler while its days pass, and what is written down about it."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable
from functools import partial
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from firmware_sim.world import handling
from firmware_sim.world.coolers import Cooler
from firmware_sim.world.history import (
    NONE,
    CoolerHistory,
    Incident,
    IncidentKind,
    Kind,
    Lost,
    Movement,
    Source,
)
from firmware_sim.world.places import Outlet
from firmware_sim.world.plan import WorldPlan
from firmware_sim.world.planograms import Planogram
from firmware_sim.world.shelf import EMPTY, Places, Shelf

_SAME_BRAND = 3.0
_SAME_PACK = 2.0
"""How much likelier a shopper takes a substitute of the same brand, or in the same pack."""

_HEADROOM_MM = 12.0
_FAVOURITES = 4
"""A rival's salesman carries so many of his SKUs."""

Act = Callable[[int], None]


class CoolerLife:
    """One cooler: its shelf, and what is written down about it."""

    def __init__(self, plan: WorldPlan, outlet: Outlet, cooler: Cooler, span: tuple[int, int]) -> None:
        demand = plan.job.settings.demand
        self._plan, self._cooler, self._outlet = plan, cooler, outlet
        self.spot = (cooler.number - outlet.number) // plan.job.outlets
        self.looks_further = demand.looks_further
        self._substitutes = demand.substitutes
        self._similar: dict[int, list[float]] = {}
        self._widened: list[int] = []
        self.shelf = Shelf(len(plan.skus), cooler.gravity)
        installed = plan.installed(outlet, cooler)
        self._history = CoolerHistory(cooler, outlet, plan.skus, *span, installed)
        self._open()

    def finish(self) -> CoolerHistory:
        """The history, when all days have passed."""
        self.shelf.finish()
        history = self._history
        history.closing = list(self.shelf.units)
        history.changes, history.stock_outs = self.shelf.changes, self.shelf.stock_outs
        return history

    def sell(self, at: int, sku: int, units: int, promotion: int, draw: float) -> None:
        """A shopper takes units of a SKU that shows in some lane, as many as show one after the other."""
        shelf = self.shelf
        lanes = shelf.showing[sku]
        shelf.take(lanes[int(draw * len(lanes))], at)
        got = 1
        while got < units and lanes:
            shelf.take(lanes[0], at)
            got += 1
        self._history.movements.append(Movement(at, sku, Kind.SALE, got, Source.SHOPPER, promotion))
        if got < units:
            self._history.lost.append(Lost(at, sku, units - got, NONE, promotion))

    def miss(self, at: int, sku: int, units: int, promotion: int, draws: list[float]) -> None:
        """A shopper does not find a SKU: takes one unit of another, or walks away."""
        taken = self._substitute(sku, draws) if draws[1] < self._substitutes else NONE
        self._history.lost.append(Lost(at, sku, units, taken, promotion))
        if taken != NONE:
            self.shelf.take(self.shelf.showing[taken][0], at)
            self._history.movements.append(Movement(at, taken, Kind.SALE, 1, Source.SUBSTITUTE))

    def visit(self, at: int, chance: np.random.Generator) -> dict[int, int]:
        """Somebody with goods looks at the cooler and may put it in order; free places by SKU."""
        settings = self._plan.job.settings
        draws = chance.random(3)
        if draws[0] < settings.supply.tidy:
            for sku, units in sorted(handling.tidy(self.shelf, at).items()):
                self._move(at, sku, Kind.REMOVAL, units, Source.STAFF)
        if draws[1] < settings.disturbance.drift:
            self._hand_over(int(draws[2] * len(self.shelf.lanes)), at, IncidentKind.DRIFT, lambda _: True)
        return self.room()

    def room(self) -> dict[int, int]:
        """Free places by the SKU that is kept there."""
        return handling.room(self.shelf)

    def fill(self, at: int, stock: dict[int, int], source: Source, chance: np.random.Generator) -> dict[int, int]:
        """Fills the shelf from a stock by SKU; what found room. Some of it ends up in a wrong lane."""
        wrong = chance.random(len(self._plan.skus)) < self._plan.job.settings.supply.wrong_lane
        placed: dict[int, int] = {}
        for sku, units in stock.items():
            if units:
                put = self._put_wrong(at, sku, units) if wrong[sku] else handling.refill(self.shelf, sku, units, at)
                placed[sku] = put
                self._move(at, sku, Kind.REFILL, put, source)
        return placed

    def planned(self) -> list[tuple[int, Act]]:
        """What is settled beforehand, by day: new planograms."""
        return [
            (installed.day, partial(self._reset, number))
            for number, installed in enumerate(self._history.installed)
            if installed.day
        ]

    def disturbances(self, hours: npt.NDArray[np.int64]) -> list[tuple[int, Act]]:
        """What goes wrong between visits, in opening hours; `hours` (days, 25) are their seconds since 1970."""
        settings = self._plan.job.settings.disturbance
        rng = np.random.default_rng([self._plan.job.seed, 30, self._cooler.number])
        store = self._outlet.store
        found: list[tuple[int, Act]] = []
        kinds: tuple[tuple[float, Callable[[list[float], int], None]], ...] = (
            (settings.misplaced, self._misplace),
            (settings.broken, partial(self._leave, Source.BREAKAGE)),
            (settings.stolen, partial(self._leave, Source.THEFT)),
            (settings.expired, partial(self._leave, Source.EXPIRY)),
            (settings.intrusion, self._intrude),
        )
        for rate, act in kinds:
            for day in np.repeat(np.arange(len(hours)), rng.poisson(rate, len(hours))).tolist():
                draws = rng.random(4).tolist()
                opens, closes = int(hours[day, store.opens]), int(hours[day, store.closes])
                found.append((opens + int(draws[3] * (closes - opens)), partial(act, draws)))
        return found

    def widen(self, skus: tuple[str, ...], at: int) -> None:
        """A promotion is set up: each of its SKUs gets a neighbour's lane, where the neighbour keeps one."""
        for name in skus:
            sku = self._plan.number_of[name]
            for lane, home in enumerate(self.shelf.home):
                spare = len(self.shelf.kept[home]) > 1 and home not in map(self._plan.number_of.get, skus)
                if spare and self._hand_over(lane, at, IncidentKind.EXTRA_FACING, sku.__eq__):
                    self._widened.append(lane)
                    break

    def narrow(self, at: int) -> None:
        """A promotion ends: the lanes go back to whom the planogram gives them."""
        lanes = self._planogram_at(at).lanes
        for lane in self._widened:
            if lane < len(lanes):
                self.shelf.keep(lane, self._plan.number_of[lanes[lane].sku])
        self._widened.clear()

    def _planogram_at(self, at: int) -> Planogram:
        number = max((c.planogram for c in self.shelf.changes if c.lane == NONE and c.at <= at), default=0)
        return self._history.installed[number].planogram

    def _open(self) -> None:
        """The first morning: every lane 60 to 100% full."""
        rng = np.random.default_rng([self._plan.job.seed, 31, self._cooler.number])
        plan = self._history.installed[0].planogram
        lanes: list[Places] = []
        for lane in plan.lanes:
            units = round(lane.depth * float(rng.uniform(0.6, 1.0)))
            lanes.append([self._plan.number_of[lane.sku]] * units + [EMPTY] * (lane.depth - units))
        self._history.opening_lanes = tuple(map(tuple, lanes))
        self.shelf.reset(self._rows(plan), lanes, 0, self._history.begins)
        self.shelf.changes.clear()
        self._history.opening = list(self.shelf.units)

    def _rows(self, plan: Planogram) -> list[list[tuple[int, float]]]:
        return [[(self._plan.number_of[lane.sku], lane.width_mm) for lane in row] for row in plan.rows]

    def _reset(self, number: int, at: int) -> None:
        """Merchandisers set the cooler to a new planogram and bring what is new in it."""
        plan = self._history.installed[number].planogram
        homes = [self._plan.number_of[lane.sku] for lane in plan.lanes]
        new = set(homes) - set(self.shelf.home)
        lanes, left = handling.relaid(self.shelf, homes, [lane.depth for lane in plan.lanes])
        self.shelf.reset(self._rows(plan), lanes, number, at)
        self._widened.clear()
        for sku, units in sorted(left.items()):
            self._move(at, sku, Kind.REMOVAL, units, Source.STAFF)
        room = self.room()
        for sku in sorted(new):
            self._move(at, sku, Kind.REFILL, handling.refill(self.shelf, sku, room[sku], at), Source.MERCHANDISER)

    def _move(self, at: int, sku: int, kind: Kind, units: int, source: Source) -> None:
        if units:
            self._history.movements.append(Movement(at, sku, kind, units, source))

    def _note(self, at: int, kind: IncidentKind, sku: int, lane: int, units: int) -> None:
        row, column = self.shelf.row_of[lane], self.shelf.column_of(lane)
        self._history.incidents.append(Incident(at, kind, sku, row, column, units))

    def _substitute(self, sku: int, draws: list[float]) -> int:
        """Another SKU that shows, by how popular and how similar it is; NONE where nothing shows."""
        weights = self._similar.get(sku) or self._similar.setdefault(sku, self._similarity(sku))
        showing = [other for other, lanes in enumerate(self.shelf.showing) if lanes]
        if not showing:
            return NONE
        sums = list(accumulate(weights[other] for other in showing))
        return showing[min(bisect(sums, draws[0] * sums[-1]), len(showing) - 1)]

    def _similarity(self, sku: int) -> list[float]:
        packs = self._plan.packs
        wanted = packs[sku]
        return [
            popularity
            * (_SAME_BRAND if pack.brand == wanted.brand else 1.0)
            * (_SAME_PACK if pack.pack_type == wanted.pack_type else 1.0)
            for pack, popularity in zip(packs, self._plan.popularity.tolist(), strict=True)
        ]

    def _put_wrong(self, at: int, sku: int, units: int) -> int:
        put = handling.refill_wrong_lane(self.shelf, sku, units, self._plan.packs[sku], at)
        if put is None:
            return handling.refill(self.shelf, sku, units, at)
        lane, placed = put
        if placed:
            self._note(at, IncidentKind.WRONG_LANE, sku, lane, placed)
        return placed

    def _hand_over(self, lane: int, at: int, kind: IncidentKind, goes_to: Callable[[int], bool]) -> bool:
        sku = handling.hand_over(self.shelf, lane, self._plan.packs, goes_to)
        if sku is None:
            return False
        self._note(at, kind, sku, lane, 0)
        return True

    def _misplace(self, draws: list[float], at: int) -> None:
        moved = handling.misplace(self.shelf, self._plan.packs, draws, at)
        if moved:
            self._note(at, IncidentKind.MISPLACED, *moved, 1)

    def _leave(self, source: Source, draws: list[float], at: int) -> None:
        """Units go without being sold: one is broken or stolen, up to three of a lane expire together."""
        lane = handling.any_filled_lane(self.shelf, draws[0])
        if lane is None:
            return
        sku = self.shelf.front(lane)
        units = 0
        for _ in range(1 + int(3 * draws[1]) if source is Source.EXPIRY else 1):
            if self.shelf.front(lane) == sku:
                self.shelf.take(lane, at)
                units += 1
        self._move(at, sku, Kind.REMOVAL, units, source)

    def _intrude(self, draws: list[float], at: int) -> None:
        """A rival's salesman comes, where the planogram has rows that his packs fit into."""
        row = int(draws[0] * len(self.shelf.rows))
        clear = self._cooler.cabinet.compartments[row] - _HEADROOM_MM
        owner, packs = self._plan.job.settings.owner, self._plan.packs
        rivals = [sku for sku, pack in enumerate(packs) if pack.owner != owner and pack.height_mm <= clear]
        rivals = sorted(rivals, key=lambda sku: -self._plan.popularity[sku])[:_FAVOURITES]
        if not rivals or not self.shelf.rows[row]:
            return
        sku = rivals[int(draws[1] * len(rivals))]
        put = handling.intrude(self.shelf, row, sku, packs[sku], at)
        if put and put[1]:
            self._move(at, sku, Kind.REFILL, put[1], Source.RIVAL)
            self._note(at, IncidentKind.INTRUSION, sku, put[0], put[1])
