"""How many of the last units are left, and how long they last.

Units seen are what is left at least: more may stand hidden behind each facing, as many as its lane takes. They last
until demand, what is sold and what is wanted in vain, has used them up.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from cloud.analytics.shortages.last_units import LastUnits
from facings.messages import Estimate

HOURS_A_DAY = 24


def units_left(found: LastUnits, depths: Sequence[int]) -> Estimate:
    """Units that stand there yet.

    Args:
        depths: units that each of the SKU's lanes takes.

    Returns:
        The units seen; low: with the error of the count; high: as if nothing but full lanes stood behind the facings.

    Example:
        >>> seen = Estimate(value=2, low=1.5, high=2.5)
        >>> units_left(LastUnits("cola", 1, 3, True, seen), [6, 6, 4]).high
        6.0
    """
    hidden = sum(sorted(depths, reverse=True)[: ceil(found.facings)])
    return Estimate(value=found.seen.value, low=found.seen.low, high=max(found.seen.high, float(hidden)))


def hours_left(left: Estimate, wanted: Estimate | None) -> Estimate | None:
    """How long the units last by the clock, nights included; None where it cannot be told that any are wanted.

    Example:
        >>> hours_left(Estimate(value=2, low=2, high=6), Estimate(value=4, low=3, high=6))
        Estimate(value=12.0, low=8.0, high=48.0)
    """
    if wanted is None or wanted.low <= 0:
        return None
    value = HOURS_A_DAY * left.value / wanted.value
    low, high = HOURS_A_DAY * left.low / wanted.high, HOURS_A_DAY * left.high / wanted.low
    return Estimate(value=round(value, 2), low=round(low, 2), high=round(high, 2))
