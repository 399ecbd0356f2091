"""What is wrong with a gallery, before a cooler finds out: pairs of SKUs that cannot be told apart, twins, thin SKUs.

Two SKUs are judged by the pictures themselves, as `Gallery` names them: each picture is held out and asked for among
the others. The share of a pair's pictures that go to the wrong one of the two is their overlap. Two SKUs that look
alike and differ in height are no such pair where both heights are known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from edge.vision.gallery import Gallery
from edge.vision.gallery_pictures import TWIN
from edge.vision.heights import told_apart

FEW_PICTURES = 3
"""Fewer pictures of a SKU are worth a word: three sides tell more than one."""
INSEPARABLE = 0.25
"""Share of a pair's held-out pictures that go to the wrong one, from which on the two cannot be separated."""
CLOSE = 0.93
"""Cosine between pictures of two SKUs, from which on a pair with too few pictures to be held out is told too."""


@dataclass(frozen=True)
class Pair:
    """Two SKUs that are hard to tell apart.

    `overlap` is the share of their held-out pictures that were taken for the other of the two, of `judged` pictures;
    `likeness` is the greatest cosine between pictures of the two. `heights_known`: whether those of both are, and
    differ too little.
    """

    skus: tuple[str, str]
    overlap: float
    judged: int
    likeness: float
    heights_known: bool = False


@dataclass(frozen=True)
class GalleryReport:
    """A gallery, judged.

    Attributes:
        pictures: SKU -> number of pictures.
        problems: pictures and folders that could not be used.
        twins: number of pictures of each SKU that are nearly the same as another of its own.
        pairs: SKUs which cannot be separated, the worst first.
    """

    pictures: dict[str, int]
    problems: tuple[str, ...]
    twins: dict[str, int]
    pairs: tuple[Pair, ...]

    @property
    def is_fine(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.problems or self.pairs) and bool(self.pictures)

    @property
    def thin(self) -> list[str]:
        """SKUs of few pictures."""
        return sorted(sku for sku, count in self.pictures.items() if count < FEW_PICTURES)


def check_gallery(gallery: Gallery) -> GalleryReport:
    """Judge a gallery by its own pictures."""
    skus = np.array(gallery.skus)
    seen = gallery.tuning.apply(gallery.embeddings) if gallery.tuning else gallery.embeddings
    cosines = seen @ seen.T
    pairs = (
        replace(pair, heights_known=gallery.heights.keys() >= set(pair.skus))
        for pair in _pairs(skus, cosines)
        if not told_apart(gallery.heights, *pair.skus)
    )
    return GalleryReport(
        pictures=dict(sorted(Counter(gallery.skus).items())),
        problems=gallery.problems,
        twins=_twins(skus, gallery.embeddings @ gallery.embeddings.T),
        pairs=tuple(sorted(pairs, key=lambda pair: (-pair.overlap, -pair.likeness))),
    )


def _twins(skus: npt.NDArray[np.str_], cosines: npt.NDArray[np.float32]) -> dict[str, int]:
    """How many pictures of each SKU are nearly the same as an earlier one of it."""
    twin = np.tril((cosines >= TWIN) & (skus[:, None] == skus[None]), -1).any(axis=1)
    return {str(sku): int(count) for sku, count in sorted(Counter(skus[twin].tolist()).items())}


def _pairs(skus: npt.NDArray[np.str_], cosines: npt.NDArray[np.float32]) -> Iterator[Pair]:
    held_out = cosines - 2 * np.eye(len(skus), dtype=np.float32)  # no picture is asked for by itself
    for first, second in combinations(sorted(set(skus.tolist())), 2):
        a, b = skus == first, skus == second
        likeness = float(cosines[np.ix_(a, b)].max())
        wrong, judged = 0, 0
        for own, other in ((a, b), (b, a)):
            if own.sum() > 1:  # the only picture of a SKU has none to be compared with
                taken = held_out[np.ix_(own, other)].max(axis=1) >= held_out[np.ix_(own, own)].max(axis=1)
                wrong, judged = wrong + int(taken.sum()), judged + int(own.sum())
        overlap = wrong / judged if judged else 0.0
        if overlap >= INSEPARABLE or (judged < FEW_PICTURES and likeness >= CLOSE):
            yield Pair((first, second), overlap, judged, likeness)
