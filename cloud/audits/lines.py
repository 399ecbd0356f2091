"""The lines of an observation, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import gt
from typing import Any


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
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> Lines:
        """The lines of a message as columns, each of them given as a dict.

        Raises:
            ValueError: two lines are of one SKU, or one has more facings than units.
        """
        names = ("units", "facings", "linear_share", "confidence", "count_sd")
        skus = tuple([row.get("sku") or "" for row in rows])
        found = cls(skus, *(tuple([row[name] for row in rows]) for name in names))
        if len(set(skus)) != len(skus):
            raise ValueError("two lines of one SKU")
        if any(map(gt, found.facings, found.units)):
            raise ValueError("more facings than units: a facing is a unit in front")
        return found

    def __len__(self) -> int:
        """How many SKUs."""
        return len(self.skus)

    def named(self) -> dict[str, tuple[int, float]]:
        """Units and confidence of each SKU."""
        return dict(zip(self.skus, zip(self.units, self.confidence, strict=True), strict=True))
