"""How much to order of what is out of stock, and why so much.

Goods ordered now come with the next delivery and must last until the one after it: the order covers the demand in
between with a chance that is set, its upper quantile (the order-up-to level of a periodic review: Silver, Pyke &
Thomas 2017, 'Inventory and production management in supply chains', section 6.10). What is sold while nothing is there
is lost and need not be covered. Less is needed where other coolers of the outlet still have some; more than the lanes
hold would stand in the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Literal, NotRequired, TypedDict

from cloud.retail.models import DemandOutlook

FRESH = timedelta(days=4)
"""An older outlook says little of the days to come."""


class Why(TypedDict):
    """What a quantity rests on.

    `by`: demand; the lanes, which hold no more, or whose demand is not known; one case, where no planogram tells the
    lanes. With demand: `wanted` units with the chance `service` in the `days` from one delivery to the next, of which
    the outlet's other coolers have `elsewhere`.
    """

    by: Literal["demand", "lanes", "case"]
    wanted: NotRequired[int]
    days: NotRequired[int]
    service: NotRequired[float]
    elsewhere: NotRequired[int]


@dataclass(frozen=True, slots=True)
class Quantity:
    """Units to order, in whole cases."""

    units: int
    why: Why

    @property
    def reason(self) -> str:
        """Why, in a sentence."""
        if self.why["by"] == "case":
            return "stock-out; one case, as no planogram says how much fits"
        if "wanted" not in self.why:
            return "stock-out; fills the lanes, as its demand is not known yet"
        demand = (
            f"at most {self.why['wanted']} are wanted in the {self.why['days']} days between two deliveries, with a "
            f"chance of {self.why['service']:.0%}"
        )
        held = f"; other coolers have {self.why['elsewhere']}" if self.why["elsewhere"] else ""
        return f"stock-out; {demand}{held}" + ("; no more fit" if self.why["by"] == "lanes" else "")


def quantity(capacity: int, case_units: int, outlook: DemandOutlook | None, elsewhere: int) -> Quantity:
    """What to order.

    Args:
        capacity: units that the lanes of the cooler hold, all empty; 0 where no planogram says so.
        case_units: units of a case.
        outlook: demand of the outlet from the next delivery to the one after it, where it is known.
        elsewhere: units in the outlet's other coolers.
    """
    if not capacity:
        return Quantity(case_units, {"by": "case"})
    fits = units_to_order(capacity, case_units)
    if outlook is None:
        return Quantity(fits, {"by": "lanes"})
    cases = max(ceil((outlook.wanted - elsewhere) / case_units), 1)
    by: Literal["demand", "lanes"] = "lanes" if cases * case_units > fits else "demand"
    why: Why = {
        "by": by,
        "wanted": outlook.wanted,
        "days": outlook.days,
        "service": outlook.service,
        "elsewhere": elsewhere,
    }
    return Quantity(min(cases * case_units, fits), why)


def units_to_order(capacity: int, case_units: int) -> int:
    """Units that fill `capacity` empty places, in whole cases.

    No more cases than fit, for what does not fit stands in the way; but one at least, as less cannot be ordered.

    Example:
        >>> units_to_order(20, 6), units_to_order(24, 6), units_to_order(4, 6)
        (18, 24, 6)
    """
    return max(capacity // case_units, 1) * case_units


def fresh(outlook: DemandOutlook | None, now: datetime) -> DemandOutlook | None:
    """The outlook, unless it is too old."""
    return outlook if outlook and now - outlook.made_at <= FRESH else None
