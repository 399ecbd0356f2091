"""Daily sell-out of outlets and SKUs, and what a promotion is: the input of a `PromotionStudy`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from cloud.analytics.promo.panel import FloatArray, IntArray, PanelError


@dataclass(frozen=True, slots=True)
class Outlet:
    """An outlet and what is compared when a control is sought for it."""

    id: str
    region: str = ""
    outlet_class: str = ""
    covariates: Mapping[str, float] = field(default_factory=dict)
    """Such as floor space or footfall; the same names at every outlet."""


@dataclass(frozen=True, slots=True, eq=False)
class SellOut:
    """Units sold, (outlets, SKUs, days); NaN where nothing is known, which is not zero."""

    outlets: tuple[Outlet, ...]
    skus: tuple[str, ...]
    days: tuple[date, ...]
    """Every day from the first to the last."""
    units: FloatArray

    def __post_init__(self) -> None:
        shape = (len(self.outlets), len(self.skus), len(self.days))
        if self.units.shape != shape:
            raise PanelError(f"units {self.units.shape} must be outlets by SKUs by days, {shape}")

    def of_skus(self, skus: Iterable[str], worth: Mapping[str, float] | None = None) -> FloatArray:
        """(outlets, days): units of some SKUs together, each times its `worth` where that is given.

        Raises:
            PanelError: a SKU has no sell-out, or no worth.
        """
        total = np.zeros((len(self.outlets), len(self.days)))
        for sku in skus:
            if sku not in self.skus:
                raise PanelError(f"there is no sell-out of the SKU {sku!r}")
            if worth is not None and sku not in worth:
                raise PanelError(f"the margin of the SKU {sku!r} is not known")
            total = total + self.units[:, self.skus.index(sku)] * (1.0 if worth is None else worth[sku])
        return total

    def without(self, outlets: Collection[str]) -> SellOut:
        """That of the other outlets."""
        left = [number for number, outlet in enumerate(self.outlets) if outlet.id not in outlets]
        return SellOut(tuple(self.outlets[number] for number in left), self.skus, self.days, self.units[left])

    def before(self, day: date) -> SellOut:
        """That of the days before."""
        days = tuple(one for one in self.days if one < day)
        return SellOut(self.outlets, self.skus, days, self.units[:, :, : len(days)])

    def a_day(self, skus: Iterable[str], outlets: Collection[str]) -> float:
        """Units of some SKUs that some outlets sold together, on average of the days on which each is known."""
        units = self.of_skus(skus)[[outlet.id in outlets for outlet in self.outlets]]
        known = np.maximum(np.isfinite(units).sum(axis=1), 1)
        return float((np.nansum(units, axis=1) / known).sum())


@dataclass(frozen=True, slots=True)
class Promotion:
    """What was promoted, where, when, and what it cost."""

    skus: frozenset[str]
    outlets: frozenset[str]
    first: date
    last: date
    """The last day of it, itself included."""
    margins: Mapping[str, float]
    """Money that one unit more earns, by SKU, as sold under the promotion; of sister SKUs too."""
    cost: float
    """Of the whole promotion."""
    sisters: frozenset[str] = frozenset()
    """Other SKUs of the brand or owner, whose sales it may take."""

    def __post_init__(self) -> None:
        if not (self.skus and self.outlets and self.first <= self.last):
            raise PanelError("a promotion has SKUs, outlets, and a last day that is not before its first")
        if self.skus & self.sisters:
            raise PanelError(f"both promoted and sister SKUs: {', '.join(sorted(self.skus & self.sisters))}")
        if not self.cost > 0:
            raise PanelError("the cost of a promotion is over 0: without it there is no ROI")


def days_between(days: Sequence[date], first: date, last: date) -> IntArray:
    """Where the days from `first` to `last` stand."""
    return np.array([index for index, day in enumerate(days) if first <= day <= last], dtype=np.intp)
