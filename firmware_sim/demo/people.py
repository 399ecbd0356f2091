"""The two people of the demo: a buyer who confirms proposals, a distributor who delivers when the week's van comes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from facings.clock import format_utc
from firmware_sim.demo.api import Api, ConflictError
from firmware_sim.demo.page import Page
from firmware_sim.demo.week import Week


@dataclass
class LoopCounts:
    """How often the loop went round."""

    proposals: int = 0
    withdrawn: int = 0
    orders: int = 0
    ordered_units: int = 0
    deliveries: int = 0
    delivered_units: int = 0
    on_their_way: int = 0


class Buyer:
    """Confirms every proposal that may be confirmed: those of one outlet become one order."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def step(self) -> None:
        """Look once."""
        by_outlet: dict[str, list[int]] = defaultdict(list)
        for proposal in self._api.list("/proposals", state="open"):
            if not proposal["held_back"]:
                by_outlet[proposal["outlet_id"]].append(proposal["id"])
        for ids in by_outlet.values():
            try:
                self._api.post("/proposals/confirm", {"ids": ids})
            except ConflictError:
                continue  # withdrawn or confirmed by another in between: the next look sees what is left


@dataclass
class Distributor:
    """Sends each order off at once; it arrives with the next delivery that the simulated week has for the outlet.

    Attributes:
        api: the product.
        visits: when the van came to each outlet, in simulated time.
    """

    api: Api
    visits: Mapping[str, Sequence[datetime]]
    _due: dict[int, datetime | None] = field(default_factory=dict)

    def step(self, now: Mapping[str, datetime]) -> None:
        """Look once; `now` is the simulated time at each outlet."""
        for order in self.api.list("/orders", state="confirmed"):
            outlet = order["outlet_id"]
            if outlet in now:
                self._due[order["id"]] = next((at for at in self.visits.get(outlet, ()) if at > now[outlet]), None)
                self.api.post(f"/orders/{order['id']}/dispatch")
        for order in self.api.list("/orders", state="dispatched"):
            due = self._due.get(order["id"])
            if due is not None and now.get(order["outlet_id"], due) > due:
                self._deliver(order, due)

    def _deliver(self, order: dict[str, Any], at: datetime) -> None:
        self.api.post(
            f"/orders/{order['id']}/deliver", {"at": format_utc(at)}, idempotency_key=f"van {order['number']}"
        )


def count_loop(api: Api) -> LoopCounts:
    """What became of the proposals so far."""
    counts = LoopCounts()
    for proposal in api.list("/proposals"):
        counts.proposals += 1
        counts.withdrawn += proposal["state"] == "withdrawn"
    for order in api.list("/orders"):
        counts.orders += 1
        counts.deliveries += order["state"] == "delivered"
        counts.on_their_way += order["state"] in ("confirmed", "dispatched")
        counts.ordered_units += sum(line["units_ordered"] for line in order["lines"])
        counts.delivered_units += sum(line["units_delivered"] for line in order["lines"])
    return counts


class Loop:
    """Both at work, and what came of it."""

    def __init__(self, api: Api, week: Week) -> None:
        self._api = api
        self._week = week
        self._buyer = Buyer(api)
        self._distributor = Distributor(api, week.visits)
        self.counts = LoopCounts()

    def step(self, page: Page) -> None:
        """Let each look once; the page says how far the simulated time has come at each outlet."""
        now: dict[str, datetime] = {}
        for cooler, at in page.seen_until().items():
            outlet = self._week.outlet_of[cooler]
            now[outlet] = max(at, now.get(outlet, at))
        self._buyer.step()
        self._distributor.step(now)
        self.counts = count_loop(self._api)
