"""The arithmetic of the KPIs: pure functions from the lines of photos to numbers with their intervals.

An interval holds the truth nine times of ten: value ± 1.645 standard deviations, as the errors of many products add up
to a nearly normal one. The errors of lines are taken as independent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from facings.messages import Estimate, Share

Z = 1.645
Group = Literal["own", "competitor", "unknown"]
GROUPS: tuple[Group, ...] = ("own", "competitor", "unknown")


@dataclass(frozen=True, slots=True)
class Counted:
    """What a photo shows of one SKU; `count_sd` is the standard deviation of the error of `units`."""

    sku: str
    group: Group
    units: int
    facings: int
    linear_share: float
    confidence: float
    count_sd: float

    @property
    def facings_variance(self) -> float:
        """Of the error of `facings`: that of `units`, in proportion."""
        return (self.count_sd * self.facings / self.units) ** 2 if self.units else self.count_sd**2


@dataclass(frozen=True, slots=True)
class Front:
    """The front places of a planned cooler: how many, and the products that shall stand there."""

    planned: int
    counted: Sequence[Counted]
    """Lines of the planned SKUs alone."""

    @property
    def filled(self) -> int:
        """Places taken: facings of planned SKUs, never more than there are places."""
        return min(sum(line.facings for line in self.counted), self.planned)


def units(lines: Iterable[Counted]) -> Estimate:
    """Products seen."""
    lines = list(lines)
    return _estimate(sum(line.units for line in lines), sum(line.count_sd**2 for line in lines))


def share(lines: Iterable[Counted]) -> Share:
    """Facings of each group / all facings, by the delta method; all zero where there is none.

    With F facings in all, variance of a group's share s: ((1-s)² var(group) + s² var(others)) / F².

    Example:
        >>> cola = Counted("cola", "own", 3, 3, 0.75, 0.9, 0.0)
        >>> other = Counted("", "unknown", 1, 1, 0.25, 0.9, 0.0)
        >>> share([cola, other]).own.value
        0.75
    """
    facings, variance = dict.fromkeys(GROUPS, 0), dict.fromkeys(GROUPS, 0.0)
    for line in lines:
        facings[line.group] += line.facings
        variance[line.group] += line.facings_variance
    total, all_variance = sum(facings.values()), sum(variance.values())
    if not total:
        nothing = Estimate(value=0, low=0, high=0)
        return Share(own=nothing, competitor=nothing, unknown=nothing)
    shares: dict[str, Estimate] = {}
    for group in GROUPS:
        part = facings[group] / total
        spread = (1 - part) ** 2 * variance[group] + part**2 * (all_variance - variance[group])
        shares[group] = _estimate(part, spread / total**2, most=1)
    return Share(**shares)


def occupancy(fronts: Iterable[Front]) -> Estimate | None:
    """Front places filled / front places planned, over the coolers with a planogram; None where there is none.

    A place counts as filled by a facing of a SKU that is planned in the cooler, wherever in it that stands. Surplus
    facings of one cooler fill no place of another.
    """
    fronts = list(fronts)
    planned = sum(front.planned for front in fronts)
    if not planned:
        return None
    variance = sum(line.facings_variance for front in fronts for line in front.counted)
    return _estimate(sum(front.filled for front in fronts) / planned, variance / planned**2, most=1)


def _estimate(value: float, variance: float, most: float | None = None) -> Estimate:
    reach = Z * sqrt(variance)
    high = value + reach if most is None else min(value + reach, most)
    return Estimate(value=round(value, 4), low=round(max(value - reach, 0), 4), high=round(high, 4))
