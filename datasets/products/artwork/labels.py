"""Whole labels: one front, or around a pack.

A label that goes around has its front in the middle of the left half and again in the middle of the right half, as cans
have it, with columns of small print between.
"""

from __future__ import annotations

import cv2
import numpy as np

from datasets.products.arrays import Pixels
from datasets.products.artwork.flashes import draw_flashes
from datasets.products.artwork.layouts import arrange
from datasets.products.artwork.lettering import Style, set_text
from datasets.products.artwork.motifs import MOTIFS
from datasets.products.artwork.paint import BLACK, WHITE, foil, gradient, lay, mixed, polygon
from datasets.products.artwork.small_print import table_column, text_column
from datasets.products.packs import Look

ROUND_REACH = 0.6
"""Share of a half label around a pack that one sees well from its front."""

FLAT_REACH = 0.86


def wrap_label(look: Look, width: int, height: int, volume: str = "") -> Pixels:
    """The label as it lies flat, `width` pixels around the pack: (height, width, 3) BGR."""
    half = _front(look, width // 2, height, ROUND_REACH, volume)
    flat = np.concatenate([half, half], axis=1)
    flat = cv2.resize(flat, (width, height)) if flat.shape[1] != width else flat
    wide = width // 9
    for centre, column in ((0, table_column(look, wide, height)), (width // 2, text_column(look, wide, height))):
        flat[:, (np.arange(wide) + centre - wide // 2) % width] = column
    flat[:, 0] = flat[:, 0] // 2 + 40  # the seam where the label's ends meet
    return flat


def panel(look: Look, width: int, height: int, volume: str = "") -> Pixels:
    """One flat front panel, (height, width, 3) BGR."""
    return _front(look, width, height, FLAT_REACH, volume)


def _front(look: Look, width: int, height: int, reach: float, volume: str) -> Pixels:
    image = gradient(height, width, mixed(look.base, WHITE, 0.1), mixed(look.base, BLACK, 0.16))
    MOTIFS[look.motif](image, look)
    _glow(image)
    if look.foil:
        _foil_edges(image, look)
    arrange(image, look, reach)
    draw_flashes(image, look, reach)
    _foot_line(image, look, reach, volume)
    return image


def _glow(image: Pixels) -> None:
    """Lighter behind the letters, darker towards the edges: print is never one flat colour."""
    height, width = image.shape[:2]
    across, down = np.meshgrid(
        np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
    )
    tone = 1.08 - 0.2 * np.clip(across**2 + (down + 0.2) ** 2, 0, 1.4)
    np.clip(image * tone[..., None], 0, 255, out=(lit := np.empty(image.shape, np.float32)))
    image[:] = lit.round().astype(np.uint8)


def _foil_edges(image: Pixels, look: Look) -> None:
    height, width = image.shape[:2]
    metal = foil(height, width, look.foil)
    for low, high in ((0.018, 0.036), (0.955, 0.985)):
        bar = np.array([(0, low), (1, low), (1, high), (0, high)]) * (width, height)
        lay(image, polygon(image, bar), metal)


def _foot_line(image: Pixels, look: Look, reach: float, volume: str) -> None:
    height, width = image.shape[:2]
    tall = min(0.035 * height, 0.05 * width)
    ground = image[int(0.94 * height), width // 2]
    ink = WHITE if int(ground.sum()) < 420 else mixed(BLACK, look.ink, 0.3)
    text = f"{volume}  e" if volume else "PLEASE RECYCLE"
    set_text(
        image, text, (width * (0.5 + 0.32 * reach), 0.965 * height), tall, 0.3 * reach * width, ink, Style(weight=700)
    )
