"""Draws the flat artwork of a label: ground, motif, fruit, brand and flavour.

A wrap-around label is drawn with its front in the middle of the left half and again in the middle of the right half,
as cans have it, with a column of small print between.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from datasets.products.arrays import Pixels
from datasets.products.packs import Colour, Look, Motif

_AA = cv2.LINE_AA
_FACES: dict[str, cv2.FontFace] = {}


def bgr(colour: Colour) -> tuple[int, int, int]:
    """The colour in OpenCV's channel order."""
    return colour[2], colour[1], colour[0]


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """`first` with `share` of `second` in it."""
    red, green, blue = (round(a * (1 - share) + b * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def put_text(image: Pixels, text: str, centre: tuple[float, float], height: float, width: float, colour: Colour,
             lettering: str = "sans", weight: int = 800) -> None:  # fmt: skip
    """Letters centred at `centre`, `height` pixels tall or as much smaller as `width` demands."""
    face = _FACES.setdefault(lettering, cv2.FontFace(lettering))
    size = max(int(height * 1.35), 5)
    x, y, w, h = cv2.getTextSize((0, 0), text, (0, 0), face, size, weight)
    if w > width:
        size = max(int(size * width / w), 4)
        x, y, w, h = cv2.getTextSize((0, 0), text, (0, 0), face, size, weight)
    corner = (round(centre[0] - w / 2 - x), round(centre[1] - h / 2 - y))
    cv2.putText(image, text, corner, bgr(colour), face, size, weight)


def wrap_label(look: Look, width: int, height: int) -> Pixels:
    """The label as it lies flat, `width` pixels around the pack: (height, width, 3) BGR."""
    half = panel(look, width // 2, height)
    flat = np.concatenate([half, half], axis=1)
    flat = cv2.resize(flat, (width, height)) if flat.shape[1] != width else flat
    for centre in (0, width // 2):
        _small_print(flat, look, centre, width // 11)
    return flat


def panel(look: Look, width: int, height: int) -> Pixels:
    """One front panel: ground, motif, fruit and letters."""
    image: Pixels = np.full((height, width, 3), bgr(look.base), np.uint8)
    MOTIFS[look.motif](image, look)
    if look.fruit is not None:
        _fruit(image, look.fruit, (0.52 * width, 0.7 * height), 0.17 * min(width, height * 1.2))
    if look.upright:
        _upright_letters(image, look)
    else:
        _level_letters(image, look)
    return image


def _level_letters(image: Pixels, look: Look) -> None:
    height, width = image.shape[:2]
    tall = min(0.2 * width, 0.3 * height)
    put_text(image, look.word, (width / 2, 0.36 * height), tall, 0.62 * width, look.ink, look.lettering)
    if look.flavour:
        ink = look.accent if look.fruit is None else look.ink
        below = 0.36 * height + 0.95 * tall
        put_text(image, look.flavour, (width / 2, below), 0.5 * tall, 0.4 * width, ink, "sans", 700)


def _upright_letters(image: Pixels, look: Look) -> None:
    height, width = image.shape[:2]
    turned = np.ascontiguousarray(np.rot90(image, -1))
    put_text(turned, look.word, (0.5 * height, 0.47 * width), 0.3 * width, 0.72 * height, look.ink, look.lettering)
    if look.flavour:
        put_text(
            turned, look.flavour, (0.5 * height, 0.66 * width), 0.1 * width, 0.4 * height, look.accent, "sans", 700
        )
    image[:] = np.rot90(turned, 1)


def _small_print(flat: Pixels, look: Look, centre: int, width: int) -> None:
    height, around = flat.shape[:2]
    block: Pixels = np.full((height, width, 3), bgr(mixed(look.base, look.ink, 0.08)), np.uint8)
    for row in range(int(0.2 * height), int(0.6 * height), max(height // 40, 4)):
        cv2.line(block, (2, row), (width - 3 - (row * 7) % (width // 3), row), bgr(mixed(look.base, look.ink, 0.75)), 1)
    code = block[int(0.66 * height) : int(0.8 * height), 3:-3]
    code[:] = 245
    code[:, ::3] = 25
    code[:, ::7] = 25
    columns = (np.arange(width) + centre - width // 2) % around
    flat[:, columns] = block


def _fruit(image: Pixels, colour: Colour, centre: tuple[float, float], radius: float) -> None:
    for dx, dy, scale in ((-0.75, 0.15, 0.8), (0.7, 0.2, 0.85), (0.0, -0.1, 1.0)):
        at = (round(centre[0] + dx * radius), round(centre[1] + dy * radius))
        size = round(radius * scale)
        cv2.circle(image, at, size, bgr(mixed(colour, (60, 20, 0), 0.25)), -1, _AA)
        cv2.circle(image, (at[0] - size // 10, at[1] - size // 10), round(size * 0.88), bgr(colour), -1, _AA)
        shine = (at[0] - size // 3, at[1] - size // 3)
        cv2.circle(image, shine, max(size // 5, 1), bgr(mixed(colour, (255, 255, 255), 0.6)), -1, _AA)
    leaf = (round(centre[0] + 0.35 * radius), round(centre[1] - 1.15 * radius))
    cv2.ellipse(
        image, leaf, (max(round(radius * 0.5), 1), max(round(radius * 0.2), 1)), -30, 0, 360, (50, 140, 60), -1, _AA
    )


def _plain(image: Pixels, look: Look) -> None:
    height, width = image.shape[:2]
    cv2.rectangle(image, (0, int(0.86 * height)), (width, height), bgr(look.second), -1)


def _stripes(image: Pixels, look: Look) -> None:
    height, width = image.shape[:2]
    for top in (0.06, 0.14, 0.62, 0.7, 0.78):
        cv2.rectangle(image, (0, int(top * height)), (width, int((top + 0.04) * height)), bgr(look.second), -1)


def _wave(image: Pixels, look: Look) -> None:
    height, width = image.shape[:2]
    x = np.linspace(0, width, 48)
    swing = np.sin(x / width * 2 * np.pi)
    for level, thick, colour in ((0.62, 0.13, look.second), (0.79, 0.035, look.accent)):
        upper = np.stack([x, (level + 0.07 * swing) * height], 1)
        lower = np.stack([x, (level + thick + 0.045 * swing) * height], 1)[::-1]
        cv2.fillPoly(image, [np.concatenate([upper, lower]).round().astype(np.int32)], bgr(colour), _AA)


def _circle(image: Pixels, look: Look) -> None:
    height, width = image.shape[:2]
    centre = (width // 2, int(0.4 * height))
    radius = int(0.36 * width)
    cv2.circle(image, centre, radius, bgr(look.second), -1, _AA)
    cv2.circle(image, centre, int(radius * 1.1), bgr(look.accent), max(width // 40, 1), _AA)


def _chevron(image: Pixels, look: Look) -> None:
    height, width = image.shape[:2]
    for top, colour in ((0.08, look.second), (0.72, look.second), (0.8, look.accent)):
        y, rise, thick = top * height, 0.28 * width, 0.05 * height
        points = [
            (0, y),
            (width / 2, y + rise),
            (width, y),
            (width, y + thick),
            (width / 2, y + rise + thick),
            (0, y + thick),
        ]
        cv2.fillPoly(image, [np.array(points).round().astype(np.int32)], bgr(colour), _AA)


def _burst(image: Pixels, look: Look) -> None:
    height, width = image.shape[:2]
    centre = np.array([width / 2, 0.68 * height])
    for spoke in range(18):
        angles = 2 * np.pi * (spoke + np.array([0.0, 0.5])) / 18
        rim = centre + 1.3 * height * np.stack([np.cos(angles), np.sin(angles)], 1)
        cv2.fillPoly(
            image,
            [np.vstack([centre, rim]).round().astype(np.int32)],
            bgr(mixed(look.base, (255, 255, 255), 0.22)),
            _AA,
        )
    cv2.ellipse(
        image,
        (width // 2, int(0.36 * height)),
        (int(0.42 * width), int(0.13 * height)),
        -8,
        0,
        360,
        bgr(look.second),
        -1,
        _AA,
    )


def _hills(image: Pixels, look: Look) -> None:
    height, width = image.shape[:2]
    for shade, peaks in (
        (0.45, ((0.2, 0.62), (0.55, 0.55), (0.85, 0.64))),
        (1.0, ((0.0, 0.72), (0.38, 0.66), (0.75, 0.74))),
    ):
        outline = [(0, height)]
        for peak, top in peaks:
            outline += [
                ((peak - 0.16) * width, 0.84 * height),
                (peak * width, top * height),
                ((peak + 0.16) * width, 0.84 * height),
            ]
        outline.append((width, height))
        colour = mixed(look.base, look.second, shade)
        cv2.fillPoly(image, [np.array(outline).round().astype(np.int32)], bgr(colour), _AA)


def _bubbles(image: Pixels, look: Look) -> None:
    height, width = image.shape[:2]
    rng = np.random.default_rng(len(look.word) * 31 + look.base[0])
    for _ in range(40):
        at = (int(rng.integers(0, width)), int(rng.integers(int(0.5 * height), height)))
        cv2.circle(
            image, at, int(rng.integers(2, max(width // 10, 4))), bgr(look.second), -1 if rng.random() < 0.5 else 2, _AA
        )


def _diagonal(image: Pixels, look: Look) -> None:
    height, width = image.shape[:2]
    for low, high, colour in ((0.55, 0.85, look.second), (0.88, 0.92, look.accent)):
        points = [
            (0, high * height),
            (width, low * height - 0.1 * height),
            (width, high * height - 0.3 * height + 0.15 * height),
            (0, (high + 0.15) * height),
        ]
        cv2.fillPoly(image, [np.array(points).round().astype(np.int32)], bgr(colour), _AA)


def _leaf(image: Pixels, look: Look) -> None:
    height, width = image.shape[:2]
    for x, y, angle, size in (
        (0.16, 0.8, -50, 0.3),
        (0.84, 0.76, 225, 0.32),
        (0.82, 0.14, 140, 0.24),
        (0.14, 0.2, 30, 0.22),
    ):
        axes = (int(size * width), int(0.36 * size * width))
        at = (int(x * width), int(y * height))
        cv2.ellipse(image, at, axes, angle, 0, 360, bgr(look.second), -1, _AA)
        reach = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))]) * axes[0]
        start, end = (np.array(at) - reach).astype(int), (np.array(at) + reach).astype(int)
        cv2.line(
            image, start.tolist(), end.tolist(), bgr(mixed(look.second, look.accent, 0.5)), max(width // 90, 1), _AA
        )


MOTIFS: dict[Motif, Callable[[Pixels, Look], None]] = {
    "plain": _plain,
    "stripes": _stripes,
    "wave": _wave,
    "circle": _circle,
    "chevron": _chevron,
    "burst": _burst,
    "hills": _hills,
    "bubbles": _bubbles,
    "diagonal": _diagonal,
    "leaf": _leaf,
}
