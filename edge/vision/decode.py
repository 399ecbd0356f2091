"""Encoded bytes to `Photo`: JPEG and PNG, upright, 8-bit BGR; anything else is refused in words.

The header is read before any pixel is decoded, so a file that claims a billion pixels costs nothing.
"""

from __future__ import annotations

import hashlib
import re

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.photo import Photo
from facings.errors import PhotoError

SMALLEST_SIDE = 64
MOST_PIXELS = 50_000_000

_JPEG_START = b"\xff\xd8\xff"
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN, _END = 0xDA, 0xD9
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
# In entropy-coded bytes FF 00 is a plain FF, and FF D0..D7 are restart marks: the scan goes on behind both.
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)


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


def check_file(encoded: bytes, smallest_side: int = SMALLEST_SIDE) -> str:
    """The media type of a photo whose file is whole and of a usable size; no pixel is decoded.

    Raises:
        PhotoError: as `decode_photo`, but for damage that only decoding finds.
    """
    if not encoded:
        raise PhotoError("The file is empty: take or send the photo again.")
    if encoded.startswith(_JPEG_START):
        media_type, (width, height) = "image/jpeg", _jpeg_size(encoded)
    elif encoded.startswith(_PNG_START):
        media_type, (width, height) = "image/png", _png_size(encoded)
    else:
        raise PhotoError(f"This is {_guess(encoded)}, not a JPEG or PNG photo, whatever its name: send a JPEG or PNG.")
    _check_size(width, height, smallest_side)
    return media_type


def _check_size(width: int, height: int, smallest_side: int) -> None:
    if min(width, height) < smallest_side:
        raise PhotoError(
            f"The photo has {width} x {height} pixels; at least {smallest_side} a side are needed to see a product: "
            "check the camera's resolution."
        )
    if width * height > MOST_PIXELS:
        raise PhotoError(
            f"The photo has {width} x {height} pixels, more than {MOST_PIXELS // 1_000_000} megapixels: "
            "lower the camera's resolution."
        )


def _guess(encoded: bytes) -> str:
    known = {b"GIF8": "a GIF", b"RIFF": "a WebP or AVI", b"BM": "a BMP", b"II*\0": "a TIFF", b"MM\0*": "a TIFF"}
    for start, name in known.items():
        if encoded.startswith(start):
            return name
    if encoded[4:8] == b"ftyp":
        return "a HEIC, AVIF or video file"
    if not any(encoded):
        return "a file of zeros"
    sample = encoded[:512]
    return "text" if all(byte >= 32 or byte in b"\t\r\n" for byte in sample) else "an unknown kind of file"


def _jpeg_size(encoded: bytes) -> tuple[int, int]:
    """Width and height of a JPEG, after walking its segments to the end-of-image mark.

    Decoders fill what is missing with grey and say nothing, so the walk decides whether the file is whole.
    """
    cut = PhotoError("The JPEG is cut off before its end: send it again, and check the disk's space and the transfer.")
    size, at = None, 2
    while True:
        marker = _NEXT_MARKER.search(encoded, at)
        if marker is None:
            raise cut
        at, code = marker.end(), encoded[marker.end() - 1]
        if code == _END:
            break
        if code in _ALONE:
            continue
        length = int.from_bytes(encoded[at : at + 2])
        if at + max(length, 2) > len(encoded):
            raise cut
        if code in _FRAME_HEADERS:
            size = int.from_bytes(encoded[at + 5 : at + 7]), int.from_bytes(encoded[at + 3 : at + 5])
        at += max(length, 2)
    if size is None:
        raise PhotoError("The JPEG holds no picture: take or send the photo again.")
    return size


def _png_size(encoded: bytes) -> tuple[int, int]:
    if encoded[12:16] != b"IHDR" or _PNG_END not in encoded[-64:]:
        raise PhotoError(
            "The PNG is cut off before its end: send it again, and check the disk's space and the transfer."
        )
    return int.from_bytes(encoded[16:20]), int.from_bytes(encoded[20:24])


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
