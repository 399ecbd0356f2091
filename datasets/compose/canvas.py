"""`Canvas`: the plane that a scene is painted on, with a map of what each pixel shows."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from datasets.compose.optics import Optics
from datasets.compose.sprites import Sprite
from datasets.products.arrays import FloatArray

NOTHING = 0
"""In `Canvas.shows`: no unit. Units are numbered from 1."""

Point = tuple[float, float, float]
"""mm right of the middle, over the floor, behind the shelves' front edge."""


class Canvas:
    """Pixels under construction, painted from far to near.

    Attributes:
        pixels: (H, W, 3) float32 BGR, 0 to 255, more where it shines.
        shows: (H, W) int32, number of the unit that a pixel shows.
    """

    def __init__(self, optics: Optics) -> None:
        self.optics = optics
        self.pixels: FloatArray = np.zeros((optics.height, optics.width, 3), np.float32)
        self.shows: npt.NDArray[np.int32] = np.zeros((optics.height, optics.width), np.int32)

    def quad(self, corners: Sequence[Point], texture: npt.NDArray[np.generic], hides: float = 1.0) -> None:
        """Paints a flat texture on four points of the scene: top left, top right, bottom right, bottom left."""
        points = np.array([self.optics.project(*corner) for corner in corners], np.float32)
        low = np.maximum(np.floor(points.min(0)).astype(int) - 1, 0)
        high = np.minimum(np.ceil(points.max(0)).astype(int) + 2, (self.optics.width, self.optics.height))
        if (high <= low).any() or cv2.contourArea(points) < 1:
            return
        points -= low
        rows, columns = texture.shape[0] - 1, texture.shape[1] - 1
        flat = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32)
        warp = cv2.getPerspectiveTransform(flat, points)
        where = (slice(low[1], high[1]), slice(low[0], high[0]))
        behind = self.pixels[where].copy() if hides < 1 else None
        size = (int(high[0] - low[0]), int(high[1] - low[1]))
        cv2.warpPerspective(
            np.asarray(texture, np.float32), warp, size, self.pixels[where], cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT
        )
        if behind is not None:
            self.pixels[where] += (behind - self.pixels[where]) * np.float32(1 - hides)
        if hides >= 0.5:
            cv2.fillConvexPoly(self.shows[where], np.round(points * 16).astype(np.int32), NOTHING, cv2.LINE_8, 4)

    def holds(self, outline: FloatArray) -> bool:
        """Whether any part of the box around an outline (N, 2) lies on the canvas."""
        left, top = outline.min(0)
        right, bottom = outline.max(0)
        return bool(right > 0 and bottom > 0 and left < self.optics.width and top < self.optics.height)

    def blend(self, where: tuple[slice, slice], colours: FloatArray, hides: FloatArray) -> None:
        """Puts colours over a part of the canvas; what they hide by half or more shows no unit any longer."""
        part = self.pixels[where]
        part += (colours - part) * hides[..., None]
        self.shows[where][hides >= 0.5] = NOTHING

    def paste(self, sprite: Sprite, number: int) -> None:
        """Puts a pack on the canvas as unit `number`."""
        height, width = sprite.owns.shape
        top, left = max(sprite.y, 0), max(sprite.x, 0)
        bottom, right = min(sprite.y + height, self.optics.height), min(sprite.x + width, self.optics.width)
        if bottom <= top or right <= left:
            return
        inner = (slice(top - sprite.y, bottom - sprite.y), slice(left - sprite.x, right - sprite.x))
        where = (slice(top, bottom), slice(left, right))
        part = self.pixels[where]
        part *= sprite.keeps[inner][..., None]
        part += sprite.colour[inner]
        self.shows[where][sprite.owns[inner]] = number
