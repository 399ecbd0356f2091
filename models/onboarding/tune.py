"""Learns a gallery's `Tuning` from labelled crops: which differences matter between these SKUs, and how sure to be.

Method: linear discriminant analysis, then sharpened. The covariance of crops about the middle of their SKU is shrunk
towards a sphere and whitened away, so that similarity is judged along the directions in which SKUs differ and one SKU
does not; from there on, what is still confused decides (see `models.onboarding.sharpen`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from edge.vision.choice import Choice
from edge.vision.detections import FloatArray
from edge.vision.gallery import Gallery
from edge.vision.neighbours import with_neighbours
from edge.vision.tuning import Tuning, as_unit
from models.onboarding.choose import Asked, fit_choice
from models.onboarding.crops import Crops, choose_pictures
from models.onboarding.sharpen import Space, sharpen

SHRINKAGE = 0.05
FOLDS = 5
EXAMPLES = 300
"""Of each SKU, at most: 77 kB of file for a SKU."""

Doubles = npt.NDArray[np.float64]
_UNFITTED = Choice(sharpness=1.0, stranger=0.0)


def tune(crops: Crops, embedder: str, per_sku: int) -> Tuning | None:
    """A tuning from all crops, its choice from folds: photos left out as questions, some SKUs as strangers.

    None where the crops teach nothing: fewer than two SKUs, none seen twice, or none that the detector found.
    """
    trials = [asked for asked in _trials(crops, embedder, per_sku) if len(asked.of)]
    return replace(learn(crops, embedder), choice=fit_choice(trials)) if trials else None


def learn(crops: Crops, embedder: str) -> Tuning:
    """The new space and the SKUs' middles; the choice is still to be fitted.

    Raises:
        ValueError: fewer than two SKUs, or none seen twice.
    """
    names, of = np.unique(crops.skus, return_inverse=True)
    if len(names) < 2 or len(of) <= len(names):
        raise ValueError("a tuning needs at least two SKUs, and more crops than SKUs")
    vectors = crops.vectors.astype(np.float64)
    means = np.stack([vectors[of == number].mean(axis=0) for number in range(len(names))])
    centre = vectors.mean(axis=0)
    whitened = whitening(vectors - means[of], len(names))
    space = sharpen(vectors - centre, of, Space(whitened, _moved(means, centre, whitened).astype(np.float64)))
    chosen = _examples(of)
    return Tuning(
        embedder,
        centre.astype(np.float32),
        space.projection.astype(np.float32),
        tuple(str(name) for name in names),
        as_unit(space.middles.astype(np.float32)),
        _moved(vectors[chosen], centre, space.projection),
        of[chosen].astype(np.uint16),
        _UNFITTED,
    )


def _moved(vectors: Doubles, centre: Doubles, projection: Doubles) -> FloatArray:
    return as_unit(((vectors - centre) @ projection).astype(np.float32))


def _examples(of: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Positions of at most `EXAMPLES` crops of each SKU, by chance."""
    rng = np.random.default_rng(7)
    own = (rng.permutation(np.flatnonzero(of == number))[:EXAMPLES] for number in range(int(of.max()) + 1))
    return np.concatenate(list(own))


def whitening(residuals: Doubles, groups: int) -> Doubles:
    """(D, D) that makes the shrunk covariance of residuals (N, D) about `groups` means the identity."""
    size = residuals.shape[1]
    covariance = residuals.T @ residuals / max(len(residuals) - groups, 1)
    sphere = np.trace(covariance) / size * np.eye(size)
    values, directions = np.linalg.eigh((1 - SHRINKAGE) * covariance + SHRINKAGE * sphere)
    return np.asarray(directions / np.sqrt(values))


def gallery_of(crops: Crops, per_sku: int, tuning: Tuning | None) -> Gallery:
    """The gallery that these crops would make."""
    chosen = crops.take(choose_pictures(crops, per_sku))
    return Gallery(tuple(chosen.skus.tolist()), chosen.vectors, tuning=tuning)


def _trials(crops: Crops, embedder: str, per_sku: int) -> Iterator[Asked]:
    """Each fold of photos asked of a gallery made from the others, a fifth of the SKUs being taken out of it."""
    rng = np.random.default_rng(5)
    photos, names = rng.permutation(np.unique(crops.photos)), rng.permutation(np.unique(crops.skus))
    for fold in range(min(FOLDS, len(photos))):
        strangers = names[fold::FOLDS] if len(names) >= 2 * FOLDS else names[:0]
        asked = np.isin(crops.photos, photos[fold::FOLDS])
        known = crops.take(~asked & ~np.isin(crops.skus, strangers))
        try:
            tuning = learn(known, embedder)
        except ValueError:
            continue
        yield _asked(crops.take(asked & ~crops.labelled), gallery_of(known, per_sku, tuning))


def _asked(crops: Crops, gallery: Gallery) -> Asked:
    """Crops as the cooler asks about them, with their neighbours on the shelf."""
    seen = np.zeros_like(crops.vectors)
    for photo in np.unique(crops.photos):
        own = crops.photos == photo
        seen[own] = with_neighbours(crops.vectors[own], crops.boxes[own])
    names, similarities = gallery.similarities(seen)
    found = np.searchsorted(names, crops.skus)
    known = np.isin(crops.skus, names)
    return Asked(similarities, np.where(known, found, -1))
