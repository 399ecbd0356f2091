"""Encoded bytes to `Photo`: JPEG and PNG, upright, 8-bit BGR; anything else is refused in words.

The header is read before any pixel is decoded, so a file that claims a billion pixels costs nothing.
"""

from __future__ import annotations

import hashlib

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.photo import Photo
from facings.errors import PhotoError
from facings.pictures import SMALLEST_SIDE, MediaType, read_header


def decode_photo(encoded: bytes, smallest_side: int = SMALLEST_SIDE) -> Photo:
    """The photo in `encoded`, a whole JPEG or PNG file with at least `smallest_side` pixels a side.

    EXIF rotation is applied, transparency is laid on white, grey, 16-bit and CMYK files become 8-bit BGR.

    Raises:
        PhotoError: not a usable photo; the text says what is wrong and what to do.

    Example:
        >>> decode_photo(b"")
        Traceback (most recent call last):
        facings.errors.PhotoError: The file is empty: take or send the photo again.
    """
    media_type = check_file(encoded, smallest_side)
    pixels = _decode_png(encoded) if media_type == "image/png" else _decode(encoded, cv2.IMREAD_COLOR)
    return Photo(pixels, hashlib.sha256(encoded).hexdigest(), encoded, media_type)


def check_file(encoded: bytes, smallest_side: int = SMALLEST_SIDE) -> MediaType:
    """The media type of a photo whose file is whole and of a usable size; no pixel is decoded.

    Raises:
        PhotoError: as `decode_photo`, but for damage that only decoding finds.
    """
    return read_header(encoded, smallest_side).media_type


def _decode(encoded: bytes, flags: int) -> npt.NDArray[np.uint8]:
    try:
        pixels = cv2.imdecode(np.frombuffer(encoded, np.uint8), flags)
    except cv2.error as error:
        raise PhotoError(f"The photo cannot be decoded ({error.err}): take or send it again.") from error
    if pixels is None:
        raise PhotoError("The photo's data are damaged and cannot be decoded: take or send it again.")
    return np.asarray(pixels)


def _decode_png(encoded: bytes) -> npt.NDArray[np.uint8]:
    raw = _decode(encoded, cv2.IMREAD_UNCHANGED)
    if raw.ndim == 2 or raw.shape[2] == 3:
        return _decode(encoded, cv2.IMREAD_COLOR)
    opaque = np.empty((*raw.shape[:2], 3), np.uint8)
    for top in range(0, len(raw), 256):  # in strips: as floats a large photo would take a gigabyte
        strip = raw[top : top + 256].astype(np.float32) / np.iinfo(raw.dtype).max
        alpha = strip[..., 3:]
        opaque[top : top + 256] = np.rint((strip[..., :3] * alpha + (1 - alpha)) * 255)
    return opaque
