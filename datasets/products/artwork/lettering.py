"""Letters: straight, on an arc, outlined, shadowed, in colour or foil; with the faces that OpenCV carries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from datasets.products.arrays import Mask, Pixels
from datasets.products.artwork.paint import lay
from datasets.products.packs import Colour, Lettering

_FACES: dict[str, cv2.FontFace] = {}
_DRAWN_PX = 96
"""Letters are drawn once at this size and scaled down or up from there."""


@dataclass(frozen=True)
class Style:
    """How a line of text is set.

    Attributes:
        outline: colour of the edge around the letters, or None; `edge` is its width as a share of their height.
        arc: how far the middle rises over the ends, as a share of the line's width.
        tilt: degrees, rising to the right.
        shadow: how dark the shadow under the letters is, 0 to 1.
    """

    lettering: Lettering = "sans"
    weight: int = 800
    outline: Colour | None = None
    edge: float = 0.09
    arc: float = 0.0
    tilt: float = 0.0
    shadow: float = 0.0


PLAIN = Style()


@lru_cache(maxsize=1024)
def _letters(text: str, lettering: Lettering, weight: int) -> Mask:
    """The letters, cropped to their ink, about `_DRAWN_PX` tall."""
    face = _FACES.setdefault(lettering, cv2.FontFace(lettering))
    size = int(_DRAWN_PX * 1.3)
    x, y, width, height = cv2.getTextSize((0, 0), text, (0, 0), face, size, weight)
    sheet = np.zeros((height + 2 * size, width + 2 * size, 3), np.uint8)
    cv2.putText(sheet, text, (size - x, size - y), (255, 255, 255), face, size, weight)
    mask = sheet[..., 0]
    x, y, width, height = cv2.boundingRect(mask)
    return np.ascontiguousarray(mask[y : y + max(height, 1), x : x + max(width, 1)])


def set_text(image: Pixels, text: str, centre: tuple[float, float], height: float, width: float,
             paint: Colour | Pixels, style: Style = PLAIN) -> float:  # fmt: skip
    """Sets a line of text around `centre`, `height` pixels tall or as much smaller as `width` demands.

    Returns:
        The height of the letters as they are set.
    """
    if not text or height < 3 or width < 3:
        return 0.0
    letters = _letters(text, style.lettering, style.weight)
    scale = min(height / letters.shape[0], width / letters.shape[1])
    mask = _on_sheet(image, letters, centre, scale, style)
    tall = letters.shape[0] * scale
    if style.shadow:
        drop = max(round(0.06 * tall), 1)
        lay(image, cv2.GaussianBlur(np.roll(mask, (drop, drop), (0, 1)), (0, 0), max(0.05 * tall, 0.8)), (0, 0, 0),
            style.shadow)  # fmt: skip
    if style.outline is not None:
        edge = max(round(style.edge * tall), 1)
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * edge + 1, 2 * edge + 1))
        lay(image, cv2.dilate(mask, kernel), style.outline)
    lay(image, mask, paint)
    return float(tall)


def put_text(image: Pixels, text: str, centre: tuple[float, float], height: float, width: float, colour: Colour,
             lettering: Lettering = "sans", weight: int = 800) -> None:  # fmt: skip
    """Plain letters centred at `centre`, `height` pixels tall or as much smaller as `width` demands."""
    set_text(image, text, centre, height, width, colour, Style(lettering, weight))


def _on_sheet(image: Pixels, letters: Mask, centre: tuple[float, float], scale: float, style: Style) -> Mask:
    """The letters scaled, bent and tilted at their place, as a mask of the image's size."""
    shape = (max(round(letters.shape[1] * scale), 1), max(round(letters.shape[0] * scale), 1))
    bent = cv2.resize(letters, shape, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    if style.arc:
        bent = _bent(bent, style.arc * shape[0])
    high, wide = bent.shape
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), style.tilt, 1.0)
    turn[:, 2] += (centre[0] - wide / 2, centre[1] - high / 2)
    return cv2.warpAffine(bent, turn, (image.shape[1], image.shape[0]), flags=cv2.INTER_LINEAR)


def _bent(mask: Mask, rise: float) -> Mask:
    """Each column shifted so that the middle stands `rise` pixels over the ends (below them, if negative)."""
    high, wide = mask.shape
    room = int(np.ceil(abs(rise)))
    along = np.linspace(-1, 1, wide, dtype=np.float32)
    shift = rise * along**2
    base = shift - shift.min()
    rows = np.arange(high + room, dtype=np.float32)[:, None] - base[None]
    columns = np.broadcast_to(np.arange(wide, dtype=np.float32), rows.shape)
    return cv2.remap(mask, np.ascontiguousarray(columns), rows.astype(np.float32), cv2.INTER_LINEAR)
