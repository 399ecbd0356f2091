"""Figures of counting: how often a photo's count of a SKU is exactly right, and how wrong it is else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from models.evaluation.judged import JudgedPhoto

UNKNOWN = "unknown"
"""Where the gallery's other products are counted together."""


def pairs(photo: JudgedPhoto, threshold: float, skus: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """(SKU, labelled, counted) for each SKU that a photo holds or is said to hold."""
    labelled = Counter(sku if sku in skus else UNKNOWN for sku in photo.truth_skus)
    counted: Counter[str] = Counter()
    for sku, score, accepted in zip(photo.nearest, photo.scores, photo.accepted, strict=True):
        if score >= threshold:
            counted[sku if sku and accepted else UNKNOWN] += 1
    for sku in sorted({*labelled, *counted}):
        yield sku, labelled[sku], counted[sku]


def counting(photos: Sequence[JudgedPhoto], threshold: float, skus: frozenset[str]) -> dict[str, Any]:
    """Share of (photo, SKU) pairs with the exact count, over those labelled or counted; and the same by SKU.

    `count_error_by_sku` is the sum over all pairs of |counted - labelled| / all products labelled.
    """
    of: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for photo in photos:
        for sku, labelled, counted in pairs(photo, threshold, skus):
            of[sku].append((labelled, counted))
    every = np.array([pair for counts in of.values() for pair in counts], int).reshape(-1, 2)
    return {
        "pairs": len(every),
        "exact_count": round(float((every[:, 0] == every[:, 1]).mean()), 4) if len(every) else None,
        "count_error_by_sku": round(float(np.abs(every[:, 1] - every[:, 0]).sum() / max(every[:, 0].sum(), 1)), 4),
        "by_sku": {sku: _of_sku(np.array(counts)) for sku, counts in sorted(of.items())},
    }


def _of_sku(counts: Any) -> dict[str, float]:
    return {
        "photos": len(counts),
        "labelled": int(counts[:, 0].sum()),
        "counted": int(counts[:, 1].sum()),
        "exact_count": round(float((counts[:, 0] == counts[:, 1]).mean()), 4),
    }
