"""What `decode_photo` makes of good, odd and broken files."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest

from edge.vision.decode import decode_photo
from facings.errors import PhotoError
from tests.support.cmyk import cmyk_jpeg

HEIGHT, WIDTH = 80, 120
TIFF_TURN_RIGHT = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"


def picture() -> np.ndarray:
    """Left half red, right half blue, the top left corner green."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:, : WIDTH // 2] = (0, 0, 255)
    pixels[:, WIDTH // 2 :] = (255, 0, 0)
    pixels[:16, :16] = (0, 255, 0)
    return pixels


def encoded(suffix: str, pixels: np.ndarray | None = None, *flags: int) -> bytes:
    return bytes(cv2.imencode(suffix, picture() if pixels is None else pixels, list(flags))[1])


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, depth: int, colour: int, row: bytes, extra: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    rows = zlib.compress((b"\0" + row) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def with_exif(jpeg: bytes) -> bytes:
    segment = b"Exif\0\0" + TIFF_TURN_RIGHT
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]


def jpeg_claiming(width: int, height: int) -> bytes:
    whole = encoded(".jpg")
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + struct.pack(">HH", height, width) + whole[at + 4 :]


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(encoded(".jpg"), id="jpeg"),
        pytest.param(encoded(".jpg", None, cv2.IMWRITE_JPEG_PROGRESSIVE, 1), id="progressive jpeg"),
        pytest.param(encoded(".jpg", None, cv2.IMWRITE_JPEG_RST_INTERVAL, 2), id="jpeg with restart marks"),
        pytest.param(encoded(".jpg") + b"\0" * 4096, id="jpeg with bytes behind its end"),
        pytest.param(encoded(".png"), id="png"),
        pytest.param(encoded(".png", picture().astype(np.uint16) * 257), id="16-bit png"),
        pytest.param(cmyk_jpeg(picture()), id="cmyk jpeg"),
    ],
)
def test_a_whole_photo_keeps_size_and_colours(file: bytes) -> None:
    photo = decode_photo(file)
    assert (photo.width, photo.height) == (WIDTH, HEIGHT)
    for point, colour in {(8, 8): (0, 255, 0), (60, 30): (0, 0, 255), (60, 100): (255, 0, 0)}.items():
        assert np.abs(photo.pixels[point].astype(int) - colour).max() < 12
    assert photo.encoded == file
    assert photo.media_type in {"image/jpeg", "image/png"}


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(with_exif(encoded(".jpg")), id="jpeg"),
        pytest.param(encoded(".png")[:33] + chunk(b"eXIf", TIFF_TURN_RIGHT) + encoded(".png")[33:], id="png"),
    ],
)
def test_exif_rotation_is_applied(file: bytes) -> None:
    photo = decode_photo(file)
    assert (photo.width, photo.height) == (HEIGHT, WIDTH)
    assert np.abs(photo.pixels[8, HEIGHT - 8].astype(int) - (0, 255, 0)).max() < 12


@pytest.mark.parametrize(
    ("file", "colour"),
    [
        pytest.param(encoded(".jpg", np.full((64, 64), 90, np.uint8)), (90, 90, 90), id="grey jpeg"),
        pytest.param(png(64, 64, 16, 0, b"\x80\x10" * 64), (128, 128, 128), id="16-bit grey png"),
        pytest.param(png(64, 64, 1, 0, b"\xff" * 8), (255, 255, 255), id="1-bit png"),
        pytest.param(png(64, 64, 8, 6, bytes([200, 0, 0, 0] * 64)), (255, 255, 255), id="transparent on white"),
        pytest.param(png(64, 64, 8, 6, bytes([200, 0, 0, 128] * 64)), (127, 127, 227), id="half transparent"),
        pytest.param(png(64, 64, 8, 4, bytes([100, 255] * 64)), (100, 100, 100), id="grey with alpha"),
        pytest.param(png(64, 64, 16, 6, b"\xff\xff\0\0\0\0\xff\xff" * 64), (0, 0, 255), id="16-bit with alpha"),
        pytest.param(
            png(64, 64, 8, 3, b"\0" * 64, chunk(b"PLTE", bytes([9, 8, 7])) + chunk(b"tRNS", b"\0")),
            (255, 255, 255),
            id="transparent palette",
        ),
    ],
)
def test_every_kind_of_pixel_becomes_bgr(file: bytes, colour: tuple[int, int, int]) -> None:
    pixels = decode_photo(file).pixels
    assert pixels.shape == (64, 64, 3) and pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - colour).max() <= 1


@pytest.mark.parametrize(
    ("file", "says"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"milk, eggs\nbread\n", "This is text", id="text named .jpg"),
        pytest.param(b"\0" * 1000, "file of zeros", id="zeros"),
        pytest.param(b"GIF89a" + b"\0" * 20, "a GIF", id="gif"),
        pytest.param(b"\0\0\0\x18ftypheic" + b"\0" * 20, "HEIC", id="heic"),
        pytest.param(encoded(".jpg", np.zeros((1, 1, 3), np.uint8)), "1 x 1 pixels; at least 64", id="one pixel"),
        pytest.param(encoded(".jpg")[:-2], "cut off", id="jpeg without its end mark"),
        pytest.param(encoded(".jpg")[:300], "cut off", id="jpeg cut in its tables"),
        pytest.param(with_exif(encoded(".jpg"))[:40], "cut off", id="jpeg cut in its exif"),
        pytest.param(encoded(".png")[:-20], "cut off", id="png cut off"),
        pytest.param(jpeg_claiming(60000, 60000), "more than 50 megapixels", id="claims 3.6 gigapixels"),
        pytest.param(png(100_000, 100_000, 1, 0, b""), "more than 50 megapixels", id="png bomb"),
        pytest.param(b"\xff\xd8\xff\xd9", "holds no picture", id="jpeg without a picture"),
        pytest.param(encoded(".png").replace(b"IDAT", b"IDAT\1", 1), "damaged", id="damaged png"),
    ],
)
def test_what_is_no_usable_photo_is_refused_in_words(file: bytes, says: str) -> None:
    with pytest.raises(PhotoError, match=says):
        decode_photo(file)


def test_an_embedded_thumbnail_does_not_hide_a_cut() -> None:
    whole = encoded(".jpg")
    segment = b"Exif\0\0" + encoded(".jpg", np.zeros((16, 16, 3), np.uint8))
    jpeg = whole[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + whole[2:]
    assert decode_photo(jpeg).width == WIDTH
    with pytest.raises(PhotoError, match="cut off"):
        decode_photo(jpeg[:-100])
