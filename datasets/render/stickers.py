"""Promotional stickers on the glass of a door: they hide what is behind them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from datasets.products.arrays import FloatArray, Pixels
from datasets.products.artwork import bgr, mixed, put_text
from datasets.render.furniture.furniture import Pane
from datasets.render.furniture.signs import Sign, ink_on
from datasets.render.model import Part, Surface
from datasets.render.shapes import quad

_WORDS = ("NEW", "-20%", "2 FOR 3", "特价", "PROMO", "第二件半价")
_BEFORE_MM = 1.5


@dataclass(frozen=True)
class Sticker:
    """A sticker: pane by number, place on it as shares of its width and height, size in mm, tilt, and what is on it."""

    pane: int
    at: tuple[float, float]
    width_mm: float
    height_mm: float
    tilt_deg: float
    sign: Sign


def sticker_part(sticker: Sticker, panes: tuple[Pane, ...]) -> Part:
    """The sticker on its pane."""
    pane = panes[sticker.pane]
    low, right, _, high = pane.corners
    across, up = right - low, high - low
    middle = low + across * sticker.at[0] + up * sticker.at[1] + pane.normal * _BEFORE_MM
    across, up = across / np.linalg.norm(across), up / np.linalg.norm(up)
    tilt = np.radians(sticker.tilt_deg)
    x: FloatArray = (np.cos(tilt) * across + np.sin(tilt) * up) * sticker.width_mm / 2
    y: FloatArray = (np.cos(tilt) * up - np.sin(tilt) * across) * sticker.height_mm / 2
    return quad(
        [middle - x - y, middle + x - y, middle + x + y, middle - x + y], Surface("satin", texture=_face(sticker))
    )


def _face(sticker: Sticker) -> Pixels:
    width, height = round(sticker.width_mm * 1.5), round(sticker.height_mm * 1.5)
    sign = sticker.sign
    face: Pixels = np.full((height, width, 3), bgr(sign.ground), np.uint8)
    if sign.style % 2:
        radius, darker = min(width, height) // 3, bgr(mixed(sign.ground, (0, 0, 0), 0.25))
        cv2.circle(face, (width // 2, height // 2), radius, darker, -1, cv2.LINE_AA)
    cv2.rectangle(face, (3, 3), (width - 4, height - 4), bgr(sign.second), 5)
    put_text(face, sign.word, (width / 2, height / 2), 0.3 * height, 0.8 * width, ink_on(sign.ground))
    return np.ascontiguousarray(face[..., ::-1])


def draw_stickers(rng: np.random.Generator, panes: tuple[Pane, ...], count: int) -> tuple[Sticker, ...]:
    """Stickers of bright colours by chance."""
    stickers = []
    for _ in range(count if panes else 0):
        ground = ((214, 30, 40), (250, 206, 40), (30, 120, 60), (30, 70, 170))[int(rng.integers(4))]
        sign = Sign(_WORDS[int(rng.integers(len(_WORDS)))], ground, (250, 250, 250), style=int(rng.integers(2)))
        wide = float(rng.uniform(70, 190))
        stickers.append(Sticker(
            int(rng.integers(len(panes))), (float(rng.uniform(0.15, 0.85)), float(rng.uniform(0.1, 0.9))),
            wide, wide * float(rng.uniform(0.45, 1.0)), float(rng.normal(0, 6)), sign))  # fmt: skip
    return tuple(stickers)
