"""`ShelfReplay`: what stood in a cooler at any moment of its history."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import cast

from datasets.products.stock import Lane, Unit
from firmware_sim.world.history import NONE, Change, CoolerHistory
from firmware_sim.world.shelf import EMPTY, pulled_forward
from firmware_sim.world.state import ShelfState

_unit = lru_cache(maxsize=4096)(Unit)


class ShelfReplay:
    """Goes through a cooler's history once, from its beginning on."""

    def __init__(self, history: CoolerHistory) -> None:
        self._history = history
        self._done = 0
        self._planogram = 0
        self._places = [list(places) for places in history.opening_lanes]
        self._lanes: list[Lane | None] = [None] * len(self._places)
        self._at: datetime | None = None

    def state_at(self, at: datetime) -> ShelfState:
        """What stood there at `at`, with everything that happened until then, at that second included.

        Raises:
            ValueError: the moment lies before the one asked for last.
        """
        if self._at and at < self._at:
            raise ValueError(f"{at} lies before {self._at}: ask for moments in order of time")
        changes, until = self._history.changes, int(at.timestamp())
        while self._done < len(changes) and changes[self._done].at <= until:
            self._apply(changes[self._done])
            self._done += 1
        self._at = at
        return ShelfState(self._history.cooler.id, at, self._rows())

    def _apply(self, change: Change) -> None:
        if change.lane == NONE:
            self._planogram = change.planogram
            self._places = [list(places) for places in change.lanes]
            self._lanes = [None] * len(self._places)
            return
        if change.places is None:
            self._take(self._places[change.lane])
        else:
            self._places[change.lane] = list(change.places)
        self._lanes[change.lane] = None

    def _take(self, places: list[int]) -> None:
        first = next(place for place, sku in enumerate(places) if sku != EMPTY)
        places[first] = EMPTY
        if self._history.cooler.gravity:
            places[:] = pulled_forward(places)

    def _rows(self) -> tuple[tuple[Lane, ...], ...]:
        planogram = self._history.installed[self._planogram].planogram
        plans = planogram.lanes
        for number, lane in enumerate(self._lanes):
            if lane is None:
                units = tuple(None if sku == EMPTY else _unit(self._history.skus[sku]) for sku in self._places[number])
                self._lanes[number] = Lane(plans[number].width_mm, units, plans[number].sku)
        lanes = iter(cast("list[Lane]", self._lanes))
        return tuple(tuple(islice(lanes, len(row))) for row in planogram.rows)
