"""Smooth random pictures: where glass is wet, where a lens is greasy."""

from __future__ import annotations

import cv2
import numpy as np

from datasets.products.arrays import FloatArray


def smooth_field(width: int, height: int, cell: float, rng: np.random.Generator) -> FloatArray:
    """(H, W) float32 noise of two octaves between 0 and 1, mostly around a half; `cell` pixels from bump to bump."""
    coarse = _lattice(width, height, cell, rng)
    fine = _lattice(width, height, cell / 3, rng)
    return np.clip(0.7 * coarse + 0.3 * fine, 0, 1)


def _lattice(width: int, height: int, cell: float, rng: np.random.Generator) -> FloatArray:
    shape = int(height / cell) + 3, int(width / cell) + 3
    bumps = rng.random(shape, dtype=np.float32)
    scale = np.array([[1 / cell, 0, rng.uniform(0, 1)], [0, 1 / cell, rng.uniform(0, 1)]])
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(bumps, scale, (width, height), flags=how, borderMode=cv2.BORDER_REFLECT))


def softened(picture: FloatArray, sigma: float) -> FloatArray:
    """The picture blurred by a Gaussian; a wide one is taken from a smaller copy, which looks the same."""
    if sigma < 0.2:
        return picture
    shrink = max(1, int(sigma / 3))
    height, width = picture.shape[:2]
    size = max(width // shrink, 1), max(height // shrink, 1)
    small = picture if shrink == 1 else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / shrink, borderType=cv2.BORDER_REPLICATE)
    soft = small if shrink == 1 else cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(soft, picture.min(), picture.max()))


def mixed(one: FloatArray, other: FloatArray, share: FloatArray) -> FloatArray:
    """`one` where `share` (H, W) is 0, `other` where it is 1."""
    return np.asarray(one + (other - one) * share[..., None])
