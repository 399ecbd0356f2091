"""Reads prices off price tags: each tag's picture becomes digits, with the probability that they are right.

The network gives, for each of many columns across a tag, the probabilities of the digits, the point, and of nothing.
What it reads is the text whose columns are likeliest, repeats and nothings left out; its probability is the sum over
all ways in which the columns can spell it (Graves and others, connectionist temporal classification, 2006).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.detections import FloatArray
from edge.vision.zoo import LoadedModel

CHARACTERS = "0123456789."
"""What a price is spelled with; in the network's answers they follow `nothing`."""
AROUND = 0.06
"""Share of its sides that is cut out around a tag: detectors cut digits off at its ends."""
BATCH = 16

_PRICE = re.compile(r"\d{1,5}(\.\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Price:
    """What a tag says: `text` as it is spelled with a point before decimals, and the probability that this is right.

    An empty text says that no price can be read on it.
    """

    text: str
    confidence: float

    @property
    def value(self) -> float | None:
        """The number; None where none can be read."""
        return float(self.text) if self.text else None


UNREADABLE = Price("", 1.0)


def tag_crop(
    pixels: npt.NDArray[np.uint8], box: Sequence[float] | FloatArray, size: tuple[int, int]
) -> npt.NDArray[np.uint8]:
    """The part of a photo in and closely around `box`, stretched to `size` (width, height)."""
    x1, y1, x2, y2 = cut_out((pixels.shape[1], pixels.shape[0]), box)
    shrinks = (x2 - x1) * (y2 - y1) > size[0] * size[1]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels[y1:y2, x1:x2], size, interpolation=way), np.uint8)


def cut_out(photo: tuple[int, int], box: Sequence[float] | FloatArray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom, in pixels of a photo of such width and height, of what is cut out for a tag."""
    width, height = photo
    left, top, right, bottom = (float(edge) for edge in box)
    beside, above = AROUND * (right - left), AROUND * (bottom - top)
    x1, y1 = min(max(math.floor(left - beside), 0), width - 1), min(max(math.floor(top - above), 0), height - 1)
    return (
        x1,
        y1,
        min(max(math.ceil(right + beside), x1 + 1), width),
        min(max(math.ceil(bottom + above), y1 + 1), height),
    )


def read_prices(model: LoadedModel, pixels: npt.NDArray[np.uint8], boxes: FloatArray) -> list[Price]:
    """What the tags inside `boxes` (N, 4), in pixels of the photo, say."""
    size = model.manifest.input.size
    if size is None:
        raise ValueError("A price reader's manifest must fix its input size.")
    prices: list[Price] = []
    for start in range(0, len(boxes), BATCH):
        crops = [tag_crop(pixels, box, size) for box in boxes[start : start + BATCH]]
        prices += spelled(model.see(crops)[0])
    return prices


def spelled(logits: npt.NDArray[np.float32]) -> list[Price]:
    """The texts of some tags' answers (N, columns, 1 + characters), of which the first is `nothing`.

    Example:
        >>> columns = np.full((6, 12), -9, np.float32)
        >>> for column, letter in enumerate([2, 0, 11, 6, 0, 6]):  # 1, nothing, point, 5, nothing, 5
        ...     columns[column, letter] = 9
        >>> [price.text for price in spelled(columns[None])]
        ['1.55']
    """
    odds = np.exp(logits.astype(np.float64) - logits.max(axis=2, keepdims=True))
    chances = odds / odds.sum(axis=2, keepdims=True)
    letters = [_letters(best) for best in chances.argmax(axis=2)]
    texts = ["".join(CHARACTERS[letter - 1] for letter in of_tag) for of_tag in letters]
    probability = _probability(chances, letters)
    return [
        Price(text, float(sure)) if _PRICE.fullmatch(text) else UNREADABLE
        for text, sure in zip(texts, probability, strict=True)
    ]


def _letters(best: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """What the best of each column spell: repeats and nothings left out."""
    kept = best[np.flatnonzero(np.diff(best, prepend=-1))]
    return kept[kept > 0]


def _probability(chances: npt.NDArray[np.float64], letters: Sequence[npt.NDArray[np.int64]]) -> npt.NDArray[np.float64]:
    """The probability that each tag's columns spell its `letters`: the forward sum over all alignments.

    All tags go through the columns together. What stands behind the end of a shorter text never comes back to it.
    """
    ends = np.array([2 * len(of_tag) for of_tag in letters], np.int64)
    path = np.zeros((len(letters), ends.max(initial=0) + 1), np.int64)
    for steps, of_tag in zip(path, letters, strict=True):
        steps[1 : 2 * len(of_tag) : 2] = of_tag
    # From one letter straight to the next, past the nothing between them, unless they are the same.
    skips = np.zeros(path.shape)
    skips[:, 3::2] = path[:, 3::2] != path[:, 1:-2:2]
    told = np.take_along_axis(chances, path[:, None, :], axis=2)
    state = np.zeros(path.shape)
    state[:, :2] = told[:, 0, :2]
    for column in range(1, told.shape[1]):
        reached = state.copy()
        reached[:, 1:] += state[:, :-1]
        reached[:, 2:] += skips[:, 2:] * state[:, :-2]
        state = reached * told[:, column]
    tags = np.arange(len(letters))
    before = np.where(ends > 0, state[tags, ends - 1], 0.0)
    return np.asarray(np.minimum(state[tags, ends] + before, 1.0))
