"""From which probability on a product gets a name, so that no more than a chosen share of unknown products get one.

How often strangers are mistaken for a SKU depends on the gallery: on how many SKUs it holds, and how much they look
like each other and like the rest of the market. So each gallery's threshold is measured on strangers of two kinds:

* products from elsewhere: embeddings shipped with the embedder, one for each of some hundred real products;
* siblings: each SKU of the gallery, asked as if the gallery did not hold it.

Most strangers in a cooler are from elsewhere; one in five is taken to be a sibling, such as a new flavour.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from edge.vision.detections import FloatArray
from facings.archives import DAMAGE
from facings.errors import BadInputError
from facings.files import write_atomic

STRANGERS_NAME = "strangers.npz"
SIBLINGS = 0.2
"""Share of the unknown products that are siblings of one in the gallery."""

FALSE_ACCEPT = 0.1
"""Share of the unknown products that may be given a name, where nothing else is chosen."""

EVEN = 0.5
"""A name is never given where it is more likely wrong than right."""

SUREST = 0.99
"""However hard strangers are to tell, a name is given from this probability on."""


def accept_from(siblings: FloatArray, elsewhere: FloatArray, false_accept: float = FALSE_ACCEPT) -> float:
    """The probability of being right from which on products get a name.

    Args:
        siblings: (N,) stated probabilities of SKUs asked of the gallery without them; may be empty.
        elsewhere: (M,) the same of products from elsewhere; may be empty.
        false_accept: share of the unknown products that may reach the threshold.

    Returns:
        The weighted quantile of both, at least `EVEN` and at most `SUREST`.

    Example:
        >>> accept_from(np.array([], np.float32), np.array([], np.float32))
        0.5
    """
    kinds = [(kind, share) for kind, share in ((siblings, SIBLINGS), (elsewhere, 1 - SIBLINGS)) if len(kind)]
    if not kinds:
        return EVEN
    stated = np.concatenate([kind for kind, _ in kinds])
    weights = np.concatenate([np.full(len(kind), share / len(kind)) for kind, share in kinds])
    order = np.argsort(-stated)
    reached = np.cumsum(weights[order]) / weights.sum()
    first_kept_out = int(np.searchsorted(reached, false_accept, side="right"))
    return float(np.clip(np.nextafter(stated[order][min(first_kept_out, len(order) - 1)], 1), EVEN, SUREST))


def read_strangers(folder: Path | None, embedder: str) -> FloatArray:
    """Embeddings (M, D) of products from elsewhere, shipped in the embedder's folder; (0, 0) where it has none.

    Raises:
        BadInputError: the file is damaged.
    """
    if folder is None or not (folder / STRANGERS_NAME).exists():
        return np.zeros((0, 0), np.float32)
    try:
        with np.load(io.BytesIO((folder / STRANGERS_NAME).read_bytes()), allow_pickle=False) as kept:
            ours = str(kept["embedder"]) == embedder
            return kept["embeddings"].astype(np.float32) if ours else np.zeros((0, 0), np.float32)
    except DAMAGE as error:
        raise BadInputError(f"{folder / STRANGERS_NAME} is damaged ({error}): fetch the model again.") from error


def write_strangers(folder: Path, embedder: str, embeddings: FloatArray) -> None:
    """Write the embeddings (M, D) of products from elsewhere into the embedder's folder."""
    content = io.BytesIO()
    np.savez_compressed(content, embedder=np.array(embedder), embeddings=embeddings.astype(np.float16))
    write_atomic(folder / STRANGERS_NAME, content.getvalue())
