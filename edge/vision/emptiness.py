"""Does a place look empty? A gap between boxes may also be a product that the detector missed.

Compared with the products around it, an empty place has little texture and little colour: back wall, grille, shadow.
The curve below was fitted to 678 gaps and 884 products of rendered scenes and checked on 30 real photos of
`shelf_gaps`: it tells their labelled voids from products with an area under the ROC curve of 0.94.
"""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.slant import Floats, Ints

LONG_SIDE = 960
NEIGHBOURS = 8
_INTERCEPT, _TEXTURE, _COLOUR = -0.76, -2.16, -1.75
_FLOOR = 0.05


class Looks:
    """Texture and colour of a photo, to be asked of its places; measured when first asked.

    Args:
        pixels: the photo, (H, W, 3) BGR.
        products: (N, 4) boxes of the products found in it.
        long_side: pixels to which it is made smaller; fewer are quicker, and do where products are not small.
    """

    def __init__(self, pixels: npt.NDArray[np.uint8], products: Floats, long_side: int = LONG_SIDE) -> None:
        self._pixels = pixels
        self._products = products
        self._scale = min(1.0, long_side / max(pixels.shape[:2]))

    def emptiness(self, place: Floats) -> float:
        """Probability that `place` (4,) is empty, from its looks beside those of the products nearest to it."""
        if not len(self._products):
            return 1.0
        foot = np.abs(self._products[:, 3] - place[3])
        across = np.abs(self._products[:, [0, 2]].mean(axis=1) - place[[0, 2]].mean())
        near = np.argsort(foot + 0.3 * across)[:NEIGHBOURS]
        ratio = self._means(place[None])[0] / np.maximum(np.median(self._of_products[near], axis=0), 1e-3)
        texture, colour = np.log(ratio + _FLOOR)
        return float(1 / (1 + np.exp(-(_INTERCEPT + _TEXTURE * texture + _COLOUR * colour))))

    @cached_property
    def _of_products(self) -> Floats:
        return self._means(self._products)

    @cached_property
    def _sums(self) -> tuple[Floats, Floats]:
        """(H + 1, W + 1) each: texture and colour of the photo, scaled down, summed over all that is above and to the
        left (an integral image), so that the mean of any place is four numbers."""
        small = _shrunk(self._pixels, self._scale)
        grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
        across, down = (np.abs(cv2.Sobel(grey, cv2.CV_16S, *axis)) for axis in ((1, 0), (0, 1)))
        blue, green, red = cv2.split(small)
        brightest, darkest = cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red)
        texture, colour = cv2.add(across, down, dtype=cv2.CV_32F), cv2.subtract(brightest, darkest)
        return _summed(texture), _summed(colour)

    def _means(self, boxes: Floats) -> Floats:
        """(N, 2) mean texture and colour inside each box, without its rim; 0 where it lies off the photo."""
        high_lines, wide_lines = self._sums[0].shape
        x1, y1, x2, y2 = (boxes * self._scale).T
        wide, high = x2 - x1, y2 - y1
        left, right = _within(x1 + 0.1 * wide, wide_lines), _within(x2 - 0.1 * wide + 1, wide_lines)
        top, foot = _within(y1 + 0.15 * high, high_lines), _within(y2 - 0.1 * high + 1, high_lines)
        area = (right - left).clip(0) * (foot - top).clip(0)
        inside = [one[foot, right] - one[top, right] - one[foot, left] + one[top, left] for one in self._sums]
        return np.where(area[:, None] > 0, np.stack(inside, axis=1) / np.maximum(area, 1)[:, None], 0.0)


def _summed(values: cv2.typing.MatLike) -> Floats:
    """(H + 1, W + 1) the integral image of (H, W)."""
    return np.asarray(cv2.integral(values, sdepth=cv2.CV_64F), np.float64)


def _within(at: Floats, lines: int) -> Ints:
    """Whole pixels in an integral image with so many lines."""
    return np.clip(at.astype(np.int64), 0, lines - 1)


def _shrunk(pixels: npt.NDArray[np.uint8], scale: float) -> npt.NDArray[np.uint8]:
    """`pixels` times `scale` (at most 1): whole pixels are averaged, which is quick, and what is left interpolated."""
    height, width = pixels.shape[:2]
    whole = int(1 / scale)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if whole > 1:
        halved = width // whole, height // whole
        pixels = np.asarray(cv2.resize(pixels, halved, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)
