"""`Photo`: decoded pixels with the fingerprint of the file they came from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Photo:
    """One photo.

    Attributes:
        pixels: (H, W, 3) uint8, BGR as OpenCV keeps it, upright (EXIF rotation applied).
        sha256: hex digest of the encoded file.
        encoded: the file as it came from the camera; empty where the photo was made in memory.
        media_type: `image/jpeg` or `image/png`.
    """

    pixels: npt.NDArray[np.uint8]
    sha256: str
    encoded: bytes
    media_type: str

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])
