"""Simulates outlets for some days: shoppers, deliveries, misplaced products, photos."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from zoneinfo import ZoneInfo

import numpy as np

from datasets.products.catalogues import OWN_BRAND_OWNER, demo_catalogue
from datasets.products.packs import Catalogue
from firmware_sim.world.ledger import Balance, Movement, StockOut, balances, stock_outs
from firmware_sim.world.places import Cooler, Outlet, make_coolers, make_outlets
from firmware_sim.world.shelf import Shelf

MONDAY = date(2026, 11, 9)
"""The first day where none is named."""

_HOURLY = np.array([0, 0, 0, 0, 0, 0, 0, 3, 4, 4, 4, 6, 9, 7, 5, 5, 6, 8, 9, 7, 6, 5, 3, 0], float)
"""Shoppers by local hour, relative."""
_WEEKDAY = (0.9, 0.9, 0.95, 1.0, 1.15, 1.25, 1.1)
_DELIVERY_AT = time(8)
_SUBSTITUTES = 0.35
"""Share of shoppers who take another product where theirs is out."""


@dataclass(frozen=True)
class PhotoMoment:
    """What stood in a cooler when a photo was taken: rows of lanes of places, front to back."""

    at: datetime
    rows: tuple[tuple[tuple[str | None, ...], ...], ...]


@dataclass(frozen=True)
class Incident:
    """Something that no system recorded: a misplaced product, a rival's intrusion."""

    at: datetime
    kind: str
    sku: str
    row: int
    column: int | None
    units: int


@dataclass
class CoolerHistory:
    """Everything that happened in one cooler.

    Attributes:
        opening: units by SKU at the start.
        movements: in time order.
        photos: what stood there at each photo.
        incidents: misplaced products and intrusions.
        lost: units that shoppers wanted and did not get, by SKU.
        closing: units by SKU at the end.
    """

    cooler: Cooler
    outlet: Outlet
    begins: datetime
    ends: datetime
    opening: Counter[str] = field(default_factory=Counter)
    movements: list[Movement] = field(default_factory=list)
    photos: list[PhotoMoment] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    closing: Counter[str] = field(default_factory=Counter)

    def balances(self) -> dict[str, Balance]:
        """Opening, refills, sales, removals and closing stock of every SKU."""
        return balances(self.opening, self.movements)

    def stock_outs(self) -> list[StockOut]:
        """The stock-outs of the planned SKUs."""
        return stock_outs(self.cooler.id, self.cooler.capacity(), self.opening, self.begins, self.movements)


@dataclass(frozen=True)
class World:
    """The simulated time: who is there, and what happened in every cooler."""

    catalogue: Catalogue
    outlets: tuple[Outlet, ...]
    histories: tuple[CoolerHistory, ...]


def simulate(
    *, outlets: int = 8, coolers: int = 12, days: int = 7, photos_per_day: int = 4, seed: int = 0, start: date = MONDAY
) -> World:
    """Simulates `coolers` coolers in `outlets` outlets over `days` days; the same arguments give the same world."""
    catalogue = demo_catalogue()
    rng = np.random.default_rng([seed, 1])
    popularity = {pack.sku: _popularity(pack.owner, rng) for pack in catalogue}
    places = make_outlets(min(outlets, coolers))
    all_coolers = make_coolers(places, coolers, catalogue, popularity, rng)
    by_id = {outlet.id: outlet for outlet in places}
    rival = int(np.random.default_rng([seed, 2]).integers(coolers))
    histories = []
    for number, cooler in enumerate(all_coolers):
        outlet = by_id[cooler.outlet_id]
        chance = np.random.default_rng([seed, 3, number])
        day = _CoolerDays(cooler, outlet, popularity, chance, start, days)
        histories.append(day.run(photos_per_day, intruded=number == rival))
    return World(catalogue, places, tuple(histories))


def _popularity(owner: str, rng: np.random.Generator) -> float:
    return float(rng.lognormal(0.0, 0.5) * (1.0 if owner == OWN_BRAND_OWNER else 0.7))


class _CoolerDays:
    """The days of one cooler, event by event."""

    def __init__(self, cooler: Cooler, outlet: Outlet, popularity: dict[str, float], rng: np.random.Generator,
                 start: date, days: int) -> None:  # fmt: skip
        zone = ZoneInfo(outlet.timezone)
        self._zone, self._rng, self._outlet = zone, rng, outlet
        self._days = [start + timedelta(days=day) for day in range(days)]
        begins, ends = self._local(start, time(0)), self._local(start + timedelta(days=days), time(0))
        self._history = CoolerHistory(cooler, outlet, begins, ends)
        self._shelf = Shelf(cooler.planogram, cooler.gravity)
        capacity = cooler.capacity()
        taste = {sku: popularity[sku] * rng.lognormal(0, 0.25) for sku in capacity}
        self._skus = list(taste)
        self._wishes = np.array(list(taste.values())) / sum(taste.values())
        self._daily = sum(capacity.values()) * rng.uniform(0.12, 0.19)
        self._queue: list[tuple[datetime, int, int, str]] = []

    def run(self, photos_per_day: int, intruded: bool) -> CoolerHistory:
        """Lets the days pass."""
        self._shelf.stock_opening(self._rng)
        self._history.opening = self._shelf.units()
        for day in self._days:
            self._plan_day(day, photos_per_day)
        if intruded:
            self._plan(self._local(self._days[len(self._days) // 2], time(10, 17)), "intrusion")
        steps = {
            "sale": self._sale,
            "delivery": self._delivery,
            "photo": self._photo,
            "misplacement": self._misplacement,
            "intrusion": self._intrusion,
        }
        while self._queue:
            at, _, _, kind = heappop(self._queue)
            steps[kind](at)
        self._history.closing = self._shelf.units()
        return self._history

    def _local(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self._zone).astimezone(UTC)

    def _plan(self, at: datetime, kind: str) -> None:
        order = ("delivery", "intrusion", "misplacement", "sale", "photo").index(kind)
        heappush(self._queue, (at, order, len(self._queue), kind))

    def _plan_day(self, day: date, photos_per_day: int) -> None:
        opens, closes = self._outlet.opens.hour, self._outlet.closes.hour
        for hour in range(opens, closes):
            rate = self._daily * _WEEKDAY[day.weekday()] * _HOURLY[hour] / _HOURLY.sum()
            for second in sorted(self._rng.uniform(0, 3600, self._rng.poisson(rate))):
                self._plan(self._local(day, time(hour)) + timedelta(seconds=int(second)), "sale")
        if day.weekday() in self._outlet.delivery_weekdays:
            self._plan(self._local(day, _DELIVERY_AT), "delivery")
        for at in self._photo_times(day, photos_per_day):
            self._plan(at, "photo")
        if self._rng.random() < 0.3:
            hour = int(self._rng.integers(opens + 1, closes - 1))
            self._plan(self._local(day, time(hour, 41)), "misplacement")

    def _photo_times(self, day: date, count: int) -> list[datetime]:
        """Spread over the opening hours, the first an hour after the delivery, at a minute of the cooler's own."""
        first = max(self._outlet.opens.hour, _DELIVERY_AT.hour) + 1
        minute = int(self._history.cooler.id.rsplit("-", 1)[1]) * 7 % 50
        span = self._outlet.closes.hour - 1 - first
        begin = self._local(day, time(first, minute))
        return [begin + timedelta(minutes=round(60 * span * i / max(count - 1, 1))) for i in range(count)]

    def _move(self, at: datetime, sku: str, kind: str, units: int, source: str) -> None:
        assert kind in {"sale", "refill", "removal"}
        self._history.movements.append(Movement(at, self._history.cooler.id, sku, kind, units, source))  # type: ignore[arg-type]  # checked above

    def _sale(self, at: datetime) -> None:
        sku = self._skus[int(self._rng.choice(len(self._skus), p=self._wishes))]
        if self._shelf.sell(sku, self._rng):
            self._move(at, sku, "sale", 1, "shopper")
            return
        self._history.lost[sku] += 1
        fronts = sorted({front for lane in self._shelf.lanes() if (front := lane.front())})
        if fronts and self._rng.random() < _SUBSTITUTES:
            other = fronts[int(self._rng.integers(len(fronts)))]
            self._shelf.sell(other, self._rng)
            self._move(at, other, "sale", 1, "shopper")

    def _delivery(self, at: datetime) -> None:
        for sku, units in sorted(self._shelf.tidy().items()):
            self._move(at, sku, "removal", units, "staff")
        for sku, room in self._history.cooler.capacity().items():
            wanted = room - self._shelf.units()[sku]
            brought = round(wanted * self._delivered_share())
            placed = self._shelf.refill(sku, brought)
            if placed:
                self._move(at, sku, "refill", placed, "delivery")

    def _delivered_share(self) -> float:
        """Most deliveries are complete, some are short, some bring nothing of a SKU."""
        draw = self._rng.random()
        if draw < 0.72:
            return 1.0
        return float(self._rng.uniform(0.3, 0.8)) if draw < 0.88 else 0.0

    def _photo(self, at: datetime) -> None:
        rows = tuple(tuple(tuple(lane.places) for lane in row) for row in self._shelf.rows)
        self._history.photos.append(PhotoMoment(at, rows))

    def _misplacement(self, at: datetime) -> None:
        moved = self._shelf.misplace(self._rng)
        if moved:
            sku, row, column = moved
            self._history.incidents.append(Incident(at, "misplaced", sku, row, column, 1))

    def _intrusion(self, at: datetime) -> None:
        """A rival's cans come into the top row."""
        sku = "rubia-cola-can330"
        units = self._shelf.intrude(0, sku, self._rng)
        if units:
            self._move(at, sku, "refill", units, "rival")
            self._history.incidents.append(Incident(at, "intrusion", sku, 0, None, units))
