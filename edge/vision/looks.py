"""Looks: the vectors of products that the gallery does not know, small enough to send with every observation.

The cloud gathers alike looks of many photos into one 'new product?' for a person to name.
"""

from __future__ import annotations

import base64

import numpy as np
import numpy.typing as npt

from edge.vision.detections import FloatArray

MOST_LOOKS = 24
"""Of one photo. A shelf of nothing but unknown products shows each several times; a look has 172 characters."""
SUREST_ONLY = 0.5
EDGE_PX = 2.0


def looks_of(
    vectors: FloatArray, known: npt.NDArray[np.bool_], boxes: FloatArray, scores: FloatArray, size: tuple[int, int]
) -> tuple[str | None, ...]:
    """For each product its look, or None where it is known, doubtful, cut off by the photo's edge, or one too many.

    Args:
        vectors: (N, dimensions) unit vectors.
        known: (N,) whether the gallery has it.
        boxes: (N, 4) in pixels of a photo of `size` (width, height).
        scores: (N,) probability of being a product.
    """
    whole = (boxes[:, :2] >= EDGE_PX).all(axis=1) & (boxes[:, 2:] <= np.array(size) - EDGE_PX).all(axis=1)
    wanted = ~known & whole & (scores >= SUREST_ONLY)
    chosen = sorted(np.flatnonzero(wanted), key=lambda index: -scores[index])[:MOST_LOOKS]
    looks: list[str | None] = [None] * len(vectors)
    for index in chosen:
        looks[index] = encode_look(vectors[index])
    return tuple(looks)


def encode_look(vector: FloatArray) -> str:
    """A vector (dimensions,) as signed bytes in base64; its length is lost, its direction is kept to half a degree."""
    scaled = np.rint(vector * (127 / max(float(np.abs(vector).max()), 1e-9)))
    return base64.b64encode(scaled.astype(np.int8).tobytes()).decode("ascii")
