"""Two galleries as one: the folder on the device, and what the cloud has published for all devices."""

from __future__ import annotations

import hashlib

import numpy as np

from edge.vision.acceptance import read_strangers
from edge.vision.gallery import Gallery
from edge.vision.zoo import EmbedderManifest, LoadedModel


def united(base: Gallery, added: Gallery, model: LoadedModel, false_accept: float) -> Gallery:
    """The pictures and heights of both, with the tuning of `added` where it has one.

    Args:
        base: the device's own.
        added: what was published; embedded with the same model.
        model: the embedder.
        false_accept: share of unknown products that may be given a name, of both together.
    """
    both = Gallery(
        base.skus + added.skus,
        np.concatenate([base.embeddings, added.embeddings]),
        base.problems + added.problems,
        hashlib.sha256(f"{base.fingerprint} {added.fingerprint}".encode()).hexdigest(),
        added.tuning or base.tuning,
        heights={**base.heights, **added.heights},
    )
    if not isinstance(model.manifest, EmbedderManifest):
        return both
    strangers = read_strangers(model.folder, model.original)
    return both.accepting(model.manifest.embedder.calibration, strangers, false_accept)
