"""`PhotoFacts`: what the pixels of a photo file say, read once per file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from datasets.files import sha256_of
from facings.errors import BadInputError

_BLANK_BELOW = 2.0
"""Standard deviation of grey, of 255: a photo of less shows nothing."""

_HASH_SIDE = 16


@dataclass(frozen=True)
class PhotoFacts:
    """A photo file that could be decoded.

    Attributes:
        width, height: pixels once EXIF rotation is applied, as every part of the product sees the photo.
        sha256: of the file.
        look: difference hash of 256 bits (16 rows of 16 comparisons of neighbours); near-equal photos differ in few.
        blank: one colour, more or less.
    """

    width: int
    height: int
    sha256: str
    look: bytes
    blank: bool


def photo_facts(file: Path) -> PhotoFacts:
    """Reads a photo; the second time only if the file has changed.

    Raises:
        BadInputError: the file is missing, empty, cut short, or no picture.
    """
    try:
        stat = file.stat()
    except OSError as error:
        raise BadInputError(f"{file}: the photo is not there ({error.strerror})") from error
    return _facts(file, stat.st_mtime_ns, stat.st_size)


def size_of(file: Path) -> tuple[int, int]:
    """Width and height of a photo; 0, 0 where it cannot be read, which `faults` tells of."""
    try:
        facts = photo_facts(file)
    except BadInputError:
        return 0, 0
    return facts.width, facts.height


@lru_cache(maxsize=100_000)
def _facts(file: Path, _changed: int, size: int) -> PhotoFacts:
    if size == 0:
        raise BadInputError(f"{file}: the photo is empty: copy the file again")
    content = file.read_bytes()
    if _cut_short(content):
        raise BadInputError(f"{file}: the photo is cut short: copy the file again")
    pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise BadInputError(f"{file}: not a picture that can be read")
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(np.uint8)
    height, width = grey.shape
    return PhotoFacts(width, height, sha256_of(content), difference_hash(grey), float(grey.std()) < _BLANK_BELOW)


def _cut_short(content: bytes) -> bool:
    """Whether the end mark of a JPEG or PNG is missing; some cameras write bytes behind it."""
    if content.startswith(b"\xff\xd8\xff"):
        return b"\xff\xd9" not in content[-65_536:]
    return content.startswith(b"\x89PNG") and b"IEND" not in content[-65_536:]


def difference_hash(grey: npt.NDArray[np.uint8]) -> bytes:
    """32 bytes that hardly change when a photo is resized, recompressed or brightened.

    Source: N. Krawetz, "Kind of Like That" (2013): is each cell brighter than its right neighbour, on a small copy.
    """
    small = cv2.resize(grey, (_HASH_SIDE + 1, _HASH_SIDE), interpolation=cv2.INTER_AREA).astype(np.int16)
    return np.packbits(small[:, 1:] > small[:, :-1]).tobytes()
