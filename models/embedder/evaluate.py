"""How well crops find their SKU in a gallery, by the chain's own code, and how sure such an answer is.

Four galleries, from near to far: coolers of the training's kind, products of Grocery Store, rendered products whose
brands were never learned from, and real coolers of other shops with brands never learned from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge.vision.detections import FloatArray
from edge.vision.embed import letterbox_crop
from edge.vision.gallery_views import embed_picture
from edge.vision.zoo import CalibrationSpec, LoadedModel
from models.embedder import sources
from models.embedder.sources import Crop

Embed = Callable[[list[Crop]], FloatArray]

LEFT_OUT = 0.2
MOST_QUERIES = 1200


@dataclass(frozen=True)
class Trial:
    """Queries against one gallery.

    Attributes:
        cosine: (N,) similarity of the nearest SKU.
        lead: (N,) its lead over the next SKU.
        right: (N,) whether the nearest SKU is the query's.
        known: (N,) whether the query's SKU is in the gallery at all.
    """

    cosine: FloatArray
    lead: FloatArray
    right: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]

    @property
    def top1(self) -> float:
        """Share of the queries of known SKUs whose nearest SKU is theirs."""
        return float(self.right[self.known].mean())


@dataclass(frozen=True)
class Figures:
    """What was measured with one gallery.

    Attributes:
        gallery: which one.
        skus, queries: how many SKUs it holds, how many crops were looked up.
        top1: share of the crops whose nearest SKU is theirs.
        calibration_error: mean gap between stated probability and share right, with a fifth of the SKUs left out.
        told_apart: area under the ROC curve, crops of known SKUs against crops of SKUs left out.
    """

    gallery: str
    skus: int
    queries: int
    top1: float
    calibration_error: float
    told_apart: float


def embed_with(model: LoadedModel) -> Embed:
    """A function from crops to embeddings, by the exported model."""
    size = model.manifest.input.size
    assert size is not None

    def run(crops: list[Crop]) -> FloatArray:
        batches = [crops[start : start + 32] for start in range(0, len(crops), 32)]
        images = (np.stack([letterbox_crop(crop.pixels, crop.box, size) for crop in batch]) for batch in batches)
        return np.concatenate([model.see(image)[0] for image in images])

    return run


def embed_pictures_with(model: LoadedModel) -> Embed:
    """A function from crops to what they are as pictures of a gallery, by the exported model."""

    def run(pictures: list[Crop]) -> FloatArray:
        return np.stack([embed_picture(model, picture.pixels, picture.box) for picture in pictures])

    return run


def measure(
    model: LoadedModel, shared: Path, unseen: Path | None, calibration: CalibrationSpec | None = None
) -> tuple[CalibrationSpec, list[Figures]]:
    """The figures with every gallery, and the calibration: the one given, else one fitted here.

    `drinks_coolers` never takes part in the fit, so its calibration error is that of new shops.
    """
    pairs = galleries(shared, unseen)
    looks = {name: _embedded(model, *pair) for name, pair in pairs.items()}
    whole = {name: trial(*looks[name], *pair) for name, pair in pairs.items()}
    fewer = {name: trial(*looks[name], *pair, left_out=LEFT_OUT) for name, pair in pairs.items()}
    fitted = calibration or fit_calibration([one for name, one in fewer.items() if name != "drinks_coolers"])
    figures = [
        Figures(
            gallery=name,
            skus=len({crop.identity for crop in pictures}),
            queries=len(queries),
            top1=whole[name].top1,
            calibration_error=calibration_error(fewer[name], fitted),
            told_apart=told_apart(fewer[name], fitted),
        )
        for name, (queries, pictures) in pairs.items()
    ]
    return fitted, figures


def _embedded(model: LoadedModel, queries: list[Crop], pictures: list[Crop]) -> tuple[FloatArray, FloatArray]:
    return embed_with(model)(queries), embed_pictures_with(model)(pictures)


def galleries(shared: Path, unseen: Path | None) -> dict[str, tuple[list[Crop], list[Crop]]]:
    """Queries and gallery pictures by name; `unseen` holds rendered data sets of catalogues not trained on."""
    cooler_train = _named(sources.cooler_brands(shared, "train"))
    grocery_train = sources.grocery_icons(shared) + sources.grocery_store(shared, "train")
    pairs = {
        "cooler_brands": (_named(sources.cooler_brands(shared, "test")), largest(cooler_train, 5)),
        "grocery_store": (sources.grocery_store(shared, "val"), _first(grocery_train, 5)),
        "drinks_coolers": _across(_named(sources.drinks_coolers(shared))),
    }
    if unseen:
        crops = sources.rendered(unseen)
        shots = [crop for crop in crops if crop.picture]
        seen = [crop for crop in crops if not crop.picture]
        picked = np.random.default_rng(5).permutation(len(seen))[:MOST_QUERIES]
        pairs["rendered_unseen"] = ([seen[i] for i in picked], shots)
    return pairs


def _named(crops: list[Crop]) -> list[Crop]:
    return [crop for crop in crops if "#" not in crop.identity]


def largest(crops: list[Crop], count: int) -> list[Crop]:
    """The `count` largest crops of each identity, each from another photo where there are enough photos."""
    chosen = []
    for same in _by_identity(crops).values():
        ordered = sorted(same, key=lambda crop: -crop.pixels.size)
        first_of_photo = {crop.photo: crop for crop in reversed(ordered)}
        varied = sorted(first_of_photo.values(), key=lambda crop: -crop.pixels.size)
        chosen += [*varied, *(crop for crop in ordered if crop is not first_of_photo[crop.photo])][:count]
    return chosen


def _first(crops: list[Crop], count: int) -> list[Crop]:
    return [crop for same in _by_identity(crops).values() for crop in same[:count]]


def _across(crops: list[Crop]) -> tuple[list[Crop], list[Crop]]:
    """Queries whose identity is in another photo too, and all crops; `trial` never compares within a photo."""
    photos = defaultdict(set)
    for crop in crops:
        photos[crop.identity].add(crop.photo)
    return [crop for crop in crops if len(photos[crop.identity]) > 1], crops


def _by_identity(crops: list[Crop]) -> dict[str, list[Crop]]:
    found = defaultdict(list)
    for crop in crops:
        found[crop.identity].append(crop)
    return dict(found)


def trial(
    asked: FloatArray,
    shown: FloatArray,
    queries: list[Crop],
    pictures: list[Crop],
    left_out: float = 0.0,
    seed: int = 3,
) -> Trial:
    """Look every query up in a gallery of the pictures.

    Args:
        asked, shown: (N, D) and (M, D) embeddings of the queries and of the pictures.
        queries, pictures: what they are of.
        left_out: share of the SKUs taken out of the gallery, to see what unknowns look like.
        seed: which ones.
    """
    identities = sorted({crop.identity for crop in pictures})
    out = set(np.random.default_rng(seed).permutation(identities)[: round(left_out * len(identities))].tolist())
    kept = [number for number, crop in enumerate(pictures) if crop.identity not in out]
    pictures = [pictures[number] for number in kept]
    cosines = asked @ shown[kept].T
    photos, names = np.array([crop.photo for crop in pictures]), np.array([crop.identity for crop in pictures])
    same_photo = np.array([crop.photo for crop in queries])[:, None] == photos[None]
    cosines = np.where(same_photo, -1.0, cosines)
    skus, of = np.unique(names, return_inverse=True)
    by_sku = np.stack([cosines[:, of == number].max(axis=1) for number in range(len(skus))], axis=1)
    order = np.argsort(-by_sku, axis=1)
    rows = np.arange(len(queries))
    best, second = by_sku[rows, order[:, 0]], by_sku[rows, order[:, 1]]
    truth = np.array([crop.identity for crop in queries])
    known = np.array([((names == name) & ~hidden).any() for name, hidden in zip(truth, same_photo, strict=True)])
    right = skus[order[:, 0]] == truth
    return Trial(best.astype(np.float32), (best - second).astype(np.float32), right, known)


def fit_calibration(trials: list[Trial]) -> CalibrationSpec:
    """Logistic regression of 'the nearest SKU is right' on cosine and lead, each trial weighing the same (Newton)."""
    x = np.concatenate([np.stack([np.ones_like(t.cosine), t.cosine, t.lead], axis=1) for t in trials]).astype(float)
    y = np.concatenate([t.right for t in trials]).astype(float)
    weight = np.concatenate([np.full(len(t.right), 1 / len(t.right)) for t in trials])
    beta = np.zeros(3)
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (weight * (y - p)) - 1e-4 * beta
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + 1e-4 * np.eye(3)
        beta += np.linalg.solve(hessian, gradient)
    intercept, cosine, lead = (round(float(value), 4) for value in beta)
    return CalibrationSpec(intercept=intercept, cosine=cosine, lead=lead)


def calibration_error(one: Trial, calibration: CalibrationSpec, bins: int = 10) -> float:
    """Expected calibration error: mean gap between stated probability and share right, over bins of probability."""
    p = calibration.probability(one.cosine, one.lead)
    in_bin = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [
        abs(p[in_bin == b].mean() - one.right[in_bin == b].mean()) * (in_bin == b).mean() for b in np.unique(in_bin)
    ]
    return float(np.sum(gaps))


def told_apart(one: Trial, calibration: CalibrationSpec) -> float:
    """Area under the ROC curve of the stated probability, SKUs of the gallery against SKUs that were left out."""
    p = calibration.probability(one.cosine, one.lead)
    inside, outside = p[one.known], p[~one.known]
    wins = (inside[:, None] > outside[None]).mean() + 0.5 * (inside[:, None] == outside[None]).mean()
    return float(wins)
