"""The quality gate: is this photo good enough to count products on?

All figures are measured on the photo's luma, shrunk to 512 pixels on the long side, so that a threshold means the
same for a 2-megapixel and a 12-megapixel camera. Thresholds were set on the photos of `../shared/data`: of its 244
cooler photos 243 pass as good and one as poor; blackened, bleached and defocused copies of them do not pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.photo import Photo
from edge.vision.reading import PhotoQuality

LONG_SIDE = 512
_STRIP = 64


@dataclass(frozen=True)
class _Rule:
    figure: Callable[[_Figures], float]
    too_low: bool
    poor: float
    unusable: float
    reason: str

    def verdict(self, figures: _Figures) -> str:
        value, poor, unusable = self.figure(figures), self.poor, self.unusable
        if self.too_low:
            value, poor, unusable = -value, -poor, -unusable
        return "unusable" if value > unusable else "poor" if value > poor else "good"


@dataclass(frozen=True)
class _Figures:
    brightness: float
    contrast: float
    sharpness: float
    flat: float


_RULES = (
    _Rule(lambda f: f.brightness, True, 0.16, 0.06, "too dark: check the cooler's lamp and the camera's exposure"),
    _Rule(lambda f: f.brightness, False, 0.85, 0.94, "too bright: check the exposure and light shining into the lens"),
    _Rule(lambda f: f.contrast, True, 0.25, 0.10, "hardly any contrast: fog, frost or something before the lens"),
    _Rule(lambda f: f.sharpness, True, 6.0, 2.0, "blurred: check the focus, and the lens for fog or dirt"),
    _Rule(
        lambda f: f.flat, False, 0.05, 0.30, "part of the picture is one flat band: the camera broke off while sending"
    ),
)


def judge(photo: Photo) -> PhotoQuality:
    """Verdict on a photo: `good`; `poor`, read it but trust it less; `unusable`, no reading may be made of it.

    Brightness is the mean luma (0 to 1), contrast its range from the 2nd to the 98th percentile (0 to 1), sharpness
    the standard deviation of its Laplacian (8-bit steps).
    """
    figures = _measure(photo.pixels)
    verdicts = [(rule.verdict(figures), rule.reason) for rule in _RULES]
    reasons = tuple(reason for verdict, reason in verdicts if verdict != "good")
    worst = max((verdict for verdict, _ in verdicts), key=("good", "poor", "unusable").index)
    return PhotoQuality(worst, figures.brightness, figures.contrast, figures.sharpness, reasons)


def _measure(pixels: npt.NDArray[np.uint8]) -> _Figures:
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    scale = min(1.0, LONG_SIDE / max(grey.shape))
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    low, high = _percentiles(np.asarray(grey, np.uint8), (0.02, 0.98))
    sharpness = float(cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_32F))[1][0, 0])
    return _Figures(float(grey.mean()) / 255, float(high - low) / 255, sharpness, _flat_share(pixels))


def _percentiles(grey: npt.NDArray[np.uint8], shares: tuple[float, ...]) -> npt.NDArray[np.int64]:
    """The levels that these shares of the pixels reach at most."""
    up_to = np.cumsum(cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel())
    return np.asarray(np.searchsorted(up_to, np.asarray(shares) * up_to[-1]), np.int64)


def _flat_share(pixels: npt.NDArray[np.uint8]) -> float:
    """Share of the height taken by rows at the bottom that are one colour, as a decoder fills what never came."""
    for foot in range(len(pixels), 0, -_STRIP):  # from below, for mostly the last row varies
        top = max(0, foot - _STRIP)
        brightest, darkest = (cv2.reduce(pixels[top:foot], 1, kind) for kind in (cv2.REDUCE_MAX, cv2.REDUCE_MIN))
        lines = np.flatnonzero((brightest - darkest).reshape(foot - top, -1).max(axis=1) > 2)
        if len(lines):
            return 1.0 - (top + int(lines[-1]) + 1) / len(pixels)
    return 1.0
