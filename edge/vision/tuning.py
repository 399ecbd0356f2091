"""`Tuning`: what a gallery learned from labelled photos of its own shops, so that its look-alikes are told apart.

It holds the SKUs as they looked on those photos: the middle of each, and many examples.

Embeddings of one SKU scatter with light, angle and neighbours, and more in some directions than in others. The
projection shrinks the directions in which a SKU differs from itself (the whitening of linear discriminant analysis,
with the pooled covariance shrunk towards a sphere), so that those in which SKUs differ from each other count.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edge.vision.choice import Choice
from edge.vision.detections import FloatArray
from facings.archives import DAMAGE
from facings.errors import BadInputError
from facings.files import write_atomic

TUNING_NAME = "tuning.npz"


@dataclass(frozen=True)
class Tuning:
    """A change of the embedding space, and where in it each SKU has its middle.

    Attributes:
        embedder: sha256 of the embedder whose embeddings it was learned from.
        centre: (D,) mean embedding.
        projection: (D, D).
        skus, middles: a unit vector (N, D) in the new space for each SKU.
        examples: (M, D) unit vectors of products seen in photos, in the new space.
        examples_of: (M,) position of each one's SKU in `skus`.
        choice: from similarities in the new space to the probability of each SKU.
    """

    embedder: str
    centre: FloatArray
    projection: FloatArray
    skus: tuple[str, ...]
    middles: FloatArray
    examples: FloatArray
    examples_of: npt.NDArray[np.uint16]
    choice: Choice

    def apply(self, embeddings: FloatArray) -> FloatArray:
        """Embeddings (N, D) as unit vectors of the new space."""
        return as_unit(np.asarray((embeddings - self.centre) @ self.projection, np.float32))

    def looks_of(self, sku: str) -> tuple[FloatArray, FloatArray] | None:
        """Middle (D,) and examples (N, D) of a SKU; None for one that was not on the photos."""
        if sku not in self.skus:
            return None
        number = self.skus.index(sku)
        return self.middles[number], self.examples[self.examples_of == number]

    def save(self, folder: Path) -> None:
        """Write it into the gallery's folder."""
        content = io.BytesIO()
        np.savez_compressed(
            content,
            embedder=np.array(self.embedder),
            centre=self.centre.astype(np.float16),
            projection=self.projection.astype(np.float32),
            skus=np.array(self.skus),
            middles=self.middles.astype(np.float16),
            examples=self.examples.astype(np.float16),
            examples_of=self.examples_of,
            choice=np.array(self.choice.model_dump_json()),
        )
        write_atomic(folder / TUNING_NAME, content.getvalue())


def read_tuning(folder: Path, embedder: str) -> Tuning | None:
    """The tuning of a gallery; None where it has none, or one of another embedder or of an older form.

    Raises:
        BadInputError: the file is damaged.
    """
    file = folder / TUNING_NAME
    if not file.exists():
        return None
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as kept:
            if _misfit(kept, embedder):
                return None
            return Tuning(
                embedder,
                kept["centre"].astype(np.float32),
                kept["projection"].astype(np.float32),
                tuple(kept["skus"].tolist()),
                kept["middles"].astype(np.float32),
                kept["examples"].astype(np.float32),
                kept["examples_of"],
                Choice.model_validate_json(str(kept["choice"])),
            )
    except DAMAGE as error:
        raise _damaged(file, error) from error


def why_untuned(folder: Path, embedder: str) -> str:
    """Why `read_tuning` finds none, and what to do; empty where it finds one.

    Raises:
        BadInputError: the file is damaged.
    """
    file = folder / TUNING_NAME
    if not file.exists():
        return f"{folder} has no {TUNING_NAME}: `facings models onboard` makes one from labelled photos"
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as kept:
            misfit = _misfit(kept, embedder)
    except DAMAGE as error:
        raise _damaged(file, error) from error
    return misfit and f"{file} {misfit}: make it anew with `facings models onboard`"


def _misfit(kept: Mapping[str, npt.NDArray[Any]], embedder: str) -> str:
    """What is wrong with a tuning that is whole, for this embedder; empty where it fits."""
    if str(kept["embedder"]) != embedder:
        return "was learned with another embedder than the models have now"
    return "" if "choice" in kept else "is of an older form"


def _damaged(file: Path, error: Exception) -> BadInputError:
    return BadInputError(f"{file} is damaged ({error}): onboard again, or remove it to do without.")


def as_unit(vectors: FloatArray) -> FloatArray:
    """Vectors (N, D) at length one."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)
