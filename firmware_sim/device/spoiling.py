"""What a camera's fault does to its picture."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from firmware_sim.device.fault import Knock

Pixels = npt.NDArray[np.uint8]
"""A picture: height x width x 3, BGR."""


def black(pixels: Pixels) -> Pixels:
    """The lamp is out, or the lens covered: what little light is left."""
    return pixels // 64


def white(pixels: Pixels) -> Pixels:
    """The sun in the lens: all but burnt out."""
    return 255 - (255 - pixels) // 64


def moved(pixels: Pixels, knock: Knock) -> Pixels:
    """The picture of a camera that hangs otherwise than before; beyond its edges it sees more of the same."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), knock.turn_deg, 1.0)
    matrix[:, 2] += knock.shift_x * width, knock.shift_y * height
    turned: Pixels = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REFLECT).astype(np.uint8)
    return turned


def grainy(pixels: Pixels) -> Pixels:
    """The picture with the sensor's grain, which is another in every picture."""
    grain = np.random.default_rng().integers(-1, 2, (*pixels.shape[:2], 1))
    noisy: Pixels = np.clip(pixels + grain, 0, 255).astype(np.uint8)
    return noisy
