"""`JudgedPhoto`: what vision saw on a labelled photo, matched with its labels; every figure is made from these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge.vision.acceptance import EVEN
from edge.vision.boxes import areas, intersections, iou
from edge.vision.detect import detect
from edge.vision.detections import Detections, FloatArray
from edge.vision.embed import embed
from edge.vision.gallery import Best, Gallery
from edge.vision.neighbours import with_neighbours
from edge.vision.zoo import DetectorManifest, EmbedderManifest, LoadedModel
from facings.errors import BadInputError
from models.evaluation.truth import NamedPhoto

LOWEST_SCORE = 0.01
"""Detections are kept down to here, for the curve of precision over recall."""

LOWEST_NAMED = 0.05
"""Detections below this score are not named: there are many of them, and they decide nothing."""

MOSTLY_IGNORED = 0.5
"""Share of a detection on regions that the labels leave open from which on it counts neither way."""


@dataclass(frozen=True)
class Eyes:
    """The models that look: a detector, and with a gallery an embedder."""

    detector: LoadedModel
    embedder: LoadedModel | None = None
    gallery: Gallery | None = None
    long_side: int | None = None

    @property
    def threshold(self) -> float:
        """The score from which on a detection counts.

        Raises:
            BadInputError: the detector is none.
        """
        if not isinstance(self.detector.manifest, DetectorManifest):
            raise BadInputError(f"{self.detector.manifest.name} is no detector: give the folder of one with --model.")
        return self.detector.manifest.detector.score_threshold

    def look(self, pixels: npt.NDArray[np.uint8]) -> tuple[Detections, Best]:
        """What is on a photo, best first, and the nearest SKU of each."""
        found = detect(self.detector, pixels, LOWEST_SCORE, self.long_side)
        found = found.take(np.argsort(-found.scores, kind="stable"))
        if self.embedder is None or self.gallery is None:
            return found, Best((None,) * len(found), np.zeros(len(found), np.float32))
        assert isinstance(self.embedder.manifest, EmbedderManifest)
        worth = int((found.scores >= LOWEST_NAMED).sum())
        seen, sure = found.boxes[:worth], found.scores[:worth] >= self.threshold
        vectors = with_neighbours(embed(self.embedder, pixels, seen), seen, sure)
        best = self.gallery.best(vectors, self.embedder.manifest.embedder.calibration, seen, sure)
        rest = len(found) - worth
        nobody, never = (None,) * rest, np.zeros(rest, np.float32)
        every = replace(
            best,
            skus=(*best.skus, *nobody),
            right=np.concatenate([best.right, never]),
            others=(*best.others, *nobody),
            likely=np.concatenate([best.likely, np.zeros((rest, best.likely.shape[1]), np.float32)]),
        )
        return found, every


@dataclass(frozen=True)
class JudgedPhoto:
    """One photo's detections, best first, and its labels.

    Attributes:
        path: the photo.
        boxes, scores: (N, 4) and (N,) detections that do not lie on ignored regions.
        nearest: the nearest SKU of each, None without a gallery.
        right: (N,) probability that it is the right one.
        truth_boxes, truth_skus: (M, 4) labels and the SKU of each.
        overlaps: (N, M) intersections over union.
        of: (N,) the label each detection found at IoU 0.5, every label once, whatever its name; -1: none.
        stress: of the photo.
        others: the SKU each may be instead, where two can hardly be told apart.
        accept_from: probability from which on the gallery gives a name.
        gallery: the SKUs of the gallery.
        likely: (N, SKUs) how likely each detection is each of them.
        views: how each labelled product is seen, where the labels tell.
    """

    path: Path
    boxes: FloatArray
    scores: FloatArray
    nearest: tuple[str | None, ...]
    right: FloatArray
    truth_boxes: FloatArray
    truth_skus: tuple[str, ...]
    overlaps: FloatArray
    of: npt.NDArray[np.intp]
    stress: Mapping[str, int] = field(default_factory=dict)
    others: tuple[str | None, ...] = ()
    accept_from: float = EVEN
    gallery: tuple[str, ...] = ()
    likely: FloatArray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    views: tuple[str, ...] = ()

    def likely_to_be(self, sku: str) -> FloatArray:
        """(N,) how likely each detection is of a SKU."""
        if sku in self.gallery and len(self.likely):
            return np.asarray(self.likely[:, self.gallery.index(sku)])
        return self.nearest_to(sku)

    def nearest_to(self, sku: str) -> FloatArray:
        """(N,) the same of the detections whose nearest SKU it is; 0 of the others."""
        return np.asarray(np.where([name == sku for name in self.nearest], self.right, 0), np.float32)

    @property
    def accepted(self) -> npt.NDArray[np.bool_]:
        """(N,) whether a detection is given the name of its nearest SKU."""
        return np.asarray(self.right >= self.accept_from)


def judge(photo: NamedPhoto, eyes: Eyes) -> JudgedPhoto:
    """Look at a photo and match what was found with its labels.

    Raises:
        BadInputError: the photo cannot be read.
    """
    return match(photo, *eyes.look(photo.pixels()))


def match(photo: NamedPhoto, found: Detections, best: Best) -> JudgedPhoto:
    """Match detections, which come best first, with a photo's labels."""
    overlaps = iou(found.boxes, photo.boxes)
    of = assign(overlaps, 0.5)
    covered = intersections(found.boxes, photo.ignored).max(axis=1, initial=0)
    kept = (of >= 0) | (covered <= MOSTLY_IGNORED * areas(found.boxes))
    return JudgedPhoto(
        photo.path,
        found.boxes[kept],
        found.scores[kept],
        tuple(sku for sku, keep in zip(best.skus, kept, strict=True) if keep),
        best.right[kept],
        photo.boxes,
        photo.skus,
        overlaps[kept],
        of[kept],
        photo.stress,
        tuple(sku for sku, keep in zip(best.others or (None,) * len(kept), kept, strict=True) if keep),
        best.accept_from,
        best.gallery,
        best.likely[kept] if len(best.likely) else best.likely,
        photo.views,
    )


def assign(overlaps: FloatArray, least: float) -> npt.NDArray[np.intp]:
    """For each row of (N, M) overlaps, in order, the free column it overlaps most, at least `least`; -1: none."""
    free = overlaps.copy()
    of = np.full(len(free), -1, np.intp)
    for number, row in enumerate(free):
        if len(row) and row.max() >= least:
            of[number] = row.argmax()
            free[:, of[number]] = 0
    return of


def judge_all(photos: Iterable[NamedPhoto], eyes: Eyes) -> list[JudgedPhoto]:
    """Look at every photo."""
    return [judge(photo, eyes) for photo in photos]
