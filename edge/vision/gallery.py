"""The gallery: pictures of the SKUs that may be met, and the answer to 'which of them is this?'.

A gallery is a folder with one folder per SKU, `DIR/<sku>/*.jpg|png`: pack shots or crops from photos, one or many. It
may also say how tall the SKUs are (`facings.heights`) and hold what it learned from labelled photos (`Tuning`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge.vision.acceptance import EVEN, FALSE_ACCEPT, accept_from, read_strangers
from edge.vision.choice import each_for_itself
from edge.vision.detections import FloatArray
from edge.vision.gallery_folder import embedded
from edge.vision.heights import updated, with_heights
from edge.vision.tuning import TUNING_NAME, Tuning, as_unit, read_tuning
from edge.vision.zoo import CalibrationSpec, EmbedderManifest, LoadedModel
from facings.errors import BadInputError
from facings.heights import HEIGHTS_NAME, read_heights

AS_GOOD_AS = 0.75  # a SKU at least so many times as likely as the likeliest is named beside it
WORTH_A_WORD = 0.25  # from this probability on it is told what a product without a name resembles


@dataclass(frozen=True)
class Names:
    """What each product is: its SKU or None, and the probability that this answer is right.

    `looks` are those of the unknown products, where they are told (see `edge.vision.looks`); else it is empty.
    `alternatives` are the SKUs that products may be instead, where two can hardly be told apart; empty: none has one.
    `resembles` are the SKUs that unknown products may be after all, a word for whoever names them and no part of any
    count; empty: nothing is told.
    """

    skus: tuple[str | None, ...]
    confidence: FloatArray
    looks: tuple[str | None, ...] = ()
    alternatives: tuple[str | None, ...] = ()
    resembles: tuple[str | None, ...] = ()

    @classmethod
    def unknown(cls, count: int) -> Names:
        """The answer where there is no gallery: nothing is known, and that is certain."""
        return cls((None,) * count, np.ones(count, np.float32))


@dataclass(frozen=True)
class Best:
    """The most similar SKU of each product (None without a gallery), and the probability that it is the right one.

    Attributes:
        skus, right: the SKU and its probability.
        others: the next SKU, where it is at least `AS_GOOD_AS` times as likely: the two are then a pair that cannot be
            told apart here. None elsewhere.
        accept_from: the probability from which on the gallery gives a name.
        gallery: the SKUs of the gallery, by name.
        likely: (N, SKUs) how likely each product is each of them; empty without a gallery.
    """

    skus: tuple[str | None, ...]
    right: FloatArray
    others: tuple[str | None, ...] = ()
    accept_from: float = EVEN
    gallery: tuple[str, ...] = ()
    likely: FloatArray = field(default_factory=lambda: np.zeros((0, 0), np.float32))


@dataclass(frozen=True)
class Gallery:
    """Embeddings of the pictures of every SKU.

    Attributes:
        skus: the SKU of each picture.
        embeddings: (pictures, dimensions) unit vectors.
        problems: pictures and folders that were left out, and why.
        fingerprint: sha256 over the SKUs, their pictures and the tuning; equal galleries have equal ones.
        tuning: what it learned from labelled photos of its own shops, if it did.
        accept_from: probability of being right from which on a product gets a name (see `edge.vision.acceptance`).
        heights: millimetres of each SKU, where they are known.
    """

    skus: tuple[str, ...]
    embeddings: FloatArray
    problems: tuple[str, ...] = ()
    fingerprint: str = ""
    tuning: Tuning | None = None
    accept_from: float = EVEN
    heights: Mapping[str, float] = field(default_factory=dict)

    def nearest(self, embeddings: FloatArray, calibration: CalibrationSpec, boxes: FloatArray | None = None) -> Names:
        """The SKU of each of `embeddings` (N, dimensions), or None where it may well be none of the gallery."""
        best = self.best(embeddings, calibration, boxes)
        known = best.right >= self.accept_from
        skus = tuple(sku if sure else None for sku, sure in zip(best.skus, known, strict=True))
        others = tuple(other if sure else None for other, sure in zip(best.others, known, strict=True))
        confidence = np.where(known, best.right, 1 - best.right).astype(np.float32)
        return Names(skus, confidence, alternatives=others, resembles=self._resembled(best))

    def _resembled(self, best: Best) -> tuple[str | None, ...]:
        worth = (best.right >= WORTH_A_WORD) & (best.right < self.accept_from)
        return tuple(sku if told else None for sku, told in zip(best.skus, worth, strict=True))

    def best(
        self,
        embeddings: FloatArray,
        calibration: CalibrationSpec,
        boxes: FloatArray | None = None,
        sure: npt.NDArray[np.bool_] | None = None,
    ) -> Best:
        """The likeliest SKU of each of `embeddings` (N, dimensions), however unlike it may be.

        A SKU is as similar as its most similar picture; in a tuned gallery, the mean of that, the examples from photos
        being pictures too, and of the similarity to the SKU's middle. What similarities say of probabilities was fitted
        when the embedder, or the gallery's tuning, was evaluated (see `edge.vision.choice`). Where SKUs have heights,
        and the `boxes` (N, 4) of products on one photo are given, so does `edge.vision.heights`; only those of them
        that are `sure` tell the photo's scale.
        """
        if not self.skus or not len(embeddings):
            nobody, never = (None,) * len(embeddings), np.zeros(len(embeddings), np.float32)
            return Best(nobody, never, nobody, likely=np.zeros((len(embeddings), 0), np.float32))
        names, by_sku = self.similarities(embeddings)
        likely = self._likely(by_sku, calibration)
        if self.heights and boxes is not None:
            likely = with_heights(likely, boxes, self._millimetres(names), sure)
        return self._best(names, likely, by_sku)

    def _likely(self, by_sku: FloatArray, calibration: CalibrationSpec) -> FloatArray:
        return self.tuning.choice.probabilities(by_sku) if self.tuning else each_for_itself(by_sku, calibration)

    def _millimetres(self, names: npt.NDArray[np.str_]) -> FloatArray:
        return np.array([self.heights.get(str(name), np.nan) for name in names], np.float32)

    def _best(self, names: npt.NDArray[np.str_], likely: FloatArray, by_sku: FloatArray) -> Best:
        order = np.lexsort((-by_sku, -likely), axis=1)
        rows, first, second = np.arange(len(by_sku)), order[:, 0], order[:, min(1, len(names) - 1)]
        right, instead = likely[rows, first], likely[rows, second]
        pair = (instead >= AS_GOOD_AS * right) & (first != second)
        skus = tuple(str(name) for name in names)
        others = tuple(skus[at] if paired else None for at, paired in zip(second, pair, strict=True))
        return Best(tuple(skus[at] for at in first), right, others, self.accept_from, skus, likely)

    def accepting(self, calibration: CalibrationSpec, strangers: FloatArray, false_accept: float) -> Gallery:
        """The same gallery, naming no more than the share `false_accept` of unknown products.

        `strangers` are (M, dimensions) embeddings of products from elsewhere; without any, siblings alone would decide,
        and the gallery stays as it is. Probabilities that the gallery states of them, and of its own SKUs as if it did
        not hold them, tell from where on. So does a tuned gallery stay as it is: its probabilities were fitted with
        strangers among its own photos, and strangers from elsewhere may be its very SKUs.
        """
        if self.tuning or not self.skus or not len(strangers):
            return self
        elsewhere = self.best(strangers, calibration).right
        return replace(self, accept_from=accept_from(self._siblings(calibration), elsewhere, false_accept))

    def _siblings(self, calibration: CalibrationSpec) -> FloatArray:
        """(pictures,) what is stated of each if the gallery did not hold its SKU; heights being seen as they are."""
        names, by_sku = self.similarities(self.embeddings)
        own = np.array(self.skus)[:, None] == names[None]
        likely = self._likely(np.where(own, -1, by_sku).astype(np.float32), calibration)
        seen, meant = (np.log(self._millimetres(of).astype(np.float64)) for of in (np.array(self.skus), names))
        told = ~np.isnan(seen)
        likely[told] = updated(likely[told], seen[told][:, None], meant)
        return np.asarray(likely.max(axis=1), np.float32)

    def similarities(self, embeddings: FloatArray) -> tuple[npt.NDArray[np.str_], FloatArray]:
        """Names of the SKUs, and (N, SKUs) how similar each embedding is to each."""
        names, of = np.unique(np.array(self.skus), return_inverse=True)
        if not self.tuning:
            cosines = embeddings @ self.embeddings.T
            return names, np.stack([cosines[:, of == number].max(axis=1) for number in range(len(names))], axis=1)
        seen, pictures = self.tuning.apply(embeddings), self.tuning.apply(self.embeddings)
        columns = []
        for number, name in enumerate(names):
            own = pictures[of == number]
            middle, examples = self.tuning.looks_of(str(name)) or (as_unit(own.mean(axis=0, keepdims=True))[0], own[:0])
            columns.append(((seen @ np.concatenate([own, examples]).T).max(axis=1) + seen @ middle) / 2)
        return names, np.stack(columns, axis=1)


def read_gallery(folder: Path, model: LoadedModel, false_accept: float = FALSE_ACCEPT) -> Gallery:
    """Embed the pictures below `folder`, or take their embeddings from its index.

    A picture that cannot be read is left out and named in `problems`. `false_accept` is the share of unknown products
    that may be given a name.

    Raises:
        BadInputError: `folder` is no folder, or its tuning is damaged.
    """
    if not folder.is_dir():
        raise BadInputError(f"The gallery {folder} is no folder: give one that holds a folder of pictures per SKU.")
    problems: list[str] = []
    pictures, vectors = embedded(folder, model, problems)
    heights = _heights(folder, problems)
    contents = hashlib.sha256("".join(f"{sku} {key}\n" for sku, key in pictures).encode())
    tuning = read_tuning(folder, model.original)
    if tuning:
        contents.update((folder / TUNING_NAME).read_bytes())
    elif (folder / TUNING_NAME).exists():
        problems.append(
            f"{TUNING_NAME} is left out: it was learned with another embedder or has an older form. Onboard again."
        )
    if heights:
        contents.update(repr(sorted(heights.items())).encode())
    dimensions = model.manifest.embedder.dimensions if isinstance(model.manifest, EmbedderManifest) else 0
    embeddings = np.stack([vectors[key] for _, key in pictures]) if pictures else np.zeros((0, dimensions), np.float32)
    skus = tuple(sku for sku, _ in pictures)
    gallery = Gallery(skus, embeddings, tuple(problems), contents.hexdigest(), tuning, heights=heights)
    if not isinstance(model.manifest, EmbedderManifest):
        return gallery
    strangers = read_strangers(model.folder, model.original)
    return gallery.accepting(model.manifest.embedder.calibration, strangers, false_accept)


def _heights(folder: Path, problems: list[str]) -> dict[str, float]:
    """The heights that the folder tells; a file that is wrong is left out, since looks alone do, too."""
    try:
        return read_heights(folder)
    except BadInputError as error:
        problems.append(f"{HEIGHTS_NAME} is left out. {error}.")
        return {}
