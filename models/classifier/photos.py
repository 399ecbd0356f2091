"""Photos with one class each, and random views of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from facings.errors import BadInputError

Pixels = npt.NDArray[np.uint8]
Rng = np.random.Generator

KEPT_SIDE = 320
"""Photos are kept at most this large in memory, pixels of the short side: Grocery Store's 2,721 are 850 MB."""


@dataclass(frozen=True, eq=False)
class Photos:
    """Photos of one product each.

    Attributes:
        pixels: (H, W, 3) uint8 BGR, each.
        classes: (N,) number of each one's class.
        names: of the classes, in the order of their numbers.
        groups: (classes,) number of the group of products that each class belongs to.
    """

    pixels: tuple[Pixels, ...]
    classes: npt.NDArray[np.int64]
    names: tuple[str, ...]
    groups: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.pixels)


def grocery_store(root: Path, split: str) -> Photos:
    """Grocery Store Dataset (Marcus Klasson and others, MIT): 81 products of 43 groups; `split` is `train` or `val`.

    The one clean picture of each product is among those to train on.

    Raises:
        BadInputError: a photo or list is missing.
    """
    folder = root / "grocery_store"
    try:
        rows = (folder / "classes.csv").read_text(encoding="utf-8").splitlines()[1:]
        lines = (folder / f"{split}.txt").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadInputError(
            f"{error.filename} cannot be read: give the folder of the photo sets by --shared."
        ) from error
    fields = [row.split(",") for row in rows]
    photos = [[part.strip() for part in line.split(",")] for line in lines]
    listed = [(folder / file, int(number)) for file, number, _ in photos]
    if split == "train":
        listed += [(folder / field[4].lstrip("/"), int(field[1])) for field in fields]
    return Photos(
        tuple(_read(file) for file, _ in listed),
        np.array([number for _, number in listed], np.int64),
        tuple(field[0] for field in fields),
        np.array([int(field[3]) for field in fields], np.int64),
    )


def _read(file: Path) -> Pixels:
    pixels = cv2.imread(str(file))
    if pixels is None:
        raise BadInputError(f"{file} cannot be read as a photo: fetch the photos again.")
    scale = KEPT_SIDE / min(pixels.shape[:2])
    if scale >= 1:
        return np.asarray(pixels, np.uint8)
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def centre(pixels: Pixels, side: int) -> Pixels:
    """The photo's middle square, `side` pixels wide."""
    height, width = pixels.shape[:2]
    least = min(height, width)
    y, x = (height - least) // 2, (width - least) // 2
    return _resized(pixels[y : y + least, x : x + least], side)


def view(pixels: Pixels, side: int, rng: Rng) -> Pixels:
    """A part of the photo as another hand might have taken it: zoomed, mirrored, turned, lit, partly covered."""
    part = _part(pixels, rng)
    seen = _resized(part[:, ::-1] if rng.random() < 0.5 else part, side)
    if rng.random() < 0.5:
        turn = cv2.getRotationMatrix2D((side / 2, side / 2), rng.normal(0, 12), 1.0)
        seen = np.asarray(cv2.warpAffine(seen, turn, (side, side), borderMode=cv2.BORDER_REFLECT), np.uint8)
    lit = _light(seen, rng)
    if rng.random() < 0.3:
        _cover(lit, rng)
    return lit


def _part(pixels: Pixels, rng: Rng) -> Pixels:
    height, width = pixels.shape[:2]
    area, aspect = rng.uniform(0.3, 1.0) * min(height, width) ** 2, np.exp(rng.uniform(-0.25, 0.25))
    h, w = (max(8, min(limit, round(float(size)))) for limit, size in
            ((height, np.sqrt(area / aspect)), (width, np.sqrt(area * aspect))))  # fmt: skip
    y, x = int(rng.integers(height - h + 1)), int(rng.integers(width - w + 1))
    return pixels[y : y + h, x : x + w]


def _resized(pixels: Pixels, side: int) -> Pixels:
    way = cv2.INTER_AREA if min(pixels.shape[:2]) > side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(np.ascontiguousarray(pixels), (side, side), interpolation=way), np.uint8)


def _light(pixels: Pixels, rng: Rng) -> Pixels:
    x = pixels.astype(np.float32) * np.float32(np.exp(rng.normal(0, 0.2)))
    x *= np.exp(rng.normal(0, 0.06, 3)).astype(np.float32)
    grey = x.mean(2, keepdims=True)
    x = grey + (x - grey) * np.float32(rng.uniform(0.7, 1.35))
    middle = x.mean()
    return np.asarray(np.clip(middle + (x - middle) * np.float32(rng.uniform(0.75, 1.3)), 0, 255), np.uint8)


def _cover(pixels: Pixels, rng: Rng) -> None:
    """A grey patch, so that no single mark decides (Zhong and others, Random Erasing, 2017)."""
    side = len(pixels)
    h, w = (int(size) for size in rng.uniform(0.15, 0.4, 2) * side)
    y, x = int(rng.integers(side - h)), int(rng.integers(side - w))
    pixels[y : y + h, x : x + w] = 127


def epoch(photos: Photos, batch: int, side: int, rng: Rng) -> Iterator[tuple[Pixels, npt.NDArray[np.int64]]]:
    """Every photo once, in batches: views (B, side, side, 3) and their classes (B,). The last few may be left out."""
    order = rng.permutation(len(photos))
    for start in range(0, len(order) - batch + 1, batch):
        chosen = order[start : start + batch]
        yield np.stack([view(photos.pixels[i], side, rng) for i in chosen]), photos.classes[chosen]
