"""What stands on a shop's shelves: a front as it is printed, and how the pack is shaped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from datasets.products.arrays import FloatArray, Pixels
from datasets.products.artwork.labels import panel
from datasets.products.packs import Catalogue, Look

Shape = Literal["carton", "bag", "jar", "peg"]

_SHAPES: tuple[Shape, ...] = ("carton", "carton", "carton", "carton", "carton", "bag", "jar", "peg")
_ASPECTS: dict[Shape, tuple[float, float]] = {
    "carton": (0.45, 2.6),
    "bag": (0.6, 1.0),
    "jar": (0.5, 1.1),
    "peg": (0.4, 0.8),
}
"""Width over height, least and most."""

_STACKED: dict[Shape, bool] = {"carton": True, "bag": True, "jar": False, "peg": False}
_ART_HEIGHT = 220


@dataclass(frozen=True)
class Good:
    """One kind of pack.

    Attributes:
        name: tells it from the others of a photo.
        shape: how it is shaped.
        front: (H, W, 3) BGR, its printed front.
        cover: (H, W) share of each pixel of the front that is pack, 0 to 1.
        lid: BGR colour of its top.
        stacked: whether one is put on another.
    """

    name: str
    shape: Shape
    front: Pixels
    cover: FloatArray
    lid: tuple[int, int, int]
    stacked: bool

    @property
    def aspect(self) -> float:
        """Width over height."""
        return float(self.front.shape[1] / self.front.shape[0])


def random_goods(rng: np.random.Generator, catalogue: Catalogue, count: int) -> tuple[Good, ...]:
    """`count` kinds of packs that carry the prints of `catalogue`."""
    return tuple(_random_good(rng, catalogue, number) for number in range(count))


def _random_good(rng: np.random.Generator, catalogue: Catalogue, number: int) -> Good:
    packs = tuple(catalogue)
    pack = packs[int(rng.integers(len(packs)))]
    shape = _SHAPES[int(rng.integers(len(_SHAPES)))]
    least, most = _ASPECTS[shape]
    aspect = float(np.exp(rng.uniform(np.log(least), np.log(most))))
    width, height = max(int(_ART_HEIGHT * aspect), 40), _ART_HEIGHT
    front = _backside(rng, pack.look, width, height) if rng.random() < 0.12 else panel(pack.look, width, height)
    front = _shaded(rng, front, shape)
    middle = front.reshape(-1, 3).mean(0)
    lid = tuple(int(part) for part in np.clip(middle * rng.uniform(0.8, 1.3) + rng.normal(0, 14, 3), 0, 255))
    stacked = _STACKED[shape] and bool(rng.random() < (0.9 if aspect > 1 else 0.45))
    return Good(f"good-{number}", shape, front, _cover(shape, width, height), (lid[0], lid[1], lid[2]), stacked)


def _backside(rng: np.random.Generator, look: Look, width: int, height: int) -> Pixels:
    """A side with small print and a bar code, as packs that were put in wrongly show."""
    side = np.full((height, width, 3), look.base[::-1], np.uint8)
    left, top = int(width * 0.1), int(height * 0.1)
    for y in range(top, int(height * 0.55), 9):
        cv2.line(side, (left, y), (int(width * rng.uniform(0.5, 0.9)), y), look.ink[::-1], 1)
    x, y0, y1 = int(width * 0.35), int(height * 0.62), int(height * 0.9)
    side[y0:y1, x : int(width * 0.75)] = 245
    bars = x + 4 + np.cumsum(rng.integers(2, 6, 40))
    for bar in bars[bars < int(width * 0.75) - 4]:
        side[y0 + 3 : y1 - 3, bar : bar + int(rng.integers(1, 3))] = 20
    return side


def _shaded(rng: np.random.Generator, front: Pixels, shape: Shape) -> Pixels:
    """The front as light falls on its shape: a jar is round, a bag has wrinkles, a carton is flat."""
    height, width = front.shape[:2]
    across, down = np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
    if shape == "jar":
        tone = np.broadcast_to((1.12 - 0.55 * across**2)[None, :], (height, width)).copy()
    elif shape == "bag":
        small = rng.normal(0, 1, (7, 5)).astype(np.float32)
        tone = 1 + 0.13 * cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        tone *= 1.05 - 0.2 * across[None, :] ** 2
    else:
        tone = np.broadcast_to((1.02 - 0.06 * down)[:, None], (height, width)).copy()
    shaded: Pixels = np.clip(front * tone[..., None], 0, 255).astype(np.uint8)
    return shaded


def _cover(shape: Shape, width: int, height: int) -> FloatArray:
    cover: Pixels = np.zeros((height, width), np.uint8)
    if shape == "jar":
        lip, foot = int(height * 0.1), int(height * 0.04)
        cover[lip : height - foot] = 255
        cv2.ellipse(cover, (width // 2, height - foot), (width // 2, foot), 0, 0, 180, 255, -1)
        cover[: lip + 1, int(width * 0.08) : int(width * 0.92)] = 255
    elif shape == "bag":
        reach = max(int(width * 0.06), 2)
        cover[reach : height - reach, :] = 255
        cover[:, reach : width - reach] = 255
    else:
        cover[:] = 255
    return np.asarray(cover.astype(np.float32) / 255, np.float32)
