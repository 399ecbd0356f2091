"""Pictures of products: checked, made small, and cut from photos."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from facings.errors import PhotoError
from facings.galleries import JPEG_QUALITY, LONGEST_SIDE
from facings.messages import Box
from facings.pictures import read_header

SMALLEST_SIDE = 16


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept."""

    content: bytes
    suffix: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """Names it by its content."""
        return hashlib.sha256(self.content).hexdigest()


def prepared(encoded: bytes) -> Picture:
    """A JPEG or PNG as the gallery keeps it: as it is, or smaller where it is larger than needed.

    Raises:
        PhotoError: broken, too small, or neither of the two; the text says what to do.
    """
    header = read_header(encoded, SMALLEST_SIDE)
    pixels = decoded(encoded)
    if max(pixels.shape[:2]) <= LONGEST_SIDE:
        return Picture(encoded, header.suffix, header.width, header.height)
    return as_jpeg(pixels)


def cut(photo: npt.NDArray[np.uint8], box: Box) -> Picture:
    """The part of a photo inside `box`.

    Raises:
        PhotoError: there is next to nothing in it.
    """
    height, width = photo.shape[:2]
    left, top = int(box.x * width), int(box.y * height)
    right, bottom = round((box.x + box.w) * width), round((box.y + box.h) * height)
    crop = photo[top:bottom, left:right]
    if min(crop.shape[:2]) < SMALLEST_SIDE:
        raise PhotoError(
            f"the product has {crop.shape[1]} x {crop.shape[0]} pixels on the photo: too few to tell it by"
        )
    return as_jpeg(crop)


def decoded(encoded: bytes) -> npt.NDArray[np.uint8]:
    """A picture's pixels, upright, as 8-bit BGR.

    Raises:
        PhotoError: they cannot be decoded.
    """
    try:
        pixels = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise PhotoError(f"the picture cannot be decoded ({error.err}): take another") from error
    if pixels is None:
        raise PhotoError("the picture's data are damaged and cannot be decoded: take another")
    return np.asarray(pixels, np.uint8)


def as_jpeg(pixels: npt.NDArray[np.uint8]) -> Picture:
    """Pixels as a small JPEG."""
    height, width = pixels.shape[:2]
    scale = min(1.0, LONGEST_SIDE / max(width, height))
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    content = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()
    return Picture(content, "jpg", pixels.shape[1], pixels.shape[0])
