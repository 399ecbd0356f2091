"""What becomes of odd and bad pictures of one shelf: each is counted as the plain photo is, or refused in words.

The shelf is the golden picture of the detector, some thirty products that were drawn.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from edge.vision.chain import VisionChain
from edge.vision.decode import decode_photo
from edge.vision.reading import ShelfReading
from edge.vision.zoo import zoo_folder
from facings.errors import PhotoError

Pixels = np.ndarray
MADE_TO_TURN_RIGHT = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"


def shelf() -> Pixels:
    golden = cv2.imread(str(zoo_folder() / "product-detector" / "golden.jpg"))
    return np.asarray(cv2.resize(golden, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))


def file(suffix: str, pixels: Pixels, *flags: int) -> bytes:
    return bytes(cv2.imencode(suffix, pixels, list(flags))[1])


def jpeg(pixels: Pixels) -> bytes:
    return file(".jpg", pixels, cv2.IMWRITE_JPEG_QUALITY, 95)


def turned_by_exif(pixels: Pixels) -> bytes:
    """Stored lying on its left side, with the word that it must be turned."""
    plain = jpeg(cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE))
    segment = b"\xff\xe1" + struct.pack(">H", len(MADE_TO_TURN_RIGHT) + 2) + MADE_TO_TURN_RIGHT
    return plain[:2] + segment + plain[2:]


def with_alpha(pixels: Pixels) -> bytes:
    """Behind the shelf there is nothing at all: its outermost tenth is transparent."""
    height, width = pixels.shape[:2]
    alpha = np.zeros((height, width, 1), np.uint8)
    alpha[height // 20 : -height // 20, width // 20 : -width // 20] = 255
    return file(".png", np.concatenate([pixels, alpha], axis=2))


def forty_megapixels(pixels: Pixels) -> bytes:
    scale = (40e6 / (pixels.shape[0] * pixels.shape[1])) ** 0.5
    return file(".jpg", cv2.resize(pixels, None, fx=scale, fy=scale), cv2.IMWRITE_JPEG_QUALITY, 80)


@pytest.fixture(scope="module")
def chain() -> VisionChain:
    return VisionChain()


@pytest.fixture(scope="module")
def plain(chain: VisionChain) -> ShelfReading:
    return chain.read(decode_photo(jpeg(shelf())))


@pytest.mark.parametrize(
    ("make", "missed"),
    [
        pytest.param(lambda p: file(".png", p), 0.04, id="PNG"),
        pytest.param(lambda p: file(".png", p.astype(np.uint16) * 257), 0.04, id="16-bit PNG"),
        pytest.param(lambda p: file(".jpg", p, cv2.IMWRITE_JPEG_PROGRESSIVE, 1), 0.04, id="progressive JPEG"),
        pytest.param(turned_by_exif, 0.04, id="turned by EXIF"),
        pytest.param(with_alpha, 0.3, id="with an alpha channel"),
        pytest.param(lambda p: jpeg(cv2.cvtColor(p, cv2.COLOR_BGR2GRAY)), 0.2, id="greyscale"),
        pytest.param(forty_megapixels, 0.1, id="40 megapixels"),
        pytest.param(lambda p: jpeg(cv2.GaussianBlur(p, (0, 0), 1)), 0.1, id="a little blurred"),
        pytest.param(lambda p: jpeg(p)[:2] + b"\xff\xfe\0\x04hi" + jpeg(p)[2:], 0.04, id="with a comment"),
    ],
)
def test_counted_as_the_plain_photo(
    chain: VisionChain, plain: ShelfReading, make: Callable[[Pixels], bytes], missed: float
) -> None:
    reading = chain.read(decode_photo(make(shelf())))
    assert reading.quality.verdict != "unusable"
    assert len(reading.products) == pytest.approx(len(plain.products), rel=missed)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(np.zeros_like, "too dark", id="black"),
        pytest.param(lambda p: np.full_like(p, 255), "too bright", id="white"),
        pytest.param(lambda p: np.full_like(p, 128), "hardly any contrast", id="one grey"),
        pytest.param(lambda p: cv2.GaussianBlur(p, (0, 0), 12), "blurred", id="blurred"),
        pytest.param(lambda p: cv2.rotate(p, cv2.ROTATE_90_CLOCKWISE), "on its side", id="turned to the right"),
        pytest.param(lambda p: cv2.rotate(p, cv2.ROTATE_90_COUNTERCLOCKWISE), "on its side", id="turned to the left"),
        pytest.param(lambda p: np.r_[p[: len(p) // 2], np.full_like(p[len(p) // 2 :], 128)], "broke off", id="half"),
    ],
)
def test_unusable_for_a_reason(chain: VisionChain, change: Callable[[Pixels], Pixels], reason: str) -> None:
    reading = chain.read(decode_photo(jpeg(change(shelf()))))
    assert reading.quality.verdict == "unusable"
    assert reason in "; ".join(reading.quality.reasons)
    assert (reading.products, reading.lines, reading.gaps) == ((), (), ())


@pytest.mark.parametrize(
    ("make", "says"),
    [
        pytest.param(lambda p: b"", "is empty", id="zero bytes"),
        pytest.param(lambda p: b"\0" * 4096, "file of zeros", id="zeros"),
        pytest.param(lambda p: jpeg(p)[:-200], "cut off", id="truncated JPEG"),
        pytest.param(lambda p: file(".png", p)[:-200], "cut off", id="truncated PNG"),
        pytest.param(lambda p: jpeg(p)[:4], "cut off", id="nothing but a start"),
        pytest.param(lambda p: b"GIF89a" + b"\0" * 64, "a GIF", id="animated GIF named .jpg"),
        pytest.param(lambda p: file(".tiff", p.astype(np.uint16) * 257), "a TIFF", id="16-bit TIFF"),
        pytest.param(lambda p: file(".webp", p), "a WebP", id="WebP"),
        pytest.param(lambda p: file(".bmp", p), "a BMP", id="BMP"),
        pytest.param(lambda p: b"\0\0\0\x18ftypheic" + b"\0" * 64, "HEIC", id="HEIC"),
        pytest.param(lambda p: bytes(range(128, 256)) * 16, "an unknown kind of file", id="unknown bytes"),
        pytest.param(lambda p: b"%PDF-1.7\n" + b"\x80" * 64, "a PDF", id="PDF"),
        pytest.param(lambda p: b"<html>Not found</html>", "This is text", id="a web page"),
        pytest.param(lambda p: jpeg(p[:40, :40]), "at least 64 a side", id="a thumbnail"),
    ],
)
def test_refused_in_words(make: Callable[[Pixels], bytes], says: str) -> None:
    with pytest.raises(PhotoError, match=says):
        decode_photo(make(shelf()))
