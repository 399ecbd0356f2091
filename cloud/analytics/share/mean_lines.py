"""The mean photos of coolers, as columns: a fleet has tens of thousands of lines, and to go through them one by one
takes longer than the store took to add them up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import starmap
from typing import NamedTuple

import numpy as np
import pyarrow

from cloud.analytics.named import BoolArray, FloatArray, IntArray, Named


class MeanLine(NamedTuple):
    """The mean photo of a cooler in one SKU; photos without it count as zero."""

    cooler: str
    outlet: str
    sku: str
    units: float
    facings: float
    variance: float
    """Of the error of `facings`; the errors of a cooler's photos are taken as fully dependent."""
    stocked: float
    """Chance that it stood there at all: the confidence of its surest line."""


@dataclass(frozen=True, slots=True, eq=False)
class MeanLines:
    """Lines as columns; what each says stands in `MeanLine`."""

    cooler: Named[str]
    outlet: Named[str]
    sku: Named[str]
    units: FloatArray
    facings: FloatArray
    variance: FloatArray
    stocked: FloatArray

    @classmethod
    def of(cls, lines: Iterable[MeanLine]) -> MeanLines:
        """The columns of single lines."""
        columns = tuple(zip(*lines, strict=True)) or ((),) * len(MeanLine._fields)
        cooler, outlet, sku = map(Named.of, columns[:3])
        units, facings, variance, stocked = (np.array(one, float) for one in columns[3:])
        return cls(cooler, outlet, sku, units, facings, variance, stocked)

    @classmethod
    def of_arrow(cls, answer: pyarrow.Table) -> MeanLines:
        """An answer of the facts store with the columns of `MeanLine`, in their order."""
        cooler, outlet, sku = map(Named.of_arrow, answer.columns[:3])
        units, facings, variance, stocked = (one.to_numpy().astype(float) for one in answer.columns[3:])
        return cls(cooler, outlet, sku, units, facings, variance, stocked)

    def __len__(self) -> int:
        """How many lines."""
        return len(self.units)

    def __iter__(self) -> Iterator[MeanLine]:
        """The lines one by one."""
        numbers = (one.tolist() for one in (self.units, self.facings, self.variance, self.stocked))
        return starmap(MeanLine, zip(self.cooler, self.outlet, self.sku, *numbers, strict=True))

    def where(self, rows: BoolArray | IntArray) -> MeanLines:
        """Some of the lines."""
        cooler, outlet, sku = (one.where(rows) for one in (self.cooler, self.outlet, self.sku))
        numbers = self.units[rows], self.facings[rows], self.variance[rows], self.stocked[rows]
        return MeanLines(cooler, outlet, sku, *numbers)


NO_LINES = MeanLines.of(())
