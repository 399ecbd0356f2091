"""What happened: the histories of an outlet and its coolers, in numbers that the ledger turns into names.

Times are seconds since 1970, SKUs and promotions are called by their number, -1 is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from firmware_sim.world.coolers import Cooler
from firmware_sim.world.places import Outlet
from firmware_sim.world.plan import Installed, WorldPlan
from firmware_sim.world.promotions import Execution
from firmware_sim.world.state import ShelfState

NONE = -1


class Kind(IntEnum):
    """What a movement does to the stock of a cooler: only a refill adds to it."""

    SALE = 0
    REFILL = 1
    REMOVAL = 2


class Source(IntEnum):
    """Who moved the units, or why."""

    SHOPPER = 0
    SUBSTITUTE = 1
    DELIVERY = 2
    BACKROOM = 3
    MERCHANDISER = 4
    RIVAL = 5
    STAFF = 6
    THEFT = 7
    BREAKAGE = 8
    EXPIRY = 9


class IncidentKind(IntEnum):
    """What no system recorded."""

    MISPLACED = 0
    WRONG_LANE = 1
    INTRUSION = 2
    DRIFT = 3
    EXTRA_FACING = 4


class Movement(NamedTuple):
    """Units of one SKU that came into a cooler or left it; `promotion` is what made the shopper want them."""

    at: int
    sku: int
    kind: Kind
    units: int
    source: Source
    promotion: int = NONE


class Lost(NamedTuple):
    """Units that a shopper wanted and did not get; `taken` is the SKU taken instead, or none."""

    at: int
    sku: int
    units: int
    taken: int = NONE
    promotion: int = NONE


class StockOut(NamedTuple):
    """A time without a unit of a planned SKU; `ends` is NONE where it lasted beyond the simulated time."""

    sku: int
    begins: int
    ends: int


class Incident(NamedTuple):
    """Something wrong on the shelf; `column` is NONE where it is not one lane's."""

    at: int
    kind: IncidentKind
    sku: int
    row: int
    column: int
    units: int


class DeliveryLine(NamedTuple):
    """Units of a SKU that a depot brought to an outlet, out of those that were ordered."""

    at: int
    sku: int
    ordered: int
    delivered: int


class Change(NamedTuple):
    """What happened to a lane: its places now, front to back, or None where its front unit was taken.

    A `lane` of NONE stands for all: the cooler was set to the planogram number `planogram` and to these lanes.
    """

    at: int
    lane: int
    places: tuple[int, ...] | None = None
    planogram: int = NONE
    lanes: tuple[tuple[int, ...], ...] = ()


@dataclass
class CoolerHistory:
    """Everything that happened in one cooler.

    Attributes:
        begins, ends: first and last second, seconds since 1970.
        installed: planograms that it followed; a `Change.planogram` counts them.
        opening, closing: units by SKU number, counted on the shelf.
        opening_lanes: places of each lane at the start.
        changes: what shelf states are made from.
    """

    cooler: Cooler
    outlet: Outlet
    skus: tuple[str, ...]
    begins: int
    ends: int
    installed: tuple[Installed, ...]
    opening: list[int] = field(default_factory=list)
    closing: list[int] = field(default_factory=list)
    opening_lanes: tuple[tuple[int, ...], ...] = ()
    movements: list[Movement] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    stock_outs: list[StockOut] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def shelf_states(self, times: Iterable[datetime]) -> Iterator[ShelfState]:
        """What stood in the cooler at each of the times, which must not go back; what happens at a time shows in it.

        Raises:
            ValueError: a time before the one that came before it.
        """
        from firmware_sim.world.replay import ShelfReplay  # noqa: PLC0415 - it replays histories

        replay = ShelfReplay(self)
        return (replay.state_at(at) for at in times)


@dataclass
class PromotionTally:
    """What a promotion did to the wants of an outlet's shoppers, in units.

    Attributes:
        expected: extra units that were to be wanted on average.
        extra, cannibalised, dipped: units wanted more of the promoted SKUs, less of their sisters, less afterwards.
    """

    execution: Execution
    expected: float = 0.0
    extra: int = 0
    cannibalised: int = 0
    dipped: int = 0


@dataclass
class OutletHistory:
    """Everything that happened in one outlet.

    Attributes:
        plan: the world it is part of.
        deliveries: from the depot; into the coolers where a van supplies the outlet, else into its backroom.
        backroom_opening, backroom_closing: units by SKU number; all 0 where there is no backroom.
        tallies: of the promotions it was to run.
    """

    plan: WorldPlan
    outlet: Outlet
    coolers: tuple[CoolerHistory, ...]
    deliveries: list[DeliveryLine] = field(default_factory=list)
    backroom_opening: list[int] = field(default_factory=list)
    backroom_closing: list[int] = field(default_factory=list)
    tallies: list[PromotionTally] = field(default_factory=list)
