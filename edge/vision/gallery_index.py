"""The gallery's index: embeddings of its pictures, kept beside them so that loading again is instant."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import numpy as np

from edge.vision.detections import FloatArray
from facings.archives import DAMAGE
from facings.files import write_atomic

log = logging.getLogger(__name__)

INDEX_NAME = ".facings-index.npz"


def read_index(path: Path, model: str) -> dict[str, FloatArray]:
    """Embeddings by the sha256 of their picture; none where the index is damaged, not there, or `model` was another.

    `model` names what embedded the pictures, and how.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as index:
            if str(index["model"]) != model:
                return {}
            return dict(zip(index["pictures"].tolist(), index["embeddings"], strict=True))
    except FileNotFoundError:
        return {}
    except DAMAGE as error:
        log.warning("gallery index %s is made anew: %s", path, error)
        return {}


def write_index(path: Path, model: str, embeddings: dict[str, FloatArray]) -> None:
    """Keep embeddings by the sha256 of their picture; where that cannot be, it is logged and nothing is lost."""
    content = io.BytesIO()
    vectors = np.stack(list(embeddings.values())) if embeddings else np.zeros((0, 0), np.float32)
    np.savez(content, model=np.array(model), pictures=np.array(list(embeddings), dtype="<U64"), embeddings=vectors)
    try:
        write_atomic(path, content.getvalue())
    except OSError as error:
        log.warning("gallery index %s cannot be kept, pictures are embedded at every start: %s", path, error)
