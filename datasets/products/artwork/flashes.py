"""What sets one variant apart from its sisters: claims, editions, new recipes."""

from __future__ import annotations

import numpy as np

from datasets.products.arrays import Pixels
from datasets.products.artwork.lettering import Style, set_text
from datasets.products.artwork.marks import draw_mark
from datasets.products.artwork.paint import BLACK, WHITE, disc, family_chance, lay, metal_or, mixed, polygon, ring
from datasets.products.packs import Colour, Look

_FLASH: Colour = (252, 214, 20)
_FESTIVE: Colour = (176, 18, 30)


def draw_flashes(image: Pixels, look: Look, reach: float) -> None:
    """Adds the claim and the edition; `reach` is the share of the width that a front shows."""
    if look.edition == "festive":
        _snow(image, look)
        _roundel(image, look, reach, (_FESTIVE, WHITE, "WINTER", "冬季限定"))
    elif look.edition == "summer":
        _roundel(image, look, reach, ((0, 150, 200), WHITE, "SUMMER", "夏日限定"))
    elif look.edition == "new-recipe":
        _burst(image, reach)
    if look.claim:
        _claim(image, look, reach)


def _claim(image: Pixels, look: Look, reach: float) -> None:
    """A slanted ribbon under the letters."""
    height, width = image.shape[:2]
    y, tall = 0.9 * height, min(0.1 * height, 0.07 * width)
    half = 0.5 * reach * width * 0.8
    left, right = 0.5 * width - half, 0.5 * width + half
    ribbon = np.array([(left + tall, y - tall), (right, y - tall), (right - tall, y + tall), (left, y + tall)])
    lay(image, polygon(image, ribbon + np.array([2, 3])), BLACK, 0.3)
    lay(image, polygon(image, ribbon), look.accent)
    ink = WHITE if sum(look.accent) < 420 else BLACK
    set_text(image, look.claim, (width / 2, y), 1.1 * tall, 1.6 * half, ink, Style(weight=900))


def _corner(image: Pixels, reach: float) -> tuple[float, float, float]:
    height, width = image.shape[:2]
    radius = min(0.17 * reach * width, 0.2 * height)
    return width * (0.5 + 0.5 * reach) - 0.9 * radius, 0.04 * height + 1.1 * radius, radius


def _burst(image: Pixels, reach: float) -> None:
    x, y, radius = _corner(image, reach)
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    far = radius * np.where(np.arange(40) % 2, 0.84, 1.08)
    lay(image, polygon(image, np.stack([x + far * np.cos(angle), y + far * np.sin(angle)], 1)), _FLASH)
    style = Style(weight=900, tilt=12)
    set_text(image, "NEW", (x, y - 0.3 * radius), 0.42 * radius, 1.4 * radius, (180, 10, 20), style)
    set_text(image, "RECIPE", (x, y + 0.12 * radius), 0.3 * radius, 1.5 * radius, (180, 10, 20), style)
    set_text(image, "新配方", (x, y + 0.5 * radius), 0.28 * radius, 1.2 * radius, (40, 30, 10), Style("uni", tilt=12))


def _roundel(image: Pixels, look: Look, reach: float, made: tuple[Colour, Colour, str, str]) -> None:
    ground, ink, word, word_zh = made
    x, y, radius = _corner(image, reach)
    rim = metal_or(image, look.foil, mixed(ground, WHITE, 0.6))
    lay(image, disc(image, (x, y), radius), ground)
    lay(image, ring(image, (x, y), 0.94 * radius, max(0.09 * radius, 1)), rim)
    draw_mark(image, "star", (x, y - 0.5 * radius), 0.2 * radius, ink)
    set_text(image, word, (x, y), 0.34 * radius, 1.4 * radius, ink, Style(weight=900))
    set_text(image, word_zh, (x, y + 0.42 * radius), 0.27 * radius, 1.2 * radius, ink, Style("uni"))


def _snow(image: Pixels, look: Look) -> None:
    rng = family_chance(look, "snow")
    height, width = image.shape[:2]
    for _ in range(26):
        at = np.array([float(rng.uniform(0, width)), float(rng.uniform(0, height))])
        size = float(rng.uniform(0.012, 0.04)) * width
        for arm in range(3):
            way = np.array([np.cos(np.pi * arm / 3), np.sin(np.pi * arm / 3)])
            side = np.array([-way[1], way[0]]) * max(size / 9, 0.7)
            bar = np.array(
                [at - size * way - side, at + size * way - side, at + size * way + side, at - size * way + side]
            )
            lay(image, polygon(image, bar), WHITE, 0.85)
