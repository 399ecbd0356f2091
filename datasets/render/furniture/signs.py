"""Signs with brands that exist nowhere: the header of a cooler, the strip along a shelf."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from datasets.products.arrays import Pixels
from datasets.products.artwork import bgr, mixed, put_text
from datasets.products.packs import Catalogue, Colour, Lettering

_WHITE: Colour = (255, 255, 255)
_HIGH = 160


@dataclass(frozen=True)
class Sign:
    """Two colours and a word."""

    word: str
    ground: Colour
    second: Colour
    lettering: Lettering = "sans"
    style: int = 0


def ink_on(ground: Colour) -> Colour:
    """White or nearly black, whichever reads better."""
    return _WHITE if sum(ground) < 430 else (24, 28, 40)


def sign_texture(sign: Sign, aspect: float) -> Pixels:
    """(160, W, 3) RGB of a backlit header, `aspect` times as wide as high."""
    width = int(_HIGH * aspect)
    face: Pixels = np.full((_HIGH, width, 3), bgr(sign.ground), np.uint8)
    (_swoosh, _disc, _bands)[sign.style % 3](face, sign)
    put_text(face, sign.word, (width * 0.5, _HIGH * 0.5), _HIGH * 0.42, width * 0.66, ink_on(sign.ground),
             sign.lettering)  # fmt: skip
    return np.ascontiguousarray(face[..., ::-1])


def _swoosh(face: Pixels, sign: Sign) -> None:
    height, width = face.shape[:2]
    x = np.linspace(0, width, 60)
    upper = np.stack([x, (0.76 + 0.14 * np.sin(x / width * 6 + 0.6)) * height], 1)
    area = np.vstack([upper, [[width, height], [0, height]]]).astype(np.int32)
    cv2.fillPoly(face, [area], bgr(sign.second), cv2.LINE_AA)


def _disc(face: Pixels, sign: Sign) -> None:
    height, width = face.shape[:2]
    at, radius = (int(0.09 * width), height // 2), int(0.36 * height)
    cv2.circle(face, at, radius, bgr(sign.second), -1, cv2.LINE_AA)
    cv2.ellipse(face, at, (radius, radius), 20, 10, 170, bgr(mixed(sign.second, _WHITE, 0.7)), -1, cv2.LINE_AA)


def _bands(face: Pixels, sign: Sign) -> None:
    height = face.shape[0]
    for top, thick, share in ((0.0, 0.09, 0.0), (0.87, 0.13, 0.0), (0.82, 0.025, 0.5)):
        colour = bgr(mixed(sign.second, _WHITE, share))
        face[int(top * height) : int((top + thick) * height)] = colour


def strip_texture(sign: Sign, aspect: float, words: int) -> Pixels:
    """(40, W, 3) RGB of a shelf's front strip; with 0 `words` only its ground."""
    height = 40
    width = max(int(height * aspect), 8)
    strip: Pixels = np.full((height, width, 3), bgr(sign.ground), np.uint8)
    strip[:4], strip[-4:] = bgr(mixed(sign.ground, _WHITE, 0.5)), bgr(mixed(sign.ground, (0, 0, 0), 0.4))
    for place in range(words):
        x = (place + 0.5) / words * width
        put_text(strip, sign.word, (x, height / 2), height * 0.5, width / words * 0.7, ink_on(sign.ground),
                 sign.lettering, 700)  # fmt: skip
    return np.ascontiguousarray(strip[..., ::-1])


_SHOP_WORDS = ("COLD DRINKS", "Fresh", "冷饮", "Ice Cold", "Market", "Refresh", "鲜饮", "Chill")
_LETTERINGS: tuple[Lettering, ...] = ("sans", "italic", "uni")


def draw_sign(rng: np.random.Generator, catalogue: Catalogue) -> Sign:
    """A brand of the catalogue in its colours, or a word that any shop may have."""
    packs = list(catalogue)
    look = packs[int(rng.integers(len(packs)))].look
    word = look.word if rng.random() < 0.7 else _SHOP_WORDS[int(rng.integers(len(_SHOP_WORDS)))]
    lettering = look.lettering if word == look.word else _LETTERINGS[2 * int(rng.integers(2))]
    return Sign(word, look.base, look.second, lettering, int(rng.integers(3)))
