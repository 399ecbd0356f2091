"""The arithmetic of the KPIs: pure functions from the lines of photos to numbers with their intervals.

An interval holds the truth nine times of ten: value ± 1.645 standard deviations, as the errors of many products add up
to a nearly normal one. The errors of lines are taken as independent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal, Protocol

from facings.messages import Estimate, Share

Z = 1.645
"""Standard deviations either way that hold nine of ten errors of a normal law."""
Group = Literal["own", "competitor", "unknown"]
GROUPS: tuple[Group, ...] = ("own", "competitor", "unknown")


@dataclass(frozen=True, slots=True)
class Counted:
    """What a photo, or the mean of some photos, shows of one SKU.

    `count_sd` is the standard deviation of the error of `units`.
    """

    sku: str
    group: Group
    units: float
    facings: float
    linear_share: float
    confidence: float
    count_sd: float

    @property
    def facings_variance(self) -> float:
        """Of the error of `facings`: that of `units`, in proportion."""
        return (self.count_sd * self.facings / self.units) ** 2 if self.units else self.count_sd**2


class Counts(Protocol):
    """What the measures need to know of some products: a `Counted`, or a sum of such."""

    @property
    def group(self) -> Group:
        """Own, competitor or unknown."""
        ...

    @property
    def units(self) -> float:
        """Products seen."""
        ...

    @property
    def count_sd(self) -> float:
        """Standard deviation of the error of `units`."""
        ...

    @property
    def facings(self) -> float:
        """Distinct front positions."""
        ...

    @property
    def facings_variance(self) -> float:
        """Variance of the error of `facings`."""
        ...


@dataclass(frozen=True, slots=True)
class Front:
    """The front places of a planned cooler: how many, and the products that shall stand there."""

    planned: int
    counted: Sequence[Counted]
    """Lines of the planned SKUs alone."""

    @property
    def filled(self) -> float:
        """Places taken: facings of planned SKUs, never more than there are places."""
        return min(sum(line.facings for line in self.counted), self.planned)


def units(lines: Iterable[Counts]) -> Estimate:
    """Products seen."""
    lines = list(lines)
    return _estimate(sum(line.units for line in lines), sum(line.count_sd**2 for line in lines))


def facings(lines: Iterable[Counts]) -> Estimate:
    """Distinct front positions."""
    lines = list(lines)
    return _estimate(sum(line.facings for line in lines), sum(line.facings_variance for line in lines))


def share(lines: Iterable[Counts]) -> Share:
    """Facings of each group / all facings; all zero where there is none.

    Example:
        >>> cola = Counted("cola", "own", 3, 3, 0.75, 0.9, 0.0)
        >>> other = Counted("", "unknown", 1, 1, 0.25, 0.9, 0.0)
        >>> share([cola, other]).own.value
        0.75
    """
    lines = list(lines)
    return Share(**{group: part([line for line in lines if line.group == group], lines) for group in GROUPS})


def part(some: Iterable[Counts], every: Iterable[Counts]) -> Estimate:
    """Facings of `some` lines / facings of `every` line, by the delta method; zero where there is none.

    With F facings in all, the variance of a share s is ((1-s)² var(its facings) + s² var(the others)) / F².
    """
    some, every = list(some), list(every)
    total = sum(line.facings for line in every)
    if not total:
        return _estimate(0, 0)
    value = sum(line.facings for line in some) / total
    own = sum(line.facings_variance for line in some)
    others = sum(line.facings_variance for line in every) - own
    return _estimate(value, ((1 - value) ** 2 * own + value**2 * others) / total**2, most=1)


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


def added(estimates: Iterable[Estimate]) -> Estimate:
    """The sum of estimates whose bounds are certain ones, as hours between photos: such bounds add up.

    Example:
        >>> added([Estimate(value=2, low=1, high=3), Estimate(value=1, low=1, high=1)])
        Estimate(value=3.0, low=2.0, high=4.0)
    """
    some = list(estimates)
    value, low, high = (round(sum(getattr(one, part) for one in some), 4) for part in ("value", "low", "high"))
    return Estimate(value=value, low=low, high=high)


def _estimate(value: float, variance: float, most: float | None = None) -> Estimate:
    reach = Z * sqrt(max(variance, 0))
    high = value + reach if most is None else min(value + reach, most)
    return Estimate(value=round(value, 4), low=round(max(value - reach, 0), 4), high=round(high, 4))
