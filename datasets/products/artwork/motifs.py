"""The ten motifs: the large shapes behind the letters."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from datasets.products.arrays import Pixels
from datasets.products.artwork.paint import bgr, family_chance, mixed
from datasets.products.packs import Look, Motif

_AA = cv2.LINE_AA


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
    radius = int(min(0.36 * width, 0.42 * height))
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
    rng = family_chance(look, "motif")
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
