"""`Detections`: what a detector found in one photo; every later stage takes and returns it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

PRODUCT, GAP, PRICE_TAG, PERSON = "product", "gap", "price-tag", "person"
CLASSES = (PRODUCT, GAP, PRICE_TAG, PERSON)
"""What detectors may find, and how label files call it; a manifest names the classes of its own."""

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Detections:
    """Boxes found in one photo.

    Attributes:
        boxes: (N, 4) float32, x1 y1 x2 y2 in pixels of the photo.
        scores: (N,) float32, probability in [0, 1] that the box holds what its class says.
        classes: (N,) int64, index into `names`.
        names: class names of the detector, `("product",)` for the first one.

    Example:
        >>> Detections.empty().with_score_over(0.5).boxes.shape
        (0, 4)
    """

    boxes: FloatArray
    scores: FloatArray
    classes: IntArray
    names: tuple[str, ...] = ("product",)

    def __len__(self) -> int:
        return len(self.boxes)

    @classmethod
    def empty(cls, names: tuple[str, ...] = ("product",)) -> Detections:
        """No detection at all."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64), names)

    def take(self, index: npt.NDArray[np.generic]) -> Detections:
        """The detections at `index` (integer positions or a boolean mask)."""
        return Detections(self.boxes[index], self.scores[index], self.classes[index], self.names)

    def with_score_over(self, threshold: float) -> Detections:
        """The detections whose score is at least `threshold`."""
        return self.take(self.scores >= threshold)

    def of(self, name: str) -> Detections:
        """The detections of the class `name`; none where the detector does not know it."""
        return self.take(np.asarray([other == name for other in self.names])[self.classes])
