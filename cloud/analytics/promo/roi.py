"""From effects to money: incremental units, margin, return on what was spent."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from cloud.analytics.promo.answer import Ranged, Roi
from facings.errors import BadInputError


@dataclass(frozen=True, slots=True)
class Money:
    """What one unit more earns, and what the promotion cost in all, in one currency."""

    margin: float
    cost: float

    def __post_init__(self) -> None:
        if not (isfinite(self.margin) and isfinite(self.cost) and self.cost > 0):
            raise BadInputError("margin must be a number and cost a number over 0, both in one currency")


def roi_of(units: Ranged, money: Money, *, with_after: bool) -> Roi:
    """ROI with its interval: linear in the incremental units, cost and margin taken as known."""
    margin = scaled(units, money.margin)
    returned = scaled(margin, 1 / money.cost)
    return Roi(
        incremental_units=units,
        incremental_margin=margin,
        cost=money.cost,
        roi=shifted(returned, -1),
        window="during and after" if with_after else "during",
    )


def scaled(number: Ranged, factor: float) -> Ranged:
    """`number` times `factor`; a negative factor turns the interval round."""
    low, high = number.low, number.high
    if low is None or high is None:
        return Ranged(value=number.value * factor)
    ends = sorted((low * factor, high * factor))
    return Ranged(value=number.value * factor, low=ends[0], high=ends[1])


def shifted(number: Ranged, by: float) -> Ranged:
    """`number` plus `by`."""
    low, high = number.low, number.high
    if low is None or high is None:
        return Ranged(value=number.value + by)
    return Ranged(value=number.value + by, low=low + by, high=high + by)


def money_of(margin: float | None, cost: float | None) -> Money | None:
    """Both or neither.

    Raises:
        BadInputError: only one of them is named, or they are out of range.
    """
    if margin is None and cost is None:
        return None
    if margin is None or cost is None:
        raise BadInputError("ROI needs both --margin (what one unit more earns) and --cost (of the whole promotion)")
    return Money(margin, cost)
