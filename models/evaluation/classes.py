"""Figures of what a detector finds beside products: gaps, price tags, persons."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from edge.vision.detect import survey
from edge.vision.detections import CLASSES, PRODUCT
from edge.vision.gallery import Best
from edge.vision.manifest import DetectorManifest
from edge.vision.zoo import LoadedModel
from models.detector.photoset import LabelledPhoto, read_pixels
from models.evaluation.finding import Figures, product_precision
from models.evaluation.judged import LOWEST_SCORE, JudgedPhoto, match
from models.evaluation.truth import NamedPhoto


def other_classes(photos: Iterable[LabelledPhoto], detector: LoadedModel) -> dict[str, Figures]:
    """Of each class known to labels and detector: `labelled`, `ap50`, `recall` and `precision` at the threshold."""
    if not isinstance(detector.manifest, DetectorManifest):
        return {}
    spec = detector.manifest.detector
    eager = detector.looking(other_thresholds=dict.fromkeys(CLASSES, LOWEST_SCORE))
    judged: dict[str, list[JudgedPhoto]] = {}
    for photo in photos:
        known = [name for name in spec.classes if name != PRODUCT and name in photo.others]
        found = survey(eager, read_pixels(photo.path), spec.score_threshold) if known else None
        for name in known:
            assert found is not None
            labels, own = photo.others[name], found.of(name)
            truth = NamedPhoto(photo.path, labels.boxes, (name,) * len(labels.boxes), labels.ignored)
            nobody = Best((None,) * len(own), np.zeros(len(own), np.float32))
            judged.setdefault(name, []).append(match(truth, own, nobody))
    return {name: _figures(seen, spec.threshold(name)) for name, seen in judged.items()}


def _figures(photos: list[JudgedPhoto], threshold: float) -> Figures:
    of = np.concatenate([photo.of[photo.scores >= threshold] for photo in photos])
    labelled = sum(len(photo.truth_skus) for photo in photos)
    hits = int((of >= 0).sum())
    return {
        "labelled": float(labelled),
        "ap50": product_precision(photos, 0.5),
        "recall": hits / max(labelled, 1),
        "precision": hits / max(len(of), 1),
    }
