"""Partial stock-outs: SKUs of which the last units stand there.

A SKU is down to its last units when the latest photo shows it in no more than a third of its planned lanes, in one at
least. What has a single lane shows no such thing: a camera sees the first unit of a lane, not what stands behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import sqrt

from cloud.analytics.measures import Counted, Z, units
from facings.messages import Estimate

LEFT = 1 / 3
"""Of the planned lanes: with so many, or fewer, the last units stand there."""


@dataclass(frozen=True, slots=True)
class LastUnits:
    """A SKU in a cooler that is running out."""

    sku: str
    facings: float
    planned: int
    surely: bool
    """Whether it is so with the error of the count taken in."""
    seen: Estimate
    """Units that the photo shows."""


def last_units(lines: Iterable[Counted], planned: Mapping[str, int]) -> Iterator[LastUnits]:
    """The SKUs of one cooler that are down to their last units, or may be; not those that are out.

    Args:
        lines: what the latest photo shows.
        planned: lanes by SKU.
    """
    for line in lines:
        lanes = planned.get(line.sku, 0)
        if lanes > 1 and line.facings > 0:
            most, reach = max(1.0, lanes * LEFT), Z * sqrt(line.facings_variance)
            if line.facings - reach <= most:
                surely = line.facings + reach <= most
                yield LastUnits(line.sku, line.facings, lanes, surely, units([line]))


def held(found: LastUnits) -> bool:
    """Whether the count itself says so."""
    return found.facings <= max(1.0, found.planned * LEFT)


def number(found: Iterable[LastUnits]) -> Estimate:
    """How many there are: those that surely are, those by the count, those that may be."""
    every = list(found)
    low, value = sum(one.surely for one in every), sum(map(held, every))
    return Estimate(value=value, low=low, high=len(every))
