"""The signs of the brands, each a few polygons in a square from -1 to 1, y downwards."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from datasets.products.arrays import FloatArray, Pixels
from datasets.products.artwork.paint import blank, lay, polygon
from datasets.products.packs import Colour, Mark


def draw_mark(image: Pixels, mark: Mark, centre: tuple[float, float], radius: float, paint: Colour | Pixels) -> None:
    """Draws a brand's sign; nothing for a brand without one."""
    if not mark:
        return
    sheet = blank(image)
    for outline in _OUTLINES[mark]():
        np.maximum(sheet, polygon(image, outline * radius + np.array(centre)), out=sheet)
    lay(image, sheet, paint)


def _arc(radius: float, start: float, end: float, middle: tuple[float, float] = (0, 0), steps: int = 24) -> FloatArray:
    """Points on a circle, degrees clockwise from the right."""
    angle = np.radians(np.linspace(start, end, steps))
    return np.stack([middle[0] + radius * np.cos(angle), middle[1] + radius * np.sin(angle)], 1)


def _spin(outline: FloatArray, times: int) -> list[FloatArray]:
    turns = [2 * np.pi * number / times for number in range(times)]
    return [outline @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) for a in turns]


def _wave() -> list[FloatArray]:
    x = np.linspace(-1, 1, 30)
    return [
        np.vstack(
            [
                np.stack([x, level + 0.2 * np.sin(3.4 * x)], 1),
                np.stack([x, level + 0.2 + 0.12 * np.sin(3.4 * x)], 1)[::-1],
            ]
        )
        for level in (-0.55, -0.1, 0.35)
    ]


def _sun() -> list[FloatArray]:
    return [_arc(0.5, 0, 360), *_spin(np.array([(0.6, -0.13), (1.0, 0.0), (0.6, 0.13)]), 12)]


def _peak() -> list[FloatArray]:
    return [
        np.array([(-1, 0.7), (-0.3, -0.8), (0.05, -0.1), (0.3, -0.45), (1, 0.7)]),
        np.array([(-0.9, 0.95), (0.9, 0.95), (0.9, 0.8), (-0.9, 0.8)]),
    ]


def _crown() -> list[FloatArray]:
    return [
        np.array([(-0.9, 0.5), (-1, -0.5), (-0.45, 0.0), (0, -0.8), (0.45, 0.0), (1, -0.5), (0.9, 0.5)]),
        np.array([(-0.9, 0.62), (0.9, 0.62), (0.9, 0.85), (-0.9, 0.85)]),
    ]


def _moon() -> list[FloatArray]:
    return [np.vstack([_arc(0.95, 60, 300), _arc(0.72, 290, 70, (0.32, 0.0))]), *_star_at(0.55, 0.0, 0.3)]


def _star_at(x: float, y: float, size: float) -> list[FloatArray]:
    angle = np.radians(-90 + 36 * np.arange(10))
    reach = size * np.where(np.arange(10) % 2, 0.42, 1.0)
    return [np.stack([x + reach * np.cos(angle), y + reach * np.sin(angle)], 1)]


def _star() -> list[FloatArray]:
    return _star_at(0, 0.05, 1.0)


def _antler() -> list[FloatArray]:
    half = [
        np.array(
            [(0.05, 1), (0.12, 0.2), (0.5, -0.2), (0.62, -0.95), (0.78, -0.9), (0.66, -0.1), (0.25, 0.35), (0.2, 1)]
        ),
        np.array([(0.52, -0.15), (0.9, -0.35), (1.0, -0.75), (1.1, -0.7), (1.02, -0.25), (0.6, 0.05)]),
        np.array([(0.14, 0.3), (0.2, -0.35), (0.1, -0.8), (0.22, -0.85), (0.34, -0.35), (0.3, 0.25)]),
    ]
    return [outline * np.array([side, 1]) for outline in half for side in (1, -1)]


def _leaf() -> list[FloatArray]:
    along = np.linspace(0, 1, 16)
    half = 0.42 * np.sin(np.pi * along)
    blade = np.vstack(
        [np.stack([half + 0.04, 1 - 1.9 * along], 1), np.stack([0.04 + 0 * along, 1 - 1.9 * along], 1)[::-1]]
    )
    return [blade, blade * np.array([-1, 1])]


def _bolt() -> list[FloatArray]:
    return [np.array([(0.25, -1), (-0.6, 0.15), (-0.05, 0.15), (-0.3, 1), (0.6, -0.2), (0.05, -0.2), (0.45, -1)])]


def _gate() -> list[FloatArray]:
    roof = np.array([(-1, -0.55), (-0.7, -0.9), (0.7, -0.9), (1, -0.55), (0.8, -0.6), (-0.8, -0.6)])
    beam = np.array([(-0.8, -0.35), (0.8, -0.35), (0.8, -0.18), (-0.8, -0.18)])
    posts = [np.array([(x, -0.6), (x + 0.2, -0.6), (x + 0.2, 0.95), (x, 0.95)]) for x in (-0.62, 0.42)]
    return [roof, beam, *posts]


def _bird() -> list[FloatArray]:
    return [
        np.array([(-1, -0.6), (-0.3, -0.35), (0, -0.05), (0.3, -0.35), (1, -0.6), (0.55, 0.0), (0.16, 0.25), (0, 0.9),
                  (-0.16, 0.25), (-0.55, 0.0)]),
        _arc(0.17, 0, 360, (0, -0.3)),
    ]  # fmt: skip


def _bean() -> list[FloatArray]:
    return [
        np.vstack([_arc(0.95, 100, 260) * (0.75, 1), np.array([(-0.08, -0.4), (-0.26, 0), (-0.02, 0.4)])]),
        np.vstack([_arc(0.95, -80, 80) * (0.75, 1), np.array([(0.16, 0.4), (-0.08, 0), (0.1, -0.4)])]),
    ]


def _drop() -> list[FloatArray]:
    return [np.vstack([[(0.0, -1.0)], _arc(0.62, -25, 205, (0, 0.32))])]


def _grain() -> list[FloatArray]:
    seed = np.array([(0.05, 0), (0.5, -0.35), (0.55, -0.6), (0.2, -0.4)])
    rows = [seed + np.array([0, level]) for level in (-0.2, 0.2, 0.6)]
    stalk = np.array([(-0.05, -0.9), (0.05, -0.9), (0.05, 1), (-0.05, 1)])
    return [stalk, *(row * np.array([side, 1]) for row in rows for side in (1, -1))]


def _palm() -> list[FloatArray]:
    frond = np.array([(0, 0), (0.35, -0.3), (0.8, -0.25), (1.0, 0.1), (0.7, -0.06), (0.35, -0.1)])
    top = np.array([0.0, -0.35])
    turns = (0.0, -0.7, -1.4)
    fronds = [frond @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) + top for a in turns]
    trunk = np.array([(-0.08, -0.35), (0.08, -0.35), (0.2, 1), (-0.06, 1)])
    return [trunk, *fronds, *(blade * np.array([-1, 1]) for blade in fronds)]


_OUTLINES = {
    mark: lru_cache(maxsize=1)(outlines)
    for mark, outlines in {
        "wave": _wave, "sun": _sun, "peak": _peak, "crown": _crown, "moon": _moon, "star": _star, "antler": _antler,
        "leaf": _leaf, "bolt": _bolt, "gate": _gate, "bird": _bird, "bean": _bean, "drop": _drop, "grain": _grain,
        "palm": _palm,
    }.items()
}  # fmt: skip
