"""What is known of a cooler: its photos, lanes, deliveries and opening hours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from facings.errors import BadInputError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

UNSEEN = -1
"""Instead of a count: the photo says nothing of the SKU."""


class RecordError(BadInputError):
    """A record from which no sell-out can be estimated."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Units of a SKU that were brought to a cooler; `trust` is the chance that they were put into it as booked."""

    at: float
    """Seconds since 1970."""
    sku: str
    units: int
    trust: float = 0.995


@dataclass(frozen=True, slots=True, eq=False)
class CoolerRecord:
    """One cooler over some business days. Times are seconds since 1970."""

    cooler: str
    outlet: str
    skus: tuple[str, ...]
    lanes: tuple[tuple[int, ...], ...]
    """For each SKU, how many units fit into each of its lanes."""
    days: FloatArray
    """(days + 1,) local midnights: the first day begins with the first, the last day ends with the last."""
    opening: FloatArray
    """(days, 2) when the outlet opens and closes; equal where it stays closed."""
    first_weekday: int
    """Of the first day, 0 is Monday."""
    photos: FloatArray
    """(photos,) in order of time."""
    counts: IntArray
    """(photos, SKUs) units counted; `UNSEEN` where the photo says nothing of the SKU."""
    count_sd: FloatArray | None = None
    """(photos, SKUs) standard deviation of the error of each count, as the vision chain states it."""
    deliveries: tuple[Delivery, ...] = ()
    restocked: Literal["as-delivered", "unseen"] = "unseen"
    """Whether the cooler is filled by the known deliveries alone, or also at times that nobody reports."""
    doors: FloatArray = field(default_factory=lambda: np.zeros(0))
    """Times at which the door stood open long enough for a refill; without any it may have been at any time."""
    stood: tuple[float, float] = (-np.inf, np.inf)
    """From when to when it stood in the outlet with these lanes: nothing of this record is sold before or after."""

    def __post_init__(self) -> None:
        self._check_shapes()
        if np.any(np.diff(self.days) <= 0) or np.any(np.diff(self.photos) < 0):
            raise RecordError(f"{self.cooler}: days and photos must be in order of time")
        for sku, lanes in zip(self.skus, self.lanes, strict=True):
            if not lanes or min(lanes) < 1:
                raise RecordError(f"{self.cooler}: {sku!r} needs at least one lane, each for at least one unit")
        for one in self.deliveries:
            if one.sku not in self.skus or one.units < 0 or not 0 <= one.trust <= 1:
                raise RecordError(f"{self.cooler}: {one} is of no SKU of this cooler, or not a delivery")

    @property
    def selling(self) -> FloatArray:
        """(days, 2) from when to when it sells: while the outlet is open and the cooler stands there."""
        hours: FloatArray = np.clip(self.opening, *self.stood)
        return hours

    def stood_on(self, day: int) -> bool:
        """Whether it stood there at any time of a day."""
        return bool(self.days[day] < self.stood[1] and self.days[day + 1] > self.stood[0])

    def _check_shapes(self) -> None:
        shape = (len(self.photos), len(self.skus))
        if self.counts.shape != shape or (self.count_sd is not None and self.count_sd.shape != shape):
            raise RecordError(f"{self.cooler}: counts must be photos by SKUs, {shape}, not {self.counts.shape}")
        if len(self.days) < 2 or self.opening.shape != (len(self.days) - 1, 2):
            raise RecordError(f"{self.cooler}: give an opening and a closing time for each of one or more days")
        if len(self.lanes) != len(self.skus) or not self.skus:
            raise RecordError(f"{self.cooler}: give the lanes of each SKU, of one SKU at least")
