"""Colours and how they are laid on: flat, as a gradient, as foil, through a mask."""

from __future__ import annotations

import zlib

import cv2
import numpy as np

from datasets.products.arrays import FloatArray, Mask, Pixels
from datasets.products.packs import Colour, Foil, Look

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)

_METALS: dict[Foil, tuple[Colour, Colour, Colour]] = {
    "gold": ((120, 82, 18), (214, 168, 66), (255, 238, 170)),
    "silver": ((112, 118, 126), (186, 190, 198), (250, 252, 255)),
}


def bgr(colour: Colour) -> tuple[int, int, int]:
    """The colour in OpenCV's channel order."""
    return colour[2], colour[1], colour[0]


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """`first` with `share` of `second` in it."""
    red, green, blue = (round(a * (1 - share) + b * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def lightness(colour: Colour) -> float:
    """How bright a colour looks, 0 to 1 (luma of ITU-R BT.601)."""
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255


def against(colour: Colour) -> Colour:
    """A dark or light edge that sets the colour off from what it lies on."""
    return mixed(colour, BLACK, 0.78) if lightness(colour) > 0.55 else mixed(colour, WHITE, 0.88)


def family_chance(look: Look, purpose: str) -> np.random.Generator:
    """Chance that is the same for all variants of a brand."""
    return np.random.default_rng(zlib.crc32(f"{look.word}/{look.layout}/{purpose}".encode()))


def gradient(height: int, width: int, top: Colour, bottom: Colour) -> Pixels:
    """(height, width, 3) from one colour down to another."""
    share = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    column = np.array(bgr(top), np.float32) * (1 - share) + np.array(bgr(bottom), np.float32) * share
    return np.ascontiguousarray(np.broadcast_to(column[:, None], (height, width, 3)).round().astype(np.uint8))


def foil(height: int, width: int, metal: Foil) -> Pixels:
    """Metal foil as it mirrors a room: bright and dark bands that lean."""
    dark, middle, bright = (np.array(bgr(colour), np.float32) for colour in _METALS[metal])
    across, down = np.meshgrid(np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32))
    wave = 0.5 + 0.5 * np.sin(2 * np.pi * (2.2 * across + 1.3 * down)) * np.cos(2 * np.pi * (0.7 * across - down))
    low = np.clip(1 - 2 * wave, 0, 1)[..., None]
    high = np.clip(2 * wave - 1, 0, 1)[..., None]
    return (middle * (1 - low - high) + dark * low + bright * high).round().astype(np.uint8)  # type: ignore[no-any-return]


def lay(image: Pixels, mask: Mask, paint: Colour | Pixels, strength: float = 1.0) -> None:
    """Lays a colour, or a picture of the same size, on the image where the mask (uint8, 0 to 255) is; in place."""
    x, y, width, height = cv2.boundingRect(mask)
    if not width:
        return
    part = np.s_[y : y + height, x : x + width]
    share = mask[part].astype(np.float32)[..., None] * np.float32(strength / 255)
    coat = np.array(bgr(paint), np.float32) if isinstance(paint, tuple) else paint[part].astype(np.float32)
    image[part] = (image[part] * (1 - share) + coat * share).round().astype(np.uint8)


def metal_or(image: Pixels, metal: Foil, colour: Colour) -> Colour | Pixels:
    """Foil of the image's size if there is any, else the colour."""
    return foil(image.shape[0], image.shape[1], metal) if metal else colour


def blank(image: Pixels) -> Mask:
    """An empty mask of the image's size."""
    mask: Mask = np.zeros(image.shape[:2], np.uint8)
    return mask


def polygon(image: Pixels, points: FloatArray) -> Mask:
    """The mask of a polygon (N, 2)."""
    mask = blank(image)
    cv2.fillPoly(mask, [np.round(np.asarray(points) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return mask


def disc(image: Pixels, centre: tuple[float, float], radius: float, squeeze: float = 1.0, turn: float = 0.0) -> Mask:
    """The mask of an ellipse; `squeeze` is its height over its width, `turn` in degrees."""
    mask = blank(image)
    axes = (max(round(radius), 1), max(round(radius * squeeze), 1))
    cv2.ellipse(mask, (round(centre[0]), round(centre[1])), axes, turn, 0, 360, 255, -1, cv2.LINE_AA)
    return mask


def ring(image: Pixels, centre: tuple[float, float], radius: float, thick: float) -> Mask:
    """The mask of a circle's line."""
    mask = blank(image)
    cv2.circle(
        mask, (round(centre[0]), round(centre[1])), max(round(radius), 1), 255, max(round(thick), 1), cv2.LINE_AA
    )
    return mask
