"""The lines of an observation, column by column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from facings.messages import Line


@dataclass(frozen=True, slots=True)
class Lines:
    """What an observation says of each SKU; the empty SKU stands for products that no gallery knows.

    Columns rather than objects: ingest holds the lines of thousands of photos at a time, and the garbage collector,
    which looks at every object again and again, takes no interest in numbers and texts.
    """

    skus: tuple[str, ...]
    units: tuple[int, ...]
    facings: tuple[int, ...]
    linear_share: tuple[float, ...]
    confidence: tuple[float, ...]
    count_sd: tuple[float, ...]

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Lines:
        """The same as columns."""
        rows = [
            (one.sku or "", one.units, one.facings, one.linear_share, one.confidence, one.count_sd) for one in lines
        ]
        return cls(*zip(*rows, strict=True)) if rows else NO_LINES

    def __len__(self) -> int:
        """How many SKUs."""
        return len(self.skus)

    def named(self) -> dict[str, tuple[int, float]]:
        """Units and confidence of each SKU."""
        return dict(zip(self.skus, zip(self.units, self.confidence, strict=True), strict=True))


NO_LINES = Lines((), (), (), (), (), ())
