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

from edge.vision.slant import Floats

Map = npt.NDArray[np.int16] | npt.NDArray[np.uint8]

LONG_SIDE = 960
NEIGHBOURS = 8
_INTERCEPT, _TEXTURE, _COLOUR = -0.76, -2.16, -1.75
_FLOOR = 0.05


class Looks:
    """Texture and colour of a photo, to be asked of its places; measured when first asked.

    Args:
        pixels: the photo, (H, W, 3) BGR.
        products: (N, 4) boxes of the products found in it.
    """

    def __init__(self, pixels: npt.NDArray[np.uint8], products: Floats) -> None:
        self._pixels = pixels
        self._products = products
        self._scale = min(1.0, LONG_SIDE / max(pixels.shape[:2]))

    @cached_property
    def _maps(self) -> tuple[Map, Map]:
        """Texture and colour of each pixel of the photo, scaled down."""
        small = _shrunk(self._pixels, self._scale)
        grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
        across, down = (np.asarray(cv2.Sobel(grey, cv2.CV_16S, *axis), np.int16) for axis in ((1, 0), (0, 1)))
        texture = np.abs(across, out=across) + np.abs(down, out=down)
        blue, green, red = cv2.split(small)
        brightest, darkest = cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red)
        return texture, np.asarray(cv2.subtract(brightest, darkest), np.uint8)

    def emptiness(self, place: Floats) -> float:
        """Probability that `place` (4,) is empty, from its looks beside those of the products nearest to it."""
        if not len(self._products):
            return 1.0
        foot = np.abs(self._products[:, 3] - place[3])
        across = np.abs(self._products[:, [0, 2]].mean(axis=1) - place[[0, 2]].mean())
        near = np.argsort(foot + 0.3 * across)[:NEIGHBOURS]
        around = np.median([self._mean(self._products[i]) for i in near], axis=0)
        ratio = self._mean(place) / np.maximum(around, 1e-3)
        texture, colour = np.log(ratio + _FLOOR)
        return float(1 / (1 + np.exp(-(_INTERCEPT + _TEXTURE * texture + _COLOUR * colour))))

    def _mean(self, box: Floats) -> Floats:
        """Mean texture and colour inside the box, without its rim."""
        x1, y1, x2, y2 = box * self._scale
        texture, colour = self._maps
        height, width = texture.shape
        left, right = (int(np.clip(x, 0, width)) for x in (x1 + 0.1 * (x2 - x1), x2 - 0.1 * (x2 - x1) + 1))
        top, foot = (int(np.clip(y, 0, height)) for y in (y1 + 0.15 * (y2 - y1), y2 - 0.1 * (y2 - y1) + 1))
        if right <= left or foot <= top:
            return np.zeros(2)
        inside = slice(top, foot), slice(left, right)
        return np.array([cv2.mean(texture[inside])[0], cv2.mean(colour[inside])[0]])


def _shrunk(pixels: npt.NDArray[np.uint8], scale: float) -> npt.NDArray[np.uint8]:
    """`pixels` times `scale` (at most 1): whole pixels are averaged, which is quick, and what is left interpolated."""
    height, width = pixels.shape[:2]
    whole = int(1 / scale)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if whole > 1:
        halved = width // whole, height // whole
        pixels = np.asarray(cv2.resize(pixels, halved, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)
