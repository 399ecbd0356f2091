"""COCO's run-length masks: runs of background and object, column by column, packed into text as pycocotools has it."""

from __future__ import annotations

from typing import TypedDict

import numpy as np
import numpy.typing as npt

from datasets.products.arrays import Mask
from facings.errors import BadInputError

_FIRST = 48
"""Each character holds 6 bits, from the character `0` on: 5 of the number, and whether more follow."""


class Rle(TypedDict):
    """A mask as COCO writes it: height and width, and the packed lengths of its runs."""

    size: list[int]
    counts: str


def encode(mask: Mask, width: int, height: int, left: int = 0, top: int = 0) -> Rle:
    """The run-length mask of a picture of `width` x `height` that holds `mask` (h, w) bool at `left`, `top`.

    Example:
        >>> encode(np.ones((1, 2), bool), width=3, height=2)
        {'size': [2, 3], 'counts': '01102'}
    """
    edges = np.diff(np.pad(mask, ((1, 1), (0, 0))).astype(np.int8), axis=0).T
    column, row = np.nonzero(edges)
    changes, times = np.unique((column + left) * height + row + top, return_counts=True)
    changes = changes[times == 1]  # a run that reaches the lower edge goes on at the top of the next column
    counts = np.diff(np.concatenate([[0], changes, [width * height]]))
    if len(changes) and changes[-1] == width * height:
        counts = counts[:-1]
    return {"size": [height, width], "counts": _packed(counts.tolist())}


def decode(rle: Rle) -> Mask:
    """The mask (H, W) bool.

    Raises:
        BadInputError: the runs do not fill the picture.
    """
    height, width = rle["size"]
    counts = _unpacked(rle["counts"])
    if counts.sum() != height * width or (counts < 0).any():
        raise BadInputError(
            f"the runs of a mask of {width} x {height} fill {counts.sum()} pixels: write the labels again"
        )
    inside = np.arange(len(counts)) % 2 == 1
    return np.repeat(inside, counts).reshape(width, height).T


def _packed(counts: list[int]) -> str:
    text: list[str] = []
    for number, count in enumerate(counts):
        rest = count - counts[number - 2] if number > 2 else count
        more = True
        while more:
            bits, rest = rest & 31, rest >> 5
            more = rest != (-1 if bits & 16 else 0)
            text.append(chr(_FIRST + (bits | 32 if more else bits)))
    return "".join(text)


def _unpacked(text: str) -> npt.NDArray[np.int64]:
    counts: list[int] = []
    number, shift = 0, 0
    for character in text:
        bits = ord(character) - _FIRST
        number |= (bits & 31) << shift
        shift += 5
        if not bits & 32:
            number -= 1 << shift if bits & 16 else 0
            counts.append(number + counts[-2] if len(counts) > 2 else number)
            number, shift = 0, 0
    return np.array(counts, np.int64)
