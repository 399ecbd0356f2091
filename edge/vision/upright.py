"""Does a photo lie on its side? A camera mounted so, or a file that lost its word of how to turn it, gives such photos.

The detector learned from shelves that stand upright, and finds more of them the right way up. Where a photo shows few
products, or such as are not tall, it is looked at once more, turned by 90 degrees: whether to the left or the right
plays no part, for upside down the detector finds nearly as much. `python -m bench.sideways` measures how often it errs.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.detect import detect
from edge.vision.detections import Detections
from edge.vision.reading import PhotoQuality
from edge.vision.zoo import LoadedModel

TALL = 1.5
"""Height over width of the middle product from which on nothing speaks for lying down."""

FEW = 12
"""Products below which their shape says too little."""

POOR_FROM, UNUSABLE_FROM = 1.4, 1.8
"""How many times as much (sum of scores) is found in the turned photo."""

LEAST = 6
"""Products in the turned photo, below which nothing is said."""


def judged_by_turning(
    quality: PhotoQuality, model: LoadedModel, pixels: npt.NDArray[np.uint8], products: Detections
) -> PhotoQuality:
    """`quality` of a photo, lowered where it lies on its side.

    Args:
        quality: as the pixels alone have it.
        model: the detector.
        pixels: the photo, (H, W, 3) BGR.
        products: those found in it above the detector's threshold.
    """
    if len(products) >= FEW and _typical_shape(products) >= TALL:
        return quality
    turned = detect(model, np.asarray(cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE), np.uint8))
    here, there = float(products.scores.sum()), float(turned.scores.sum())
    if len(turned) < LEAST or there < POOR_FROM * here:
        return quality
    verdict = "unusable" if there >= UNUSABLE_FROM * here or quality.verdict == "unusable" else "poor"
    reason = f"it seems to lie on its side: turn the camera upright ({len(turned)} products seen in the photo turned)"
    return replace(quality, verdict=verdict, reasons=(*quality.reasons, reason))


def _typical_shape(products: Detections) -> float:
    """Median height over width."""
    sizes = products.boxes[:, 2:] - products.boxes[:, :2]
    return float(np.median(sizes[:, 1] / np.maximum(sizes[:, 0], 1)))
