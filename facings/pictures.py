"""The header of a JPEG or PNG file: whether it is whole, what it is and how large, before any pixel is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from facings.errors import PhotoError

SMALLEST_SIDE = 64
MOST_PIXELS = 50_000_000

MediaType = Literal["image/jpeg", "image/png"]

_JPEG_START = b"\xff\xd8\xff"
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN, _END = 0xDA, 0xD9
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
# In entropy-coded bytes FF 00 is a plain FF, and FF D0..D7 are restart marks: the scan goes on behind both.
_NO_MARKER = frozenset({0x00, 0xFF, *range(0xD0, 0xD8)})


@dataclass(frozen=True)
class PictureHeader:
    """What a picture file says of itself; width and height in pixels, before any EXIF rotation."""

    media_type: MediaType
    width: int
    height: int

    @property
    def suffix(self) -> str:
        """Of its file's name."""
        return "png" if self.media_type == "image/png" else "jpg"


def read_header(encoded: bytes, smallest_side: int = SMALLEST_SIDE) -> PictureHeader:
    """The header of a picture whose file is whole and of a usable size.

    A file that claims a billion pixels costs nothing here.

    Raises:
        PhotoError: not a JPEG or PNG, cut off, too small or too large; the text says what to do.

    Example:
        >>> read_header(b"")
        Traceback (most recent call last):
        facings.errors.PhotoError: The file is empty: take or send the photo again.
    """
    if not encoded:
        raise PhotoError("The file is empty: take or send the photo again.")
    if encoded.startswith(_JPEG_START):
        header = PictureHeader("image/jpeg", *_jpeg_size(encoded))
    elif encoded.startswith(_PNG_START):
        header = PictureHeader("image/png", *_png_size(encoded))
    else:
        raise PhotoError(f"This is {_guess(encoded)}, not a JPEG or PNG photo, whatever its name: send a JPEG or PNG.")
    _check_size(header.width, header.height, smallest_side)
    return header


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
    known = {
        b"GIF8": "a GIF",
        b"RIFF": "a WebP or AVI",
        b"BM": "a BMP",
        b"II*\0": "a TIFF",
        b"MM\0*": "a TIFF",
        b"%PDF": "a PDF",
    }
    for start, name in known.items():
        if encoded.startswith(start):
            return name
    if encoded[4:8] == b"ftyp":
        return "a HEIC, AVIF or video file"
    if not any(encoded):
        return "a file of zeros"
    return "text" if _is_text(encoded[:512]) else "an unknown kind of file"


def _is_text(start: bytes) -> bool:
    """Whether a file's first bytes are UTF-8 without control characters; the last character may be cut off."""
    try:
        text = start.decode()
    except UnicodeDecodeError as error:
        if error.start < len(start) - 3:
            return False
        text = start[: error.start].decode()
    return all(character >= " " or character in "\t\r\n" for character in text)


def _jpeg_size(encoded: bytes) -> tuple[int, int]:
    """Width and height of a JPEG, after walking its segments to the end-of-image mark.

    Decoders fill what is missing with grey and say nothing, so the walk decides whether the file is whole.
    """
    cut = PhotoError("The JPEG is cut off before its end: send it again, and check the disk's space and the transfer.")
    size, at = None, 2
    while True:
        at = _after_marker(encoded, at)
        if not at:
            raise cut
        code = encoded[at - 1]
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


def _after_marker(encoded: bytes, at: int) -> int:
    """Where what follows the next marker begins; 0 where there is none."""
    while 0 <= (at := encoded.find(b"\xff", at)) < len(encoded) - 1:
        at += 1
        if encoded[at] not in _NO_MARKER:
            return at + 1
    return 0


def _png_size(encoded: bytes) -> tuple[int, int]:
    if encoded[12:16] != b"IHDR" or _PNG_END not in encoded[-64:]:
        raise PhotoError(
            "The PNG is cut off before its end: send it again, and check the disk's space and the transfer."
        )
    return int.from_bytes(encoded[16:20]), int.from_bytes(encoded[20:24])
