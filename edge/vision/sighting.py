"""`Sighting`: what the models saw on one photo, between recognition and arrangement."""

from __future__ import annotations

from dataclasses import dataclass, field

from edge.vision.detections import Detections, FloatArray
from edge.vision.gallery import Names
from edge.vision.prices import Price
from edge.vision.reading import PhotoQuality


@dataclass(frozen=True, eq=False)
class Sighting:
    """What the models saw on one photo, before it is arranged.

    Attributes:
        size: width and height of the photo, pixels.
        found: the products counted.
        weak: detections beneath the threshold, not counted.
        names: of the products counted.
        quality: verdict on the photo.
        sights: what the detector sees beside products: persons, gaps, price tags, if it knows them.
        vectors: (N, dimensions) looks of the products counted, where an embedder looked at them.
        prices: what each of the price tags says; none where nothing reads them.
    """

    size: tuple[int, int]
    found: Detections
    weak: Detections
    names: Names
    quality: PhotoQuality
    sights: Detections = field(default_factory=Detections.empty)
    vectors: FloatArray | None = None
    prices: tuple[Price, ...] = ()

    @property
    def named(self) -> bool:
        """Whether a gallery was asked: without one 'unknown' is no answer that could be wrong."""
        return bool((self.names.confidence < 1).any())
