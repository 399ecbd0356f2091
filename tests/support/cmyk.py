"""A CMYK JPEG, as printing houses send them; OpenCV reads such files but writes none."""

from __future__ import annotations

import struct

import numpy as np

BLOCK = 8
_SIZES = 12  # lengths of a difference in bits, 0 to 11; each length has a code of 4 bits


def cmyk_jpeg(pixels: np.ndarray) -> bytes:
    """A baseline JPEG of `pixels` (H, W, 3) BGR in four inks, inverted as Adobe writes them (ITU T.81).

    Each block of 8 x 8 pixels becomes one colour; H and W are multiples of 8.
    """
    inks = _inks(pixels[::BLOCK, ::BLOCK].astype(int))
    height, width = pixels.shape[:2]
    frame = struct.pack(">BHHB", 8, height, width, 4) + b"".join(bytes([ink, 0x11, 0]) for ink in range(4))
    return b"".join([
        b"\xff\xd8",
        _segment(0xEE, b"Adobe\0\x64\0\0\0\0\0"),
        _segment(0xDB, b"\0" + b"\x08" * 64),  # so the first coefficient of a block is its colour less 128
        _segment(0xC0, frame),
        _segment(0xC4, b"\0" + bytes([0, 0, 0, _SIZES] + [0] * 12) + bytes(range(_SIZES))),
        _segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\0"),  # the one code, 0, ends a block
        _segment(0xDA, b"\x04" + b"".join(bytes([ink, 0]) for ink in range(4)) + b"\0\x3f\0"),
        _scan(inks.reshape(-1, 4) - 128),
        b"\xff\xd9",
    ])  # fmt: skip


def _inks(bgr: np.ndarray) -> np.ndarray:
    """(H, W, 4) what is left of white without each ink: 255 is no ink at all."""
    black = bgr.max(axis=2, keepdims=True)
    return np.concatenate([bgr[..., ::-1] * 255 // np.maximum(black, 1), black], axis=2)


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _scan(colours: np.ndarray) -> bytes:
    bits = "".join(map(_difference, np.diff(colours, axis=0, prepend=np.zeros((1, 4), int)).ravel()))
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8).replace(b"\xff", b"\xff\0")


def _difference(value: int) -> str:
    size = int(abs(value)).bit_length()
    magnitude = value if value > 0 else value + (1 << size) - 1
    return f"{size:04b}" + (f"{magnitude:0{size}b}" if size else "") + "0"
