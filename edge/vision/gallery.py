"""The gallery: pictures of the SKUs that may be met, and the answer to 'which of them is this?'.

A gallery is a folder with one folder per SKU, `DIR/<sku>/*.jpg|png`: pack shots or crops from photos, one or many.
Their embeddings are kept beside them in one index file, keyed by embedder and picture, so loading again is instant.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.acceptance import EVEN, FALSE_ACCEPT, accept_from, read_strangers
from edge.vision.choice import each_for_itself
from edge.vision.decode import decode_photo
from edge.vision.detections import FloatArray
from edge.vision.gallery_index import INDEX_NAME, read_index, write_index
from edge.vision.gallery_views import VIEWS, embed_picture
from edge.vision.tuning import TUNING_NAME, Tuning, as_unit, read_tuning
from edge.vision.zoo import CalibrationSpec, EmbedderManifest, LoadedModel
from facings.errors import BadInputError, PhotoError

SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})
SMALLEST_PICTURE = 16
BACKGROUND_STEP = 12  # a border whose colours differ less than this is background
AS_GOOD_AS = 0.75  # a SKU at least so many times as likely as the likeliest is named beside it
_SKU = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True)
class Names:
    """What each product is: its SKU or None, and the probability that this answer is right.

    `looks` are those of the unknown products, where they are told (see `edge.vision.looks`); else it is empty.
    `alternatives` are the SKUs that products may be instead, where two can hardly be told apart; empty: none has one.
    """

    skus: tuple[str | None, ...]
    confidence: FloatArray
    looks: tuple[str | None, ...] = ()
    alternatives: tuple[str | None, ...] = ()

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
    """

    skus: tuple[str, ...]
    embeddings: FloatArray
    problems: tuple[str, ...] = ()
    fingerprint: str = ""
    tuning: Tuning | None = None
    accept_from: float = EVEN

    def nearest(self, embeddings: FloatArray, calibration: CalibrationSpec) -> Names:
        """The SKU of each of `embeddings` (N, dimensions), or None where it may well be none of the gallery."""
        best = self.best(embeddings, calibration)
        known = best.right >= self.accept_from
        skus = tuple(sku if sure else None for sku, sure in zip(best.skus, known, strict=True))
        others = tuple(other if sure else None for other, sure in zip(best.others, known, strict=True))
        return Names(skus, np.where(known, best.right, 1 - best.right).astype(np.float32), alternatives=others)

    def best(self, embeddings: FloatArray, calibration: CalibrationSpec) -> Best:
        """The most similar SKU of each of `embeddings` (N, dimensions), however unlike it may be.

        A SKU is as similar as its most similar picture; in a tuned gallery, the mean of that, the examples from photos
        being pictures too, and of the similarity to the SKU's middle. What similarities say of probabilities was fitted
        when the embedder, or the gallery's tuning, was evaluated (see `edge.vision.choice`).
        """
        if not self.skus or not len(embeddings):
            nobody, never = (None,) * len(embeddings), np.zeros(len(embeddings), np.float32)
            return Best(nobody, never, nobody, likely=np.zeros((len(embeddings), 0), np.float32))
        return self._best(*self.similarities(embeddings), calibration)

    def _best(self, names: npt.NDArray[np.str_], by_sku: FloatArray, calibration: CalibrationSpec) -> Best:
        likely = self.tuning.choice.probabilities(by_sku) if self.tuning else each_for_itself(by_sku, calibration)
        order = np.argsort(-by_sku, axis=1)
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
        names, by_sku = self.similarities(self.embeddings)
        own = np.array(self.skus)[:, None] == names[None]
        siblings = self._best(names, np.where(own, -1, by_sku).astype(np.float32), calibration).right
        elsewhere = self.best(strangers, calibration).right
        return replace(self, accept_from=accept_from(siblings, elsewhere, false_accept))

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
    pictures, vectors = _embedded(folder, model, problems)
    contents = hashlib.sha256("".join(f"{sku} {key}\n" for sku, key in pictures).encode())
    tuning = read_tuning(folder, model.manifest.sha256)
    if tuning:
        contents.update((folder / TUNING_NAME).read_bytes())
    elif (folder / TUNING_NAME).exists():
        problems.append(
            f"{TUNING_NAME} is left out: it was learned with another embedder or has an older form. Onboard again."
        )
    dimensions = model.manifest.embedder.dimensions if isinstance(model.manifest, EmbedderManifest) else 0
    embeddings = np.stack([vectors[key] for _, key in pictures]) if pictures else np.zeros((0, dimensions), np.float32)
    gallery = Gallery(tuple(sku for sku, _ in pictures), embeddings, tuple(problems), contents.hexdigest(), tuning)
    if not isinstance(model.manifest, EmbedderManifest):
        return gallery
    strangers = read_strangers(model.folder, model.manifest.sha256)
    return gallery.accepting(model.manifest.embedder.calibration, strangers, false_accept)


def _embedded(
    folder: Path, model: LoadedModel, problems: list[str]
) -> tuple[list[tuple[str, str]], dict[str, FloatArray]]:
    """SKU and sha256 of every picture that can be read, and the embeddings by sha256, which the index then holds."""
    embedded_as = f"{model.manifest.sha256} {VIEWS}"
    known = read_index(folder / INDEX_NAME, embedded_as)
    pictures: list[tuple[str, str]] = []
    vectors: dict[str, FloatArray] = {}
    for sku, picture in _pictures(folder, problems):
        try:
            encoded = picture.read_bytes()
            key = hashlib.sha256(encoded).hexdigest()
            vectors[key] = known[key] if key in known else _embed_picture(encoded, model)
        except PhotoError as error:
            problems.append(f"{picture.relative_to(folder)} is left out. {error}")
            continue
        except OSError as error:
            problems.append(f"{picture.relative_to(folder)} is left out. The file cannot be read ({error.strerror}).")
            continue
        pictures.append((sku, key))
    if vectors.keys() != known.keys():
        write_index(folder / INDEX_NAME, embedded_as, vectors)
    return pictures, vectors


def _pictures(folder: Path, problems: list[str]) -> Iterator[tuple[str, Path]]:
    for child in sorted(folder.iterdir()):
        if not child.is_dir() or child.name.startswith("."):
            continue
        if not _SKU.fullmatch(child.name):
            problems.append(
                f"{child.name} is left out. A SKU id holds lower-case letters, digits and dashes: rename it."
            )
            continue
        pictures = sorted(path for path in child.iterdir() if path.suffix.lower() in SUFFIXES)
        if not pictures:
            problems.append(f"{child.name} holds no JPEG or PNG picture.")
        yield from ((child.name, picture) for picture in pictures)


def _embed_picture(encoded: bytes, model: LoadedModel) -> FloatArray:
    pixels = decode_photo(encoded, SMALLEST_PICTURE).pixels
    return embed_picture(model, pixels, product_box(pixels))


def product_box(pixels: npt.NDArray[np.uint8]) -> FloatArray:
    """Where the product is in a pack shot: the picture without its plain border, as x1 y1 x2 y2."""
    height, width = pixels.shape[:2]
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).astype(np.int16)
    ground = np.median(border, axis=0)
    if (np.abs(border - ground).max(axis=1) < BACKGROUND_STEP).mean() > 0.9:
        differs = (np.abs(pixels.astype(np.int16) - ground).max(axis=2) >= BACKGROUND_STEP).astype(np.uint8)
        x, y, w, h = cv2.boundingRect(cv2.medianBlur(differs, 3))
        if w * h > 0.05 * width * height:
            return np.array([x, y, x + w, y + h], np.float32)
    return np.array([0, 0, width, height], np.float32)
